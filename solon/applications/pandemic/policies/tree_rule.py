"""Levels by a few questions about what a state sees of itself."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Key, Shaped

from ...._plain import is_number, plain
from ....errors import require, require_whole
from ....policy import Policy
from .level_schedule import setting
from .log_linear_rule import LINEAR_SIGNALS, signals

__all__ = ["DEPTH", "Question", "TreeRule", "fit_tree", "leaves"]

#: Questions from the first one to a level, at most: no more than eight levels in all.
DEPTH = 3

Question: TypeAlias = Any
"""A level, or a tuple: a signal's place, a threshold, what follows below it, and what at or above.
Types that contain themselves cannot be checked where this runs."""


class TreeRule(Policy):
    """A decision tree, the same for all states. A level is set on review days alone.

    Args:
        tree: see `Question`; at most `DEPTH` questions deep.
        horizon: days in an episode of the economy.
        review: days from one review to the next.

    Raises:
        ConfigurationError: for a value that is not allowed.
    """

    signal: Int[Array, " questions"]
    threshold: Float[Array, " questions"]
    level: Int[Array, " leaves"]
    horizon: int = eqx.field(static=True)
    review: int = eqx.field(static=True)

    def __init__(self, tree: Question, *, horizon: int, review: int = 28):
        review = require_whole("review", review, low=1, high=10**6)
        asked: list[tuple[int, float]] = [(0, 0.0)] * (2**DEPTH - 1)
        found = [1] * 2**DEPTH

        def place(part: Question, depth: int, number: int) -> None:
            if depth == DEPTH:
                require(isinstance(part, int), "tree", part, f"at most {DEPTH} questions deep")
                assert isinstance(part, int)
                require_whole("level", part, low=1, high=10)
                found[number] = part
                return
            # A level that comes early is the answer to all that could have been asked.
            signal, threshold, below, above = (
                (0, 0.0, part, part) if isinstance(part, int) else part
            )
            asked[2**depth - 1 + number] = (signal, threshold)
            place(below, depth + 1, 2 * number)
            place(above, depth + 1, 2 * number + 1)

        place(plain(tree), 0, 0)
        self.signal = jnp.array([signal for signal, _ in asked])
        self.threshold = jnp.array([float(threshold) for _, threshold in asked])
        self.level = jnp.array(found)
        self.horizon, self.review = horizon, review

    def init(self, key: Key[Array, ""]) -> tuple[()]:
        return ()

    def act(
        self, memory: Any, observation: dict[str, Shaped[Array, "..."]], key: Key[Array, ""]
    ) -> tuple[Int[Array, " count"], Any]:
        seen = signals(observation)
        number = jnp.zeros(seen.shape[0], int)
        for depth in range(DEPTH):
            place = 2**depth - 1 + number
            value = jnp.take_along_axis(seen, self.signal[place][:, None], axis=1)[:, 0]
            number = 2 * number + (value >= self.threshold[place]).astype(int)
        day = jnp.round(observation["time"][0, 0] * self.horizon).astype(int)
        current = 10 * observation["stringency"][:, 0]
        wanted = jnp.where(day % self.review == 0, self.level[number].astype(float), current)
        return setting(wanted, observation), memory


def fit_tree(
    seen: Float[np.ndarray, "rows signals"],
    levels: Shaped[np.ndarray, " rows"],
    depth: int = DEPTH,
    *,
    least: int = 20,
) -> Question:
    """The tree that follows levels, split by split with the least squared error.

    Args:
        seen: `LINEAR_SIGNALS` of states on review days.
        levels: that were set there.
        depth: questions from here to a level, at most.
        least: rows in a leaf.
    """
    mean = int(np.clip(np.round(levels.mean()), 1, 10))
    if depth == 0 or len(levels) < 2 * least:
        return mean
    best: tuple[float, int, float, float] | None = None
    whole = float(((levels - levels.mean()) ** 2).sum())
    for signal in range(seen.shape[1]):
        order = np.argsort(seen[:, signal], kind="stable")
        value, level = seen[order, signal], levels[order].astype(float)
        count = np.arange(1, len(level))
        total, square = np.cumsum(level)[:-1], np.cumsum(level**2)[:-1]
        rest, rest_square = level.sum() - total, (level**2).sum() - square
        error = square - total**2 / count + rest_square - rest**2 / (len(level) - count)
        proper = (np.diff(value) > 0) & (count >= least) & (len(level) - count >= least)
        if proper.any():
            k = int(np.where(proper, error, np.inf).argmin())
            if best is None or error[k] < best[0]:
                best = float(error[k]), signal, float(value[k]), float(value[k + 1])
    if best is None or best[0] > 0.999 * whole:
        return mean
    _, signal, low, top = best
    threshold = _readable(seen[:, signal], low, top, least)
    high = seen[:, signal] >= threshold
    below = fit_tree(seen[~high], levels[~high], depth - 1, least=least)
    above = fit_tree(seen[high], levels[high], depth - 1, least=least)
    return below if below == above and isinstance(below, int) else (signal, threshold, below, above)


def _readable(values: Float[np.ndarray, " rows"], low: float, top: float, least: int) -> float:
    """A threshold between two values with few digits; the tree is scored with it.

    Three digits move it a little, and where values lie close together past all of them: then there
    are as many as leave enough rows on both sides.
    """
    for digits in range(3, 8):
        threshold = float(f"{(low + top) / 2:.{digits}g}")
        if least <= np.count_nonzero(values >= threshold) <= len(values) - least:
            return threshold
    return top


def leaves(tree: Question) -> int:
    """How many levels a tree can come to."""
    return 1 if isinstance(tree, int) else leaves(tree[2]) + leaves(tree[3])


def described(tree: Question) -> Any:
    """A tree as policy files have it."""
    if isinstance(tree, int):
        return tree
    signal, threshold, below, above = tree
    return {
        "signal": LINEAR_SIGNALS[signal],
        "at": threshold,
        "below": described(below),
        "above": described(above),
    }


def read_tree(content: Any, names: Sequence[str] = LINEAR_SIGNALS) -> Question:
    """A tree from a policy file.

    Raises:
        ConfigurationError: for what is no tree.
    """
    if type(content) is int:
        return content
    fields = ("signal", "at", "below", "above")
    whole = isinstance(content, dict) and sorted(map(str, content)) == sorted(fields)
    require(whole, "tree", content, "a level, or " + ", ".join(fields))
    require(content["signal"] in names, "tree", content["signal"], ", ".join(names))
    at = content["at"]
    require(is_number(at), "at", at, "a finite number")
    below, above = read_tree(content["below"], names), read_tree(content["above"], names)
    return (names.index(content["signal"]), float(at), below, above)
