"""Arguments of solvers as arrays of float64, or one line that says what is wrong with them."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import jax
import numpy as np

from ...errors import ConfigurationError, NotConvergedError, require

__all__ = ["Numbers", "not_converged", "numbers", "shares_of_one"]

Numbers: TypeAlias = float | Sequence[Any] | np.ndarray | jax.Array
"""What can be made an array: a number, nested lists or tuples, an array."""


_ROUNDING = 1e-9


def numbers(
    argument: str,
    values: Numbers,
    shape: tuple[int | None, ...] | None,
    *,
    low: float = -np.inf,
    high: float = np.inf,
    open_ends: bool = False,
) -> np.ndarray:
    """Finite numbers in some shape, in float64.

    Args:
        argument: what the user knows them as.
        values: what was given.
        shape: length of each axis; None is any length but 0, or any shape.
        low: the smallest that is allowed.
        high: the largest that is allowed.
        open_ends: `low` and `high` themselves are not allowed.

    Raises:
        ConfigurationError: for anything else.
    """
    try:
        array = np.array(values, float)
    except (TypeError, ValueError):
        array = np.full(0, np.nan)
    shape = array.shape if shape is None else shape
    sizes = ", ".join("any" if n is None else str(n) for n in shape)
    fits = array.ndim == len(shape) and array.size > 0
    fits = fits and all(n in (None, m) for n, m in zip(shape, array.shape, strict=True))
    got = array.shape if array.size else values
    require(fits, argument, got, f"numbers in an array of shape ({sizes})")
    inside = (array > low) & (array < high) if open_ends else (array >= low) & (array <= high)
    for wrong in array[~(np.isfinite(array) & inside)]:
        raise ConfigurationError(argument, float(wrong), _range(low, high, open_ends))
    return array


def shares_of_one(argument: str, values: Numbers, shape: tuple[int | None, ...]) -> np.ndarray:
    """Shares of at least 0 that add up to 1 along the last axis.

    Raises:
        ConfigurationError: for anything else.
    """
    array = numbers(argument, values, shape, low=0, high=1)
    sums = array.sum(-1)
    worst = float(sums.flat[np.argmax(np.abs(sums - 1))])
    require(abs(worst - 1) < _ROUNDING, argument, worst, "shares that add up to 1")
    return array / sums[..., None]


def not_converged(solver: str, rounds: int, residual: float, tolerance: float) -> NotConvergedError:
    """What a solver raises that used up its rounds."""
    left = f"its residual is {residual:.3g}, above {tolerance:.3g}"
    return NotConvergedError(f"{solver} did not converge in {rounds} rounds: {left}", residual)


def _range(low: float, high: float, open_ends: bool) -> str:
    at_least, at_most = ("above", "below") if open_ends else ("of at least", "at most")
    ends = [f"{at_least} {low:g}"] if low > -np.inf else []
    ends += [f"{at_most} {high:g}"] if high < np.inf else []
    return " ".join(["finite numbers", " and ".join(ends)]).strip()
