"""Places of an economy's params: names joined by dots, such as `parts.periodic-bracket-tax.cap`."""

import functools
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, PyTree

__all__ = ["param_at", "with_params"]


def param_at(params: Any, place: str) -> Any:
    """The param at a place.

    Raises:
        KeyError: if there is none.
    """
    found: Any = params
    for part in place.split("."):
        if isinstance(found, Mapping):
            found = found[part]
            continue
        # What an array can be asked for (growth.T) is no param.
        fields: Any = getattr(found, "_fields", None) or getattr(found, "__dataclass_fields__", {})
        if part not in fields:
            raise KeyError(place)
        found = getattr(found, part)
    return found


def with_params(params: PyTree[Array], values: Mapping[str, Array]) -> PyTree[Array]:
    """The same with other values at some places, each of the type that it has there."""
    for place, value in values.items():
        where = functools.partial(param_at, place=place)
        value = jnp.asarray(value).astype(jnp.asarray(where(params)).dtype)
        params = eqx.tree_at(where, params, value)
    return params
