"""The loop around a learner: metrics, checkpoints, progress, and an end in good order."""

import contextlib
import math
import shlex
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol, runtime_checkable

import jax
import jax.numpy as jnp
from jaxtyping import Array, PyTree

from ..errors import require
from ..luck import check_settings
from . import checkpoint
from .errors import RunError
from .folder import CHECKPOINTS, METRICS, RunFolder
from .metrics import STEP, MetricsWriter, cut_metrics
from .progress import Progress
from .provenance import code_version, command_line

__all__ = ["TrainingResult", "train"]

_SHORTEST_FLUSH, _LONGEST_FLUSH = 3.0, 60.0
"""Seconds between two parts of the metrics."""


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

    Raises:
        ConfigurationError: if another process trains here, there is nothing left to do, or the
            checkpoint is of another configuration.
        RunError: if a loss is not a number any more or nothing can be written.
    """
    require(total_steps >= 1, "steps", total_steps, "an integer of at least 1")
    with folder.lock(), contextlib.ExitStack() as stack:
        seconds = 0.0
        if folder.saved_steps:
            require(resume, "run", str(folder.path), "a new run, or resuming this one")
            check_settings(folder.provenance, "resume", str(folder.path))
            restored = checkpoint.restore(folder.path / CHECKPOINTS, state)
            state, seconds = restored.state, restored.meta["seconds"]
        first = int(state.environment_steps)
        require(
            first < total_steps,
            "resume",
            str(folder.path),
            f"a run with steps left (this one has done {first} of {total_steps})",
        )
        progress = stack.enter_context(
            contextlib.closing(Progress(total_steps, quiet=quiet, label=label))
        )
        with _writing(folder):
            cut_metrics(folder.path / METRICS, first, notify=progress.message)
            loop = _Loop(folder, learner, state, first, seconds, keep, progress)
            folder.begin(first_step=first, command=command_line(), code=code_version())
        outcome, stop = "stopped", _Stop()
        # The record is completed under the same signals: closing a terminal sends several.
        with _deferred_signals(progress, stop):
            try:
                with _writing(folder):
                    loop.run(total_steps, checkpoint_steps or total_steps, checkpoint_seconds, stop)
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


class _Loop:
    """The mutable part of a training."""

    def __init__(
        self,
        folder: RunFolder,
        learner: _Learner,
        state: PyTree[Any],
        first: int,
        seconds: float,
        keep: int,
        progress: Progress,
    ):
        self.state = state
        self.steps = first
        self.saved = first
        self._folder = folder
        self._learner = learner
        self._keep = keep
        self._progress = progress
        self._writer = MetricsWriter(folder.path / METRICS)
        self._began = time.monotonic() - seconds
        self._checkpointed = self._flushed = time.monotonic()

    @property
    def seconds(self) -> float:
        """Time spent on this run so far, in earlier processes too."""
        return time.monotonic() - self._began

    def run(
        self,
        total_steps: int,
        checkpoint_steps: int,
        checkpoint_seconds: int | float,
        stop: "_Stop",
    ) -> None:
        # Metrics are read while the next update is being computed, so the device never waits.
        unread: tuple[int, dict[str, Array]] | None = None
        while self.steps < total_steps and not stop.is_set():
            self.state, metrics = self._learner.update(self.state)
            self.steps += self._learner.steps_per_update
            if unread is not None:
                self._record(*unread)
            unread = (self.steps, metrics)
            due = time.monotonic() - self._checkpointed >= checkpoint_seconds
            if due or self.steps - self.saved >= checkpoint_steps:
                self._record(*unread)
                unread = None
                self._save()
        if unread is not None:
            self._record(*unread)
        if self.saved < self.steps:
            self._save()

    def _record(self, steps: int, metrics: dict[str, Array]) -> None:
        values = {name: value.item() for name, value in jax.device_get(metrics).items()}
        # A role that does not learn yet, or any more, has no loss, and what an economy calls one is
        # no loss of a learner: it is nan as long as no episode has ended.
        resting = tuple(
            n.removesuffix("learns") for n, v in values.items() if n.endswith("/learns") and v == 0
        )
        broken = [
            n
            for n, v in values.items()
            if "loss" in n and not n.startswith(("episode/", *resting)) and not math.isfinite(v)
        ]
        if broken and steps <= self._learner.steps_per_update:
            # Nothing was learned, so that there is nothing to keep either.
            raise RunError(f"{broken[0]} became {values[broken[0]]} in the first update")
        self._writer.write({STEP: steps, "seconds": self.seconds, **values})
        self._progress.update(steps, values)
        if broken:
            self._writer.flush()
            raise RunError(
                f"{broken[0]} became {values[broken[0]]} after {steps} steps; {_kept(self._folder)}"
            )
        # Parts get longer as the run does, so that a day of training leaves no myriad of files.
        interval = min(max(0.01 * self.seconds, _SHORTEST_FLUSH), _LONGEST_FLUSH)
        if time.monotonic() - self._flushed >= interval:
            self._flush()

    def _flush(self) -> None:
        self._writer.flush()
        self._flushed = time.monotonic()

    def _save(self) -> None:
        """Save the state; its metrics were read, so its losses are known to be finite."""
        # The last update may have had a finite loss and still spoiled the weights.
        spoiled = _first_nan(getattr(self.state, "policies", ()))
        if spoiled is not None:
            self._flush()
            raise RunError(
                f"weights became nan ({spoiled}) after {self.steps} steps; {_kept(self._folder)}"
            )
        self._flush()
        checkpoint.save(
            self._folder.path / CHECKPOINTS,
            self.steps,
            self.state,
            {"seconds": self.seconds},
            keep=self._keep,
        )
        self.saved = self.steps
        self._checkpointed = time.monotonic()


def _kept(folder: RunFolder) -> str:
    if not folder.path.is_dir():
        return "the folder is not there any more; its checkpoints are where it was moved to"
    steps = folder.saved_steps
    return f"the checkpoint after {steps} steps is kept" if steps else "no checkpoint yet"


@contextlib.contextmanager
def _writing(folder: RunFolder) -> Iterator[None]:
    """Report a full disk, and its like, in one line."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError(f"cannot write to {folder.path} ({reason}); {_kept(folder)}") from error


