"""The ground that an episode starts on."""

import jax.numpy as jnp
from jaxtyping import Array, Int

from .generated_layouts import GeneratedLayout
from .layout_set import LayoutSet
from .layouts import NO_SOURCE, Layout
from .state import Terrain

__all__ = ["starting_terrain"]


def starting_terrain(
    layout: Layout | GeneratedLayout | LayoutSet,
    drawn: Int[Array, "height width"] | None,
    number: Int[Array, ""] | None = None,
) -> Terrain:
    """A unit on every source, and no houses.

    Args:
        layout: the map.
        drawn: the sources of this episode, see `World.source`.
        number: of the map, where there are several.
    """
    if isinstance(layout, Layout):
        source = jnp.asarray(layout.source)
        cells = jnp.asarray((layout.source != NO_SOURCE).ravel().nonzero()[0], jnp.int32)
    elif isinstance(layout, LayoutSet):
        assert number is not None
        source = jnp.asarray(layout.source)[number]
        cells = jnp.asarray(layout.source_cells)[number]
    else:
        assert drawn is not None
        source = drawn.astype(jnp.int8)
        # What is left over of the slots points behind the last cell, where nothing grows.
        grows = (source != NO_SOURCE).ravel()
        cells = jnp.nonzero(grows, size=layout.source_slots, fill_value=grows.size)[0]
        cells = cells.astype(jnp.int32)
    water = jnp.asarray(layout.water)
    return Terrain(
        water=water if number is None else water[number],
        source=source,
        source_cells=cells,
        resource=(source != NO_SOURCE).astype(jnp.int8),
        house=jnp.full(source.shape, -1, jnp.int16),
    )
