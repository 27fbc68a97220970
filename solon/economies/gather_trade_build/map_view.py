"""What workers see of the map: a window of cell codes around each of them."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Int

from .layouts import NO_SOURCE, WOOD
from .state import State

__all__ = ["CODES", "windows"]

# What is on the ground. A house is of the viewer's own or of somebody else's.
_OUTSIDE, _GROUND, _WATER = 0, 1, 2
_STONE_SOURCE, _STONE, _WOOD_SOURCE, _WOOD = 3, 4, 5, 6
_OWN_HOUSE, _HOUSE = 7, 8
_KINDS = 9

#: How many codes there are: each kind of ground without and with another worker on it.
CODES = 2 * _KINDS

# On the common map a house carries its owner, and a flag marks a cell where somebody stands.
_OCCUPIED = 1 << 14


def windows(state: State, half_width: int) -> Int[Array, "n size size"]:
    """The cells around each worker, as codes from 0 to `CODES` - 1.

    All workers look at one common map of codes, so that each needs a single slice of it.

    Args:
        state: the economy.
        half_width: how far a worker sees; the window has 2 x `half_width` + 1 cells a side.

    Returns:
        int8, the worker in the middle of its window, which is not turned.
    """
    terrain = state.terrain
    empty = jnp.where(terrain.source == WOOD, _WOOD_SOURCE, _STONE_SOURCE)
    grows = empty + (terrain.resource > 0)
    ground = jnp.where(terrain.source == NO_SOURCE, _GROUND, grows)
    ground = jnp.where(terrain.water, _WATER, ground)
    code = jnp.where(terrain.house >= 0, _HOUSE + terrain.house.astype(jnp.int32), ground)
    code = jnp.pad(code.astype(jnp.int16), half_width, constant_values=_OUTSIDE)
    corner = state.location
    code = code.at[corner[:, 0] + half_width, corner[:, 1] + half_width].add(_OCCUPIED)

    side = 2 * half_width + 1
    seen = jax.vmap(lambda at: jax.lax.dynamic_slice(code, (at[0], at[1]), (side, side)))(corner)

    middle = (jnp.arange(side) == half_width)[:, None] & (jnp.arange(side) == half_width)[None]
    occupied = (seen >= _OCCUPIED) & ~middle[None]
    kind = seen & (_OCCUPIED - 1)
    own = _HOUSE + jnp.arange(corner.shape[0], dtype=kind.dtype)[:, None, None]
    kind = jnp.where(kind == own, _OWN_HOUSE, jnp.minimum(kind, _HOUSE))
    return (kind + jnp.where(occupied, _KINDS, 0)).astype(jnp.int8)
