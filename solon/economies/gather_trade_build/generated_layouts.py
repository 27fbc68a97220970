"""Layouts that are drawn anew for each episode: where sources may be, and how many.

They are the generated scenarios of the AI Economist. How the sources of an episode are drawn is
in `layout_sampler`; what is fixed (sizes, water, where stone and wood are likely) is here.
"""

import dataclasses
import functools
import math
from typing import ClassVar, Literal

import numpy as np

from ..._plain import plain_fields
from ...errors import require, require_number, require_whole

__all__ = [
    "GENERATED",
    "TOLERANCE",
    "GeneratedLayout",
    "MultiZoneLayout",
    "QuadrantLayout",
    "UniformLayout",
]

#: A drawn layout is accepted if its coverages are off their targets by at most this factor.
TOLERANCE = 1.4

_MOST_COVERED = 0.5
_LARGEST = 1_000


@dataclasses.dataclass(frozen=True)
class GeneratedLayout:
    """A map whose sources are drawn at the start of each episode.

    Attributes:
        height, width: size of the map in cells.
        stone_coverage, wood_coverage: the share of the map's cells that are sources; from 1 on
            a number of cells.
        stone_clumpiness, wood_clumpiness: the share of the sources that grow from the others
            instead of being scattered, from 0 to 1 (above 0.99 counts as 0.99).
        checkered: whether sources are thinned to every second cell, like a chessboard's. Twice
            as many are drawn first, so that the coverages hold.
        compatibility: `foundation` for the original's rules. An economy puts its own here.
    """

    name: ClassVar[str]
    #: Whether there can be water: where not, the original's observations have no channel for it.
    watery: ClassVar[bool] = False

    height: int = 25
    width: int = 25
    stone_coverage: float = 0.025
    wood_coverage: float = 0.025
    stone_clumpiness: float = 0.5
    wood_clumpiness: float = 0.35
    checkered: bool = False
    compatibility: Literal["foundation"] | None = None

    def __post_init__(self):
        plain_fields(self)
        require_whole("height", self.height, low=3, high=_LARGEST)
        require_whole("width", self.width, low=3, high=_LARGEST)
        require(isinstance(self.checkered, bool), "checkered", self.checkered, "true or false")
        for kind in ("stone", "wood"):
            require_number(f"{kind}_coverage", getattr(self, f"{kind}_coverage"), low=0, above=True)
            require_number(f"{kind}_clumpiness", getattr(self, f"{kind}_clumpiness"), low=0, high=1)
        self._check()
        both = sum(self._shares)
        allowed = f"together with stone_coverage less than {_MOST_COVERED:g} of the map"
        require(both < _MOST_COVERED, "wood_coverage", self.wood_coverage, allowed)
        if self.compatibility is None:
            self._check_targets()

    def _check(self) -> None:
        """Check what a kind of layout has of its own."""

    def _check_targets(self) -> None:
        free = int((~self.kept_free).sum())
        for kind, most in zip(("stone", "wood"), self.most_sources, strict=True):
            fewest = math.ceil(self._target(kind) * self.cells / TOLERANCE)
            allowed = f"more on a map of {self.height} x {self.width}: no whole number is near it"
            value = getattr(self, f"{kind}_coverage")
            require(max(1, fewest) <= most, f"{kind}_coverage", value, allowed)
        fits = sum(self.most_sources) <= free
        allowed = f"less: of {free} cells, {sum(self.most_sources)} may be drawn"
        require(fits, "wood_coverage", self.wood_coverage, allowed)

    @property
    def cells(self) -> int:
        """How many there are."""
        return self.height * self.width

    @property
    def _shares(self) -> tuple[float, float]:
        """Of stone and wood, as shares of the map."""
        given = (self.stone_coverage, self.wood_coverage)
        stone, wood = (share / self.cells if share >= 1 else share for share in given)
        return stone, wood

    def _target(self, kind: str) -> float:
        return self.targets[("stone", "wood").index(kind)]

    @property
    def targets(self) -> tuple[float, float]:
        """The shares of cells that are drawn, of stone and wood, before any thinning."""
        stone, wood = self._shares
        return (2 * stone, 2 * wood) if self.checkered else (stone, wood)

    @property
    def most_sources(self) -> tuple[int, int]:
        """The most sources of stone and of wood that an accepted layout has before thinning."""
        stone, wood = (math.floor(TOLERANCE * t * self.cells + 1e-9) for t in self.targets)
        return stone, wood

    @property
    def source_slots(self) -> int:
        """The most sources that a layout of an episode can have.

        The original takes the last of a hundred attempts even if it was not accepted, so there
        any number has to fit.
        """
        return self.cells if self.compatibility == "foundation" else sum(self.most_sources)

    @functools.cached_property
    def water(self) -> np.ndarray:
        """bool[height, width]."""
        return np.zeros((self.height, self.width), bool)

    @property
    def kept_free(self) -> np.ndarray:
        """bool[height, width]: where there are no sources."""
        return self.water

    @property
    def _reference_coverage(self) -> tuple[float, float]:
        """What likelihoods are scaled with: the original has the coverage of wood for both."""
        stone, wood = self.targets
        return (wood, wood) if self.compatibility == "foundation" else (stone, wood)


