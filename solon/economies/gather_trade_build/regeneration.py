"""Growth: stone and wood come back at their sources."""

import dataclasses
from typing import TYPE_CHECKING

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from .layouts import NO_SOURCE, STONE, WOOD
from .state import State, Terrain

if TYPE_CHECKING:
    from .economy import GatherTradeBuild

__all__ = ["regenerate"]


def regenerate(economy: "GatherTradeBuild", state: State, draws: Float[Array, " sources"]) -> State:
    """Let sources that hold less than they can grow a unit at the end of a step.

    Each does so with the probability of its commodity, which goes by the neighbourhood if the
    economy says so. A source that a worker stands on grows too; it is picked up in the next step.

    Args:
        economy: how far the neighbourhood reaches, and how much a source holds.
        state: the economy between two steps.
        draws: a uniform draw for each source, in the order of `Terrain.source_cells`.
    """
    terrain = state.terrain
    width = terrain.source.shape[1]
    row, column = terrain.source_cells // width, terrain.source_cells % width
    # Generated layouts have slots for more sources than there are: those grow nothing.
    commodity = terrain.source.at[row, column].get(mode="fill", fill_value=NO_SOURCE)
    probability = state.params.regeneration[commodity]
    if max(economy.regeneration_half_width) > 0 or (
        max(economy.source_capacity) > 1 and economy.compatibility == "foundation"
    ):
        stone, wood = (
            _neighbourhood(economy, terrain, kind).at[row, column].get(mode="fill", fill_value=0)
            for kind in (STONE, WOOD)
        )
        factor = jnp.where(commodity == STONE, stone, wood)
        probability = probability * factor
    capacity = jnp.asarray(economy.source_capacity, terrain.resource.dtype)[commodity]
    lying = terrain.resource.at[row, column].get(mode="fill", fill_value=0)
    grows = (lying < capacity) & (draws < probability) & (commodity != NO_SOURCE)
    grown = lying + grows.astype(lying.dtype)
    resource = terrain.resource.at[row, column].set(grown, mode="drop")
    return dataclasses.replace(state, terrain=dataclasses.replace(terrain, resource=resource))


def _neighbourhood(
    economy: "GatherTradeBuild", terrain: Terrain, kind: int
) -> Float[Array, "height width"]:
    """What the probability of growth of a source is multiplied with, for one commodity.

    By default a source itself counts 1 and its neighbours of the same commodity by how full they
    are, so that those who empty a neighbourhood slow its growth down but never end it. In the
    original everything counts by what lies there, but at least 1, so that emptying changes
    nothing and sources that hold several units grow quicker the fuller they are.
    """
    half_width, capacity = economy.regeneration_half_width[kind], economy.source_capacity[kind]
    own = terrain.source == kind
    cells = (2 * half_width + 1) ** 2
    if economy.compatibility == "foundation":
        counted = jnp.where(own, jnp.maximum(terrain.resource, 1), 0).astype(jnp.int32)
        return _window_sum(counted, half_width).astype(float) / cells
    lying = jnp.where(own, terrain.resource, 0).astype(jnp.int32)
    around = (_window_sum(lying, half_width) - lying).astype(float) / capacity
    return (1 + around) / cells


def _window_sum(field: Int[Array, "height width"], half_width: int) -> Int[Array, "height width"]:
    """The sum over the cells that are at most `half_width` rows and columns away."""
    padded = jnp.pad(field, half_width)
    height, width = field.shape
    side = range(2 * half_width + 1)
    rows = sum((padded[i : i + height] for i in side), jnp.zeros((), field.dtype))
    return sum((rows[:, i : i + width] for i in side), jnp.zeros((), field.dtype))
