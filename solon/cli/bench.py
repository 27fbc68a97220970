"""Measure the speed of the simulator, beside that of the original where it is installed."""

import dataclasses
import json
import pathlib
from typing import Annotated, Any

import tyro

from ..errors import require, require_number
from ._places import check_place

__all__ = ["Options", "run"]

_BENCHMARKS = ("gather-trade-build", "pandemic")


@dataclasses.dataclass(frozen=True)
class Options:
    """Measure environment steps a second with random valid actions.

    Every observation and mask is written to the buffer of a rollout as a learner reads it.
    Compiling counts apart. For the pandemic, ensembles of parameters and gradients are measured,
    too. Where `solon parity --setup` has put the original, it is measured on
    the same configuration with as many processes as there are cores.
    """

    benchmark: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="NAME")]
    """What to measure: gather-trade-build or pandemic."""
    case: Annotated[str | None, tyro.conf.arg(metavar="TEXT", help_behavior_hint="")] = None
    """Only cases whose name contains this, such as "4 workers"."""
    seconds: Annotated[float, tyro.conf.arg(metavar="NUMBER")] = 5.0
    """How long each figure is measured for."""
    json: Annotated[str | None, tyro.conf.arg(metavar="FILE", help_behavior_hint="")] = None
    """Write the records here, too."""


def run(options: Options) -> int:
    """Measure and print a table."""
    known = options.benchmark in _BENCHMARKS
    require(known, "benchmark", options.benchmark, ", ".join(_BENCHMARKS))
    require_number("seconds", options.seconds, low=0.1, high=3600)

    from ..bench.cases import CASES, PANDEMIC_CASES

    studied = options.benchmark == "pandemic"
    offered = PANDEMIC_CASES if studied else CASES
    cases = [case for case in offered if options.case is None or options.case in case.name]
    names = ", ".join(case.name for case in offered)
    require(bool(cases), "case", options.case, f"part of one of: {names}")
    target = None if options.json is None else pathlib.Path(options.json)
    if target is not None:
        check_place("json", target)

    from ..bench.table import RECORDED, records, table
    from ..runs.atomic import write_file

    found: list[dict[str, Any]] = []
    for case in cases:
        found += records(case, seconds=options.seconds)
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            kept = [{field: one[field] for field in RECORDED} for one in found]
            write_file(target, (json.dumps(kept, indent=1) + "\n").encode())
    print(table(found))
    if studied:
        from ..bench.pandemic import report
        from ..registry import make

        for case in cases:
            print(report(case.name, make(case.economy, **case.options)))
    return 0
