"""Level-k thinking and cognitive hierarchies: players who think a few steps ahead.

A player of level 0 chooses at random. In level-k thinking a player of level k answers others of
level k - 1; in a cognitive hierarchy, others of all lower levels, with the shares that a Poisson
distribution of levels has among them.

References:
    Stahl and Wilson (1995), "On players' models of other players", Games and Economic Behavior 10.
    Nagel (1995), "Unraveling in guessing games: an experimental study", American Economic Review
    85.
    Camerer, Ho and Chong (2004), "A cognitive hierarchy model of games", Quarterly Journal of
    Economics 119; across experiments the mean level is about 1.5.
"""

import dataclasses
import math
from typing import Any

import numpy as np
from jaxtyping import Float

from ..errors import require_number, require_whole
from ._games import Game

__all__ = ["Hierarchy", "cognitive_hierarchy", "guessing_game", "level_k", "poisson_shares"]

# Of the range of payoffs: actions closer than that are equally good.
_TIE = 1e-12


@dataclasses.dataclass(frozen=True, eq=False)
class Hierarchy:
    """What each level does, and what all of them do together.

    Attributes:
        strategies: of each player, (levels, actions), probabilities by level from 0 on.
        shares: of each level among the players.
        frequencies: of each player, probabilities of actions over all levels.
    """

    strategies: tuple[Float[np.ndarray, "levels _"], ...]
    shares: Float[np.ndarray, " levels"]
    frequencies: tuple[Float[np.ndarray, " _"], ...]


def poisson_shares(mean_level: float, highest: int) -> Float[np.ndarray, " levels"]:
    """Shares of the levels from 0 to the highest, as if no level were higher.

    Args:
        mean_level: tau, of the Poisson distribution that is cut off, at least 0.
        highest: level, at most 100.
    """
    mean_level = require_number("mean_level", mean_level, low=0, high=1000)
    highest = require_whole("highest", highest, low=0, high=100)
    if mean_level == 0:
        return np.eye(1, highest + 1)[0]
    logs = [k * math.log(mean_level) - math.lgamma(k + 1) for k in range(highest + 1)]
    weights = np.exp(np.array(logs) - max(logs))
    return weights / weights.sum()


def level_k(payoffs: Any, highest: int, *, precision: float | None = None) -> Hierarchy:
    """Each level answers others one level lower; in the end all are of the highest.

    Args:
        payoffs: one array a player, each with one axis a player: the actions of all.
        highest: level, at most 100.
        precision: of a logit answer, per unit of payoff; the best answer, with ties split evenly,
            unless given.

    Raises:
        ConfigurationError: for a value that is not allowed.
    """
    highest = require_whole("highest", highest, low=0, high=100)
    below = np.eye(highest + 1, k=-1)
    return _hierarchy(payoffs, below, np.eye(highest + 1)[-1], precision)


def cognitive_hierarchy(
    payoffs: Any, mean_level: float, *, highest: int = 8, precision: float | None = None
) -> Hierarchy:
    """Each level answers a mixture of all lower ones.

    Args:
        payoffs: one array a player, each with one axis a player: the actions of all.
        mean_level: tau, of the Poisson distribution of levels, at least 0.
        highest: level that there is, at most 100.
        precision: see `level_k`.

    Raises:
        ConfigurationError: for a value that is not allowed.
    """
    shares = poisson_shares(mean_level, highest)
    return _hierarchy(payoffs, _beliefs(shares), shares, precision)


def _beliefs(shares):
    """Of each level, a row: the shares of those below it among all that are."""
    below = np.tril(np.tile(shares, (len(shares), 1)), -1)
    total = below.sum(axis=1, keepdims=True)
    # Where nobody is below, as far as shares tell, a player thinks of those of level 0.
    below[:, 0] += (total[:, 0] == 0) & (np.arange(len(shares)) > 0)
    return below / np.where(total > 0, total, 1.0)


def _hierarchy(payoffs, beliefs, shares, precision):
    game = Game(payoffs)
    if precision is not None:
        precision = require_number("precision", precision, low=0)
    strategies = [[np.full(n, 1 / n)] for n in game.actions]
    for k in range(1, len(shares)):
        mixed = [(beliefs[k, :k] @ np.stack(each))[None] for each in strategies]
        worth = [game.worth(mixed, i)[0] for i in range(game.players)]
        for each, payoff, table in zip(strategies, worth, game.payoffs, strict=True):
            each.append(_answer(payoff, precision, float(np.ptp(table))))
    levels = tuple(np.stack(each) for each in strategies)
    return Hierarchy(levels, shares, tuple(shares @ each for each in levels))


def _answer(worth, precision, spread):
    if precision is None:
        best = worth >= worth.max() - _TIE * spread
        return best / best.sum()
    weights = np.exp(precision * (worth - worth.max()))
    return weights / weights.sum()


def guessing_game(
    mean_level: float, *, share: float = 2 / 3, start: float = 50.0, highest: int = 8
) -> tuple[Float[np.ndarray, " levels"], float]:
    """What a hierarchy guesses of a share of the mean guess, among so many that one does not count.

    Args:
        mean_level: tau, at least 0.
        share: of the mean guess that wins, from 0 to 1.
        start: mean guess of level 0.
        highest: level that there is, at most 100.

    Returns:
        The guess of each level, and the mean over all of them.
    """
    share = require_number("share", share, low=0, high=1)
    start = require_number("start", start, low=0)
    shares = poisson_shares(mean_level, highest)
    beliefs, guesses = _beliefs(shares), np.full(len(shares), float(start))
    for k in range(1, len(shares)):
        guesses[k] = share * beliefs[k, :k] @ guesses[:k]
    return guesses, float(shares @ guesses)
