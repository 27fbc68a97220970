"""Where workers start."""

from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int, Key

from ...errors import require
from .layouts import Layout

__all__ = ["corner_cells", "uniform_cells"]

# Workers of a quarter of the ranks stand in rows of this many.
_ABREAST = 4


def corner_cells(
    layout: Layout, workers: int, *, compatibility: Literal["foundation"] | None = None
) -> np.ndarray:
    """The starting cell of each rank in the published experiments.

    Quarters of the ranks, from the lowest to the highest, start in blocks at the corners: top
    right, bottom left, top left, bottom right.

    Args:
        layout: the map.
        workers: how many there are.
        compatibility: `foundation` to count the rows of the bottom right corner from the width
            of the map, as the original does.

    Returns:
        int32[workers, 2], rows and columns.

    Raises:
        ConfigurationError: if a cell is under water, outside the map or taken.
    """
    height, width = layout.height, layout.width
    bottom = [height, height, height, width if compatibility == "foundation" else height]
    cells, members = [], [0, 0, 0, 0]
    for rank in range(workers):
        corner = 4 * rank // workers
        down, across = divmod(members[corner], _ABREAST)
        members[corner] += 1
        row = down if corner in (0, 2) else bottom[corner] - 1 - down
        column = across if corner in (1, 2) else width - 1 - across
        cells.append((row, column))
    free = all(0 <= r < height and 0 <= c < width and not layout.water[r, c] for r, c in cells)
    require(
        free and len(set(cells)) == workers,
        "workers",
        workers,
        f"as many as fit into the dry corners of {layout.name} (or placement 'uniform')",
    )
    return np.array(cells, np.int32)


def uniform_cells(layout: Layout, workers: int, key: Key[Array, ""]) -> Int[Array, "n 2"]:
    """Distinct cells outside the water, uniformly at random."""
    dry = np.flatnonzero(~layout.water)
    draws = jax.random.uniform(key, dry.shape)
    chosen = jnp.asarray(dry, jnp.int32)[jax.lax.top_k(draws, workers)[1]]
    return jnp.stack([chosen // layout.width, chosen % layout.width], axis=-1)
