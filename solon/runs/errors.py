"""How a run can end before it is done."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

__all__ = ["Interrupted", "RunError", "interruption_status", "terminating_raises"]


class RunError(RuntimeError):
    """A training diverged or its results cannot be written any more.

    The message is one line that says what happened and what is left. The command line prints it
    to stderr and exits with status 1.
    """

    def __init__(self, message: str):
        super().__init__(" ".join(message.split()))


class Interrupted(KeyboardInterrupt):
    """The process was asked to end, and what there was to save is saved.

    Attributes:
        number: of the signal that asked.
    """

    def __init__(self, number: int, message: str = "interrupted"):
        self.number = number
        super().__init__(message)

    @property
    def status(self) -> int:
        """The exit status: 129 after SIGHUP, else that of Ctrl-C."""
        return interruption_status(self.number)


def interruption_status(number: int | None) -> int:
    """The exit status of a process that a signal has asked to end in good order."""
    hung_up = getattr(signal, "SIGHUP", None)
    return 129 if hung_up is not None and number == hung_up else 130


@contextlib.contextmanager
def terminating_raises() -> Iterator[None]:
    """SIGTERM would end this process alone, and leave its children training."""
    usual = threading.current_thread() is threading.main_thread()
    if not usual or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return

    def end(number: int, frame: Any) -> None:
        raise Interrupted(number)

    signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
