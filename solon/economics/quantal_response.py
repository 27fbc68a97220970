"""Logit quantal-response equilibria of games in normal form: all of them, on all branches.

With the precision k, a player takes action a with a probability proportional to exp(k E u(a)). An
equilibrium is a profile of such choices that answer each other. At k = 0 everybody chooses at
random. The principal branch begins there and goes on without end; other branches appear out of
nothing, with a fold at the lowest k that has them, or where symmetry breaks on another branch (a
pitchfork). What they tend to as k rises are Nash equilibria.

In the log-odds y of each action to a player's first, an equilibrium solves

    y = k (E u(a) - E u(first)).

Newton's method solves it from many starts, and pseudo-arclength continuation follows a branch,
around folds as well. Each equilibrium has an index, the sign of the determinant of the derivative
of the difference of both sides, and the indices of all equilibria sum to 1: if they do not, some
were missed, and that is an error. (If they do, only as many of the index 1 as of -1 can be.)

References:
    McKelvey and Palfrey (1995), "Quantal response equilibria for normal form games", Games and
    Economic Behavior 10.
    Turocy (2005), "A dynamic homotopy interpretation of the logistic quantal response equilibrium
    correspondence", Games and Economic Behavior 51.
"""

import dataclasses
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from ..errors import NotConvergedError, require_number, require_whole
from ._games import ACCURACY, Game, LogitSystem

__all__ = [
    "QuantalResponseBranch",
    "QuantalResponseEquilibria",
    "quantal_response_branches",
    "quantal_response_equilibria",
]

# Two equilibria are one if no probability differs by more.
_SAME = 1e-6
# Along a branch: shortest and longest step, the widest angle between two, and points at most.
_SHORTEST, _LONGEST, _ANGLE, _POINTS = 1e-7, 0.5, 0.2, 20_000


@dataclasses.dataclass(frozen=True, eq=False)
class QuantalResponseEquilibria:
    """All equilibria of a game at one precision; that of the principal branch is the first.

    Attributes:
        precision: k.
        profiles: of each player, (equilibria, actions), probabilities.
        index: of each equilibrium, 1 or -1; they sum to 1.
    """

    precision: float
    profiles: tuple[Float[np.ndarray, "equilibria _"], ...]
    index: Int[np.ndarray, " equilibria"]


@dataclasses.dataclass(frozen=True, eq=False)
class QuantalResponseBranch:
    """A curve of equilibria, in the order in which it is walked along.

    Attributes:
        precision: k at each point.
        profiles: of each player, (points, actions), probabilities.
        principal: whether it begins at k = 0.
        closed: whether it comes back to where it began. All others end at the highest precision.
    """

    precision: Float[np.ndarray, " points"]
    profiles: tuple[Float[np.ndarray, "points _"], ...]
    principal: bool
    closed: bool

    @property
    def lowest(self) -> float:
        """The lowest precision at which the branch is there."""
        return float(self.precision.min())


def _starts(system, precision, count, generator):
    """Odds of all pure profiles and of random mixtures, and of what answers them."""
    actions = system.game.actions
    pure = np.stack(np.meshgrid(*map(np.arange, actions), indexing="ij"), axis=-1)
    pure = pure.reshape(-1, len(actions))
    if len(pure) > count:
        pure = generator.permutation(pure)[:count]
    profiles = []
    for i, n in enumerate(actions):
        alone = 0.999 * np.eye(n)[pure[:, i]] + 0.001 / n
        mixed = [generator.dirichlet(np.full(n, shape), count) for shape in (0.3, 1.0, 5.0)]
        middle = np.full((1, n), 1 / n)
        profiles.append(np.maximum(np.concatenate([middle, alone, *mixed]), 1e-12))
    odds = np.concatenate([np.log(p[:, 1:] / p[:, :1]) for p in profiles], axis=1)
    return np.concatenate([odds, precision * system.advantages(profiles)])


