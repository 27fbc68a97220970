"""What a training writes into its run folder while it goes on: metrics and checkpoints."""

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import PyTree

from . import checkpoint
from .errors import RunError
from .folder import CHECKPOINTS, METRICS, RunFolder
from .metrics import STEP, MetricsWriter

__all__ = ["Recording", "Unwritten", "writing"]

_SHORTEST_FLUSH, _LONGEST_FLUSH = 3.0, 60.0
"""Seconds between two parts of the metrics."""


class Recording:
    """The record of one training.

    Args:
        folder: of the run.
        first: environment steps done before.
        update: environment steps of an update.
        keep: how many checkpoints stay.
        shown: told of metrics, with the environment steps done.

    Attributes:
        saved: environment steps of the newest checkpoint.
    """

    def __init__(
        self,
        folder: RunFolder,
        *,
        first: int,
        update: int,
        keep: int,
        shown: Callable[[int, Mapping[str, float]], None],
    ):
        self.saved = first
        self._folder, self._update, self._keep, self._shown = folder, update, keep, shown
        self._writer = MetricsWriter(folder.path / METRICS)
        self._flushed = time.monotonic()

    def metrics(self, steps: int, seconds: float, values: Mapping[str, float]) -> None:
        """Keep the metrics of an update.

        Args:
            steps: environment steps done.
            seconds: that the run took so far.
            values: by name.

        Raises:
            RunError: if a loss is not a number any more.
        """
        broken = _broken(values)
        if broken and steps <= self._update:
            # Nothing was learned, so that there is nothing to keep either.
            raise RunError(f"{broken[0]} became {values[broken[0]]} in the first update")
        self._writer.write({STEP: steps, "seconds": seconds, **values})
        self._shown(steps, values)
        if broken:
            self._writer.flush()
            raise RunError(
                f"{broken[0]} became {values[broken[0]]} after {steps} steps; {_kept(self._folder)}"
            )
        # Parts get longer as the run does, so that a day of training leaves no myriad of files.
        interval = min(max(0.01 * seconds, _SHORTEST_FLUSH), _LONGEST_FLUSH)
        if time.monotonic() - self._flushed >= interval:
            self._flush()

    def save(self, steps: int, seconds: float, state: PyTree[Any]) -> None:
        """Save a state whose metrics were read, so that its losses are known to be finite.

        Raises:
            RunError: if a weight is not a number.
        """
        # The last update may have had a finite loss and still spoiled the weights.
        spoiled = _first_nan(getattr(state, "policies", ()))
        if spoiled is not None:
            self._flush()
            raise RunError(
                f"weights became nan ({spoiled}) after {steps} steps; {_kept(self._folder)}"
            )
        self._flush()
        checkpoint.save(
            self._folder.path / CHECKPOINTS, steps, state, {"seconds": seconds}, keep=self._keep
        )
        self.saved = steps

    def _flush(self) -> None:
        self._writer.flush()
        self._flushed = time.monotonic()


class Unwritten:
    """The record of a training that another process keeps: what ends that one ends this one.

    Args:
        first: environment steps done before.

    Attributes:
        saved: environment steps of the newest checkpoint.
    """

    def __init__(self, first: int):
        self.saved = first

    def metrics(self, steps: int, seconds: float, values: Mapping[str, float]) -> None:
        """Raise `RunError` if a loss is not a number any more."""
        broken = _broken(values)
        if broken:
            raise RunError(f"{broken[0]} became {values[broken[0]]} after {steps} steps")

    def save(self, steps: int, seconds: float, state: PyTree[Any]) -> None:
        """Raise `RunError` if a weight is not a number."""
        spoiled = _first_nan(getattr(state, "policies", ()))
        if spoiled is not None:
            raise RunError(f"weights became nan ({spoiled}) after {steps} steps")
        self.saved = steps


def _broken(values: Mapping[str, float]) -> list[str]:
    """The losses that are not a number any more."""
    # A role that does not learn yet, or any more, has no loss, and what an economy calls one is
    # no loss of a learner: it is nan as long as no episode has ended.
    resting = tuple(
        n.removesuffix("learns") for n, v in values.items() if n.endswith("/learns") and v == 0
    )
    return [
        n
        for n, v in values.items()
        if "loss" in n and not n.startswith(("episode/", *resting)) and not math.isfinite(v)
    ]


@contextlib.contextmanager
def writing(folder: RunFolder) -> Iterator[None]:
    """Report a full disk, and its like, in one line."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError(f"cannot write to {folder.path} ({reason}); {_kept(folder)}") from error


def _kept(folder: RunFolder) -> str:
    if not folder.path.is_dir():
        return "the folder is not there any more; its checkpoints are where it was moved to"
    steps = folder.saved_steps
    return f"the checkpoint after {steps} steps is kept" if steps else "no checkpoint yet"


def _first_nan(tree: PyTree[Any]) -> str | None:
    """Path of the first array in `tree` with a value that is not a number."""
    for path, leaf in jax.tree_util.tree_flatten_with_path(tree)[0]:
        numbers = hasattr(leaf, "dtype") and jnp.issubdtype(leaf.dtype, jnp.inexact)
        if numbers and bool(jnp.isnan(leaf).any()):
            return jax.tree_util.keystr(path)
    return None
