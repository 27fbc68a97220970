"""Policies that a visitor hands over as a file."""

import pathlib
import tempfile
from typing import TYPE_CHECKING, Any

from ....errors import ConfigurationError, require
from ....lab.uploads import MOST_BYTES, printable, text_of
from ....reading.content import ENDINGS
from ....reading.files import ending

if TYPE_CHECKING:
    from ....economies.pandemic import Pandemic
    from ..policies.files import PandemicPolicy

__all__ = ["policy"]

_MOST_TABLE_BYTES = 1_000_000
"""Of a table in CSV, which has some 500 kB for all states and days."""


def policy(name: str, data: bytes, economy: "Pandemic") -> "PandemicPolicy":
    """A policy against the pandemic from an uploaded rule (YAML, JSON) or table (CSV).

    Raises:
        ConfigurationError: if it is none, or does not fit the economy.
    """
    from ..policies.files import read_policy

    shown = printable(name)
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
