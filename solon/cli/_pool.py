"""Many trainings, some at a time: a process each on this machine, or another backend."""

import collections
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

from .._terminal import tell
from ..runs.cores import deal_cores
from ..runs.errors import Interrupted, terminating_raises
from ..runs.streams import lasting_streams

__all__ = ["Backend", "Ended", "Job", "Processes", "attempt", "run_jobs"]

RESTARTS = 3
"""How often a job is started again whose worker died."""


class Job(NamedTuple):
    """Something for a worker to do.

    Attributes:
        name: in messages.
        call: that another process can be handed; gives an exit status. It may be called again
            after a worker has died in the middle of it.
    """

    name: str
    call: Callable[[], int]


@runtime_checkable
class Backend(Protocol):
    """Where jobs are done."""

    def start(self, job: Job) -> Any:
        """Begin a job; gives what stands for it from now on."""

    def ended(self, running: Sequence[Any]) -> list[tuple[Any, int | None]]:
        """Wait until one of them has ended; its exit status, or None if its worker died."""

    def ask_to_stop(self, running: Sequence[Any], number: int) -> None:
        """Hand a signal on to all of them."""


class Ended(NamedTuple):
    """How jobs ended.

    Attributes:
        statuses: exit status by name, of all that were begun.
        asked: the signal that asked to stop; None if there was none.
    """

    statuses: dict[str, int]
    asked: int | None

    @property
    def failed(self) -> dict[str, int]:
        """Those with another exit status than 0."""
        return {name: status for name, status in self.statuses.items() if status != 0}


def run_jobs(
    jobs: Sequence[Job],
    backend: Backend,
    *,
    workers: int,
    done: Callable[[Job, int], None] = lambda job, status: None,
) -> Ended:
    """Do all of them. What happens to one does not keep the others from going on.

    Args:
        jobs: in the order in which they begin, each of another name.
        backend: where.
        workers: how many at a time.
        done: told of each that has ended.
    """
    waiting = collections.deque(jobs)
    running: dict[Any, Job] = {}
    statuses: dict[str, int] = {}
    deaths: collections.Counter[str] = collections.Counter()
    asked: int | None = None
    with terminating_raises():
        while running or (waiting and asked is None):
            try:
                while waiting and len(running) < workers and asked is None:
                    job = waiting.popleft()
                    running[backend.start(job)] = job
                for handle, status in backend.ended(list(running)):
                    job = running.pop(handle)
                    if status is None and asked is None and deaths[job.name] < RESTARTS:
                        deaths[job.name] += 1
                        again = f"its worker died; it is started again ({deaths[job.name]} of"
                        tell(f"solon: {job.name}: {again} {RESTARTS})")
                        waiting.appendleft(job)
                        continue
                    if status is None and asked is None:
                        tell(f"solon: {job.name}: its worker died {RESTARTS + 1} times; it is left")
                    statuses[job.name] = 1 if status is None else status
                    done(job, statuses[job.name])
            except KeyboardInterrupt as error:
                # Each saves what it has, and says how to go on. A second one stops them at once.
                asked = error.number if isinstance(error, Interrupted) else signal.SIGINT
                backend.ask_to_stop(list(running), asked)
    return Ended(statuses, asked)


def attempt(call: Callable[[], int]) -> int:
    """What a worker does: the call, with what is wrong told in one line."""
    from . import told

    with lasting_streams():
        return told(call)


class Processes:
    """A process a job on this machine, with cores of its own.

    Args:
        workers: how many at a time.
    """

    def __init__(self, workers: int):
        self._context = multiprocessing.get_context("spawn")
        self._free = deal_cores(workers)
        self._running: dict[Any, tuple[Any, set[int]]] = {}

    def start(self, job: Job) -> Any:
        own = self._free.pop(0)
        process = self._context.Process(target=_child, args=(job.call, own))
        process.start()
        self._running[process.sentinel] = process, own
        return process.sentinel

    def ended(self, running: Sequence[Any]) -> list[tuple[Any, int | None]]:
        found: list[tuple[Any, int | None]] = []
        for sentinel in multiprocessing.connection.wait(list(running)):
            process, own = self._running.pop(sentinel)
            process.join()
            self._free.append(own)
            code = process.exitcode
            # A signal ended it: somebody killed it, or the system, to get its memory.
            found.append((sentinel, None if code is None or code < 0 else code))
        return found

    def ask_to_stop(self, running: Sequence[Any], number: int) -> None:
        for process, _ in self._running.values():
            if process.pid is not None and process.is_alive():
                os.kill(process.pid, number)


def _child(call: Callable[[], int], cores: set[int]) -> None:
    """What each process does. Its parent tells it to stop, which a terminal tells both."""
    if hasattr(os, "setpgrp"):
        os.setpgrp()
    if cores:
        os.sched_setaffinity(0, cores)
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    sys.exit(attempt(call))


def _stop_with_parent() -> None:
    """A parent that was killed can tell its children nothing."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
