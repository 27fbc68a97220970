"""Signals that ask a training to stop, obeyed where it can stop in good order."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

from .progress import Progress

__all__ = ["Stop", "deferred_signals"]


class Stop:
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
def deferred_signals(progress: Progress, stop: Stop) -> Iterator[None]:
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
