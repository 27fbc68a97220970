"""Workers under two tax regimes, trained side by side and compared: `solon demo --train`."""

import multiprocessing
import os
import pathlib
import signal
import sys
import time
from collections.abc import Sequence
from typing import Any

from ..._plain import plain
from ..._terminal import say, tell
from ...errors import ConfigurationError, require
from ...runs.cores import deal_cores
from ...runs.errors import Interrupted, RunError, interruption_status, terminating_raises
from ...runs.streams import lasting_streams
from .showcase import claim

__all__ = ["REGIMES", "run"]

#: Planner by name, and what the report calls its regime.
REGIMES = {"free-market": "free market", "us-federal": "US federal brackets"}

_NOTE = (
    "A ten-minute sketch with one training seed. The spread shown is over evaluation episodes, "
    "not over trainings: another seed may come out differently, and no claim is made."
)

# Workers see three cells far instead of the published five: that halves the cost of a step.
_OPTIONS = {"view": 3}

# The steps are those of the usual time on two free cores.
_MINUTES, _LONGEST = 10.0, 1440
_FIRST = 2_400_000
_MOST = 6_000_000
_EPISODES = 60

# Of the time allowed, what evaluation and the report are left with.
_RESERVE_SECONDS = 100.0


def run(
    folder: str,
    *,
    seed: int = 0,
    minutes: float = _MINUTES,
    first: int = _FIRST,
    most: int = _MOST,
    episodes: int = _EPISODES,
) -> int:
    """Train under each regime from the same start for the same number of steps, and compare.

    One process trains under each regime. When both have done the steps within which labor comes
    to bear its full cost, it is known how fast the machine is, and so how many more
    steps (the same for both) fit into the time allowed.

    Args:
        folder: for both runs and `report.html`; it must not exist, or be empty.
        seed: all luck: the same first policy, and the same worlds to be evaluated in.
        minutes: how long all of it may take on two free cores; from 1 to 1440.
        first: environment steps that are done however long they take, if there are ten minutes;
            with fewer or more minutes, fewer or more steps.
        most: environment steps to do at most, likewise.
        episodes: to evaluate each regime on.

    Returns:
        The exit status.

    Raises:
        ConfigurationError: if the folder cannot be used or an argument is not allowed.
    """
    seed = plain(seed)
    fits = type(seed) is int and 0 <= seed < 2**32
    require(fits, "seed", seed, "an integer from 0 to 4294967295")
    require(1 <= minutes <= _LONGEST, "minutes", minutes, f"from 1 to {_LONGEST}")
    # Half of the usual time is for half of the usual steps, also of those that come first.
    first, most = (round(steps * minutes / _MINUTES) for steps in (first, most))
    path = pathlib.Path(folder)
    deadline = time.monotonic() + 60 * minutes - _RESERVE_SECONDS
    require(folder != "", "run", folder, "the path of a new folder")
    claim(path)
    try:
        with terminating_raises():
            finished = _train_all(path, seed, deadline, first, most)
    except KeyboardInterrupt as error:
        tell("", f"stopped; what there is so far is in {path}")
        return interruption_status(_number(error))
    if not finished:
        return 1
    _report(path, seed, episodes)
    return 0


def _train_all(path: pathlib.Path, seed: int, deadline: float, first: int, most: int) -> bool:
    context = multiprocessing.get_context("spawn")
    cores = deal_cores(len(REGIMES))
    workers = []
    for planner, own in zip(REGIMES, cores, strict=True):
        here, there = context.Pipe()
        arguments = (there, str(path / planner), planner, seed, own, first, most)
        process = context.Process(target=_child, args=arguments, daemon=True)
        process.start()
        there.close()
        workers.append((process, here))
    tell(f"training under {' and '.join(REGIMES.values())}, each in a process")
    try:
        speeds = [pipe.recv() for _, pipe in workers]
        left = max(0.0, deadline - time.monotonic())
        update = max(steps for _, steps in speeds)
        more = int(left * min(speed for speed, _ in speeds)) // update * update
        total = min(most, first + more)
        for _, pipe in workers:
            pipe.send(total)
        for process, _ in workers:
            process.join()
    except EOFError:
        # A process ended before its time and has said why.
        return False
    except KeyboardInterrupt as error:
        # Each saves what it has, and says why it stopped.
        for process, _ in workers:
            if process.is_alive() and process.pid is not None:
                os.kill(process.pid, _number(error))
        for process, _ in workers:
            process.join()
        raise
    finally:
        for process, _ in workers:
            process.terminate()
    return all(process.exitcode == 0 for process, _ in workers)


