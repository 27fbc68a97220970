"""Files that a visitor hands over: read as text, small, and checked before anything else."""

import re
from typing import TYPE_CHECKING, Any

from ..errors import ConfigurationError, require
from ..reading.content import ENDINGS
from ..reading.files import UnreadableError, ending
from ..reading.files import text_of as text_of_bytes
from ..runs.schedules import NamedSchedule, parse_schedule

if TYPE_CHECKING:
    from ..applications.pandemic.policies.files import PandemicPolicy
    from ..economies.pandemic import Pandemic

__all__ = ["MOST_BYTES", "pandemic_policy", "schedule", "text_of"]

MOST_BYTES = 20_000
"""Of a file in YAML or JSON. A schedule or a rule takes less than one kilobyte."""

_MOST_TABLE_BYTES = 1_000_000
"""Of a table in CSV, which has some 500 kB for all states and days."""


def text_of(name: str, data: bytes, most: int = MOST_BYTES) -> str:
    """The text of an uploaded file.

    Args:
        name: of the file, for errors.
        data: its content.
        most: bytes that it may have.

    Raises:
        ConfigurationError: if it is too large or no text.
    """
    argument = _printable(name)
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
    return parse_schedule(text_of(name, data), _printable(name), "file")


def pandemic_policy(name: str, data: bytes, economy: "Pandemic") -> "PandemicPolicy":
    """A policy against the pandemic from an uploaded rule (YAML, JSON) or table (CSV).

    Raises:
        ConfigurationError: if it is none, or does not fit the economy.
    """
    import pathlib
    import tempfile

    from ..applications.pandemic.policies.files import read_policy

    shown = _printable(name)
    suffix = ending(shown)
    require(suffix in (*ENDINGS, ".csv"), "file", shown, "YAML, JSON or CSV")
    text = text_of(name, data, _MOST_TABLE_BYTES if suffix == ".csv" else MOST_BYTES)
    # Under a name of our own: the visitor's is no path here.
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder) / f"policy{suffix}"
        place.write_text(text, encoding="utf-8")
        try:
            found: Any = read_policy(str(place), economy)
        except ConfigurationError as error:
            argument = error.argument.replace(str(place), shown)
            value = shown if error.value == str(place) else error.value
            raise ConfigurationError(argument, value, error.allowed) from None
    return found


def _printable(name: str) -> str:
    """A file's name as it may be shown: without folders, control characters and great length."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(c for c in last if c.isprintable())[:80] or "file"
