"""All Nash equilibria of small games: in pure strategies of many players, in mixed ones of two."""

import dataclasses
import itertools
import math

import numpy as np
from jaxtyping import Float

from ...errors import require
from ._arguments import Numbers, numbers

__all__ = ["BimatrixEquilibria", "MixedEquilibrium", "bimatrix_equilibria", "pure_equilibria"]

# Payoffs have a range of 1 when they are compared.
_TOLERANCE = 1e-9
_MOST_SYSTEMS = 20_000


@dataclasses.dataclass(frozen=True, eq=False)
class MixedEquilibrium:
    """A pair of mixed strategies, each of which is a best answer to the other.

    Attributes:
        row, column: probabilities of each player's actions.
        payoffs: expected, of the two players.
    """

    row: Float[np.ndarray, " row_actions"]
    column: Float[np.ndarray, " column_actions"]
    payoffs: tuple[float, float]


@dataclasses.dataclass(frozen=True, eq=False)
class BimatrixEquilibria:
    """All extreme equilibria of a game of two players.

    Attributes:
        equilibria: the pure ones first.
        degenerate: whether some strategy has more best answers than actions it mixes. Only then can
            there be further equilibria, all of them mixtures of those listed.
    """

    equilibria: tuple[MixedEquilibrium, ...]
    degenerate: bool


def bimatrix_equilibria(row_payoffs: Numbers, column_payoffs: Numbers) -> BimatrixEquilibria:
    """Enumerate supports: which actions a player mixes, and to which the other is indifferent.

    For each set of actions of one player and each set of as many of the other's, linear equations
    give the mixture that makes those of the other equally good. Where it is a probability and no
    other action is better it is kept; a pair of such mixtures is an equilibrium if each player
    mixes best answers only. Ties are kept as well, so that degenerate games lose nothing.

    Args:
        row_payoffs: of the row player, row actions by column actions.
        column_payoffs: of the column player, in the same shape.

    Raises:
        ConfigurationError: for payoffs that are not finite, and for games that are too large: 8 by
            8 is allowed.

    Source:
        Dickhaut and Kaplan (1991), A program for finding Nash equilibria, Mathematica Journal 1;
        von Stengel (2007), Equilibrium computation for two-player games in strategic and extensive
        form, in Nisan et al., Algorithmic game theory, for degenerate games.
    """
    a = numbers("row_payoffs", row_payoffs, (None, None))
    b = numbers("column_payoffs", column_payoffs, a.shape)
    allowed = "a game of at most 8 by 8 actions, or about as many subsets"
    require(math.comb(sum(a.shape), len(a)) <= _MOST_SYSTEMS, "row_payoffs", a.shape, allowed)
    rows, answered = _mixtures(b)
    columns, met = _mixtures(a.T)
    # An action is covered if it is not mixed or is a best answer.
    row_covered = (rows <= _TOLERANCE)[:, None, :] | met[None, :, :]
    column_covered = answered[:, None, :] | (columns <= _TOLERANCE)[None, :, :]
    pairs = np.argwhere(row_covered.all(-1) & column_covered.all(-1))
    labels = [(rows <= _TOLERANCE).sum(1) + answered.sum(1)]
    labels += [(columns <= _TOLERANCE).sum(1) + met.sum(1)]
    sizes = (len(a), a.shape[1])
    degenerate = any(bool((n > size).any()) for n, size in zip(labels, sizes, strict=True))
    found = [
        MixedEquilibrium(x, y, (float(x @ a @ y), float(x @ b @ y)))
        for x, y in ((rows[i], columns[j]) for i, j in pairs)
    ]
    found.sort(key=lambda each: (np.sum(each.row > 0), *(-each.row), *(-each.column)))
    return BimatrixEquilibria(tuple(found), degenerate)


def _mixtures(payoffs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mixtures of rows at which the other player, whose payoffs these are, is just indifferent.

    Returns:
        The mixtures, and which columns are best answers to each.
    """
    spread = np.ptp(payoffs)
    scaled = (payoffs - payoffs.min()) / (spread if spread > 0 else 1)
    m, n = scaled.shape
    found: list[np.ndarray] = []
    for size in range(1, min(m, n) + 1):
        own = np.array(list(itertools.combinations(range(m), size)))
        other = np.array(list(itertools.combinations(range(n), size)))
        pairs = len(own) * len(other)
        system = np.zeros((pairs, size + 1, size + 1))
        block = scaled[own[:, None, None, :], other[None, :, :, None]]
        system[:, :size, :size] = block.reshape(pairs, size, size)
        system[:, :size, size] = -1
        system[:, size, :size] = 1
        # In a singular system the mixture is no corner: another pair of sets has it, if any.
        regular = np.linalg.cond(system) < 1 / _TOLERANCE
        right = np.zeros((int(regular.sum()), size + 1, 1))
        right[:, size] = 1
        solved = np.linalg.solve(system[regular], right)[..., 0]
        full = np.zeros((len(solved), m))
        np.put_along_axis(full, np.repeat(own, len(other), 0)[regular], solved[:, :size], 1)
        value = solved[:, size]
        fits = (full >= -_TOLERANCE).all(1)
        fits &= (full @ scaled <= value[:, None] + _TOLERANCE).all(1)
        for mixture in np.maximum(full[fits], 0):
            if not any(np.abs(mixture - known).max() < 10 * _TOLERANCE for known in found):
                found.append(np.where(mixture > _TOLERANCE, mixture, 0))
    mixtures = np.array(found)
    mixtures = mixtures / mixtures.sum(1, keepdims=True)
    values = mixtures @ scaled
    return mixtures, values >= values.max(1, keepdims=True) - 10 * _TOLERANCE


def pure_equilibria(payoffs: Numbers) -> tuple[tuple[int, ...], ...]:
    """All profiles of actions from which no player gains by deviating alone.

    Args:
        payoffs: first axis players, then one axis of actions for each of them.

    Returns:
        One index an action for each player, in each equilibrium. There may be none.

    Raises:
        ConfigurationError: for payoffs that are not finite or not in this shape.
    """
    players = len(payoffs) if isinstance(payoffs, (list, tuple, np.ndarray)) else 1
    u = numbers("payoffs", payoffs, (players, *[None] * players))
    spread = np.ptp(u.reshape(players, -1), axis=1)
    stays = np.ones(u.shape[1:], bool)
    for player in range(players):
        best = u[player].max(player, keepdims=True)
        stays &= u[player] >= best - _TOLERANCE * spread[player]
    return tuple(tuple(int(i) for i in place) for place in np.argwhere(stays))
