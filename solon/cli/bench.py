"""Measure the speed of the simulator, beside that of the original where it is installed."""

import dataclasses
import json
import pathlib
from typing import Annotated, Any

import tyro

from .._terminal import say
from ..errors import require, require_number
from ._places import check_place

__all__ = ["Options", "run"]

_BENCHMARKS = ("gather-trade-build", "pandemic", "business-cycle", "learning", "engine")
# How far workers see in the cases of learning: all that they may, and as in the demo.
_VIEWS = {"view of 5 cells": 5, "view of 3 cells": 3}


@dataclasses.dataclass(frozen=True)
class Options:
    """Measure environment steps a second with random valid actions.

    Every observation and mask is written to the buffer of a rollout as a learner reads it.
    Compiling counts apart. For the pandemic, ensembles of parameters and gradients are measured,
    too. Where `solon parity --setup` has put the original, it is measured on
    the same configuration with as many processes as there are cores. For learning, whole updates
    of the default learner are measured, and where their time goes. For the engine,
    simulation and training of several games are measured beside NumPy, a split loop and other
    libraries, as far as they are installed (30 minutes with all parts).
    """

    benchmark: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="NAME")]
    """What to measure: gather-trade-build, pandemic, business-cycle, learning or engine."""
    case: Annotated[str | None, tyro.conf.arg(metavar="TEXT", help_behavior_hint="")] = None
    """Only cases whose name contains this, such as "4 workers"; of the engine, only the parts:
    simulate, original, train, others or scaling."""
    seconds: Annotated[float, tyro.conf.arg(metavar="NUMBER")] = 5.0
    """How long each figure is measured for."""
    ppo: Annotated[
        tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(metavar="KEY=VALUE")
    ] = ()
    """A setting of the learner to measure in the default's place, such as epochs=2."""
    json: Annotated[str | None, tyro.conf.arg(metavar="FILE", help_behavior_hint="")] = None
    """Write the records here, too."""
    html: Annotated[str | None, tyro.conf.arg(metavar="FILE", help_behavior_hint="")] = None
    """Write the engine's table and figure as a page."""


def run(options: Options) -> int:
    """Measure and print a table."""
    known = options.benchmark in _BENCHMARKS
    require(known, "benchmark", options.benchmark, ", ".join(_BENCHMARKS))
    require_number("seconds", options.seconds, low=0.1, high=3600)

    target = None if options.json is None else pathlib.Path(options.json)
    learning = options.benchmark == "learning"
    allowed = "nothing but with `solon bench learning`"
    require(learning or not options.ppo, "--ppo", options.ppo, allowed)
    page = None if options.html is None else pathlib.Path(options.html)
    engine = options.benchmark == "engine"
    allowed = "nothing but with `solon bench engine`"
    require(engine or page is None, "--html", options.html, allowed)
    from ._runtime import prepare

    # What is measured runs in processes of its own.
    prepare(shared=True)
    if learning:
        return _learning(options, target)
    if engine:
        return _engine(options, target, page)

    from ..bench.cases import BUSINESS_CYCLE_CASES, CASES, PANDEMIC_CASES
    from ..bench.table import RECORDED, records, table

    studied = options.benchmark == "pandemic"
    others = {"pandemic": PANDEMIC_CASES, "business-cycle": BUSINESS_CYCLE_CASES}
    offered = {case.name: case for case in others.get(options.benchmark, CASES)}
    cases = _chosen(offered, options.case)
    if target is not None:
        check_place("json", target)

    found: list[dict[str, Any]] = []
    for case in cases:
        found += records(case, seconds=options.seconds)
        _keep(target, [{field: one[field] for field in RECORDED} for one in found])
    say(*table(found).split("\n"))
    if studied:
        from ..bench.pandemic import report
        from ..registry import make

        for case in cases:
            shown = report(case.name, make(case.economy, **case.options))
            say(*shown.split("\n"))
    return 0


def _learning(options: Options, target: pathlib.Path | None) -> int:
    views = _chosen(_VIEWS, options.case)
    if target is not None:
        check_place("json", target)

    from ..bench.table import learning_records, learning_table
    from ..runs.build import build_recipe
    from ._values import assignments

    settings = assignments("ppo", options.ppo)
    # What does not fit is named here, and not by a process of the benchmark.
    build_recipe("gather-trade-build", settings=settings, steps=1)
    found = learning_records(views, settings, seconds=options.seconds)
    _keep(target, found)
    say(*learning_table(found).split("\n"))
    return 0


def _engine(options: Options, target: pathlib.Path | None, page: pathlib.Path | None) -> int:
    from ..bench.engine.measured import PARTS, measured
    from ..bench.engine.report import table, write_report

    parts = _chosen({part: part for part in PARTS}, options.case)
    for argument, place in (("json", target), ("html", page)):
        if place is not None:
            check_place(argument, place)
    found: list[dict[str, Any]] = []
    for part in parts:
        for record in measured(part, options.seconds):
            found.append(record)
            _keep(target, found)
    say(*table(found).split("\n"))
    if page is not None:
        write_report(page, found)
        say(page)
    return 0


def _chosen(offered: dict[str, Any], text: str | None) -> list[Any]:
    cases = [case for name, case in offered.items() if text is None or text in name]
    require(bool(cases), "case", text, f"part of one of: {', '.join(offered)}")
    return cases


def _keep(target: pathlib.Path | None, found: list[dict[str, Any]]) -> None:
    if target is None:
        return
    from ..runs.atomic import write_file

    target.parent.mkdir(parents=True, exist_ok=True)
    write_file(target, (json.dumps(found, indent=1) + "\n").encode())
