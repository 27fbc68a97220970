"""The same measurement in several processes at once, one a core."""

import json
import multiprocessing
import os
import pathlib
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

from ..runs.cores import deal_cores
from ..runs.errors import RunError
from .cases import Case

__all__ = ["measure_learning", "measure_original", "measure_solon", "side_by_side"]

# What all cases share on the side of the original: the published components.
_ORIGINAL = {
    "scenario_name": "layout_from_file/simple_wood_and_stone",
    "episode_length": 1000,
    "components": [
        {"Build": {"skill_dist": "pareto", "payment_max_skill_multiplier": 3}},
        {"ContinuousDoubleAuction": {"max_num_orders": 5}},
        {"Gather": {"skill_dist": "pareto"}},
        {"PeriodicBracketTax": {}},
    ],
}
_SCRIPT = pathlib.Path(__file__).parent / "original_speed.py"
_HELPERS = pathlib.Path(__file__).parents[1] / "parity"


def side_by_side(
    processes: int, measure: Callable[..., dict[str, Any]], *given: Any
) -> list[dict[str, Any]]:
    """What `measure(*given, ready=...)` returns in each of some processes that begin together.

    Args:
        processes: how many, each on cores of its own; they are named 0, 1, ...
        measure: a function of a module. It calls `ready` between compiling and measuring.
        given: its arguments.

    Returns:
        What each returned, with `peak_bytes`, the most memory that the process has had.

    Raises:
        RunError: if a process fails.
    """
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(processes), context.Queue()
    workers = [
        context.Process(
            target=_one,
            name=str(place),
            args=(measure, given, cores, barrier, results),
            daemon=True,
        )
        for place, cores in enumerate(deal_cores(processes))
    ]
    for worker in workers:
        worker.start()
    found: list[dict[str, Any]] = []
    try:
        while len(found) < processes:
            failed = [worker for worker in workers if worker.exitcode]
            if failed:
                raise RunError(f"a process of the benchmark ended with {failed[0].exitcode}")
            if not results.empty():
                found.append(results.get())
            else:
                workers[0].join(0.1)
    finally:
        for worker in workers:
            worker.terminate()
    return found


def _one(
    measure: Callable[..., dict[str, Any]],
    given: tuple[Any, ...],
    cores: set[int],
    barrier: Any,
    results: Any,
) -> None:
    if cores:
        os.sched_setaffinity(0, cores)
    found = measure(*given, ready=barrier.wait)
    # In kibibytes but on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    peak = unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    results.put(found | {"peak_bytes": peak})


def measure_solon(
    case: Case, environments: int, processes: int, *, seconds: float
) -> dict[str, Any]:
    """Run `simulator.measure` in processes that begin together.

    Args:
        case: what to measure.
        environments: copies of the economy, in all processes together.
        processes: how many, each on cores of its own.
        seconds: for how long.

    Returns:
        `steps_per_second` of all of them, and the rest as the slowest one reports it.

    Raises:
        RunError: if a process fails.
    """
    found = side_by_side(
        processes, _simulate, case.economy, case.options, environments // processes, seconds
    )
    return {
        "steps_per_second": sum(one["steps_per_second"] for one in found),
        "compile_seconds": max(one["compile_seconds"] for one in found),
        "state_bytes": found[0]["state_bytes"],
        "moved_bytes": found[0]["moved_bytes"],
        "copied_per_second": sum(one["copied_per_second"] for one in found),
        "checksum": " ".join(sorted(one["checksum"] for one in found)),
        "peak_bytes": sum(one["peak_bytes"] for one in found),
    }


def _simulate(
    economy: str,
    options: Mapping[str, Any],
    environments: int,
    seconds: float,
    *,
    ready: Callable[[], Any],
) -> dict[str, Any]:
    from ..registry import make
    from .simulator import measure

    return measure(make(economy, **options), environments, seconds=seconds, ready=ready)


def measure_learning(
    economy: str,
    options: Mapping[str, Any],
    settings: Mapping[str, Any],
    processes: int,
    *,
    seconds: float,
) -> dict[str, Any]:
    """Run `learning.measure` in processes that begin together, each a training of its own.

    Args:
        economy: its name.
        options: of the economy.
        settings: fields of `PPO` that differ from the default learner's.
        processes: how many, each on cores of its own.
        seconds: for how long.

    Returns:
        `steps_per_second` of all of them, `compile_seconds` of the slowest, and the mean
        `microseconds` of the parts of a step.

    Raises:
        RunError: if a process fails.
    """
    given = economy, dict(options), dict(settings), seconds
    found = side_by_side(processes, _learn, *given)
    parts = found[0]["microseconds"]
    return {
        "steps_per_second": sum(one["steps_per_second"] for one in found),
        "compile_seconds": max(one["compile_seconds"] for one in found),
        "microseconds": {
            part: sum(one["microseconds"][part] for one in found) / processes for part in parts
        },
        "peak_bytes": sum(one["peak_bytes"] for one in found),
    }


def _learn(
    economy: str,
    options: dict[str, Any],
    settings: dict[str, Any],
    seconds: float,
    *,
    ready: Callable[[], Any],
) -> dict[str, Any]:
    from .learning import measure

    return measure(economy, options, settings, seconds=seconds, ready=ready)


def measure_original(
    case: Case, processes: int, python: pathlib.Path, *, seconds: float
) -> dict[str, Any]:
    """Run the original at random, in processes that begin together.

    Args:
        case: what to measure.
        processes: how many, each with one environment.
        python: the interpreter that has the original.
        seconds: for how long.

    Returns:
        `steps_per_second` of all of them.

    Raises:
        RunError: if a process fails.
    """
    configuration = json.dumps(_ORIGINAL | (case.original or {}))
    environment = os.environ | {"PYTHONPATH": str(_HELPERS), "OMP_NUM_THREADS": "1"}
    workers = [
        subprocess.Popen(
            [str(python), str(_SCRIPT), configuration, str(seconds), str(seed)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for seed in range(1, processes + 1)
    ]
    total = 0.0
    for worker in workers:
        out, err = worker.communicate()
        if worker.returncode:
            last = (err.strip().splitlines() or ["no message"])[-1]
            raise RunError(f"the original ended with {worker.returncode}: {last}")
        total += json.loads(out.splitlines()[-1])
    return {"steps_per_second": total}