@dataclasses.dataclass(frozen=True)
class UniformLayout(GeneratedLayout):
    """Open ground, with wood towards the bottom and stone towards the top.

    Attributes:
        gradient_steepness: how quickly they become rare away from there, at least 1.
    """

    name: ClassVar[str] = "uniform"

    gradient_steepness: float = 8.0

    def _check(self):
        require_number("gradient_steepness", self.gradient_steepness, low=1, high=100)

    @functools.cached_property
    def likelihoods(self) -> tuple[np.ndarray, np.ndarray]:
        """float[height, width] of stone and of wood: how likely a cell is a seed, up to scale."""
        rising = np.linspace(0, 1, self.height) ** self.gradient_steepness
        wood = np.repeat((rising / rising.mean())[:, None], self.width, axis=1)
        of_stone, of_wood = self._reference_coverage
        return wood[::-1] * of_stone, wood * of_wood


@dataclasses.dataclass(frozen=True)
class QuadrantLayout(GeneratedLayout):
    """Four quadrants between a cross of water with gaps: wood at the top, stone at the left.

    Attributes:
        gradient_steepness: how quickly they become rare away from there, at least 1.
    """

    name: ClassVar[str] = "quadrant"
    watery: ClassVar[bool] = True

    gradient_steepness: float = 8.0

    def _check(self):
        require_number("gradient_steepness", self.gradient_steepness, low=1, high=100)
        if self.compatibility == "foundation":
            # There the row of the cross counts from the width, and its column from the height.
            inside = self.width // 2 < self.height and self.height // 2 < self.width
            allowed = f"a width above half the height of {self.height} and below twice it"
            require(inside, "width", self.width, allowed)

    @property
    def _middle(self) -> tuple[int, int]:
        middle = self.height // 2, self.width // 2
        return middle[::-1] if self.compatibility == "foundation" else middle

    @functools.cached_property
    def water(self) -> np.ndarray:
        """bool[height, width]."""
        row, column = self._middle
        water = np.zeros((self.height, self.width), bool)
        water[:, column] = _with_gaps(self.height)
        water[row, :] = _with_gaps(self.width)
        return water

    @functools.cached_property
    def kept_free(self) -> np.ndarray:
        """bool[height, width]: the cross, with its gaps."""
        row, column = self._middle
        cross = np.zeros((self.height, self.width), bool)
        cross[row, :] = cross[:, column] = True
        return cross

    @functools.cached_property
    def likelihoods(self) -> tuple[np.ndarray, np.ndarray]:
        """float[height, width] of stone and of wood: how likely a cell is a seed, up to scale."""
        height, width = self.height, self.width
        top = np.repeat(np.linspace(1, 0, height)[:, None], width, axis=1)
        left = np.repeat(np.linspace(1, 0, width)[None], height, axis=0)
        # The two gradients are compared in cells, so the longer side weighs more.
        scale = max(height, width) - 1
        top, left = (
            (edge * (size - 1) / scale) ** (self.gradient_steepness / 2)
            for edge, size in ((top, height), (left, width))
        )
        dry = (top + left) * ~self.water
        stone, wood = left * dry, top * dry
        return stone / stone.sum(), wood / wood.sum()


