"""Several trainings in one compiled program: of other seeds, coefficients and params."""

import contextlib
import signal
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PyTree

from ..errors import require
from ..learning.learner import Learner
from ..learning.update import Given
from . import checkpoint
from .errors import RunError
from .folder import CHECKPOINTS, METRICS, RunFolder, checkpoint_steps
from .metrics import cut_metrics
from .progress import Progress
from .provenance import code_version, command_line
from .recording import Recording, writing
from .stopping import Stop, deferred_signals

__all__ = ["Together", "newest_of_all", "train_together"]


class Together(NamedTuple):
    """How several trainings ended.

    Attributes:
        states: of those that came to the end, and None for those that failed.
        failures: what became of those that failed, by their number.
        environment_steps: how many each of the others has seen.
        number: of the signal that asked to stop; None if they are done.
    """

    states: list[Any]
    failures: dict[int, RunError]
    environment_steps: int
    number: int | None


def train_together(
    folders: Sequence[RunFolder],
    learner: Learner,
    states: Sequence[PyTree[Any]],
    total_steps: int,
    *,
    given: Sequence[Given] | None = None,
    resume: bool = False,
    checkpoint_seconds: int | float = 120,
    keep: int = 3,
    quiet: bool = False,
    label: str | None = None,
) -> Together:
    """Update all of them at once until each has done `total_steps` environment steps.

    For small problems, of which one alone leaves the cores half idle. Each run folder is what it
    would be had its training been alone, but for rounding: sums are taken in another order. One
    that fails does not keep the others from going on, and one that was interrupted goes on alone.

    Args:
        folders: one a training. They are locked meanwhile.
        learner: of all of them.
        states: from `learner.init`, one a training.
        total_steps: environment steps of each, after which to stop.
        given: coefficients of each, from `one_program`; those of the learner if left out.
        resume: start from the newest checkpoint that all have, if there is one, and not only in
            new folders. `states` are then only templates.
        checkpoint_seconds: time between checkpoints.
        keep: how many checkpoints stay of each.
        quiet: show no progress.
        label: in front of what is shown, where several processes share a terminal.

    Raises:
        ConfigurationError: if a folder has a training in it (without `resume`), another process
            trains there, or the states are of different shapes.
        RunError: if nothing can be written.
    """
    for folder in folders:
        require(resume or not folder.saved_steps, "run", str(folder.path), "a new run")
    _check_alike(states)
    with contextlib.ExitStack() as stack:
        for folder in folders:
            stack.enter_context(folder.lock())
        showing = Progress(total_steps, quiet=quiet, label=label)
        progress = stack.enter_context(contextlib.closing(showing))
        first, seconds = newest_of_all(folders), 0.0
        if first:
            found = [
                checkpoint.restore(folder.path / CHECKPOINTS, state, first)
                for folder, state in zip(folders, states, strict=True)
            ]
            states, seconds = [one.state for one in found], found[0].meta["seconds"]
        for folder in folders:
            with writing(folder):
                cut_metrics(folder.path / METRICS, first, notify=progress.message)
                folder.begin(first_step=first, command=command_line(), code=code_version())
        training = _Training(folders, learner, states, given, keep, progress, first, seconds)
        stop = Stop()
        with deferred_signals(progress, stop):
            try:
                training.run(total_steps, checkpoint_seconds, stop)
            finally:
                training.end(total_steps, stop)
        number = stop.number if training.steps < total_steps else None
        if number is not None:
            progress.message(
                f"interrupted after {training.steps} steps; each goes on alone with: "
                f"solon train --resume FOLDER"
            )
    return Together(training.states(), training.failures, training.steps, number)


def newest_of_all(folders: Sequence[RunFolder]) -> int:
    """Environment steps of the newest checkpoint that all of them have; 0 if there is none."""
    found = [set(checkpoint_steps(folder.path / CHECKPOINTS)) for folder in folders]
    return max(set.intersection(*found), default=0)


def _check_alike(states: Sequence[PyTree[Any]]) -> None:
    """Raise `ConfigurationError` unless the states can be stacked."""

    def kinds(state: PyTree[Any]) -> Any:
        leaves, structure = jax.tree.flatten(state)
        return structure, [(leaf.shape, leaf.dtype) for leaf in leaves]

    first, *others = map(kinds, states)
    allowed = "trainings whose policies and economies have the same parts, of the same sizes"
    require(all(other == first for other in others), "together", True, allowed)