def _distinct(system, odds):
    """One of each that are the same."""
    profile = np.concatenate(system.profile(odds), axis=1)
    kept: list[int] = []
    for i in range(len(odds)):
        if all(np.abs(profile[i] - profile[j]).max() > _SAME for j in kept):
            kept.append(i)
    return odds[kept]


def _all(system, precision, starts, generator, known):
    """All equilibria, the known ones first; more starts until their indices sum to 1."""
    found = known
    for attempt in range(4):
        odds = _starts(system, precision, starts * 2**attempt, generator)
        odds, good = system.newton(odds, precision)
        found = _distinct(system, np.concatenate([found, odds[good]]))
        index = system.index(found, precision)
        if index.sum() == 1 and np.all(index):
            return found, index
    raise NotConvergedError(
        f"equilibria at precision {precision:g} are missing or at a fold: the indices of the "
        f"{len(found)} that were found sum to {index.sum()} and not to 1"
    )


def _walk(system, odds, precision, direction, highest, levels):
    """Follow a branch until k leaves [0, highest] or it comes back.

    Returns its points as rows (y, k), those at the levels, and whether it came back.
    """
    point = np.append(odds, precision)
    start, points, crossed = point, [point], []
    tangent = _tangent(system, point, direction)
    length = min(0.02, _LONGEST)
    while len(points) < _POINTS:
        new = _corrected(system, point + length * tangent, tangent)
        ahead = None if new is None else _tangent(system, new, tangent)
        if ahead is None or np.arccos(np.clip(ahead @ tangent, -1, 1)) > _ANGLE:
            length /= 2
            if length < _SHORTEST:
                raise NotConvergedError(
                    f"a branch could not be followed beyond precision {point[-1]:g}"
                )
            continue
        if new[-1] > highest:
            new = _at(system, point, new, highest)
            ahead = tangent
        for level in levels:
            if (point[-1] - level) * (new[-1] - level) <= 0 and point[-1] != new[-1]:
                crossed.append(_at(system, point, new, level))
        if tangent[-1] * ahead[-1] < 0:
            points.append(_turn(system, point, tangent, length))
        back = np.abs(new - start).max() < length and len(points) > 5 and new[-1] < highest
        point, tangent = new, ahead
        points.append(point)
        if back or not 0 <= point[-1] < highest:
            return np.stack(points), crossed, bool(back)
        length = min(1.3 * length, _LONGEST)
    raise NotConvergedError(f"a branch had not ended after {_POINTS} points")


def _at(system, point, new, level):
    """The point of a branch at a level of precision, between two others."""
    share = (level - point[-1]) / (new[-1] - point[-1])
    at, good = system.newton((point + share * (new - point))[None, :-1], level)
    if not good[0]:
        raise NotConvergedError(f"a branch could not be followed to precision {level:g}")
    return np.append(at[0], level)


def _turn(system, point, tangent, length):
    """The fold between a point and the next, where precision turns."""
    low, high, turn = 0.0, length, point
    for _ in range(30):
        middle = (low + high) / 2
        new = _corrected(system, point + middle * tangent, tangent)
        if new is None:
            break
        turn = new
        same = _tangent(system, new, tangent)[-1] * tangent[-1] > 0
        low, high = (middle, high) if same else (low, middle)
    return turn


def _tangent(system, point, along):
    """The unit vector in which the branch goes on, on the side of another vector."""
    odds = point[None, :-1]
    profile = system.profile(odds)
    by_precision = -system.advantages(profile)[0]
    derivative = np.eye(system.size) - point[-1] * system.slopes(profile)[0]
    *_, basis = np.linalg.svd(np.column_stack([derivative, by_precision]))
    return basis[-1] if basis[-1] @ along >= 0 else -basis[-1]


def _corrected(system, guess, tangent):
    """The point of the branch in the plane through a guess, or None."""
    point = guess
    for _ in range(6):
        odds, precision = point[None, :-1], point[-1]
        profile = system.profile(odds)
        advantages = system.advantages(profile)[0]
        residual = np.append(point[:-1] - precision * advantages, (point - guess) @ tangent)
        if np.abs(residual).max() <= ACCURACY * (1 + abs(precision)):
            return point
        derivative = np.eye(system.size) - precision * system.slopes(profile)[0]
        matrix = np.vstack([np.column_stack([derivative, -advantages]), tangent])
        try:
            point = point - np.linalg.solve(matrix, residual)
        except np.linalg.LinAlgError:
            return None
    return None


