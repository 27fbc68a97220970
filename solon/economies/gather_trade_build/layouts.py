"""Maps: where water, stone and wood are, as text that anyone can write.

A map file has one line a row and one symbol a cell::

    # A comment; the first one is the description.
    WW..~.
    .S..~S
    ......

`.` is open ground, `~` water, `W` a cell where wood grows and `S` one where stone does.
"""

import dataclasses
import functools
import pathlib
from importlib import resources
from typing import Any

import numpy as np

from ..._plain import plain_fields
from ...errors import ConfigurationError, require, require_whole
from ...reading.files import is_there, read_text

__all__ = [
    "NO_SOURCE",
    "STONE",
    "WOOD",
    "Layout",
    "SplitLayout",
    "describe",
    "load",
    "names",
    "read",
    "split",
]

# Commodities are numbered in the order in which the market clears.
STONE, WOOD = 0, 1
NO_SOURCE = -1

_GROUND, _WATER = ".", "~"
_SOURCES = {"S": STONE, "W": WOOD}
_SMALLEST = 3
_LARGEST_FILE = 1_000_000


@dataclasses.dataclass(frozen=True)
class Layout:
    """A rectangular map, a string of symbols for each row, from the top."""

    rows: tuple[str, ...]
    name: str = "layout"

    def __post_init__(self):
        rows = self.rows
        require(
            len(rows) >= _SMALLEST and len(rows[0]) >= _SMALLEST,
            "layout",
            self.name,
            f"a map of at least {_SMALLEST} x {_SMALLEST} cells",
        )
        for number, row in enumerate(rows, start=1):
            require(
                len(row) == len(rows[0]),
                "layout",
                f"{self.name}, row {number} of {len(row)} cells",
                f"a rectangular map (its first row has {len(rows[0])} cells)",
            )
            for symbol in row:
                require(
                    symbol in (_GROUND, _WATER) or symbol in _SOURCES,
                    "layout",
                    f"{self.name}, row {number} with symbol {symbol!r}",
                    "the symbols . (ground), ~ (water), W (wood), S (stone)",
                )

    @property
    def height(self) -> int:
        return len(self.rows)

    @property
    def width(self) -> int:
        return len(self.rows[0])

    @property
    def source_slots(self) -> int:
        """How many sources there are."""
        return int((self.source != NO_SOURCE).sum())

    @functools.cached_property
    def water(self) -> np.ndarray:
        """bool[height, width]."""
        return np.array([[symbol == _WATER for symbol in row] for row in self.rows])

    @functools.cached_property
    def source(self) -> np.ndarray:
        """int8[height, width]: the commodity that grows in a cell, or `NO_SOURCE`."""
        cells = [[_SOURCES.get(symbol, NO_SOURCE) for symbol in row] for row in self.rows]
        return np.array(cells, np.int8)


@dataclasses.dataclass(frozen=True)
class SplitLayout(Layout):
    """A map that a full row of water divides into an upper and a lower part: see `split`.

    Attributes:
        water_row: that row, counted from 0 at the top.
    """

    water_row: int = 1

    def __post_init__(self):
        plain_fields(self)
        super().__post_init__()
        require_whole("water_row", self.water_row, low=1, high=self.height - 2)
        wet = self.rows[self.water_row] == _WATER * self.width
        require(wet, "water_row", self.water_row, "a row of water")


def split(layout: Layout, water_row: int | None = None) -> SplitLayout:
    """Flood a row of a map. Sources on it are gone; other water stays.

    Args:
        layout: the map.
        water_row: the row, counted from 0 at the top. Default: half the height, rounded down.
    """
    row = layout.height // 2 if water_row is None else water_row
    require_whole("water_row", row, low=1, high=layout.height - 2)
    rows = (*layout.rows[:row], _WATER * layout.width, *layout.rows[row + 1 :])
    return SplitLayout(rows, layout.name, row)


@functools.cache
def _files() -> dict[str, pathlib.Path]:
    folder = pathlib.Path(str(resources.files(__package__))) / "maps"
    return {path.stem: path for path in sorted(folder.glob("*.txt"), key=lambda path: path.stem)}


def names() -> tuple[str, ...]:
    """The names of the shipped maps."""
    return tuple(_files())


def describe(name: str) -> str:
    """The first comment of a shipped map."""
    return _files()[name].read_text("utf-8").splitlines()[0].lstrip("# ")


def read(path: str | pathlib.Path) -> Layout:
    """Read a map file.

    Raises:
        ConfigurationError: if there is no such file, it is not text, or it is not a map.
    """
    path = pathlib.Path(path)
    require(is_there(path), "layout", str(path), "a shipped map or an existing map file")
    lines = read_text(path, "layout", most=_LARGEST_FILE).split("\n")
    rows = tuple(line.rstrip() for line in lines if line.strip() and not line.startswith("#"))
    require(len(rows) > 0, "layout", str(path), "a map with at least one row")
    return Layout(rows, path.stem)


def load(layout: Any) -> Layout:
    """The map behind a shipped name, the path of a file, or rows of symbols."""
    if isinstance(layout, Layout):
        return layout
    if isinstance(layout, (tuple, list)):
        require(all(isinstance(r, str) for r in layout), "layout", layout, "rows of symbols")
        require(len(layout) > 0, "layout", layout, "at least one row")
        return Layout(tuple(layout))
    if isinstance(layout, str) and layout in _files():
        return read(_files()[layout])
    require(isinstance(layout, (str, pathlib.Path)), "layout", layout, "a name or a path")
    if pathlib.Path(layout).suffix or "/" in str(layout):
        return read(layout)
    raise ConfigurationError(
        "layout", layout, "one of " + ", ".join(names()) + ", or the path of a map file"
    )
