"""Files that a visitor hands over: read as text, small, and checked before anything else."""

import re

from ..errors import ConfigurationError, require
from ..reading.files import UnreadableError
from ..reading.files import text_of as text_of_bytes
from ..runs.schedules import NamedSchedule, parse_schedule

__all__ = ["MOST_BYTES", "printable", "schedule", "text_of"]

MOST_BYTES = 20_000
"""Of a file in YAML or JSON. A schedule or a rule takes less than one kilobyte."""


def text_of(name: str, data: bytes, most: int = MOST_BYTES) -> str:
    """The text of an uploaded file.

    Args:
        name: of the file, for errors.
        data: its content.
        most: bytes that it may have.

    Raises:
        ConfigurationError: if it is too large or no text.
    """
    argument = printable(name)
    require(len(data) <= most, argument, f"{len(data):,} bytes", f"a file of up to {most:,} bytes")
    try:
        return text_of_bytes(data)
    except UnreadableError as error:
        raise ConfigurationError(argument, "another file", f"text in UTF-8 ({error})") from None


def schedule(name: str, data: bytes) -> NamedSchedule:
    """A tax schedule from an uploaded JSON or YAML file.

    Raises:
        ConfigurationError: if it is none.
    """
    return parse_schedule(text_of(name, data), printable(name), "file")


def printable(name: str) -> str:
    """A file's name as it may be shown: without folders, control characters and great length."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(c for c in last if c.isprintable())[:80] or "file"
