"""Growth: stone and wood come back at their sources."""

import dataclasses

from jaxtyping import Array, Float

from .state import State

__all__ = ["regenerate"]


def regenerate(state: State, draws: Float[Array, " sources"]) -> State:
    """Refill empty sources at the end of a step, each with the probability of its commodity.

    A source that a worker stands on grows too; it is picked up in the next step.

    Args:
        state: the economy.
        draws: a uniform draw for each source.
    """
    terrain = state.terrain
    width = terrain.source.shape[1]
    row, column = terrain.source_cells // width, terrain.source_cells % width
    probability = state.params.regeneration[terrain.source[row, column]]
    lying = terrain.resource[row, column]
    grown = ((lying == 0) & (draws < probability)).astype(lying.dtype)
    resource = terrain.resource.at[row, column].set(lying + grown)
    return dataclasses.replace(state, terrain=dataclasses.replace(terrain, resource=resource))
