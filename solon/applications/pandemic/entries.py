"""What the zoo has for the pandemic: policies as files that people can read, and ensembles.

An entry is a file in the folder `pandemic` beside this one and a card of the same name::

    index.json            name -> file, hash, rules, version, summary, status
    published-tree.yaml   a policy, as `solon pandemic run` takes it
    published-tree.md     its card

Nothing here needs jax.
"""

import hashlib
import pathlib
from typing import Any

from ...errors import DamageError, did_you_mean, require
from ...reading.files import MOST_TEXT, UnreadableError, bytes_of
from ...reading.json_strict import load_json

__all__ = [
    *("FORMAT", "INDEX", "PREFIX", "ROOT"),
    *("pandemic_card", "pandemic_file", "pandemic_names", "pandemic_records"),
]

FORMAT = 1
INDEX = "index.json"
PREFIX = "pandemic/"
ROOT = pathlib.Path(__file__).parent / "zoo"


def pandemic_records() -> dict[str, dict[str, Any]]:
    """Name -> what the index says of an entry.

    Raises:
        ConfigurationError: if the index is damaged.
    """
    try:
        index = load_json(bytes_of(ROOT / INDEX, most=MOST_TEXT))
        entries: dict[str, dict[str, Any]] = index["entries"]
        fits = index["format"] == FORMAT and all("file" in one for one in entries.values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        fits = False
    if not fits:
        raise DamageError("zoo", INDEX, f"an index of format {FORMAT} that is not damaged")
    return entries


def pandemic_names(kind: str | None = None) -> tuple[str, ...]:
    """The names of all entries, or of those that are a `policy` or an `ensemble`."""
    found = pandemic_records()
    return tuple(sorted(name for name, one in found.items() if kind in (None, one["kind"])))


def pandemic_file(name: str, kind: str, argument: str) -> pathlib.Path:
    """The file of an entry, which has the hash that the index states.

    Args:
        name: of the entry.
        kind: `policy` or `ensemble`.
        argument: what the user knows it as, for errors.

    Raises:
        ConfigurationError: if there is no such entry, or its file is missing or damaged.
    """
    known = pandemic_names(kind)
    allowed = f"one of the zoo: {', '.join(known)}{did_you_mean(name, known)}"
    require(name in known, argument, name, allowed)
    record = pandemic_records()[name]
    path = ROOT / record["file"]
    try:
        data = bytes_of(path)
    except UnreadableError as error:
        allowed = f"an entry whose file can be read ({error})"
        raise DamageError(argument, name, allowed) from None
    if hashlib.sha256(data).hexdigest() != record["sha256"]:
        allowed = "an entry whose file has the hash that the index states"
        raise DamageError(argument, name, allowed)
    return path


def pandemic_card(name: str) -> str:
    """The card of an entry (Markdown).

    Raises:
        ConfigurationError: if there is no such entry.
    """
    records = pandemic_records()
    require(name in records, "name", name, ", ".join(sorted(records)) + did_you_mean(name, records))
    return (ROOT / records[name]["card"]).read_text("utf-8")