class _Training:
    """The mutable part of it."""

    def __init__(
        self,
        folders: Sequence[RunFolder],
        learner: Learner,
        states: Sequence[PyTree[Any]],
        given: Sequence[Given] | None,
        keep: int,
        progress: Progress,
        first: int,
        seconds: float,
    ):
        self.steps = first
        self.failures: dict[int, RunError] = {}
        self._folders, self._learner, self._progress = folders, learner, progress
        with jax.debug_key_reuse(False):
            self._state = jax.tree.map(lambda *leaves: jnp.stack(leaves), *states)
        number = jnp.zeros(()).dtype
        each = given or [{} for _ in folders]
        self._given = jax.tree.map(lambda *values: jnp.asarray(values, number), *each)
        self._update = jax.jit(jax.vmap(learner.update), donate_argnums=0)
        self._checkpointed = time.monotonic()
        self._began, self._seconds_before = self._checkpointed - seconds, seconds
        self._saved = first
        self._recordings = [
            Recording(
                folder,
                first=first,
                update=learner.steps_per_update,
                keep=keep,
                shown=lambda steps, values: None,
            )
            for folder in folders
        ]

    @property
    def _seconds(self) -> float:
        return time.monotonic() - self._began

    def run(self, total_steps: int, checkpoint_seconds: int | float, stop: Stop) -> None:
        """Until all are done, have failed, or are asked to stop."""
        unread: tuple[int, dict[str, Array]] | None = None
        while self.steps < total_steps and not stop.is_set():
            # Jax's watch over keys takes those of a mapped scan for used when they are sliced.
            with jax.debug_key_reuse(False):
                self._state, metrics = self._update(self._state, self._given)
            self.steps += self._learner.steps_per_update
            if unread is not None:
                self._record(*unread)
            unread = (self.steps, metrics)
            if time.monotonic() - self._checkpointed >= checkpoint_seconds:
                self._record(*unread)
                unread = None
                self._save()
            if len(self.failures) == len(self._folders):
                return
        if unread is not None:
            self._record(*unread)
        if self._saved < self.steps:
            self._save()

    def states(self) -> list[Any]:
        """What each came to."""
        return [None if i in self.failures else self._state_of(i) for i in self._numbers(all=True)]

    def end(self, total_steps: int, stop: Stop) -> None:
        """Complete the records, as far as the disk allows."""
        done, signalled = self._saved >= total_steps, stop.number
        for number, folder in enumerate(self._folders):
            failed = number in self.failures
            outcome, reason = "finished" if done and not failed else "stopped", {}
            if signalled is not None and not done and not failed:
                outcome, reason = "interrupted", {"reason": signal.Signals(signalled).name}
            with contextlib.suppress(OSError):
                folder.end(
                    outcome=outcome,
                    last_step=self._recordings[number].saved,
                    wall_seconds=round(self._seconds - self._seconds_before, 1),
                    **reason,
                )

    def _numbers(self, *, all: bool = False) -> list[int]:
        return [i for i in range(len(self._folders)) if all or i not in self.failures]

    def _state_of(self, number: int) -> Any:
        with jax.debug_key_reuse(False):
            return jax.tree.map(lambda leaf: leaf[number], self._state)

    def _record(self, steps: int, metrics: Mapping[str, Array]) -> None:
        values = {name: np.asarray(value) for name, value in jax.device_get(metrics).items()}
        for number in self._numbers():
            own = {name: value[number].item() for name, value in values.items()}
            with self._failing(number):
                self._recordings[number].metrics(steps, self._seconds, own)
        mean = {name: float(np.mean(value)) for name, value in values.items()}
        self._progress.update(steps, mean)

    def _save(self) -> None:
        for number in self._numbers():
            with self._failing(number):
                self._recordings[number].save(self.steps, self._seconds, self._state_of(number))
        self._saved, self._checkpointed = self.steps, time.monotonic()

    @contextlib.contextmanager
    def _failing(self, number: int) -> Any:
        """What becomes of one is kept from the others; a disk that is full is not."""
        folder = self._folders[number]
        try:
            with writing(folder):
                yield
        except RunError as error:
            if isinstance(error.__cause__, OSError):
                raise
            self.failures[number] = error
            self._progress.message(f"{folder.path}: {error}")
