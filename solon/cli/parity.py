"""Compare Gather-Trade-Build with the framework that it reimplements, step by step."""

import dataclasses
import pathlib
import time
from typing import Annotated, Any

import tyro

from .._terminal import say
from ..errors import require

__all__ = ["Options", "run"]


@dataclasses.dataclass(frozen=True)
class Options:
    """Play a configuration of the original framework at random, and the same episodes in Solon.

    Every state variable, observation, mask and reward and `done` are compared at every step:
    whole numbers and masks exactly, floats to a relative 1e-9. The original runs in an environment
    of its own: `.parity` here, or the folder that SOLON_PARITY names.

    Exit status: 0 if nothing differs, 1 if something does (the first difference is printed), 2
    for a configuration that one of the two cannot run.
    """

    config: Annotated[str | None, tyro.conf.arg(metavar="FILE.yaml", help_behavior_hint="")] = None
    """What the original's factory takes: scenario_name, components (a list of one-key mappings),
    n_agents and so on."""
    table: Annotated[str | None, tyro.conf.arg(metavar="FILE.yaml", help_behavior_hint="")] = None
    """Compare all configurations of a list instead, and print a table; `all` is Solon's own."""
    seed: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 0
    """Of the original's luck and of the actions."""
    steps: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 1000
    """Steps to compare (with --table: of each configuration)."""
    invalid: Annotated[float, tyro.conf.arg(metavar="SHARE")] = 0.1
    """Share of actions that are chosen without regard to the mask."""
    setup: bool = False
    """Only set the original up (needs the network, unless that is done)."""


def run(options: Options) -> int:
    """Compare and print."""
    asked = [options.config is not None, options.table is not None, options.setup]
    require(sum(asked) == 1, "config", options.config, "one of --config, --table and --setup")
    require(0 <= options.seed < 2**32, "seed", options.seed, "an integer from 0 to 4294967295")
    require(1 <= options.steps <= 10**9, "steps", options.steps, "an integer from 1 to 1000000000")
    require(0 <= options.invalid <= 1, "invalid", options.invalid, "a share from 0 to 1")

    from ..parity import environment

    place = environment.folder()
    if options.setup:
        environment.make(place)
        say(f"the original is in {place}")
        return 0
    if options.config is not None:
        return _one(options, _read(options.config, "config"), environment.interpreter(place))

    from ..parity.table import rows

    listed = rows("all") if options.table == "all" else rows(_read(str(options.table), "table"))
    return _all(options, listed, environment.interpreter(place))


def _one(options: Options, configuration: Any, python: pathlib.Path) -> int:
    from ._runtime import prepare

    prepare()

    from ..parity.configuration import match
    from ..parity.run import run as compare

    start = time.monotonic()
    summary = compare(
        match(configuration),
        python,
        seed=options.seed,
        steps=options.steps,
        invalid=options.invalid,
    )
    if summary.difference is not None:
        episode, difference = summary.difference
        say(f"first difference: episode {episode}, {difference}")
    seconds = time.monotonic() - start
    verdict = "no difference" if summary.difference is None else "DIFFERENT"
    say(
        f"{verdict}: {summary.steps} steps of {summary.episodes} episodes the same, "
        f"{summary.values} values, {seconds:.0f} s"
    )
    return 0 if summary.difference is None else 1


def _all(options: Options, listed: Any, python: pathlib.Path) -> int:
    from ._runtime import prepare

    prepare()

    from ..parity.configuration import match
    from ..parity.table import HEAD, line, totals

    # A configuration that Solon does not have is named before hours go into the others.
    for row in listed:
        match(row.configuration)
    say(*HEAD.split("\n"))
    outcomes = []
    for row in listed:
        outcome = row.compare(
            python, seed=options.seed, steps=options.steps, invalid=options.invalid
        )
        outcomes.append(outcome)
        say(line(row, outcome))
    say("", totals(outcomes))
    return 0 if all(outcome.difference is None for outcome in outcomes) else 1


def _read(path: str, argument: str) -> Any:
    from ..reading.content import read_content

    return read_content(path, argument)
