"""The files of the zoo: which entries there are, and whether they are whole. Nothing needs jax."""

import dataclasses
import hashlib
import json
import pathlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..applications import applications
from ..errors import ConfigurationError, DamageError, did_you_mean, require
from ..reading.files import MOST_TEXT, UnreadableError, bytes_of, text_of
from ..reading.json_strict import load_json
from ..runs.atomic import folders_above, restore_folder, write_folder
from ..runs.seals import is_intact

__all__ = [
    *("CARD", "FORMAT", "PLAYERS", "POLICY", "RECORD", "STATUSES"),
    *("EntryFiles", "entry_contents", "folder_of", "instead", "names", "read_entry"),
    *("write_entry",),
]

FORMAT = 1
"""Version of the layout of an entry and of its `entry.json`."""

ROOT = pathlib.Path(__file__).parent / "policies"

STATUSES = {
    "provisional": "one training, to have something to work with; another will take its place",
    "pilot": "of a pilot study: exploratory, with too few trainings for an interval",
    "study": "of a full study; see its page for intervals over trainings",
}
"""How much stands behind an entry."""

PLAYERS = "players"
"""The kind of an entry that has networks for the roles of an economy.

Applications declare the other kinds, see `Application.entries`. A record without a kind is of this.
"""

POLICY, RECORD, CARD = "policy.safetensors", "entry.json", "CARD.md"

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)*")
_FIELDS: dict[str, type] = {
    **{"version": int, "status": str, "summary": str, "rules": str, "file": dict},
}
_PLAYERS_FIELDS: dict[str, type] = {"config": dict, "copies": int, "provenance": dict}
_RATES = ("cutoffs", "mean", "deviation")


@dataclasses.dataclass(frozen=True)
class EntryFiles:
    """What the files of an entry hold.

    Attributes:
        record: `entry.json`.
        data: the file of the entry, such as `policy.safetensors`, which has the length and the hash
            that the record states.
        card: `CARD.md`.
        path: of that file. Others that it names lie beside it.
    """

    record: dict[str, Any]
    data: bytes
    card: str
    path: pathlib.Path


def instead(name: Any, others: Iterable[str] = ()) -> str:
    """What to try in the place of a name that is not there, for the end of what is allowed.

    Args:
        name: what was typed.
        others: what may be named besides `names`.
    """
    kind = _kind_of(str(name)) if name in names(None) else None
    uses = {kind: use for one in applications() for kind, use in one.entries.items()}
    return f" ({uses[kind]})" if kind in uses else did_you_mean(name, [*others, *names()])


def names(kind: str | None = PLAYERS) -> tuple[str, ...]:
    """The names of entries, such as `tax/open-quadrant/free-market`.

    Args:
        kind: `PLAYERS`, or one that an application declares; None for all entries.
    """
    for old in ROOT.rglob(".*.old"):
        # A process that was killed while it replaced an entry.
        restore_folder(old.with_name(old.name[1:].rpartition(".")[0].rpartition(".")[0]))
    found = (record.parent.relative_to(ROOT).as_posix() for record in ROOT.rglob(RECORD))
    proper = sorted(name for name in found if _NAME.fullmatch(name))
    # One that cannot be read may be of any kind: `read_entry` says what is wrong with it.
    return tuple(name for name in proper if kind is None or _kind_of(name) in (kind, None))


def _kind_of(name: str) -> str | None:
    """The kind of an entry; None if it cannot be read."""
    try:
        record = load_json(bytes_of(ROOT / name / RECORD, most=MOST_TEXT))
    except (UnreadableError, ValueError):
        return None
    return str(record.get("kind", PLAYERS)) if isinstance(record, dict) else None


def folder_of(name: str) -> pathlib.Path:
    """Where an entry of this name is, or would be.

    Raises:
        ConfigurationError: if no entry can have that name.
    """
    proper = isinstance(name, str) and _NAME.fullmatch(name) is not None
    allowed = "lower-case words with hyphens and slashes between them, as tax/open-quadrant/learned"
    require(proper, "name", name, allowed)
    return ROOT / name


