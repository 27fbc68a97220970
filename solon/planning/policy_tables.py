"""A policy as a table with a row for each state and date."""

import csv
import datetime
import io
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from ..data.us_states import find_states
from ..errors import ConfigurationError, require

__all__ = ["levels_by_day", "read_csv", "read_parquet"]

_NEEDED, _ALLOWED = ("state", "date", "stringency"), ("state", "date", "stringency", "subsidy")


def read_csv(path: pathlib.Path) -> list[dict[str, Any]]:
    """The rows of a file with a line of column names.

    Raises:
        ConfigurationError: if it is no such file.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text), strict=True)
        rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error):
        raise ConfigurationError("policy", str(path), "a CSV file in UTF-8") from None
    _check_columns(path, list(reader.fieldnames or ()))
    for number, row in enumerate(rows, start=2):
        # Cells beyond the columns are under None, and columns beyond the cells hold it.
        whole = None not in row and None not in row.values()
        require(whole, f"{path}, line {number}", list(row.values()), "a cell for each column")
    return rows


def read_parquet(path: pathlib.Path) -> list[dict[str, Any]]:
    """The rows of a Parquet file.

    Raises:
        ConfigurationError: if it is no such file.
    """
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.ParquetFile(path).read(use_threads=False)
        columns, rows = table.column_names, table.to_pylist()
    except (OSError, ValueError, OverflowError, pyarrow.ArrowException):
        raise ConfigurationError("policy", str(path), "a Parquet file") from None
    _check_columns(path, columns)
    return rows


def _check_columns(path: pathlib.Path, columns: list[str]) -> None:
    """Of two columns with one name the last would win."""
    require(len(set(columns)) == len(columns), f"{path}, columns", columns, "each column once")


def levels_by_day(
    rows: Sequence[Mapping[str, Any]],
    states: Sequence[str],
    days: Sequence[datetime.date],
    *,
    argument: str,
    known: tuple[datetime.date, datetime.date],
) -> tuple[Int[np.ndarray, "days states"], Float[np.ndarray, " days"] | None]:
    """Levels on the days of an episode.

    Args:
        rows: with the columns `state` (full name or postal code), `date` (as 2020-03-22),
            `stringency` (1 to 10) and, if wanted, `subsidy` (0 to 20, the same in all states).
        states: full names of those that take part; rows of others are left aside.
        days: of the episode, one after the other; rows of other days are left aside.
        argument: what the user knows the table as.
        known: the first and the last day of the data. A date that is neither among these nor
            among `days` is a mistake.

    Returns:
        Stringency by day and state, and the level of subsidies by day, if the table has any.

    Raises:
        ConfigurationError: for an unknown column or state, a date or a level that is not allowed,
            a state that has two rows for a day, and days that are missing.
    """
    listed = isinstance(rows, (list, tuple)) and all(isinstance(row, Mapping) for row in rows)
    require(listed and len(rows) > 0, argument, rows, "rows with " + ", ".join(_NEEDED))
    columns = list(rows[0])
    for row in rows:
        require(
            list(row) == columns, argument, list(row), f"the same columns in all rows, {columns}"
        )
    for column in _NEEDED:
        require(column in columns, f"{argument}, columns", columns, ", ".join(_NEEDED))
    for column in columns:
        require(column in _ALLOWED, f"{argument}, columns", column, ", ".join(_ALLOWED))

    first, last = min(known[0], days[0]), max(known[1], days[-1])
    place = {day: k for k, day in enumerate(days)}
    names: dict[str, str] = {}
    levels = np.zeros((len(days), len(states)), int)
    subsidy = np.full(len(days), np.nan)
    for number, row in enumerate(rows, start=1):
        where = f"{argument}, row {number}"
        text = str(row["state"])
        if text not in names:
            (names[text],) = find_states([text], argument=f"{where}, state")
        day = _date(row["date"], f"{where}, date")
        allowed = f"a date from {first} to {last}"
        require(first <= day <= last, f"{where}, date", str(row["date"]), allowed)
        level = _whole(row["stringency"], f"{where}, stringency", 1, 10)
        paid = None
        if "subsidy" in columns:
            paid = _whole(row["subsidy"], f"{where}, subsidy", 0, 20)
        if day not in place or names[text] not in states:
            continue
        k, i = place[day], states.index(names[text])
        require(int(levels[k, i]) == 0, where, f"{text}, {day}", "one row for each state and date")
        levels[k, i] = level
        if paid is not None:
            same = np.isnan(subsidy[k]) or subsidy[k] == paid
            require(bool(same), f"{where}, subsidy", paid, f"that of other states, {subsidy[k]:g}")
            subsidy[k] = paid
    for i, state in enumerate(states):
        _check_whole(argument, state, [day for k, day in enumerate(days) if levels[k, i] == 0])
    return levels, subsidy if "subsidy" in columns else None


def _check_whole(argument: str, state: str, missing: Sequence[datetime.date]) -> None:
    if missing:
        more = f" and {len(missing) - 1} more days" if len(missing) > 1 else ""
        found = f"no row for {state} on {missing[0]}{more}"
        raise ConfigurationError(argument, found, "a row for each state and each simulated day")


def _date(value: Any, argument: str) -> datetime.date:
    if isinstance(value, datetime.datetime):
        value = value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(str(value).strip())
    except ValueError:
        raise ConfigurationError(argument, str(value), "a date as 2020-03-22") from None


def _whole(value: Any, argument: str, low: int, high: int) -> int:
    allowed = f"a whole number from {low} to {high}"
    try:
        number = float(str(value)) if not isinstance(value, bool) else float("nan")
    except ValueError:
        number = float("nan")
    require(number in range(low, high + 1), argument, value, allowed)
    return int(number)