def _first_nan(tree: PyTree[Any]) -> str | None:
    """Path of the first array in `tree` with a value that is not a number."""
    for path, leaf in jax.tree_util.tree_flatten_with_path(tree)[0]:
        numbers = hasattr(leaf, "dtype") and jnp.issubdtype(leaf.dtype, jnp.inexact)
        if numbers and bool(jnp.isnan(leaf).any()):
            return jax.tree_util.keystr(path)
    return None


class _Stop:
    """A request to stop.

    Attributes:
        number: of the signal that made it; None as long as there is none.
        firm: the signal was no SIGHUP.
    """

    number: int | None = None
    firm: bool = False

    def is_set(self) -> bool:
        return self.number is not None


@contextlib.contextmanager
def _deferred_signals(progress: Progress, stop: _Stop) -> Iterator[None]:
    """Turn SIGINT, SIGTERM and SIGHUP into a request to stop.

    A second SIGINT or SIGTERM stops at once. SIGHUP comes several times when a terminal is closed,
    and before or after SIGTERM when a machine is shut down: it never counts.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    hung_up = getattr(signal, "SIGHUP", None)

    def request(number: int, frame: Any) -> None:
        again = stop.firm and number != hung_up
        stop.number = number if stop.number is None else stop.number
        stop.firm = stop.firm or number != hung_up
        if again:
            raise KeyboardInterrupt
        # Python refuses to write in the middle of writing.
        with contextlib.suppress(RuntimeError):
            more = "; once more to stop at once" if stop.firm else ""
            progress.message(f"stopping after this update{more}")

    kinds = [signal.SIGINT, signal.SIGTERM]
    if hung_up is not None and signal.getsignal(hung_up) != signal.SIG_IGN:
        kinds.append(hung_up)
    previous = {kind: signal.signal(kind, request) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in previous.items():
            signal.signal(kind, handler)