def read_entry(name: str, argument: str = "name", kind: str | None = PLAYERS) -> EntryFiles:
    """Read an entry and check that it is whole.

    Args:
        name: of the entry.
        argument: what the user knows it as, for errors.
        kind: that it must be of; None for any.

    Raises:
        ConfigurationError: if there is no such entry, a file of it is missing or damaged, or it is
            of another format.
    """
    known = names(kind)
    hint = instead(name) if kind == PLAYERS else did_you_mean(name, known)
    allowed = f"one of the zoo: {', '.join(known) or 'it is empty'}{hint}"
    require(name in known, argument, name, allowed)
    folder = ROOT / name
    try:
        text = bytes_of(folder / RECORD, most=MOST_TEXT)
        record = load_json(text)
    except UnreadableError as error:
        raise DamageError(argument, name, f"an entry that can be read ({error})") from None
    except ValueError as error:
        allowed = f"an entry with a whole {RECORD} (this one is damaged: {error})"
        raise DamageError(argument, name, allowed) from None
    _check_record(record, argument, name)
    file = record["file"]["name"]
    try:
        card = text_of(bytes_of(folder / CARD, most=MOST_TEXT))
        data = bytes_of(folder / file)
    except UnreadableError as error:
        raise DamageError(argument, name, f"an entry that can be read ({error})") from None
    if record["file"].get("sha256") != hashlib.sha256(data).hexdigest():
        allowed = f"an entry whose {file} has the hash that its {RECORD} states"
        raise DamageError(argument, name, allowed)
    if not is_intact(record):
        allowed = f"an entry whose {RECORD} is as it was written (its hash does not match)"
        raise DamageError(argument, name, allowed)
    return EntryFiles(record, data, card, folder / file)


def entry_contents(
    record: Mapping[str, Any], card: str, others: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """The files of an entry: its record, its card, and others that it has.

    Args:
        record: what `entry.json` is to say.
        card: Markdown.
        others: the file that the record names, and those that lie beside it.
    """
    text = json.dumps(record, indent=1) + "\n"
    return {**(others or {}), RECORD: text.encode(), CARD: card.encode()}


def write_entry(name: str, contents: Mapping[str, bytes]) -> pathlib.Path:
    """Put an entry into the zoo: all that it holds, in the place of what was there, or nothing.

    Args:
        name: of the entry.
        contents: from `entry_contents`.

    Raises:
        ConfigurationError: if no entry can have the name, it is part of another's, or the place
            cannot be written.
    """
    target = folder_of(name)
    for other in names(None):
        apart = not (other.startswith(f"{name}/") or name.startswith(f"{other}/"))
        require(apart, "name", name, f"a name that is no part of another, as of {other}")
    try:
        with folders_above(target):
            write_folder(target, contents)
    except OSError as error:
        allowed = f"a place to write in ({error.strerror or error})"
        raise ConfigurationError("name", str(target), allowed) from None
    return target


def _check_record(record: Any, argument: str, name: str) -> None:
    """Raise if what an `entry.json` says has not the form of its kind."""
    if isinstance(record, dict) and "format" not in record:
        raise DamageError(argument, name, f"an entry with a whole {RECORD} (`format` is missing)")
    stated = record.get("format") if isinstance(record, dict) else None
    require(stated == FORMAT, argument, name, f"an entry of format {FORMAT} (this has {stated})")
    players = record.get("kind", PLAYERS) == PLAYERS
    for field, kind in (_FIELDS | (_PLAYERS_FIELDS if players else {})).items():
        if type(record.get(field)) is not kind:
            allowed = f"an entry with a whole {RECORD} (`{field}` is missing or damaged)"
            raise DamageError(argument, name, allowed)
    file = record["file"].get("name")
    if not isinstance(file, str) or pathlib.PurePath(file).name != file:
        raise DamageError(argument, name, f"an entry with a whole {RECORD} (`file` is damaged)")
    if players and record["copies"] < 1:
        raise DamageError(argument, name, f"an entry with a whole {RECORD} (`copies` is damaged)")
    if not _are_rates(record.get("rates")):
        raise DamageError(argument, name, f"an entry with a whole {RECORD} (`rates` is damaged)")


def _are_rates(rates: Any) -> bool:
    """Whether these are means and deviations by bracket, or None."""
    if rates is None:
        return True
    columns = [rates.get(name) for name in _RATES] if isinstance(rates, dict) else []
    lengths = {len(each) if isinstance(each, list) else 0 for each in columns}
    return (
        len(lengths) == 1
        and 0 not in lengths
        and all(type(number) in (int, float) for each in columns for number in each or ())
    )
