"""Make the table and the figures of a study of the documentation anew."""

import dataclasses
import pathlib
from typing import Annotated

import tyro

from .._terminal import say
from ..errors import require

__all__ = ["Options", "run"]


@dataclasses.dataclass(frozen=True)
class Options:
    """Make a study anew: compute the cells that are missing, then its table and figures.

    Each cell is kept as it comes, so an interrupted study goes on where it was; on another machine,
    too, from the folder alone.
    """

    study: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="STUDY")]
    """A name that `solon list studies` shows."""
    quick: bool = False
    """A sketch that takes minutes and proves nothing."""
    pilot: bool = False
    """The pilot of a study that has one: few seeds, no intervals."""
    cells: Annotated[str, tyro.conf.arg(metavar="PATTERN")] = "*"
    """Compute only cells whose names match, such as "pareto/*"."""
    out: Annotated[str | None, tyro.conf.arg(metavar="FOLDER", help_behavior_hint="")] = None
    """Folder of the results. Default: results/STUDY, and results/STUDY/quick for a sketch."""
    show: bool = False
    """Name the cells and say which are there, compute nothing."""


def run(options: Options) -> int:
    """Reproduce and print what came out."""
    from ..evidence.studies import load_study

    study = load_study(options.study)
    require(not (options.quick and options.pilot), "pilot", True, "either --quick or --pilot")
    scale = "quick" if options.quick else "pilot" if options.pilot else "full"
    cells = study.checked_cells(scale)
    usual = pathlib.Path("results", study.name)
    # A full study goes on from what its pilot has computed.
    place = usual / scale if scale == "quick" else usual
    folder = place if options.out is None else pathlib.Path(options.out)

    from ..evidence.reproduce import finished, reproduce

    if options.show:
        for cell in cells:
            say(f"{'there  ' if finished(study, folder, cell) else 'missing'}  {cell.name}")
        return 0
    from ._runtime import prepare

    prepare()

    say(*reproduce(study, folder, scale=scale, only=options.cells, say=say).split("\n"))
    return 0
