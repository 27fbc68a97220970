"""Several trainings that differ in the seed: side by side on the cores, or in one program."""

import contextlib
import functools
import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .._terminal import say, tell
from ..errors import require
from ..runs.cores import usable_cores
from ..runs.errors import interruption_status
from ._pool import Job, Processes, run_jobs

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
    from .train import train_or_go_on

    jobs = [
        Job(name, functools.partial(train_or_go_on, options, label=name))
        for name, options in ((f"seed {options.seed}", options) for options in trainings)
    ]
    workers = min(len(jobs), usable_cores())
    ended = run_jobs(jobs, Processes(workers), workers=workers)
    if ended.asked is not None:
        return interruption_status(ended.asked)
    failed = ended.failed
    if failed:
        seeds = ", ".join(name.removeprefix("seed ") for name in failed)
        tell(f"solon: {len(failed)} of {len(trainings)} trainings failed: seed {seeds}")
    return next(iter(failed.values()), 0)


def train_in_one(
    trainings: "Sequence[Options]",
    recipes: Sequence[Any],
    names: Sequence[str] = (),
    label: str | None = None,
) -> int:
    """Train all in one compiled program, or go on with them where they were all saved.

    Args:
        trainings: what was typed for each, with its seed and its run folder.
        recipes: of each.
        names: of each in messages; their seeds if left out.
        label: in front of what is shown, where several processes share a terminal.

    Returns:
        The exit status: 0 if all came to their end, 1 if one failed, that of an interruption.

    Raises:
        ConfigurationError: if they cannot be trained at once.
    """
    from ..learning import Learner
    from ..learning.one_program import one_program
    from ..runs.folder import RunFolder
    from ..runs.together import newest_of_all, train_together
    from .train import new_folder

    trainers = [recipe.trainer() for recipe in recipes]
    allowed = "roles that learn by an algorithm or keep a policy; a search is none"
    require(all(isinstance(one, Learner) for one in trainers), "together", True, allowed)
    learner, given = one_program(trainers)
    seeds = [options.seed for options in trainings]
    with contextlib.ExitStack() as stack:
        folders = []
        for options, recipe in zip(trainings, recipes, strict=True):
            if os.path.isdir(str(options.run)) and os.listdir(str(options.run)):
                folders.append(RunFolder.open(str(options.run)))
                continue
            folder = new_folder(recipe, str(options.run), together=list(names) or seeds)
            folders.append(folder)
            stack.enter_context(folder.removed_if_refused())
        saved = newest_of_all(folders) > 0
        states = [
            recipe.abstract_state() if saved else recipe.initial_state(learner=learner, given=own)
            for recipe, own in zip(recipes, given, strict=True)
        ]
        done = train_together(
            folders,
            learner,
            states,
            recipes[0].steps,
            given=given,
            resume=True,
            quiet=trainings[0].quiet,
            label=label,
        )
    if done.number is not None:
        return interruption_status(done.number)
    if done.failures:
        failed = [names[i] if names else str(seeds[i]) for i in done.failures]
        what = "" if names else "seed "
        tell(
            f"solon: {len(failed)} of {len(trainings)} trainings failed: {what}{', '.join(failed)}"
        )
    for number, folder in enumerate(folders):
        if number not in done.failures:
            say(folder.path)
    return 1 if done.failures else 0
