"""Two recordings of the same steps, value by value."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["ABSOLUTE", "RELATIVE", "Difference", "first_difference"]

RELATIVE = 1e-9
# Rewards and incomes are differences of larger numbers, and inherit their rounding.
ABSOLUTE = 1e-10


@dataclasses.dataclass(frozen=True)
class Difference:
    """The first place at which two recordings disagree.

    Attributes:
        step: steps of the episode so far, 0 after its start.
        field: what differs.
        index: where in it: the member of the role first, where there is one.
        original, solon: the values.
    """

    step: int
    field: str
    index: tuple[int, ...]
    original: Any
    solon: Any

    def __str__(self) -> str:
        at = f"[{', '.join(map(str, self.index))}]" if self.index else ""
        values = f"original {self.original!r}, solon {self.solon!r}"
        return f"step {self.step}, {self.field}{at}: {values}"


def first_difference(
    original: Mapping[str, np.ndarray], solon: Mapping[str, np.ndarray], *, first_step: int
) -> Difference | None:
    """Compare integers and truth values exactly, floats to 1e-9 of their size (or 1e-10).

    Where the original has no number (an average over nothing) there is nothing to compare.

    Args:
        original: arrays with the steps in front.
        solon: likewise; it has all that the original has, and may have more.
        first_step: the step of the first entries.

    Returns:
        The earliest difference, or None.
    """
    found: Difference | None = None
    for field, theirs in original.items():
        if field not in solon:
            return Difference(first_step, field, (), "there", "missing")
        ours = solon[field]
        if theirs.size == ours.size:
            # A number may be a vector of one.
            ours = ours.reshape(theirs.shape)
        else:
            return Difference(first_step, f"shape of {field}", (), theirs.shape, ours.shape)
        wrong = _differs(theirs, ours)
        steps = wrong.reshape(len(wrong), -1).any(axis=-1)
        if not steps.any():
            continue
        step = int(steps.argmax())
        if found is None or first_step + step < found.step:
            place = tuple(int(i[0]) for i in np.nonzero(np.atleast_1d(wrong[step])))
            values = (np.atleast_1d(a[step])[place].item() for a in (theirs, ours))
            index = place if wrong.ndim > 1 else ()
            found = Difference(first_step + step, field, index, *values)
    return found


def _differs(theirs: np.ndarray, ours: np.ndarray) -> np.ndarray:
    if theirs.dtype.kind in "biu" or ours.dtype.kind in "biu":
        return np.asarray(theirs != ours)
    size = np.maximum(np.abs(theirs), np.abs(ours))
    close = np.abs(theirs - ours) <= RELATIVE * size + ABSOLUTE
    return ~(close | np.isnan(theirs))
