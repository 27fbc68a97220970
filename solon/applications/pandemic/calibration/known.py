"""What was known on the first day of a month, and what happened in the months after it."""

import dataclasses
import re
from collections.abc import Sequence

import numpy as np

from ....data.covid19 import StateData
from ....errors import ConfigurationError, require

__all__ = [
    "HORIZONS",
    "ORIGINS",
    "Known",
    "check_plan",
    "cut",
    "days_ahead",
    "deaths_after",
    "read_origin",
    "unemployment_in",
]

#: Months on whose first day a forecast is made.
ORIGINS = ("2020-08", "2020-09", "2020-10", "2020-11", "2020-12", "2021-01", "2021-02")

#: Months ahead.
HORIZONS = (1, 2, 4)

# NumPy takes years, weeks and signs as well.
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}(-01)?")
# Before this month there were too few deaths for a fit.
_FIRST = np.datetime64("2020-08", "M")


@dataclasses.dataclass(frozen=True, eq=False)
class Known:
    """All that a forecast is made from. It is a copy: nothing leads back to the later rows.

    Attributes:
        origin: the month on whose first day it is known, datetime64[M].
        dates: all days up to the one before the origin, datetime64[D].
        states: full names.
        population: persons, float64 of shape (states,).
        deaths: reported so far, float64 of shape (days, states). Neither smoothed nor corrected: it
            falls where a state took reports back. 0 before the first reports.
        vaccinated: people fully vaccinated so far, float64 of shape (days, states).
        stringency: level of the restrictions from 1 to 10, float64 of shape (days, states).
        months: of which unemployment is known, datetime64[M].
        unemployment: percent of the labor force, float64 of shape (months, states).
    """

    origin: np.datetime64
    dates: np.ndarray
    states: tuple[str, ...]
    population: np.ndarray
    deaths: np.ndarray
    vaccinated: np.ndarray
    stringency: np.ndarray
    months: np.ndarray
    unemployment: np.ndarray

    def earlier(self, origin: np.datetime64) -> "Known":
        """What was known on the first day of an earlier month, of these rows."""
        rows = int((origin.astype("datetime64[D]") - self.dates[0]).astype(int))
        back = int((self.origin - origin).astype(int))
        months = len(self.months) - back
        return dataclasses.replace(
            self,
            origin=origin,
            dates=self.dates[:rows],
            deaths=self.deaths[:rows],
            vaccinated=self.vaccinated[:rows],
            stringency=self.stringency[:rows],
            months=self.months[:months],
            unemployment=self.unemployment[:months],
        )


def read_origin(origin: str | np.datetime64, data: StateData) -> np.datetime64:
    """A month from what was typed.

    Args:
        origin: as `2020-08`, or its first day.
        data: real observations.

    Raises:
        ConfigurationError: if it is no month, before 2020-08, or if the shortest forecast made
            then cannot be compared with the data.
    """
    last = (data.dates[-1] - np.timedelta64(1, "D")).astype("datetime64[M]")
    allowed = f"a month from {_FIRST} to {last}, as {_FIRST}; the data end on {data.dates[-1]}"
    text = str(origin)
    try:
        require(_MONTH.fullmatch(text) is not None, "origin", text, allowed)
        month = np.datetime64(text[:7], "M")
    except ConfigurationError:
        raise
    except ValueError:
        raise ConfigurationError("origin", text, allowed) from None
    require(bool(_FIRST <= month <= last), "origin", text, allowed)
    return month


def cut(data: StateData, origin: str | np.datetime64, *, month_known: bool = False) -> Known:
    """The only door through which data reach a forecast.

    Deaths, vaccinations and levels are known up to the day before the origin. Smoothed deaths are
    left out, since they look 30 days ahead. The rate of unemployment of a month is published about
    three weeks after it has ended, so that of the month before the origin is not known.

    Args:
        data: real observations.
        origin: see `read_origin`.
        month_known: hand out the rate of the month before the origin all the same.
    """
    month = read_origin(origin, data)
    rows = data.row(str(month.astype("datetime64[D]")))
    months = np.arange(
        np.datetime64("2020-01", "M"), month - np.timedelta64(0 if month_known else 1, "M")
    )
    firsts = [data.row(str(one.astype("datetime64[D]"))) for one in months]
    return Known(
        origin=month,
        dates=data.dates[:rows].copy(),
        states=data.states,
        population=data.population.astype(float),
        deaths=np.nan_to_num(data.deaths[:rows]),
        vaccinated=data.vaccinated[:rows].copy(),
        stringency=data.stringency[:rows].astype(float),
        months=months,
        unemployment=data.unemployment[firsts],
    )


def _days_ahead(origin: np.datetime64, months: int) -> int:
    first = origin.astype("datetime64[D]")
    return int(((origin + np.timedelta64(months, "M")).astype("datetime64[D]") - first).astype(int))


def days_ahead(known: Known, months: int) -> int:
    """Days from the origin to the end of the last of so many months."""
    return _days_ahead(known.origin, months)


def deaths_after(data: StateData, origin: np.datetime64, months: int) -> np.ndarray | None:
    """Deaths reported in the months from the origin on, by state; None where the data end before.

    Args:
        data: real observations.
        origin: as from `read_origin`.
        months: how many.
    """
    row = data.row(str(origin.astype("datetime64[D]")))
    last = row + _days_ahead(origin, months) - 1
    if last >= len(data.dates) or not np.isfinite(data.deaths[last]).all():
        return None
    return data.deaths[last] - data.deaths[row - 1]


def unemployment_in(data: StateData, origin: np.datetime64, months: int) -> np.ndarray | None:
    """Unemployment in the last of so many months from the origin on, percent by state, or None."""
    day = (origin + np.timedelta64(months - 1, "M")).astype("datetime64[D]")
    if day > data.dates[-1]:
        return None
    rate = data.unemployment[data.row(str(day))]
    return rate if np.isfinite(rate).all() else None


def check_plan(
    data: StateData, origins: Sequence[str], horizons: Sequence[int]
) -> list[np.datetime64]:
    """The origins as months.

    Raises:
        ConfigurationError: for unknown origins, horizons that are none of 1, 2 and 4 months, those
            of either that come twice, and forecasts that go beyond the data.
    """
    require(bool(origins), "origins", list(origins), "at least one month")
    require(bool(horizons), "horizons", list(horizons), "at least one of 1, 2, 4")
    for months in horizons:
        require(months in HORIZONS, "horizons", months, "1, 2, 4")
    require(len(set(horizons)) == len(horizons), "horizons", list(horizons), "each once")
    found: list[np.datetime64] = []
    for origin in origins:
        month = read_origin(origin, data)
        require(month not in found, "origins", origin, "each month once")
        for ahead in horizons:
            if deaths_after(data, month, ahead) is None:
                value = f"{month} and {ahead} months ahead"
                allowed = f"forecasts whose last day is known; the data end on {data.dates[-2]}"
                raise ConfigurationError("origins", value, allowed)
        found.append(month)
    return found
