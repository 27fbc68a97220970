"""The files of the zoo: which entries there are, and whether they are whole. Nothing needs jax."""

import dataclasses
import hashlib
import pathlib
import re
from collections.abc import Iterable
from typing import Any

from ..applications.pandemic.entries import PREFIX
from ..errors import DamageError, did_you_mean, require
from ..reading.files import MOST_TEXT, UnreadableError, bytes_of, text_of
from ..reading.json_strict import load_json
from ..runs.atomic import restore_folder
from ..runs.seals import is_intact

__all__ = [
    *("CARD", "FORMAT", "POLICY", "RECORD", "STATUSES"),
    *("EntryFiles", "folder_of", "instead", "names", "read_entry"),
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

POLICY, RECORD, CARD = "policy.safetensors", "entry.json", "CARD.md"

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)*")
_FIELDS = {
    **{"version": int, "status": str, "summary": str, "rules": str, "config": dict},
    **{"file": dict, "copies": int, "provenance": dict},
}
_RATES = ("cutoffs", "mean", "deviation")


@dataclasses.dataclass(frozen=True)
class EntryFiles:
    """What the three files of an entry hold.

    Attributes:
        record: `entry.json`.
        data: `policy.safetensors`, which has the length and the hash that the record states.
        card: `CARD.md`.
    """

    record: dict[str, Any]
    data: bytes
    card: str


def instead(name: Any, others: Iterable[str] = ()) -> str:
    """What to try in the place of a name that is not there, for the end of what is allowed.

    Args:
        name: what was typed.
        others: what may be named besides `names`.
    """
    if str(name).startswith(PREFIX):
        return " (policies of the pandemic are for solon pandemic run)"
    return did_you_mean(name, [*others, *names()])


def names() -> tuple[str, ...]:
    """The names of all entries, such as `tax/open-quadrant/free-market`."""
    for old in ROOT.rglob(".*.old"):
        # A process that was killed while it replaced an entry.
        restore_folder(old.with_name(old.name[1:].rpartition(".")[0].rpartition(".")[0]))
    found = (record.parent.relative_to(ROOT).as_posix() for record in ROOT.rglob(RECORD))
    return tuple(sorted(name for name in found if _NAME.fullmatch(name)))


def folder_of(name: str) -> pathlib.Path:
    """Where an entry of this name is, or would be.

    Raises:
        ConfigurationError: if no entry can have that name.
    """
    proper = isinstance(name, str) and _NAME.fullmatch(name) is not None
    allowed = "lower-case words with hyphens and slashes between them, as tax/open-quadrant/learned"
    require(proper, "name", name, allowed)
    return ROOT / name


def read_entry(name: str, argument: str = "name") -> EntryFiles:
    """Read an entry and check that it is whole.

    Args:
        name: of the entry.
        argument: what the user knows it as, for errors.

    Raises:
        ConfigurationError: if there is no such entry, a file of it is missing or damaged, or it is
            of another format.
    """
    known = names()
    allowed = f"one of the zoo: {', '.join(known) or 'it is empty'}{instead(name)}"
    require(name in known, argument, name, allowed)
    folder = ROOT / name
    try:
        text, data = bytes_of(folder / RECORD, most=MOST_TEXT), bytes_of(folder / POLICY)
        card = text_of(bytes_of(folder / CARD, most=MOST_TEXT))
    except UnreadableError as error:
        raise DamageError(argument, name, f"an entry that can be read ({error})") from None
    try:
        record = load_json(text)
    except ValueError as error:
        allowed = f"an entry with a whole {RECORD} (this one is damaged: {error})"
        raise DamageError(argument, name, allowed) from None
    stated = record.get("format") if isinstance(record, dict) else None
    require(stated == FORMAT, argument, name, f"an entry of format {FORMAT} (this has {stated})")
    for field, kind in _FIELDS.items():
        if type(record.get(field)) is not kind:
            allowed = f"an entry with a whole {RECORD} (`{field}` is missing or damaged)"
            raise DamageError(argument, name, allowed)
    if record["copies"] < 1:
        raise DamageError(argument, name, f"an entry with a whole {RECORD} (`copies` is damaged)")
    if not _are_rates(record.get("rates")):
        raise DamageError(argument, name, f"an entry with a whole {RECORD} (`rates` is damaged)")
    if record["file"].get("sha256") != hashlib.sha256(data).hexdigest():
        allowed = f"an entry whose {POLICY} has the hash that its {RECORD} states"
        raise DamageError(argument, name, allowed)
    if not is_intact(record):
        allowed = f"an entry whose {RECORD} is as it was written (its hash does not match)"
        raise DamageError(argument, name, allowed)
    return EntryFiles(record, data, card)


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
