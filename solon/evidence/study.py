"""What a study is: cells that are computed one by one and kept, and a report made of them."""

import dataclasses
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import require

__all__ = ["Cell", "Study"]


@dataclasses.dataclass(frozen=True)
class Cell:
    """One piece of a study: a regime in a world with a seed, at most an hour of two cores.

    Attributes:
        name: its place below `cells` of the study's folder; slashes make folders.
        config: all that its outcome depends on, as JSON values.
        needs: names of cells whose results it reads.
    """

    name: str
    config: Mapping[str, Any]
    needs: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Study:
    """A program that makes a published table and its figures.

    Attributes:
        name: what a person types.
        summary: what it is about, in a line.
        version: raised when cells have to be computed anew, although their configuration is the
            same.
        scales: how it can be run, such as `full`, and `quick` for a sketch within minutes.
        cells: from the scale to the cells, those that others need before them.
        run: computes a cell from its configuration, the results of the cells that it needs, and
            a folder in which it may leave files. It returns JSON values.
        report: writes table and figures, from the scale and the results by cell, into a folder;
            returns what to print. It also gets results when some cells are still missing.
    """

    name: str
    summary: str
    version: int
    scales: tuple[str, ...]
    cells: Callable[[str], Sequence[Cell]]
    run: Callable[[Mapping[str, Any], Mapping[str, Any], pathlib.Path], Mapping[str, Any]]
    report: Callable[[str, Mapping[str, Any], pathlib.Path], str]

    def checked_cells(self, scale: str) -> list[Cell]:
        """The cells of a scale, in an order in which they can be computed.

        Raises:
            ConfigurationError: for a scale that the study does not have.
        """
        require(scale in self.scales, "scale", scale, f"{', '.join(self.scales)} for {self.name}")
        cells = list(self.cells(scale))
        seen: set[str] = set()
        for cell in cells:
            place = pathlib.PurePosixPath(cell.name)
            inside = not place.is_absolute() and ".." not in place.parts and cell.name not in seen
            require(inside, "cell", cell.name, "a name of its own below the study's folder")
            missing = sorted(set(cell.needs) - seen)
            require(not missing, "cell", cell.name, f"one that comes after {', '.join(missing)}")
            seen.add(cell.name)
        return cells
