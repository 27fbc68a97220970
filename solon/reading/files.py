"""The one place that opens a file which a person named."""

import os
import stat
from typing import Any

from ..errors import ConfigurationError

__all__ = ["MOST_TEXT", "UnreadableError", "bytes_of", "ending", "is_there", "read_text", "text_of"]

MOST_TEXT = 5_000_000
"""Bytes of a text file. A table of all states and days in YAML takes a third of it."""

_KINDS = (
    (stat.S_ISDIR, "it is a folder"),
    (stat.S_ISFIFO, "it is a pipe"),
    (stat.S_ISSOCK, "it is a socket"),
    (stat.S_ISCHR, "it is a device"),
    (stat.S_ISBLK, "it is a device"),
)
# Where the system has them: not to wait for the writer of a pipe, and not to translate line ends.
_FLAGS = os.O_RDONLY | sum(getattr(os, n, 0) for n in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY"))
# The longer ones come first, as those of 16 bits are their beginnings.
_MARKS = {b"\xff\xfe\0\0": 32, b"\0\0\xfe\xff": 32, b"\xff\xfe": 16, b"\xfe\xff": 16}


class UnreadableError(ValueError):
    """A file that cannot be read. The message says why, to stand in brackets."""


def bytes_of(path: str | os.PathLike[str], *, most: int | None = None) -> bytes:
    """The content of a regular file. It never waits, whatever the path leads to.

    Args:
        path: of the file.
        most: bytes that it may have; None for as many as there are.

    Raises:
        UnreadableError: if there is no such file, it is a folder, a pipe or a device, it is too
            large, or it cannot be read.
    """
    try:
        # Asked beforehand, since opening alone can set a device off.
        _check_regular(os.stat(path))
        descriptor = os.open(path, _FLAGS)
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            _check_regular(found)
            if most is None:
                return file.read()
            # The size that is stated may be less than there is to read, as in /proc.
            content = file.read(most + 1) if found.st_size <= most else b""
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from None
    except UnreadableError:
        raise
    except ValueError:
        # A null character, or half of a pair of surrogates.
        raise UnreadableError("no file has such a name") from None
    if max(found.st_size, len(content)) > most:
        raise UnreadableError(f"it has more than {most:,} bytes")
    return content


def _check_regular(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        kinds = (words for is_kind, words in _KINDS if is_kind(found.st_mode))
        raise UnreadableError(next(kinds, "it is no regular file"))


def text_of(content: bytes) -> str:
    r"""Text in UTF-8, without a byte order mark, its lines ended by `\n` wherever it was written.

    Raises:
        UnreadableError: if it is something else.
    """
    for mark, bits in _MARKS.items():
        if content.startswith(mark):
            raise UnreadableError(f"it is not text in UTF-8, but in UTF-{bits}: save it as UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 + content.count(b"\n", 0, error.start)
        if b"\0" in content:
            raise UnreadableError("it is not text") from None
        found = f"byte 0x{content[error.start]:02x} in line {line}"
        raise UnreadableError(f"it is not text in UTF-8: {found}") from None
    if "\0" in text:
        raise UnreadableError("it is not text: it has null characters")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_text(path: str | os.PathLike[str], argument: str, *, most: int = MOST_TEXT) -> str:
    """The text of a file that a person named, as `text_of` gives it.

    Args:
        path: of the file.
        argument: what the user knows it as, for errors.
        most: bytes that it may have.

    Raises:
        ConfigurationError: if it cannot be read or is no text.
    """
    try:
        return text_of(bytes_of(path, most=most))
    except UnreadableError as error:
        raise ConfigurationError(argument, os.fspath(path), f"a text file ({error})") from None


def ending(path: Any) -> str:
    """The ending of a file's name in small letters: `.yaml` for `plan.YAML`."""
    return os.path.splitext(os.fspath(path))[1].lower()


def is_there(path: Any) -> bool:
    """Whether there is anything of this name; a name that no file can have is that of none."""
    return os.path.lexists(path)