def _principal(system, highest, levels):
    upwards = np.append(np.zeros(system.size), 1.0)
    return _walk(system, np.zeros(system.size), 0.0, upwards, highest, levels)


def quantal_response_equilibria(
    payoffs: Any, precision: float, *, starts: int = 100, seed: int = 0
) -> QuantalResponseEquilibria:
    """All equilibria at one precision.

    Args:
        payoffs: one array a player, each with one axis a player: the actions of all.
        precision: k, of at least 0, per unit of payoff: payoffs of twice the size with half the
            precision are the same game.
        starts: of Newton's method; they are doubled until the indices sum to 1.
        seed: of the random ones among them.

    Raises:
        ConfigurationError: for a value that is not allowed.
        NotConvergedError: if the indices of what was found do not sum to 1, as at a fold.
    """
    system = LogitSystem(Game(payoffs))
    precision = require_number("precision", precision, low=0)
    starts = require_whole("starts", starts, low=1, high=100_000)
    known = np.zeros((1, system.size))
    if precision > 0:
        known = _principal(system, precision, [])[0][-1:, :-1]
    found, index = _all(system, precision, starts, np.random.default_rng(seed), known)
    return QuantalResponseEquilibria(precision, tuple(system.profile(found)), index)


def quantal_response_branches(
    payoffs: Any, highest: float, *, levels: int = 12, starts: int = 100, seed: int = 0
) -> tuple[QuantalResponseBranch, ...]:
    """All branches up to a precision, the principal one first.

    All equilibria are found at some levels of precision, and those that are on no branch so far
    are where the next is followed from, both ways. What is there only between two levels is missed.

    Args:
        payoffs: as for `quantal_response_equilibria`.
        highest: precision at which branches end.
        levels: how many, evenly spaced, the last the highest.
        starts: see `quantal_response_equilibria`.
        seed: likewise.

    Raises:
        ConfigurationError: for a value that is not allowed.
        NotConvergedError: if equilibria of a level are missing, or a branch cannot be followed.
    """
    system = LogitSystem(Game(payoffs))
    highest = require_number("highest", highest, low=0, above=True)
    levels = require_whole("levels", levels, low=1, high=1000)
    starts = require_whole("starts", starts, low=1, high=100_000)
    generator = np.random.default_rng(seed)
    # Not at round numbers, where games of round numbers have their folds and pitchforks.
    at = highest * (np.arange(1, levels + 1) / levels) ** 1.01
    points, crossed, _ = _principal(system, highest, at)
    branches = [_branch(system, points, principal=True, closed=False)]
    for level in at[::-1]:
        on = [point[:-1] for point in crossed if point[-1] == level]
        known = np.stack(on) if on else np.zeros((0, system.size))
        found, _ = _all(system, level, starts, generator, known)
        for odds in found[len(_distinct(system, known)) :]:
            there = [point[:-1] for point in crossed if point[-1] == level]
            if there and len(_distinct(system, np.stack([*there, odds]))) == len(
                _distinct(system, np.stack(there))
            ):
                continue
            towards = np.append(np.zeros(system.size), 1.0)
            up, more, closed = _walk(system, odds, level, towards, highest, at)
            crossed += [*more, np.append(odds, level)]
            if not closed:
                down, more, _ = _walk(system, odds, level, -towards, highest, at)
                crossed += more
                up = np.concatenate([up[::-1], down[1:]])
            branches.append(_branch(system, up, principal=False, closed=closed))
    return tuple(branches)


def _branch(system, points, *, principal, closed):
    profiles = tuple(system.profile(points[:, :-1]))
    return QuantalResponseBranch(points[:, -1], profiles, principal, closed)
