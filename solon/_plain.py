"""Numbers of NumPy and JAX as Python's own: what is configured is stored, hashed and compared."""

import dataclasses
import sys
from typing import Any

__all__ = ["is_number", "plain", "plain_fields"]

_PLAIN = (int, float, bool)


def plain(value: Any) -> Any:
    """A number of NumPy or JAX, or an array of no axes, as a number of Python.

    A truth value becomes Python's, and lists, tuples and mappings have theirs replaced. Anything
    else is given back as it is, a number that jax is tracing too.
    """
    if type(value) in (list, tuple):
        return type(value)(map(plain, value))
    if type(value) is dict:
        return {name: plain(item) for name, item in value.items()}
    if type(value) in _PLAIN or getattr(value, "shape", None) != () or not hasattr(value, "dtype"):
        return value
    try:
        found = value.item()
    except (TypeError, ValueError, AttributeError, NotImplementedError):
        return value
    return found if type(found) in _PLAIN else value


def is_number(value: Any) -> bool:
    """Whether this is a finite number of Python that a float can hold; a truth value is none."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and abs(value) <= sys.float_info.max


def plain_fields(instance: Any) -> None:
    """Replace the numbers of a frozen dataclass by Python's, while it is being built.

    Arrays become tuples, since nothing else can be hashed.
    """
    for field in dataclasses.fields(instance):
        value: Any = getattr(instance, field.name, None)
        several = hasattr(value, "dtype") and getattr(value, "shape", ()) != ()
        found = _as_tuples(value.tolist()) if several else plain(value)
        if found is not value:
            object.__setattr__(instance, field.name, found)


def _as_tuples(value: Any) -> Any:
    return tuple(map(_as_tuples, value)) if isinstance(value, list) else value
