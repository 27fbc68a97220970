"""Several trainings that differ in the seed: side by side on the cores, or in one program."""

import contextlib
import multiprocessing
import multiprocessing.connection
import os
import re
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .._terminal import say, tell
from ..errors import require
from ..runs.cores import deal_cores, usable_cores
from ..runs.errors import Interrupted, interruption_status, terminating_raises
from ..runs.streams import lasting_streams

if TYPE_CHECKING:
    from .train import Options

__all__ = ["seeds_of", "train_each", "train_in_one"]

_MOST = 1000
_ALLOWED = (
    f"seeds from 0 to 4294967295 in a list such as 1-3 or 1,4,7, at most {_MOST} and each once"
)


def seeds_of(text: str) -> tuple[int, ...]:
    """`1-3,7` -> `(1, 2, 3, 7)`.

    Raises:
        ConfigurationError: if it is no list of seeds.
    """
    found: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"([0-9]{1,10})(?:-([0-9]{1,10}))?", part.strip())
        require(match is not None, "seeds", text, _ALLOWED)
        assert match is not None
        first, last = int(match[1]), int(match[2] or match[1])
        require(first <= last < 2**32 and last - first < _MOST, "seeds", text, _ALLOWED)
        found += range(first, last + 1)
    require(len(set(found)) == len(found) <= _MOST, "seeds", text, _ALLOWED)
    return tuple(found)


def train_each(trainings: "Sequence[Options]") -> int:
    """Train in a process each, as many at a time as there are cores.

    What happens to one does not keep the others from going on.

    Args:
        trainings: what was typed for each, with its seed and its run folder.

    Returns:
        The exit status: 0 if all came to their end, the first other one if not.
    """
    context = multiprocessing.get_context("spawn")
    free = deal_cores(min(len(trainings), usable_cores()))
    waiting = list(trainings)
    running: dict[Any, tuple[Any, Options, set[int]]] = {}
    statuses: dict[int, int] = {}
    asked: int | None = None
    with terminating_raises():
        while running or (waiting and asked is None):
            try:
                while waiting and free and asked is None:
                    options, own = waiting.pop(0), free.pop(0)
                    process = context.Process(target=_child, args=(options, own))
                    process.start()
                    running[process.sentinel] = process, options, own
                for sentinel in multiprocessing.connection.wait(list(running)):
                    process, options, own = running.pop(sentinel)
                    process.join()
                    statuses[options.seed] = _status(process.exitcode)
                    free.append(own)
            except KeyboardInterrupt as error:
                # Each saves what it has, and says how to go on. A second one stops them at once.
                asked = error.number if isinstance(error, Interrupted) else signal.SIGINT
                for process, _, _ in running.values():
                    if process.pid is not None and process.is_alive():
                        os.kill(process.pid, asked)
    failed = {seed: status for seed, status in statuses.items() if status != 0}
    if asked is not None:
        return interruption_status(asked)
    if failed:
        seeds = ", ".join(map(str, failed))
        tell(f"solon: {len(failed)} of {len(trainings)} trainings failed: seed {seeds}")
    return next(iter(failed.values()), 0)


def train_in_one(trainings: "Sequence[Options]", recipes: Sequence[Any]) -> int:
    """Train all in one compiled program.

    Args:
        trainings: what was typed for each, with its seed and its run folder.
        recipes: of each.

    Returns:
        The exit status: 0 if all came to their end, 1 if one failed, that of an interruption.

    Raises:
        ConfigurationError: if they cannot be trained at once.
    """
    from ..learning import Learner
    from ..runs.together import train_together
    from .train import new_folder

    learner = recipes[0].trainer()
    allowed = "roles that learn by an algorithm or keep a policy; a search is none"
    require(isinstance(learner, Learner), "together", True, allowed)
    with contextlib.ExitStack() as stack:
        seeds = [options.seed for options in trainings]
        folders = [
            new_folder(recipe, str(options.run), together=seeds)
            for options, recipe in zip(trainings, recipes, strict=True)
        ]
        for folder in folders:
            stack.enter_context(folder.removed_if_refused())
        states = [recipe.initial_state() for recipe in recipes]
        done = train_together(folders, learner, states, recipes[0].steps, quiet=trainings[0].quiet)
    if done.number is not None:
        return interruption_status(done.number)
    if done.failures:
        seeds_of_failed = ", ".join(str(trainings[i].seed) for i in done.failures)
        tell(
            f"solon: {len(done.failures)} of {len(trainings)} trainings failed: "
            f"seed {seeds_of_failed}"
        )
    for number, folder in enumerate(folders):
        if number not in done.failures:
            say(folder.path)
    return 1 if done.failures else 0


def _status(code: int | None) -> int:
    """The exit status of a process; one that was killed by a signal has failed."""
    return 1 if code is None or code < 0 else code


def _child(options: "Options", cores: set[int]) -> None:
    """What each process does. Its parent tells it to stop, which a terminal tells both."""
    if hasattr(os, "setpgrp"):
        os.setpgrp()
    if cores:
        os.sched_setaffinity(0, cores)
    from . import told
    from .train import train_one

    def one() -> int:
        return train_one(options, label=f"seed {options.seed}")

    with lasting_streams():
        status: Any = told(one)
    sys.exit(status)
