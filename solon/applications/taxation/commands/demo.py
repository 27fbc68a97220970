"""The main job: what learning finds where nobody says which society is taxed, and its report."""

import dataclasses
import itertools
import os
from typing import Annotated

import tyro

from ....errors import require

__all__ = ["Options", "run"]

_MINUTES = 10.0


@dataclasses.dataclass(frozen=True)
class Options:
    """Train a planner for societies nobody describes to it, then watch shipped workers under taxes.

    The planner learns for a minute or two in simulations of five models of behavior. It then
    governs societies that it has not met, beside a formula and an estimator that are not told
    either, and the report says what share of the possible gain each of them made. Shipped workers
    of Open-Quadrant live under three taxes, with revenue and who gains.

    With --train, workers learn instead: under the free market and under the US federal brackets,
    for ten minutes on two cores, compared on the same luck.
    """

    run: Annotated[str | None, tyro.conf.arg(metavar="FOLDER", help_behavior_hint="")] = None
    """The new folder for trainings and the report. Default: runs/demo, or runs/demo-2 and so on
    where that is taken."""
    seed: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 0
    """All luck of the demo comes from it."""
    train: bool = False
    """Train workers under two tax regimes."""
    minutes: Annotated[float, tyro.conf.arg(metavar="NUMBER")] = _MINUTES
    """With --train: how long all of it may take on two free cores; less is less of a result."""


def run(options: Options) -> int:
    """Run the demo; returns the exit status."""
    alone = options.train or options.minutes == _MINUTES
    require(alone, "minutes", options.minutes, "with --train only")
    from ....cli._runtime import prepare

    prepare(shared=True)
    folder = options.run if options.run is not None else _free_place()
    if options.train:
        from .. import demo

        return demo.run(folder, seed=options.seed, minutes=options.minutes)
    from .. import showcase

    return showcase.run(folder, seed=options.seed)


def _free_place() -> str:
    places = itertools.chain(["runs/demo"], (f"runs/demo-{i}" for i in itertools.count(2)))
    return next(place for place in places if not os.path.lexists(place))