def _number(error: KeyboardInterrupt) -> int:
    return error.number if isinstance(error, Interrupted) else signal.SIGINT


def _child(pipe: Any, *arguments: Any) -> None:
    """What each process does; only its parent tells it to stop, which a terminal tells both."""
    if hasattr(os, "setpgrp"):
        os.setpgrp()
    with lasting_streams():
        try:
            _train(pipe, *arguments)
        except (KeyboardInterrupt, EOFError, BrokenPipeError):
            # The parent has gone, or does not want the rest.
            pass
        except (ConfigurationError, RunError) as error:
            tell(f"solon: error: {error}")
            sys.exit(1)


def _train(
    pipe: Any, path: str, planner: str, seed: int, cores: set[int], first: int, most: int
) -> None:
    """What each process does: train for the first steps, say how fast, and go on as told."""
    if cores:
        os.sched_setaffinity(0, cores)
    from ...cli._runtime import prepare
    from ...runs.build import build_recipe
    from ...runs.folder import RunFolder
    from ...runs.provenance import provenance
    from ...runs.train import train

    prepare(quiet=True)
    # Labor is free at first and bears its full cost when the first steps are done. By then
    # workers have to look far ahead: what they gain by a house is little more than it costs.
    recipe = build_recipe(
        "gather-trade-build",
        _OPTIONS,
        planner=planner,
        settings={"discount": ((0, 0.99), (0.6 * first, 0.99), (first, 0.998))},
        curriculum={"labor_cost_weight": [[0, 0.0], [first, 1.0]]},
        steps=most,
        seed=seed,
    )
    learner, state = recipe.learner(), recipe.initial_state()
    config, files = recipe.to_config()
    made_with = provenance(rules=recipe.env().rules)
    folder = RunFolder.create(path, config, provenance=made_with, files=files)
    label = REGIMES[planner]
    began = time.monotonic()
    with folder.removed_if_refused():
        result = train(folder, learner, state, first, label=label)
    if result.interrupted:
        return
    pipe.send((result.environment_steps / (time.monotonic() - began), learner.steps_per_update))
    total = pipe.recv()
    folder.plan(total)
    if total > result.environment_steps:
        train(folder, learner, result.state, total, resume=True, label=label)


def _report(path: pathlib.Path, seed: int, episodes: int) -> None:
    from ...evidence.run import evaluate_run
    from ...figures.run_report import write_run_report
    from ...runs.folder import RunFolder

    folders = [RunFolder.open(str(path / planner)) for planner in REGIMES]
    for folder, regime in zip(folders, REGIMES.values(), strict=True):
        evaluation = evaluate_run(folder, episodes=episodes, seed=seed, regime=regime)
        evaluation.save(folder.path / "evaluation")
    out = path / "report.html"
    write_run_report(folders, out, note=_NOTE)
    _print_table(folders)
    say("", _NOTE, "", out)


def _print_table(folders: Sequence[Any]) -> None:
    from ...evidence import OUTCOMES
    from .outcomes import Evaluation

    columns = [Evaluation.load(folder.path / "evaluation") for folder in folders]
    say("Mean over episodes (standard deviation)")
    say(f"{'':32}" + "".join(f"{column.regime:>24}" for column in columns))
    for name in OUTCOMES:
        cells = (
            f"{c.episodes[name].mean():14.4g} ({c.episodes[name].std(ddof=1):.3g})" for c in columns
        )
        say(f"{name.replace('_', ' '):32}" + "".join(f"{cell:>24}" for cell in cells))
