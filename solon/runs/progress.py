"""How a training tells its reader where it is: a live line in a terminal, else plain lines."""

import collections
import math
import sys
import time
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any, cast

from .._terminal import visible
from .streams import Lasting

if TYPE_CHECKING:
    from rich.live import Live

__all__ = ["Progress", "duration"]

_PLAIN_INTERVAL = 15.0
"""Seconds between plain lines."""

_RATE_WINDOW = 30.0
"""Seconds over which steps a second are measured."""

_SHOWN = {
    "reward": ("worker/episode_return", "/episode_return"),
    "productivity": ("episode/productivity",),
    "equality": ("episode/equality",),
}
"""What is shown, and how the name of the metric that it is taken from ends: the first there is."""


def duration(seconds: float) -> str:
    """`75` -> `1 min 15 s`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


class Progress:
    """Shows steps, steps a second, time left, reward, productivity and equality on stderr.

    A terminal gets one line that changes; anything else a line every 15 seconds. Where nobody can
    read it any more, it falls silent and the training goes on.

    Args:
        total: environment steps at which the training is done.
        quiet: show messages only.
        label: stands in front of each line. Trainings that have one may share a terminal, so none
            of them takes it over for a line that changes.
    """

    def __init__(self, total: int, *, quiet: bool = False, label: str | None = None):
        self._total = total
        self._quiet = quiet
        self._label = "" if label is None else f"{label}: "
        self._stream: Any = Lasting(sys.stderr, whatever=True)
        self._marks: collections.deque[tuple[float, int]] = collections.deque()
        self._known: dict[str, float] = {}
        self._last_line = -math.inf
        self._live: Live | None = None
        if not quiet and label is None and self._stream.isatty():
            # Not every process that trains has a terminal.
            import rich.console
            import rich.live

            console = rich.console.Console(file=cast(IO[str], self._stream))
            self._live = rich.live.Live(console=console, refresh_per_second=4)
            self._live.start()
        if not quiet:
            self._show("compiling")

    def update(self, steps: int, metrics: Mapping[str, float]) -> None:
        """Show that `steps` are done and what the newest metrics are."""
        moment = time.monotonic()
        self._marks.append((moment, steps))
        while len(self._marks) > 2 and moment - self._marks[0][0] > _RATE_WINDOW:
            self._marks.popleft()
        # Not a number means that no episode ended in the update: the last known value stays.
        self._known |= {name: value for name, value in metrics.items() if not math.isnan(value)}
        if self._quiet:
            return
        if self._live is not None or moment - self._last_line >= _PLAIN_INTERVAL:
            self._last_line = moment
            self._show(self._line(steps))

    def _show(self, line: str) -> None:
        if self._live is not None:
            from rich.text import Text

            self._live.update(Text(visible(line)))
        else:
            print(visible(self._label + line), file=self._stream, flush=True)

    def message(self, text: str) -> None:
        """Show a line that stays."""
        if self._live is not None:
            self._live.console.print(visible(text), markup=False, highlight=False)
        else:
            print(visible(self._label + text), file=self._stream, flush=True)

    def close(self) -> None:
        """Leave the last line standing."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    @property
    def steps_per_second(self) -> float | None:
        """Over the last half minute; None before the second update."""
        if len(self._marks) < 2:
            return None
        (start, first), (end, last) = self._marks[0], self._marks[-1]
        return (last - first) / (end - start) if end > start else None

    def _line(self, steps: int) -> str:
        parts = [f"{steps:,} of {self._total:,} steps"]
        rate = self.steps_per_second
        if rate:
            parts.append(f"{rate:,.0f} steps/s")
            parts.append(f"{duration(max(0, self._total - steps) / rate)} left")
        for shown, endings in _SHOWN.items():
            named = (v for end in endings for name, v in self._known.items() if name.endswith(end))
            value = next(named, None)
            if value is not None:
                parts.append(f"{shown} {_number(value)}")
        return "  ".join(parts)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
