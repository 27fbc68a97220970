"""Places of an economy's params: names joined by dots, such as `parts.periodic-bracket-tax.cap`."""

import contextlib
import functools
import math
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PyTree

from .._plain import is_number, plain
from ..errors import ConfigurationError, did_you_mean, require

__all__ = ["check_bounds", "given_params", "param_at", "param_places", "with_params"]


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


def param_places(params: PyTree[Array]) -> list[str]:
    """The places of all params, names joined by dots."""
    paths = jax.tree_util.tree_flatten_with_path(params)[0]
    return [jax.tree_util.keystr(path, simple=True, separator=".") for path, _ in paths]


def given_params(
    params: PyTree[Array],
    values: Mapping[str, Any],
    bounds: Mapping[str, tuple[float, float]],
    argument: str = "param",
) -> PyTree[Array]:
    """The same with the values that a user gave, as plain numbers and lists.

    Args:
        params: of the economy.
        values: by place; each has the shape of its param.
        bounds: `Environment.param_bounds`.
        argument: what the user knows them as, for errors.

    Raises:
        ConfigurationError: if there is no such param, or a value is not of its kind.
    """
    given = {}
    for place, value in values.items():
        leaf: Any = None
        with contextlib.suppress(KeyError):
            leaf = param_at(params, place)
        if not hasattr(leaf, "dtype"):
            close = did_you_mean(place, param_places(params))
            allowed = f"a param of the economy, names joined by dots{close}"
            raise ConfigurationError(argument, place, allowed)
        _check(f"{argument}.{place}", plain(value), leaf)
        entries = np.asarray(plain(value), float)
        if entries.size:
            lowest, highest = float(entries.min()), float(entries.max())
            check_bounds(f"{argument}.{place}", value, (lowest, highest), bounds.get(place))
        given[place] = jnp.asarray(plain(value), leaf.dtype)
    return with_params(params, given)


def check_bounds(
    argument: str,
    value: Any,
    reach: tuple[float, float],
    bounds: tuple[float, float] | None,
) -> None:
    """Raise `ConfigurationError` unless values lie within the bounds of a param.

    Args:
        argument: what the user knows it as.
        value: as the user gave it.
        reach: the lowest and the highest value that comes of it.
        bounds: the lowest and the highest that is allowed; None for any.
    """
    if bounds is None:
        return
    low, high = bounds
    words = f"numbers from {low:g} to {high:g}" if high < math.inf else f"numbers from {low:g} on"
    require(low <= reach[0] and reach[1] <= high, argument, value, words)


def _check(argument: str, value: Any, leaf: Any) -> None:
    """Raise `ConfigurationError` unless a value can take the place of a param."""
    truth, whole = leaf.dtype == bool, jnp.issubdtype(leaf.dtype, jnp.integer)
    kind = "true or false" if truth else "a whole number" if whole else "a finite number"
    lists = f"lists of the shape {list(leaf.shape)}, each entry {kind}"
    highest: Any = 1 if truth else (jnp.iinfo if whole else jnp.finfo)(leaf.dtype).max

    def fits(value: Any, shape: tuple[int, ...]) -> bool:
        if shape:
            proper = isinstance(value, list | tuple) and len(value) == shape[0]
            return proper and all(fits(item, shape[1:]) for item in value)
        if truth:
            return isinstance(value, bool)
        proper = type(value) is int or not whole
        # As numbers of Python, which do not overflow.
        return proper and is_number(value) and abs(value) <= plain(highest)

    require(fits(value, leaf.shape), argument, value, kind if leaf.shape == () else lists)
