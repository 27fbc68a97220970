"""Values from YAML and JSON as configurations take them."""

from collections.abc import Mapping
from typing import Any

__all__ = ["as_tuples"]


def as_tuples(value: Any) -> Any:
    """Lists as tuples, all the way down, so that what is built from them can be hashed."""
    if isinstance(value, Mapping):
        return {key: as_tuples(item) for key, item in value.items()}
    return tuple(as_tuples(item) for item in value) if isinstance(value, list | tuple) else value
