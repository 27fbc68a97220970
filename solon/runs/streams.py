"""Standard output and error that may lose their reader: the work goes on without one."""

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import Any

__all__ = ["Lasting", "lasting_streams"]

# The reader of a pipe has left; a terminal was closed.
_GONE = (errno.EPIPE, errno.EIO)


class _Nowhere(io.TextIOBase):
    """Where text goes that nobody reads."""

    def write(self, text: str) -> int:
        return len(text)


class Lasting:
    """A text stream that falls silent when nobody can read it any more.

    Args:
        stream: None stands for one that was closed before the process began.
        whatever: a full disk silences it, too. Progress and messages are not worth a training; a
            command's own output is, so that it ends with an error there.
    """

    def __init__(self, stream: Any, *, whatever: bool = False):
        self._stream = _Nowhere() if stream is None else stream
        self._whatever = whatever

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_stream"], name)

    def write(self, text: str) -> int:
        """Write, or drop the text."""
        with self._falling_silent():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand on what was written, or drop it."""
        with self._falling_silent():
            self._stream.flush()

    def close(self) -> None:
        """Hand on what was written. The stream stays open for those who had it before."""
        self.flush()

    @contextlib.contextmanager
    def _falling_silent(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            # A ValueError is what a closed stream raises.
            gone = isinstance(error, ValueError) or error.errno in _GONE
            if not (gone or self._whatever):
                raise
            # What is left in its buffer goes nowhere, instead of failing again at the exit.
            with contextlib.suppress(OSError, ValueError, AttributeError):
                _to_nowhere(self._stream.fileno())
            self._stream = _Nowhere()


@contextlib.contextmanager
def lasting_streams() -> Iterator[None]:
    """Let this process outlive the readers of its standard output and error.

    A descriptor that was closed (`2>&-`) leads nowhere from now on: otherwise the next file that
    is opened would take its number, and get what is meant for standard error.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            _to_nowhere(descriptor)
    before = sys.stdout, sys.stderr
    for stream in before:
        if hasattr(stream, "reconfigure"):
            # Bars and dots that a terminal or a pipe does not know are no reason to stop.
            stream.reconfigure(errors="replace")
    ours: Any = Lasting(before[0]), Lasting(before[1], whatever=True)
    sys.stdout, sys.stderr = ours
    try:
        yield
        sys.stdout.flush()
    finally:
        sys.stdout, sys.stderr = before


def _to_nowhere(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    if nowhere != descriptor:
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
