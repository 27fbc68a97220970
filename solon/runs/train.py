"""The loop around a learner: metrics, checkpoints, progress, and an end in good order."""

import contextlib
import shlex
import signal
import time
from typing import Any, NamedTuple, Protocol, runtime_checkable

import jax
from jaxtyping import Array, PyTree

from ..errors import ConfigurationError, require
from ..luck import check_settings
from . import checkpoint
from .folder import CHECKPOINTS, METRICS, RunFolder
from .group import Group
from .metrics import cut_metrics
from .progress import Progress
from .provenance import code_version, command_line
from .recording import Recording, Unwritten, writing
from .stopping import Stop, deferred_signals

__all__ = ["TrainingResult", "follow", "train"]


@runtime_checkable
class _Learner(Protocol):
    """What the loop needs of a `solon.learning.Learner`."""

    @property
    def steps_per_update(self) -> int: ...

    def update(self, state: Any, /) -> tuple[Any, dict[str, Array]]: ...


class TrainingResult(NamedTuple):
    """How a training ended.

    Attributes:
        state: the learner's state at the end.
        environment_steps: how many it has seen.
        interrupted: it was asked to stop before it was done.
        number: of the signal that asked; None if it was done.
    """

    state: Any
    environment_steps: int
    interrupted: bool
    number: int | None = None


def train(
    folder: RunFolder,
    learner: _Learner,
    state: PyTree[Any],
    total_steps: int,
    *,
    resume: bool = False,
    checkpoint_steps: int | None = None,
    checkpoint_seconds: int | float = 120,
    keep: int = 3,
    quiet: bool = False,
    label: str | None = None,
    group: Group | None = None,
) -> TrainingResult:
    """Update until `total_steps` environment steps are done.

    The state is saved every so often and at the end, on SIGINT, SIGTERM and SIGHUP too (unless
    that is ignored, as under nohup). A resumed training goes on to the result that an uninterrupted
    one would have had, bit for bit.

    Args:
        folder: gets metrics and checkpoints. It is locked meanwhile.
        learner: its `update` may take over (donate) the memory of the state it is given.
        state: where to start. It has a scalar `environment_steps`.
        total_steps: environment steps, all environments together, after which to stop; the
            last update may go past it.
        resume: start from the newest checkpoint in `folder` instead, if there is one. `state` is
            then only a template, for which types and shapes (`jax.eval_shape`) will do. Metrics
            after the checkpoint are cut.
        checkpoint_steps: environment steps between checkpoints; by time alone when left out.
        checkpoint_seconds: time between checkpoints.
        keep: how many checkpoints stay.
        quiet: show no progress.
        label: a name in front of what is shown, where several trainings share a terminal.
        group: the processes that train this together, of which this one leads. The learner has a
            mesh of the devices of all; the others call `follow` with the same arguments.

    Raises:
        ConfigurationError: if another process trains here, there is nothing left to do, or the
            checkpoint is of another configuration.
        RunError: if a loss is not a number any more or nothing can be written.
    """
    require(total_steps >= 1, "steps", total_steps, "an integer of at least 1")
    rhythm = _Rhythm(total_steps, checkpoint_steps or total_steps, checkpoint_seconds)
    with folder.lock(), contextlib.ExitStack() as stack:
        seconds = 0.0
        if folder.saved_steps:
            require(resume, "run", str(folder.path), "a new run, or resuming this one")
            check_settings(folder.provenance, "resume", str(folder.path))
            restored = checkpoint.restore(folder.path / CHECKPOINTS, state)
            state, seconds = restored.state, restored.meta["seconds"]
        first = int(state.environment_steps)
        _check_alike(group, first)
        require(
            first < total_steps,
            "resume",
            str(folder.path),
            f"a run with steps left (this one has done {first} of {total_steps})",
        )
        progress = stack.enter_context(
            contextlib.closing(Progress(total_steps, quiet=quiet, label=label))
        )
        with writing(folder):
            cut_metrics(folder.path / METRICS, first, notify=progress.message)
            recording = Recording(
                folder,
                first=first,
                update=learner.steps_per_update,
                keep=keep,
                shown=progress.update,
            )
            loop = _Loop(learner, state, first, seconds, recording, group)
            folder.begin(first_step=first, command=command_line(), code=code_version())
        outcome, stop = "stopped", Stop()
        # The record is completed under the same signals: closing a terminal sends several.
        with deferred_signals(progress, stop):
            try:
                with writing(folder):
                    loop.run(rhythm, stop)
                outcome = "interrupted" if loop.steps < total_steps else "finished"
            finally:
                number = stop.number if outcome == "interrupted" else None
                reason = {} if number is None else {"reason": signal.Signals(number).name}
                # A full disk is reported by the loop; it must not hide behind a second error here.
                with contextlib.suppress(OSError):
                    folder.end(
                        outcome=outcome,
                        last_step=loop.saved,
                        wall_seconds=round(loop.seconds - seconds, 1),
                        **reason,
                    )
        if outcome == "interrupted":
            progress.message(
                f"interrupted after {loop.steps} steps; "
                f"go on with: solon train --resume {shlex.quote(str(folder.path))}"
            )
    return TrainingResult(loop.state, loop.steps, outcome == "interrupted", number)


