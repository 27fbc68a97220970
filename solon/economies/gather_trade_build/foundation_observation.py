"""Observations in the original's own layout, for comparison with it."""

from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from ..foundation_layout import blocks, component_fields, packed, time
from .generated_layouts import GeneratedLayout
from .layouts import STONE, WOOD
from .state import State

if TYPE_CHECKING:
    from .economy import GatherTradeBuild

__all__ = ["observe"]

_NOBODY, _OTHERS, _SELF = 0, 2, 1


def observe(economy: "GatherTradeBuild", state: State) -> dict[str, dict[str, Array]]:
    """All fields but the action masks: role -> field -> array with leading axis `count`."""
    n, scale = economy.workers, economy.observation_scale
    worker, planner, about = component_fields(economy, state)
    height, width = state.terrain.water.shape
    clock = time(economy, state)
    place = {
        "world-loc-row": state.location[:, 0].astype(float) / height,
        "world-loc-col": state.location[:, 1].astype(float) / width,
    }
    inventory = {
        "world-inventory-Coin": state.inventory.coin * scale,
        "world-inventory-Stone": state.inventory.goods[:, STONE] * scale,
        "world-inventory-Wood": state.inventory.goods[:, WOOD] * scale,
    }
    worker |= inventory | {"time": jnp.broadcast_to(clock, (n,))}
    planner |= dict.fromkeys(inventory, jnp.zeros(1)) | {"time": clock}
    channels, index = _map(economy, state)
    if economy.workers_see_map:
        # With it the planner loses sight of where workers are and what they own.
        seen = jnp.broadcast_to(channels[None], (n, *channels.shape))
        whole = jnp.broadcast_to(index[None], (n, *index.shape))
        worker_map = {"world-map": seen, "world-idx_map": _own_marked(whole)}
    else:
        worker |= place
        about |= inventory | (place if economy.planner_sees_map else {})
        window, index_window = _windows(channels, index, state.location, economy.view)
        worker_map = {"world-map": window, "world-idx_map": _own_marked(index_window)}
    planner_map = {"world-map": channels[None], "world-idx_map": index[None]}
    return {
        "worker": packed(economy, worker) | worker_map,
        "planner": packed(economy, planner)
        | blocks(economy, about)
        | (planner_map if economy.planner_sees_map else {}),
    }


def _map(
    economy: "GatherTradeBuild", state: State
) -> tuple[Float[Array, "channels height width"], Int[Array, "2 height width"]]:
    """Channels stone, wood, house, water, stone source, wood source; and whose is what.

    There is none of water where the original has no water: on its open generated layouts.
    """
    terrain = state.terrain
    stone, wood = terrain.source == STONE, terrain.source == WOOD
    watery = not isinstance(economy.layout, GeneratedLayout) or economy.layout.watery
    channels = jnp.stack(
        [
            jnp.where(stone, terrain.resource, 0),
            jnp.where(wood, terrain.resource, 0),
            terrain.house >= 0,
            *([terrain.water] if watery else []),
            stone,
            wood,
        ]
    ).astype(float)
    n = state.location.shape[0]
    owner = jnp.where(terrain.house >= 0, terrain.house + _OTHERS, _NOBODY)
    standing = jnp.zeros_like(owner).at[state.location[:, 0], state.location[:, 1]]
    index = jnp.stack([owner, standing.set(jnp.arange(n, dtype=owner.dtype) + _OTHERS)])
    return channels, index


def _windows(
    channels: Float[Array, "channels height width"],
    index: Int[Array, "2 height width"],
    location: Int[Array, "n 2"],
    half_width: int,
) -> tuple[Float[Array, "n channels+1 size size"], Int[Array, "n 2 size size"]]:
    """The surroundings of each worker, with a last channel that is 1 inside the world."""
    inside = jnp.ones((1, *channels.shape[1:]), channels.dtype)
    border = ((0, 0), (half_width, half_width), (half_width, half_width))
    seen = jnp.pad(jnp.concatenate([channels, inside]), border)
    index = jnp.pad(index, border)
    side = 2 * half_width + 1

    def around(at):
        corner = (jnp.zeros_like(at[0]), at[0], at[1])
        return (
            jax.lax.dynamic_slice(seen, corner, (seen.shape[0], side, side)),
            jax.lax.dynamic_slice(index, corner, (2, side, side)),
        )

    return jax.vmap(around)(location)


def _own_marked(index: Int[Array, "n 2 rows columns"]) -> Int[Array, "n 2 rows columns"]:
    """Each worker sees its own number as the same one."""
    workers = jnp.arange(index.shape[0], dtype=index.dtype)[:, None, None, None]
    return jnp.where(index == workers + _OTHERS, _SELF, index)
