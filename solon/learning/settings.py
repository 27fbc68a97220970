"""What settings of algorithms are made of, and how they are checked. Nothing here needs jax."""

import itertools
import math
from typing import TYPE_CHECKING, Any, TypeAlias

from .._plain import is_number
from ..errors import require, require_whole

if TYPE_CHECKING:
    from ..environment import Role

__all__ = [
    *("SHARING", "Schedule"),
    *("check_count", "check_flag", "check_number", "check_schedule", "check_span", "check_widths"),
    *("sharing", "tuples"),
]

Schedule: TypeAlias = float | tuple[tuple[float, float], ...]
"""A number, or one that changes with the environment steps done: points (steps, value), joined by
straight lines and constant before the first and after the last."""

SHARING = ("role", "kind", "member")
"""Who shares a network: all members of a role, those of a kind, or nobody."""


def sharing(network_per: str, role: "Role") -> tuple[int, ...]:
    """How many members share each network, as one of `SHARING` says; none if all share one."""
    counts = {"role": (), "kind": role.kinds, "member": (1,) * role.count}
    return counts[network_per]


def tuples(value: Any) -> Any:
    """Lists as tuples: configurations that were kept as JSON come back as lists."""
    return tuple(tuples(item) for item in value) if isinstance(value, list | tuple) else value


def check_count(name: str, value: Any) -> None:
    """Raise `ConfigurationError` unless this is an integer of at least 1."""
    counted = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    require(counted, name, value, "an integer of at least 1")


def check_flag(name: str, value: Any) -> None:
    """Raise `ConfigurationError` unless this is a truth value."""
    require(isinstance(value, bool), name, value, "true or false")


def check_widths(name: str, value: Any) -> None:
    """Raise `ConfigurationError` unless these are widths of layers, or none."""
    allowed = "widths, each an integer of at least 1, or none"
    require(isinstance(value, tuple), name, value, allowed)
    counted = all(isinstance(w, int) and not isinstance(w, bool) and w >= 1 for w in value)
    require(counted, name, value, allowed)


def check_number(name: str, value: Any, low: float, high: float) -> None:
    """Raise `ConfigurationError` unless this is a number between the bounds."""
    allowed = f"a number from {low:g} to {high:g}" if high < math.inf else f"at least {low:g}"
    require(is_number(value) and low <= value <= high, name, value, allowed)


def check_schedule(
    name: str, value: Any, low: float, high: float, *, positive: bool = False
) -> None:
    """Raise `ConfigurationError` unless this is a `Schedule` between the bounds.

    Args:
        name: of the setting.
        value: to check.
        low: bound of all its numbers.
        high: the other bound.
        positive: whether 0 is not allowed either.
    """
    numbers = [value]
    if isinstance(value, tuple):
        pairs = len(value) >= 1 and all(isinstance(p, tuple) and len(p) == 2 for p in value)
        known = pairs and all(is_number(x) for point in value for x in point)
        rising = known and all(a[0] < b[0] for a, b in itertools.pairwise(value))
        require(rising, name, value, "a number, or points (steps, value) with increasing steps")
        numbers = [at for _, at in value]
    for number in numbers:
        check_number(name, number, low, high)
        require(not positive or number > 0, name, number, "a number above 0")


def check_span(start: Any, end: Any) -> None:
    """Raise `ConfigurationError` unless these are `learns_from` and `learns_until`."""
    require_whole("learns_from", start, low=0, high=2**31 - 1)
    if end is not None:
        require_whole("learns_until", end, low=start, high=2**31 - 1)
