"""Files that a visitor hands over: read as text, small, and checked before anything else."""

import re
from typing import TYPE_CHECKING, Any

import yaml

from ..errors import ConfigurationError, require
from ..runs.schedules import NamedSchedule, parse_schedule

if TYPE_CHECKING:
    from ..economies.pandemic import Pandemic
    from ..planning.policy_files import PandemicPolicy

__all__ = ["MOST_BYTES", "pandemic_policy", "schedule", "text_of"]

MOST_BYTES = 20_000
"""Of a file in YAML or JSON. A schedule or a rule takes less than one kilobyte."""

_MOST_TABLE_BYTES = 1_000_000
"""Of a table in CSV, which has some 500 kB for all states and days."""

_DEEPEST = 20


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
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigurationError(argument, "a binary file", "text in UTF-8") from None
    require("\0" not in text, argument, "a binary file", "text in UTF-8")
    return text


def schedule(name: str, data: bytes) -> NamedSchedule:
    """A tax schedule from an uploaded JSON or YAML file.

    Raises:
        ConfigurationError: if it is none.
    """
    text = text_of(name, data)
    _check_yaml(name, text)
    return parse_schedule(text, _printable(name), "file")


def pandemic_policy(name: str, data: bytes, economy: "Pandemic") -> "PandemicPolicy":
    """A policy against the pandemic from an uploaded rule (YAML, JSON) or table (CSV).

    Raises:
        ConfigurationError: if it is none, or does not fit the economy.
    """
    import pathlib
    import tempfile

    from ..planning.policy_files import read_policy

    shown = _printable(name)
    suffix = pathlib.PurePath(shown).suffix.lower()
    require(suffix in (".yaml", ".yml", ".json", ".csv"), "file", shown, "YAML, JSON or CSV")
    text = text_of(name, data, _MOST_TABLE_BYTES if suffix == ".csv" else MOST_BYTES)
    if suffix != ".csv":
        _check_yaml(name, text)
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


def _check_yaml(name: str, text: str) -> None:
    """Refuse what little text makes much work of.

    Lines that refer to each other can stand for billions of values, and the time to read brackets
    in brackets grows with the square of their number.
    """
    depth = 0
    for character in text:
        depth += (character in "[{") - (character in "]}")
        allowed = f"brackets in up to {_DEEPEST} others"
        require(depth <= _DEEPEST, _printable(name), "deeply nested brackets", allowed)
    try:
        aliases = any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text))
    except (yaml.YAMLError, ValueError, RecursionError):
        return  # whoever reads it says what is wrong
    require(not aliases, _printable(name), "an alias (*)", "YAML without aliases")
