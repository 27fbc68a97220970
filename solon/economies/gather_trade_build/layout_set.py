"""Several maps of one size, of which each world has one."""

import dataclasses
import functools

import numpy as np
from jaxtyping import Bool, Int

from ...errors import require
from .generated_layouts import GeneratedLayout
from .layouts import NO_SOURCE, Layout

__all__ = ["LayoutSet", "each_of"]


@dataclasses.dataclass(frozen=True)
class LayoutSet:
    """Maps of one size. Their arrays are stacked, so that a number picks one of them.

    Attributes:
        layouts: two or more maps, each once.
    """

    layouts: tuple[Layout, ...]

    def __post_init__(self):
        several = isinstance(self.layouts, tuple) and len(self.layouts) > 1
        several = several and all(isinstance(one, Layout) for one in self.layouts)
        require(several, "layouts", self.layouts, "two or more maps")
        first = self.layouts[0]
        names: dict[tuple[str, ...], str] = {}
        for one in self.layouts:
            same = (one.height, one.width) == (first.height, first.width)
            size, sizes = (f"{map.height} x {map.width} cells" for map in (one, first))
            allowed = f"layouts of one size ({first.name} has {sizes})"
            require(same, "layouts", f"{one.name} of {size}", allowed)
            known = names.get(one.rows)
            require(known is None, "layouts", one.name, f"each map once ({known} is the same)")
            names[one.rows] = one.name

    @property
    def name(self) -> str:
        """The names of all maps."""
        return ", ".join(one.name for one in self.layouts)

    @property
    def height(self) -> int:
        return self.layouts[0].height

    @property
    def width(self) -> int:
        return self.layouts[0].width

    @property
    def source_slots(self) -> int:
        """The most sources that one of the maps has."""
        return max(one.source_slots for one in self.layouts)

    @functools.cached_property
    def water(self) -> Bool[np.ndarray, "layouts height width"]:
        return np.stack([one.water for one in self.layouts])

    @functools.cached_property
    def source(self) -> Int[np.ndarray, "layouts height width"]:
        """The commodity that grows in a cell, or `NO_SOURCE`."""
        return np.stack([one.source for one in self.layouts])

    @functools.cached_property
    def source_cells(self) -> Int[np.ndarray, "layouts sources"]:
        """See `Terrain.source_cells`: what a map has less than another points behind its end."""
        cells = np.full((len(self.layouts), self.source_slots), self.height * self.width, np.int32)
        for row, one in zip(cells, self.layouts, strict=True):
            row[: one.source_slots] = np.flatnonzero(one.source != NO_SOURCE)
        return cells


def each_of(
    layout: "Layout | GeneratedLayout | LayoutSet",
) -> "tuple[Layout | GeneratedLayout, ...]":
    """The layouts of a set, or the only one."""
    return layout.layouts if isinstance(layout, LayoutSet) else (layout,)
