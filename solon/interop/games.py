"""What games of other libraries have in common: one player, spaces by leaf, states of any types."""

import math
from collections.abc import Callable, Iterable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PyTree

from ..errors import ConfigurationError, did_you_mean
from ..luck import key_of
from ..spaces import Box

__all__ = [
    *("ROLE", "array_box", "as_typed", "fields_of", "known_name", "plain_array", "scaled"),
    "types_of",
]

ROLE = "player"
"""The role of who plays a game."""

_UNBOUNDED = 1e30
"""Libraries write the largest number of their type for what has no bound."""


def known_name(name: str, known: Iterable[str], library: str) -> None:
    """Raise `ConfigurationError` unless a library has a game of this name."""
    known = list(known)
    if name not in known:
        close = did_you_mean(name, known)
        allowed = f"{library}:NAME with a name that {library} has registered{close}"
        raise ConfigurationError("economy", f"{library}:{name}", allowed)


def fields_of(observation: PyTree[Any]) -> dict[str, Array]:
    """The arrays of an observation by field, in types that roles have.

    Args:
        observation: a tree of any structure. One that is an array is the field `observation`.
    """
    leaves = jax.tree_util.tree_flatten_with_path(observation)[0]
    return {
        jax.tree_util.keystr(path, simple=True, separator=".") or "observation": plain_array(leaf)
        for path, leaf in leaves
    }


def plain_array(leaf: Any) -> Array:
    """Truth values as they are, whole numbers in 32 bits, real numbers in jax's own precision."""
    leaf = jnp.asarray(leaf)
    if leaf.dtype == bool:
        return leaf
    whole = jnp.issubdtype(leaf.dtype, jnp.integer)
    return leaf.astype(jnp.int32 if whole else jnp.zeros(()).dtype)


def array_box(leaf: Any, low: Any = -math.inf, high: Any = math.inf) -> Box:
    """The space of a field.

    Args:
        leaf: an array of the field, or its type and shape.
        low: the lowest value of each entry, or of all of them.
        high: the highest.

    Returns:
        A `Box` from the lowest bound of all entries to the highest, as it has one of each.
    """
    if leaf.dtype == bool:
        return Box(leaf.shape, 0, 1, "boolean")
    whole = jnp.issubdtype(leaf.dtype, jnp.integer)
    lowest, highest = _bound(np.min(np.asarray(low))), _bound(np.max(np.asarray(high)))
    return Box(leaf.shape, lowest, highest, "integer" if whole else "float")


def _bound(value: Any) -> float:
    number = float(value)
    if abs(number) > _UNBOUNDED:
        return math.copysign(math.inf, number)
    return int(number) if number.is_integer() else number


def scaled(
    shape: tuple[int, ...], low: Any, high: Any
) -> tuple[Box, Callable[[Array], Array] | None]:
    """The space of an action of real numbers, and what makes the game's numbers of it.

    Where entries have bounds of their own the space is from -1 to 1, as a `Box` has two bounds for
    all entries.

    Args:
        shape: of the action.
        low: the lowest value of each entry, or of all of them.
        high: the highest.

    Returns:
        The space, and the function; None where numbers stay what they are.
    """
    lows, highs = np.asarray(low, float), np.asarray(high, float)
    if np.all(lows == lows.flat[0]) and np.all(highs == highs.flat[0]):
        return Box(shape, _bound(lows.flat[0]), _bound(highs.flat[0])), None

    def theirs(action: Array) -> Array:
        share = (action + 1) / 2
        return jnp.asarray(lows, action.dtype) * (1 - share) + jnp.asarray(highs) * share

    return Box(shape, -1.0, 1.0), theirs


def types_of(
    start: Callable[..., Any], step: Callable[..., Any], *args: Any
) -> PyTree[jax.ShapeDtypeStruct]:
    """Types and shapes of a game's state after a step, which it keeps from then on.

    Args:
        start: of a key and `args`, gives the first state.
        step: of a key, a state and `args`, gives the next one.
        args: of both.
    """

    def second(key: Any, *args: Any) -> Any:
        return step(key, start(key, *args), *args)

    return jax.eval_shape(second, key_of(0), *args)


def as_typed(tree: PyTree[Any], types: PyTree[jax.ShapeDtypeStruct]) -> PyTree[Array]:
    """The same in these types: games begin with numbers of Python, which have none."""

    def typed(leaf: Any, like: jax.ShapeDtypeStruct) -> Array:
        if jnp.issubdtype(like.dtype, jax.dtypes.prng_key):
            return leaf
        return jnp.asarray(leaf, like.dtype)

    return jax.tree.map(typed, tree, types)
