"""Numbers of which one is chosen, and the range of them that is allowed for the moment."""

import itertools
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from ..._plain import is_number
from ...errors import require, require_number

__all__ = ["check_grid", "check_numbers", "share_of_range", "within"]

_TOLERANCE = 1e-5


def check_grid(argument: str, grid: Any, *, high: float = 1e9) -> None:
    """Raise `ConfigurationError` unless these are numbers from 0 to `high` that rise."""
    numbers = isinstance(grid, tuple) and len(grid) > 0 and all(map(is_number, grid))
    rising = numbers and all(a < b for a, b in itertools.pairwise(grid))
    inside = rising and grid[0] >= 0 and grid[-1] <= high
    require(inside, argument, grid, f"a list of rising numbers from 0 to {high:g}")


def check_numbers(
    argument: str, numbers: Any, whose: str, count: int, *, high: float, open_ends: bool = False
) -> None:
    """Raise `ConfigurationError` unless these are numbers from 0 to `high`, one for each member.

    Args:
        argument: what the user knows them as.
        numbers: what was given.
        whose: the role.
        count: how many members it has.
        high: the largest that is allowed.
        open_ends: neither 0 nor `high` is allowed.
    """
    several = isinstance(numbers, tuple) and len(numbers) == count
    words = f"{count} {'number' if count == 1 else 'numbers'}, one for each {whose}"
    require(several, argument, numbers, words)
    for number in numbers:
        if open_ends:
            inside = is_number(number) and 0 < number < high
            require(inside, argument, number, f"numbers above 0 and below {high:g}")
        else:
            require_number(argument, number, low=0, high=high)


def within(
    grid: tuple[float, ...], low: Float[Array, ""], high: Float[Array, ""]
) -> Bool[Array, " choices"]:
    """Which numbers of a grid lie from `low` to `high`; the nearest ones where none does."""
    numbers = np.asarray(grid, float)
    slack = _TOLERANCE * max(1.0, float(numbers[-1]))
    distance = jnp.maximum(jnp.maximum(low - numbers, numbers - high), 0)
    return (distance <= slack) | (distance <= jnp.min(distance))


def share_of_range(
    share: Float[Array, "*shape"], low: Float[Array, "*#shape"], high: Float[Array, "*#shape"]
) -> Float[Array, "*shape"]:
    """The number at a share of the way from `low` to `high`."""
    return low + jnp.clip(share, 0, 1) * jnp.maximum(high - low, 0)
