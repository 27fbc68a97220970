"""Values from YAML and JSON as configurations take them."""

from collections.abc import Mapping
from typing import Any

__all__ = ["as_tuples", "with_numbers"]


def as_tuples(value: Any) -> Any:
    """Lists as tuples, all the way down, so that what is built from them can be hashed."""
    if isinstance(value, Mapping):
        return {key: as_tuples(item) for key, item in value.items()}
    return tuple(as_tuples(item) for item in value) if isinstance(value, list | tuple) else value


def with_numbers(value: Any) -> Any:
    """Text such as `1e-3` as the number it is, which YAML 1.1 does not see in it."""
    if isinstance(value, list):
        return [with_numbers(item) for item in value]
    if isinstance(value, Mapping):
        return {key: with_numbers(item) for key, item in value.items()}
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value