def _with_gaps(cells: int) -> np.ndarray:
    """A line of water with two gaps."""
    place = (np.arange(cells) + 0.5) / cells
    return ((place < 0.2) | (place > 0.35)) & ((place < 0.65) | (place > 0.8))


@dataclasses.dataclass(frozen=True)
class MultiZoneLayout(GeneratedLayout):
    """Open ground in zones of stone, of wood, of both and of nothing, which are dealt at random.

    Attributes:
        zone_rows, zone_columns: how many zones there are down and across.
        stone_zones, wood_zones, mixed_zones: how many have stone, wood, both.
    """

    name: ClassVar[str] = "multi-zone"

    zone_rows: int = 8
    zone_columns: int = 8
    stone_zones: int = 6
    wood_zones: int = 6
    mixed_zones: int = 4

    def _check(self):
        most_rows = self.height if self.compatibility is None else _LARGEST
        most_columns = self.width if self.compatibility is None else _LARGEST
        require_whole("zone_rows", self.zone_rows, low=1, high=most_rows)
        require_whole("zone_columns", self.zone_columns, low=1, high=most_columns)
        zones = self.zone_rows * self.zone_columns
        for kind in ("stone", "wood", "mixed"):
            require_whole(f"{kind}_zones", getattr(self, f"{kind}_zones"), low=0, high=zones)
        total = self.stone_zones + self.wood_zones + self.mixed_zones
        allowed = f"with stone_zones and wood_zones at most the {zones} zones"
        require(total <= zones, "mixed_zones", self.mixed_zones, allowed)
        for kind in ("stone", "wood"):
            own = getattr(self, f"{kind}_zones")
            allowed = "at least 1, or a mixed zone"
            require(own + self.mixed_zones > 0, f"{kind}_zones", own, allowed)

    @functools.cached_property
    def zone_of(self) -> np.ndarray:
        """int[height, width]: the number of a cell's zone, row by row.

        The original rounds the size of zones up, so that the last ones can lie off the map; here
        all of them are on it.
        """
        rows = _zone_numbers(self.height, self.zone_rows, self.compatibility)
        columns = _zone_numbers(self.width, self.zone_columns, self.compatibility)
        return rows[:, None] * self.zone_columns + columns[None]

    @functools.cached_property
    def zone_kinds(self) -> np.ndarray:
        """bool[zones, 2]: whether a zone has stone, has wood, before they are dealt."""
        counts = (self.stone_zones, self.wood_zones, self.mixed_zones)
        empty = self.zone_rows * self.zone_columns - sum(counts)
        kinds = ((True, False), (False, True), (True, True), (False, False))
        return np.repeat(np.array(kinds), (*counts, empty), axis=0)

    @property
    def zone_coverages(self) -> tuple[float, float]:
        """The mean over the map of the likelihoods of stone and of wood."""
        return self._reference_coverage


def _zone_numbers(cells: int, zones: int, compatibility: str | None) -> np.ndarray:
    if compatibility == "foundation":
        return np.arange(cells) // math.ceil(cells / zones)
    return np.arange(cells) * zones // cells


#: The kinds by name.
GENERATED: dict[str, type[GeneratedLayout]] = {
    kind.name: kind for kind in (UniformLayout, QuadrantLayout, MultiZoneLayout)
}
