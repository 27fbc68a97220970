"""A policy as a table with a row for each state and date."""

import csv
import datetime
import io
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from ....data.us_states import POSTAL_CODES, find_states
from ....errors import ConfigurationError, require
from ....reading.dates import date_of
from ....reading.files import UnreadableError, bytes_of, read_text
from ....reading.scalars import number_of

__all__ = ["Row", "levels_by_day", "read_csv", "read_parquet", "rows_of_other_days"]

# A table of all states and days has 25,000 rows and half of a megabyte.
_MOST_ROWS, _LARGEST_PARQUET = 100_000, 10_000_000

_NEEDED, _ALLOWED = ("state", "date", "stringency"), ("state", "date", "stringency", "subsidy")


class Row(dict[str, Any]):
    """A row of a table, by column, that knows where it stands, such as `line 5`."""

    def __init__(self, cells: Mapping[str, Any], place: str):
        super().__init__(cells)
        self.place = place


def read_csv(path: pathlib.Path) -> list[Row]:
    """The rows of a file with a line of column names.

    Columns stand between commas, or between semicolons or tabs if the first line has no comma.

    Raises:
        ConfigurationError: if it is no such file. The message names the line.
    """
    text = read_text(path, "policy")
    head = text.partition("\n")[0]
    separator = next((mark for mark in ",;\t" if mark in head), ",")
    reader = csv.reader(io.StringIO(text), strict=True, delimiter=separator)
    columns: list[str] | None = None
    rows: list[Row] = []
    try:
        for cells in reader:
            place = f"line {reader.line_num}"
            if not cells:
                continue
            if columns is None:
                columns = [cell.strip() for cell in cells]
                _check_columns(str(path), columns)
                continue
            allowed = f"{len(columns)} cells, one for each of {', '.join(columns)}"
            require(len(cells) == len(columns), f"{path}, {place}", cells, allowed)
            rows.append(Row(dict(zip(columns, map(str.strip, cells), strict=True)), place))
            require(len(rows) <= _MOST_ROWS, f"{path}", place, f"at most {_MOST_ROWS:,} rows")
    except csv.Error as error:
        allowed = f"a CSV file (line {reader.line_num}: {error})"
        raise ConfigurationError("policy", str(path), allowed) from None
    return rows


def read_parquet(path: pathlib.Path) -> list[Row]:
    """The rows of a Parquet file.

    Raises:
        ConfigurationError: if it is no such file.
    """
    import pyarrow
    import pyarrow.parquet

    try:
        content = bytes_of(path, most=_LARGEST_PARQUET)
        file = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(content))
        columns, count = list(file.schema_arrow.names), file.metadata.num_rows
        _check_columns(str(path), columns)
        require(count <= _MOST_ROWS, f"{path}", f"{count:,} rows", f"at most {_MOST_ROWS:,} rows")
        # Text is kept once however often it comes, so that a small file takes little memory.
        file = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(content), read_dictionary=columns)
        table = file.read(use_threads=False)
        cells = [_cells(table.column(name)) for name in columns]
    except ConfigurationError:
        raise
    except UnreadableError as error:
        raise ConfigurationError("policy", str(path), f"a Parquet file ({error})") from None
    except (OSError, ValueError, OverflowError, pyarrow.ArrowException) as error:
        reason = str(error).partition("\n")[0]
        raise ConfigurationError("policy", str(path), f"a Parquet file ({reason})") from None
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*cells, strict=True))
    return [Row(row, f"row {k}") for k, row in enumerate(rows, start=1)]


def _cells(column: Any) -> list[Any]:
    """The values of a column; one object stands for all that are the same text."""
    found: list[Any] = []
    for chunk in column.chunks:
        if hasattr(chunk, "dictionary"):
            values = chunk.dictionary.to_pylist()
            found += [None if k is None else values[k] for k in chunk.indices.to_pylist()]
        else:
            found += chunk.to_pylist()
    return found


def _check_columns(argument: str, columns: list[str]) -> None:
    """Unknown columns have no meaning, and of two with one name the last would win."""
    argument = f"{argument}, columns"
    require(len(set(columns)) == len(columns), argument, columns, "each column once")
    for column in _NEEDED:
        require(column in columns, argument, columns, ", ".join(_NEEDED))
    for column in columns:
        require(column in _ALLOWED, argument, column, ", ".join(_ALLOWED))


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
    _check_columns(argument, columns)

    first, last = min(known[0], days[0]), max(known[1], days[-1])
    seen: set[tuple[str, datetime.date]] = set()
    place = {day: k for k, day in enumerate(days)}
    names: dict[str, str] = {}
    levels = np.zeros((len(days), len(states)), int)
    subsidy = np.full(len(days), np.nan)
    for number, row in enumerate(rows, start=1):
        where = f"{argument}, {getattr(row, 'place', f'row {number}')}"
        text = str(row["state"])
        if text not in names:
            (names[text],) = find_states([text], argument=f"{where}, state")
        allowed = f"a date from {first} to {last}, as {first}"
        day = date_of(row["date"], f"{where}, date", allowed)
        require(first <= day <= last, f"{where}, date", str(row["date"]), allowed)
        level = _whole(row["stringency"], f"{where}, stringency", 1, 10)
        paid = None
        if "subsidy" in columns:
            paid = _whole(row["subsidy"], f"{where}, subsidy", 0, 20)
        once = (names[text], day) not in seen
        require(once, where, f"{text}, {day}", "one row for each state and date")
        seen.add((names[text], day))
        if day not in place or names[text] not in states:
            continue
        k, i = place[day], states.index(names[text])
        levels[k, i] = level
        if paid is not None:
            same = np.isnan(subsidy[k]) or subsidy[k] == paid
            require(bool(same), f"{where}, subsidy", paid, f"that of other states, {subsidy[k]:g}")
            subsidy[k] = paid
    for i, state in enumerate(states):
        _check_whole(argument, state, [day for k, day in enumerate(days) if levels[k, i] == 0])
    return levels, subsidy if "subsidy" in columns else None


def rows_of_other_days(
    rows: Sequence[Mapping[str, Any]], states: Sequence[str], days: Sequence[datetime.date]
) -> int:
    """How many rows of a table that `levels_by_day` has read change nothing in the episode.

    That of the day before the first one is not counted: its levels are given, and who states them
    as well makes no mistake.
    """
    known = {days[0] - datetime.timedelta(1), *days}
    codes = {POSTAL_CODES[name] for name in states}
    theirs = [row for row in rows if row["state"] in codes or row["state"] in states]
    return sum(date_of(row["date"], "date") not in known for row in theirs)


def _check_whole(argument: str, state: str, missing: Sequence[datetime.date]) -> None:
    if missing:
        more = f" and {len(missing) - 1} more days" if len(missing) > 1 else ""
        found = f"no row for {state} on {missing[0]}{more}"
        raise ConfigurationError(argument, found, "a row for each state and each simulated day")


def _whole(value: Any, argument: str, low: int, high: int) -> int:
    allowed = f"a whole number from {low} to {high}"
    try:
        number = number_of(value) if isinstance(value, str) else value
    except ValueError:
        number = None
    proper = isinstance(number, (int, float)) and not isinstance(number, bool)
    require(proper and number in range(low, high + 1), argument, value, allowed)
    return int(number)  # type: ignore[arg-type]
