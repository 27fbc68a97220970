"""Observations in the original's own layout, for comparison with it.

Fields are named `Component-field` as in the original; what is one number or a vector is
concatenated into `flat` in the alphabetical order of those names.
"""

from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from .layouts import STONE, WOOD
from .state import State

if TYPE_CHECKING:
    from .economy import GatherTradeBuild

__all__ = ["observe"]

_NOBODY, _OTHERS, _SELF = 0, 2, 1


def observe(economy: "GatherTradeBuild", state: State) -> dict[str, dict[str, Array]]:
    """All fields but the action masks: role -> field -> array with leading axis `count`."""
    n, scale = economy.workers, economy.observation_scale
    worker: dict[str, Array] = {}
    planner: dict[str, Array] = {}
    about: dict[str, Array] = {}
    for component in economy.components:
        prefix = type(component).__name__
        for role, fields in component.observe(economy, state).items():
            target = {"worker": worker, "planner": planner, "about_worker": about}[role]
            target |= {f"{prefix}-{_field(name)}": value for name, value in fields.items()}

    height, width = state.terrain.water.shape
    time = (state.step.astype(float) / economy.horizon)[None]
    place = {
        "world-loc-row": state.location[:, 0] / height,
        "world-loc-col": state.location[:, 1] / width,
    }
    inventory = {
        "world-inventory-Coin": state.inventory.coin * scale,
        "world-inventory-Stone": state.inventory.goods[:, STONE] * scale,
        "world-inventory-Wood": state.inventory.goods[:, WOOD] * scale,
    }
    worker |= inventory | place | {"time": jnp.broadcast_to(time, (n,))}
    nothing = jnp.zeros(1)
    planner |= dict.fromkeys(inventory, nothing) | {"time": time}
    about |= inventory | (place if economy.planner_sees_map else {})

    channels, index = _map(state)
    window, window_index = _windows(channels, index, state.location, economy.view)
    blocks = _flatten(about)
    result = {
        "worker": {
            "world-map": window,
            "world-idx_map": window_index,
            "time": jnp.broadcast_to(time[None], (n, 1)),
            "flat": _flatten(worker),
        },
        "planner": {
            "time": time[None],
            "flat": _flatten(planner),
            **{f"p{i}": blocks[i][None] for i in range(n)},
        },
    }
    if economy.planner_sees_map:
        result["planner"] |= {"world-map": channels[None], "world-idx_map": index[None]}
    return result


def _field(name: str) -> str:
    """`my_bids_stone` is `my_bids-Stone` there."""
    head, _, tail = name.rpartition("_")
    return f"{head}-{tail.capitalize()}" if tail in ("stone", "wood") else name


def _flatten(fields: dict[str, Array]) -> Float[Array, "count k"]:
    columns = [fields[name] for name in sorted(fields)]
    return jnp.concatenate([c if c.ndim == 2 else c[:, None] for c in columns], axis=-1)


def _map(state: State) -> tuple[Float[Array, "6 height width"], Int[Array, "2 height width"]]:
    """Channels stone, wood, house, water, stone source, wood source; and whose is what."""
    terrain = state.terrain
    stone, wood = terrain.source == STONE, terrain.source == WOOD
    channels = jnp.stack(
        [
            jnp.where(stone, terrain.resource, 0),
            jnp.where(wood, terrain.resource, 0),
            terrain.house >= 0,
            terrain.water,
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
    channels: Float[Array, "6 height width"],
    index: Int[Array, "2 height width"],
    location: Int[Array, "n 2"],
    half_width: int,
) -> tuple[Float[Array, "n 7 size size"], Int[Array, "n 2 size size"]]:
    """The surroundings of each worker, with a last channel that is 1 inside the world."""
    inside = jnp.ones((1, *channels.shape[1:]), channels.dtype)
    border = ((0, 0), (half_width, half_width), (half_width, half_width))
    seen = jnp.pad(jnp.concatenate([channels, inside]), border)
    index = jnp.pad(index, border)
    side = 2 * half_width + 1

    def around(worker, at):
        corner = (jnp.zeros_like(at[0]), at[0], at[1])
        own = jax.lax.dynamic_slice(index, corner, (2, side, side))
        return (
            jax.lax.dynamic_slice(seen, corner, (seen.shape[0], side, side)),
            jnp.where(own == worker + _OTHERS, _SELF, own),
        )

    return jax.vmap(around)(jnp.arange(location.shape[0], dtype=index.dtype), location)
