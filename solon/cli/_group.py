"""One training by several processes: started here, or by somebody else."""

import contextlib
import hashlib
import json
import multiprocessing
import multiprocessing.connection
import os
import shlex
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

from .._terminal import tell
from ..errors import require, require_whole
from ..runs.cores import deal_cores
from ..runs.errors import Interrupted, interruption_status, terminating_raises
from ..runs.streams import lasting_streams

if TYPE_CHECKING:
    from ..runs.group import Group
    from .train import Options

__all__ = ["check_group", "join", "train_in_group"]

_MOST = 64
"""Processes that are started on one machine."""
_PATIENCE = 20.0
"""Seconds for the others to end, once one has failed."""


def check_group(options: "Options") -> None:
    """Raise `ConfigurationError` unless what was typed of processes fits together."""
    require_whole("processes", options.processes, low=1, high=_MOST)
    alone = options.coordinator is None
    named = options.process is not None
    require(alone != named, "process", options.process, "a number together with --coordinator")
    several = options.processes > 1
    require(alone or several, "processes", options.processes, "at least 2 with --coordinator")
    if several:
        for name, value in (("seeds", options.seeds), ("together", options.together or None)):
            require(value is None, name, value, "nothing beside --processes")


def join(options: "Options", described: Any) -> "Group | None":
    """This process' place among those that train together; None if it trains alone.

    Args:
        options: what was typed.
        described: JSON values that are the same in all processes.

    Raises:
        ConfigurationError: if the others cannot be found.
    """
    if options.coordinator is None:
        return None
    from ..runs.group import Group

    assert options.process is not None
    text = json.dumps(described, sort_keys=True, default=str)
    return Group.joined(
        options.coordinator,
        options.processes,
        options.process,
        hashlib.sha256(text.encode()).hexdigest(),
    )


def train_in_group(options: "Options", run: str) -> int:
    """Train in several processes of this machine.

    If one fails, all end: what they have of the copies of the economy cannot go on alone.

    Args:
        options: with `processes`; its `coordinator` is chosen here.
        run: where the run folder is, or will be.

    Returns:
        The exit status, as `solon.cli.main`.
    """
    import dataclasses

    from ..runs.group import free_address

    context = multiprocessing.get_context("spawn")
    address = free_address()
    processes = []
    for place, cores in enumerate(deal_cores(options.processes)):
        own = dataclasses.replace(options, coordinator=address, process=place)
        processes.append(context.Process(target=_child, args=(own, cores)))
    asked: int | None = None
    with terminating_raises():
        try:
            for process in processes:
                process.start()
            failed = None
            while failed is None and any(process.is_alive() for process in processes):
                try:
                    failed = _first_failed(processes)
                except KeyboardInterrupt as error:
                    # The leader saves what there is. A second one stops all at once.
                    asked = error.number if isinstance(error, Interrupted) else signal.SIGINT
                    _signal(processes, asked)
            if failed is not None:
                _wait(processes, _PATIENCE)
        finally:
            _signal(processes, signal.SIGKILL)
            for process in processes:
                if process.pid is not None:
                    process.join()
    if asked is not None:
        return interruption_status(asked)
    if failed is None:
        return 0
    code = processes[failed].exitcode or 0
    if code < 0 or failed > 0:
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"failed ({code})"
        again = f"solon train --processes {options.processes} --resume {shlex.quote(run)}"
        tell(f"solon: process {failed} {how}, so all ended; go on with: {again}")
    return max(code, 1)


def _first_failed(processes: list[Any]) -> int | None:
    """Wait until a process ends; the number of one that failed."""
    running = [process.sentinel for process in processes if process.is_alive()]
    if running:
        multiprocessing.connection.wait(running)
    codes = [(n, process.exitcode) for n, process in enumerate(processes)]
    failed = [n for n, code in codes if code not in (None, 0)]
    # One that was killed has failed first: the others miss it.
    killed = [n for n in failed if (processes[n].exitcode or 0) < 0]
    return next(iter([*killed, *failed]), None)


def _wait(processes: list[Any], seconds: float) -> None:
    until = time.monotonic() + seconds
    for process in processes:
        process.join(max(0.0, until - time.monotonic()))


def _signal(processes: list[Any], number: int) -> None:
    for process in processes:
        if process.pid is not None and process.is_alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, number)


def _child(options: "Options", cores: set[int]) -> None:
    """What each process does. Its parent tells it to stop, which a terminal tells both."""
    if hasattr(os, "setpgrp"):
        os.setpgrp()
    if cores:
        os.sched_setaffinity(0, cores)
    from . import told
    from .train import train_as_told

    with lasting_streams():
        if options.process != 0 and os.environ.get("SOLON_TRACEBACK") != "1":
            # The leader speaks for all, and what ends this one alone is seen by its status.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        status = _status(lambda: told(lambda: train_as_told(options)))
    if status in (0, interruption_status(None), 129):
        # All are at their end, and jax waits until they have said so.
        sys.exit(status)
    os._exit(status)


def _status(call: Any) -> int:
    import traceback

    try:
        return int(call())
    except Exception as error:
        if type(error).__name__ in ("JaxRuntimeError", "XlaRuntimeError"):
            # Another process has ended in the middle of what all compute.
            return 1
        traceback.print_exc()
        return 1
