"""Where workers start."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int, Key

from ...errors import require
from .generated_layouts import GeneratedLayout
from .layout_set import each_of
from .layouts import Layout, SplitLayout

if TYPE_CHECKING:
    from .economy import GatherTradeBuild

__all__ = ["PLACEMENTS", "check_placement", "corner_cells", "places", "uniform_cells"]

PLACEMENTS = ("corners", "uniform", "split")

# Workers of a quarter of the ranks stand in rows of this many.
_ABREAST = 4


def check_placement(economy: "GatherTradeBuild") -> None:
    """Raise `ConfigurationError` if the workers cannot be placed."""
    n = economy.workers
    ranks, fits = economy.top_ranks, isinstance(economy.top_ranks, tuple)
    fits = fits and all(type(rank) is int and 0 <= rank < n for rank in ranks)
    fits = fits and len(set(ranks)) == len(ranks) and 0 < len(ranks) < n
    allowed = f"a list of some of the ranks 0 (the ablest) to {n - 1}, each once, not all of them"
    require(fits, "top_ranks", ranks, allowed)
    used = economy.placement == "split" or ranks == (0,)
    require(used, "top_ranks", ranks, "nothing, unless placement is 'split'")
    for layout in each_of(economy.layout):
        if economy.placement == "corners":
            corner_cells(layout, n, compatibility=economy.compatibility)
        elif economy.placement == "split":
            _check_sides(layout, n, len(ranks))


def _check_sides(layout: Layout | GeneratedLayout, workers: int, above: int) -> None:
    """Raise `ConfigurationError` unless so many fit above the row of water, and the rest below."""
    divided = isinstance(layout, SplitLayout)
    require(divided, "placement", "split", "corners or uniform, unless the layout is split")
    assert isinstance(layout, SplitLayout)
    for side, cells, count in zip(
        ("above", "below"), _sides(layout), (above, workers - above), strict=True
    ):
        free = int(cells.sum())
        allowed = f"as many as fit onto the {free} dry cells {side} the row of water"
        require(count <= free, "workers", workers, allowed)


def places(
    economy: "GatherTradeBuild",
    rank: Int[Array, " n"],
    key: Key[Array, ""],
    number: Int[Array, ""] | None = None,
) -> Int[Array, "n 2"]:
    """The row and column where each worker starts.

    Args:
        economy: its layout and its placement.
        rank: place of each worker in the order of skill, 0 for the lowest.
        key: luck, for placements that have some.
        number: of the map, where there are several.
    """
    layouts, n = each_of(economy.layout), economy.workers
    if economy.placement == "corners":
        # Maps of one size have the same corners.
        return jnp.asarray(corner_cells(layouts[0], n, compatibility=economy.compatibility))[rank]
    if economy.placement == "uniform":
        return uniform_cells([~layout.water for layout in layouts], n, key, number)
    above, below = zip(*(_sides(layout) for layout in layouts), strict=True)
    top_key, bottom_key = jax.random.split(key)
    upper = uniform_cells(above, len(economy.top_ranks), top_key, number)
    lower = uniform_cells(below, n - len(economy.top_ranks), bottom_key, number)
    # `top_ranks` count from the ablest.
    top = [n - 1 - r for r in economy.top_ranks]
    bottom = [r for r in range(n) if r not in top]
    by_rank = jnp.concatenate([upper, lower])[np.argsort(np.array([*top, *bottom]))]
    return by_rank[rank]


def _sides(layout: Layout | GeneratedLayout) -> tuple[np.ndarray, np.ndarray]:
    """bool[height, width]: the dry cells above and below the row of water."""
    assert isinstance(layout, SplitLayout)
    row = np.arange(layout.height)[:, None]
    return ~layout.water & (row < layout.water_row), ~layout.water & (row > layout.water_row)


def corner_cells(
    layout: Layout | GeneratedLayout,
    workers: int,
    *,
    compatibility: Literal["foundation"] | None = None,
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


def uniform_cells(
    free: Sequence[Bool[np.ndarray, "height width"]],
    count: int,
    key: Key[Array, ""],
    number: Int[Array, ""] | None = None,
) -> Int[Array, "count 2"]:
    """Distinct free cells, uniformly at random.

    Args:
        free: which cells are, on each map.
        count: how many.
        key: their luck.
        number: of the map; None where there is one.
    """
    width = free[0].shape[1]
    found = [np.flatnonzero(one) for one in free]
    if number is None:
        cells = jnp.asarray(found[0], jnp.int32)
        draws = jax.random.uniform(key, cells.shape)
    else:
        many = np.array([len(one) for one in found])
        padded = np.stack([np.pad(one, (0, many.max() - len(one))) for one in found])
        cells = jnp.asarray(padded, jnp.int32)[number]
        draws = jax.random.uniform(key, cells.shape)
        draws = jnp.where(jnp.arange(many.max()) < jnp.asarray(many)[number], draws, -1)
    chosen = cells[jax.lax.top_k(draws, count)[1]]
    return jnp.stack([chosen // width, chosen % width], axis=-1)
