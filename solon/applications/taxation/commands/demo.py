"""Train under two tax regimes, compare them, and write a report: ten minutes on two cores."""

import dataclasses
import itertools
import os
from typing import Annotated

import tyro

__all__ = ["Options", "run"]


@dataclasses.dataclass(frozen=True)
class Options:
    """Train workers in Open-Quadrant under the free market and under the US federal brackets.

    Both start from the same policy and train for the same number of steps; both are evaluated on
    the same luck. One seed and ten minutes are a sketch, and the report says so. Labor has to bear
    its full cost for a while, so a machine with less than two free cores takes longer.
    """

    run: Annotated[str | None, tyro.conf.arg(metavar="FOLDER", help_behavior_hint="")] = None
    """The new folder for both runs and the report. Default: runs/demo, or runs/demo-2 and so on
    where that is taken."""
    seed: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 0
    """All luck of the demo comes from it."""
    minutes: Annotated[float, tyro.conf.arg(metavar="NUMBER")] = 10.0
    """How long all of it may take on two free cores; less is less of a result."""


def run(options: Options) -> int:
    """Run the demo; returns the exit status."""
    from ....cli._runtime import prepare

    prepare(shared=True)

    from .. import demo

    folder = options.run if options.run is not None else _free_place()
    return demo.run(folder, seed=options.seed, minutes=options.minutes)


def _free_place() -> str:
    places = itertools.chain(["runs/demo"], (f"runs/demo-{i}" for i in itertools.count(2)))
    return next(place for place in places if not os.path.lexists(place))
