"""The table of states and days as arrays."""

import dataclasses
import datetime
import functools
import hashlib
import io
import os
import pathlib
from collections.abc import Sequence

import numpy as np

from ...errors import ConfigurationError, require
from ...reading.dates import date_of
from ..us_states import find_states

__all__ = ["SHA256", "StateData", "load"]

#: Of states.parquet, which `python -m solon.data.covid19.make` writes.
SHA256 = "164fe5bc9acca2e08d7c67b35cc8796e38d893bee536797f7eea6d55a29b7426"

_TABLE = pathlib.Path(__file__).with_name("states.parquet")


@dataclasses.dataclass(frozen=True, eq=False)
class StateData:
    """What was known of each state on each day, as published. NaN where nothing was reported.

    The arrays cannot be written to. `days` are consecutive, and days and states come in the order
    of `dates` and `states`.

    Attributes:
        dates: datetime64[D] of shape (days,).
        states: full names.
        population: persons, int64 of shape (states,).
        deaths: reported deaths so far, float64 of shape (days, states). Not smoothed; it falls
            where a state took reports back.
        smoothed_deaths: the same after a Gaussian kernel, which looks up to 30 days ahead.
        vaccinated: people fully vaccinated so far, float64 of shape (days, states).
        stringency: level of the restrictions from 1 (none) to 10, int64 of shape (days, states).
        unemployment: rate in percent of the labor force, float64 of shape (days, states); one value
            a month.
        federal_subsidy: direct payments announced that day for the whole nation, in US dollars,
            float64 of shape (days,).
    """

    dates: np.ndarray
    states: tuple[str, ...]
    population: np.ndarray
    deaths: np.ndarray
    smoothed_deaths: np.ndarray
    vaccinated: np.ndarray
    stringency: np.ndarray
    unemployment: np.ndarray
    federal_subsidy: np.ndarray

    def row(self, date: str | datetime.date | np.datetime64, *, argument: str = "date") -> int:
        """The place of a day.

        Args:
            date: as `2020-03-22`, or a date.
            argument: what the user knows the date as.

        Raises:
            ConfigurationError: if it is no date, or outside the data.
        """
        allowed = f"a date from {self.dates[0]} to {self.dates[-1]}, as {self.dates[0]}"
        day = np.datetime64(date_of(date, argument, allowed))
        row = int((day - self.dates[0]).astype(int))
        require(0 <= row < len(self.dates), argument, str(date), allowed)
        return row

    def select(
        self,
        states: Sequence[str] | None = None,
        start: str | datetime.date | np.datetime64 | None = None,
        days: int | None = None,
    ) -> "StateData":
        """A part of the data.

        Args:
            states: full names or postal codes, in the order wanted; all if left out.
            start: the first day; that of the data if left out.
            days: how many; all that follow if left out.

        Raises:
            ConfigurationError: for a state that is unknown or named twice, and for days outside
                the data.
        """
        names = self.states if states is None else find_states(states, among=self.states)
        columns = [self.states.index(name) for name in names]
        first = 0 if start is None else self.row(start, argument="start")
        left = len(self.dates) - first
        count = left if days is None else days
        fits = 1 <= count <= left
        require(fits, "days", days, f"from 1 to {left}: the data end on {self.dates[-1]}")
        rows = slice(first, first + count)
        parts = {
            field.name: _frozen(getattr(self, field.name)[rows][:, columns])
            for field in dataclasses.fields(self)
            if field.name not in ("dates", "states", "population", "federal_subsidy")
        }
        return StateData(
            dates=self.dates[rows],
            states=names,
            population=_frozen(self.population[columns]),
            federal_subsidy=self.federal_subsidy[rows],
            **parts,
        )


@functools.cache
def load(path: str | os.PathLike[str] = _TABLE) -> StateData:
    """The data that come with Solon. Needs no network, and jax is not loaded.

    Args:
        path: the table, if it lies elsewhere. It has to be the same, byte for byte.

    Raises:
        ConfigurationError: if the file cannot be read or is not the one that was published.
    """
    try:
        content = pathlib.Path(path).read_bytes()
    except OSError as error:
        allowed = f"the table that came with Solon ({error.strerror})"
        raise ConfigurationError("data file", str(path), allowed) from None
    found = hashlib.sha256(content).hexdigest()
    allowed = f"the table with the SHA-256 {SHA256[:12]}…; this one has {found[:12]}…"
    require(found == SHA256, "data file", str(path), allowed)
    return _unpack(content)


def _unpack(content: bytes) -> StateData:
    import pyarrow.parquet

    # Not `read_table`, which starts a thread: one that begins as the interpreter ends aborts the
    # process, and every mistake in a command ends it within a second.
    table = pyarrow.parquet.ParquetFile(io.BytesIO(content)).read(use_threads=False)
    names = table["state"].to_numpy()
    states = tuple(dict.fromkeys(names.tolist()))
    # The rows are sorted by state and date, and each state has all days.
    shape = (len(states), len(names) // len(states))

    def by_day(column: str, dtype: type) -> np.ndarray:
        return _frozen(table[column].to_numpy().astype(dtype).reshape(shape).T)

    dates = table["date"].to_numpy().astype("datetime64[D]").reshape(shape)[0]
    population = table["population"].to_numpy().astype(np.int64).reshape(shape)[:, 0]
    return StateData(
        dates=_frozen(dates),
        states=states,
        population=_frozen(population),
        deaths=by_day("deaths", np.float64),
        smoothed_deaths=by_day("smoothed_deaths", np.float64),
        vaccinated=by_day("vaccinated", np.float64),
        stringency=by_day("stringency", np.int64),
        unemployment=by_day("unemployment", np.float64),
        federal_subsidy=_frozen(by_day("federal_subsidy", np.float64)[:, 0]),
    )


def _frozen(values: np.ndarray) -> np.ndarray:
    values = np.array(values, order="C")
    values.flags.writeable = False
    return values
