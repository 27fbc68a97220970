"""Games as files and links, and the ranking of those who played the same society."""

import dataclasses
import json
import re
from collections.abc import Sequence
from typing import Any

from ....errors import ConfigurationError, require
from ....reading.json_strict import load_json
from ..scoring import economy_of
from ..shipped import prior
from .govern import YEARS, Standing, Told, checked_rates, govern, standing
from .society import Society

__all__ = ["LARGEST", "Saved", "load", "pack_rates", "ranked", "save", "unpack_rates"]

FORMAT = "solon-society@1"
LARGEST = 10_000
"""Bytes of a file that is read; a game takes some 500."""

LONGEST_NAME = 40
_FIELDS = ("format", "rules", "player", "society", "shocks", "rates", "share")
_TENTHS = re.compile(r"[0-9]{1,2}(\.[0-9]{1,4})?")


@dataclasses.dataclass(frozen=True)
class Saved:
    """A game of all years, from a file.

    Attributes:
        player: who played it, as they called themselves: text of somebody else.
        society: that was governed.
        rates: that were set, one a year.
        said: the share of the gap that the file claims, or None.
    """

    player: str
    society: Society
    rates: tuple[float, ...]
    said: float | None


def save(player: str, society: Society, rates: Sequence[float], reached: Standing) -> str:
    """A game of all years as JSON.

    Args:
        player: what they call themselves.
        society: that was governed.
        rates: that were set, one a year.
        reached: what they came to, for people who read the file. `load` counts anew.

    Raises:
        ConfigurationError: if the name does not fit.
    """
    _check_player(player)
    record = {
        "format": FORMAT,
        "rules": _rules(),
        "player": player,
        "society": society.luck,
        "shocks": society.shocks,
        "rates": list(rates),
        "share": None if reached.all_years is None else round(reached.all_years, 4),
    }
    return json.dumps(record, indent=1) + "\n"


def load(content: bytes) -> Saved:
    """A game from a file, which is read as JSON and nothing else.

    Args:
        content: of the file.

    Raises:
        ConfigurationError: if it is no game of all years, or not one of this version.
    """
    record = _read(content)
    rules = _rules()
    require(record["rules"] == rules, "rules of the file", record["rules"], rules)
    _check_player(record["player"])
    luck = record["society"]
    # Only whole numbers: 1.0 would be another key of what is remembered.
    require(type(luck) is int, "society", luck, "a whole number")
    shocks, rates = record["shocks"], record["rates"]
    require(type(shocks) is bool, "shocks", shocks, "true or false")
    society = Society(luck=luck, shocks=shocks, played=True)
    require(type(rates) is list, "rates of the file", rates, "a list of numbers")
    rates = checked_rates(rates)
    require(len(rates) == YEARS, "number of rates", len(rates), f"{YEARS}, one a year")
    said = record["share"]
    number = said is None or type(said) in (int, float)
    require(number, "share of the gap", said, "a number, or null")
    return Saved(record["player"], society, tuple(rates), said)


def ranked(games: Sequence[Saved], found: Told) -> list[tuple[Saved, Standing]]:
    """Games of one society, the best first, by what their rates come to.

    What files claim counts for nothing.

    Args:
        games: all of the same society.
        found: of that society.
    """
    reached = [(game, standing(govern(game.society, game.rates), found)) for game in games]
    # Where there is a gap, this is the order of the shares; where there is none, there is one, too.
    return sorted(reached, key=lambda each: -each[1].welfare)


def pack_rates(rates: Sequence[float]) -> str:
    """Rates for an address, in percent: `30-35-27.5`."""
    return "-".join(f"{100 * rate:.6g}" for rate in rates)


def unpack_rates(text: str) -> list[float]:
    """What `pack_rates` wrote.

    Raises:
        ConfigurationError: if it is something else.
    """
    allowed = "rates in percent, at least 0 and below 100, such as 30-35-27.5"
    parts = text.split("-") if len(text) < 20 * YEARS else []
    fits = 0 < len(parts) <= YEARS and all(map(_TENTHS.fullmatch, parts))
    require(fits, "rates in the address", text, f"{allowed}, up to {YEARS} of them")
    return [round(float(part) / 100, 8) for part in parts]


def _check_player(player: Any) -> None:
    fits = isinstance(player, str) and len(player.strip()) > 0 and len(player) <= LONGEST_NAME
    allowed = f"one line of up to {LONGEST_NAME} letters that can be printed"
    require(fits and player.isprintable(), "name of the player", player, allowed)


def _rules() -> str:
    return economy_of(prior(False)).rules


def _read(content: bytes) -> dict[str, Any]:
    size = len(content)
    require(size <= LARGEST, "file", f"{size:,} bytes", f"at most {LARGEST:,} bytes")
    try:
        record = load_json(content)
    except ValueError as error:
        raise ConfigurationError("file", f"no JSON ({error})", "a game saved here") from None
    proper = isinstance(record, dict) and record.get("format") == FORMAT
    require(proper, "file", "of another format", f"a game in the format {FORMAT}")
    missing = [name for name in _FIELDS if name not in record]
    require(not missing, "file", f"without {', '.join(missing)}", "all of " + ", ".join(_FIELDS))
    more = sorted(set(record) - set(_FIELDS))
    require(not more, "file", f"of more than a game: {', '.join(more)}", ", ".join(_FIELDS))
    return record