def follow(
    folder: RunFolder | None,
    learner: _Learner,
    state: PyTree[Any],
    total_steps: int,
    *,
    group: Group,
    checkpoint_steps: int | None = None,
    checkpoint_seconds: int | float = 120,
) -> TrainingResult:
    """Take part in a training that another process of the group leads, and write nothing.

    Args:
        folder: of the run that is resumed, which this process can read; None for a new one.
        learner: as that of `train`.
        state: as there.
        total_steps: as there.
        group: the processes that train this together.
        checkpoint_steps: as there.
        checkpoint_seconds: as there.

    Raises:
        ConfigurationError: if the checkpoint cannot be read, or is not the one the others read.
        RunError: if a loss is not a number any more.
    """
    rhythm = _Rhythm(total_steps, checkpoint_steps or total_steps, checkpoint_seconds)
    if folder is not None and folder.saved_steps:
        state = checkpoint.restore(folder.path / CHECKPOINTS, state).state
    first = int(state.environment_steps)
    _check_alike(group, first)
    loop = _Loop(learner, state, first, 0.0, Unwritten(first), group)
    stop = Stop()
    progress = Progress(total_steps, quiet=True)
    with contextlib.closing(progress), deferred_signals(progress, stop):
        loop.run(rhythm, stop)
    interrupted = loop.steps < total_steps
    return TrainingResult(loop.state, loop.steps, interrupted, stop.number if interrupted else None)


def _check_alike(group: Group | None, first: int) -> None:
    """Raise `ConfigurationError` unless all processes start from the same number of steps."""
    if group is None:
        return
    highest, lowest = group.agreed(first, -first)
    if highest != -lowest:
        allowed = f"a run folder that all processes read alike (this one read {first} steps)"
        raise ConfigurationError("resume", first, allowed)


class _Rhythm(NamedTuple):
    """When a training ends, and when it saves.

    Attributes:
        steps: environment steps at its end.
        checkpoint_steps: between checkpoints.
        checkpoint_seconds: between checkpoints.
    """

    steps: int
    checkpoint_steps: int
    checkpoint_seconds: int | float


class _Loop:
    """The mutable part of a training."""

    def __init__(
        self,
        learner: _Learner,
        state: PyTree[Any],
        first: int,
        seconds: float,
        recording: Recording | Unwritten,
        group: Group | None = None,
    ):
        self.state = state
        self.steps = first
        self._learner = learner
        self._recording = recording
        self._group = group
        self._began = time.monotonic() - seconds
        self._checkpointed = time.monotonic()

    @property
    def saved(self) -> int:
        """Environment steps of the newest checkpoint."""
        return self._recording.saved

    @property
    def seconds(self) -> float:
        """Time spent on this run so far, in earlier processes too."""
        return time.monotonic() - self._began

    def run(self, rhythm: _Rhythm, stop: Stop) -> None:
        # Metrics are read while the next update is being computed, so the device never waits.
        unread: tuple[int, dict[str, Array]] | None = None
        ended = self._group is None and stop.is_set()
        while self.steps < rhythm.steps and not ended:
            self.state, metrics = self._learner.update(self.state)
            self.steps += self._learner.steps_per_update
            if unread is not None:
                self._record(*unread)
            unread = (self.steps, metrics)
            due = time.monotonic() - self._checkpointed >= rhythm.checkpoint_seconds
            ended = stop.is_set()
            if self._group is not None:
                # All stop, and save, after the same update.
                number, late = self._group.agreed(stop.number or 0, int(due))
                stop.number, ended, due = number or stop.number, number > 0, late == 1
            if due or self.steps - self.saved >= rhythm.checkpoint_steps:
                self._record(*unread)
                unread = None
                self._save()
        if unread is not None:
            self._record(*unread)
        if self.saved < self.steps:
            self._save()

    def _record(self, steps: int, metrics: dict[str, Array]) -> None:
        values = {name: value.item() for name, value in jax.device_get(metrics).items()}
        self._recording.metrics(steps, self.seconds, values)

    def _save(self) -> None:
        state = self.state
        if self._group is not None:
            state = self._group.whole(state)
        self._recording.save(self.steps, self.seconds, state)
        self._checkpointed = time.monotonic()
