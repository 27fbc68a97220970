"""What an examination finds: each fault once, with its first place and how often it comes."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["Collected", "Findings", "place", "told"]


@dataclasses.dataclass(frozen=True)
class Findings:
    """What the examination of an economy came to.

    Attributes:
        faults: what is wrong, a line each. Empty if nothing was found.
        notes: what is allowed and may not be meant, or is slow, a line each.
        episodes: how many were played. 0 if faults left nothing that could be played.
        steps: of all these episodes together.
        trail: what `solon.checking.trail` gives for the same episodes.
    """

    faults: tuple[str, ...]
    notes: tuple[str, ...] = ()
    episodes: int = 0
    steps: int = 0
    trail: tuple[Mapping[str, int], ...] = ()


class Collected:
    """Faults and notes in the order in which they were met."""

    def __init__(self) -> None:
        self._faults: dict[str, list[Any]] = {}
        self._notes: dict[str, None] = {}

    def fault(self, kind: str, got: str = "", where: str = "", count: int = 1) -> None:
        """Note a fault; of one that was met before only the number of places grows.

        Args:
            kind: what is wrong, the same for all places.
            got: what was found in the first place.
            where: that place.
            count: in how many places.
        """
        if kind in self._faults:
            self._faults[kind][2] += count
        else:
            self._faults[kind] = [got, where, count]

    def note(self, line: str) -> None:
        """Note what is no fault."""
        self._notes[" ".join(line.split())] = None

    @property
    def faults(self) -> tuple[str, ...]:
        """A line for each."""
        return tuple(self._line(kind, *rest) for kind, rest in self._faults.items())

    @property
    def notes(self) -> tuple[str, ...]:
        """A line for each."""
        return tuple(self._notes)

    def _line(self, kind: str, got: str, where: str, count: int) -> str:
        more = f", and {count - 1} more" if count > 1 else ""
        at = f" ({where}{more})" if where else ""
        return " ".join(f"{kind}{got}{at}".split())


def place(step: int, episode: int, member: int | None = None) -> str:
    """Where something was found; episodes and members are numbered as in arrays."""
    of = "" if member is None else f"member {member}, "
    return f"{of}{'start' if step == 0 else f'step {step}'} of episode {episode}"


def told(value: Any) -> str:
    """A number as it stands in a line."""
    number = np.asarray(value)[()]
    return f"{float(number):g}" if np.issubdtype(number.dtype, np.inexact) else str(number)
