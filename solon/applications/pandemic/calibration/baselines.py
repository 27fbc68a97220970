"""Forecasts that a model has to beat, from the same rows.

Deaths are new ones by state, persons; unemployment is a rate by state, percent.
"""

import numpy as np
from jaxtyping import Float

from .known import Known, days_ahead

__all__ = [
    "dressed",
    "drift",
    "mean_reverting_deaths",
    "mean_with_recovery",
    "naive_deaths",
    "no_deaths",
    "persistence",
    "pooled_recovery",
    "usual_unemployment",
]

_RECENT = 14
_DECAY = 60
# Before this day there were hardly any deaths.
_FIRST_DEATHS = np.datetime64("2020-03-22")
# Errors of earlier forecasts are taken from this day on, once a week, over so many days.
_FIRST_ERROR, _WEEK, _MONTH = np.datetime64("2020-04-22"), 7, 30


def _rate(deaths: np.ndarray) -> np.ndarray:
    """Deaths a day in the last 14 days of some rows; not below 0."""
    return np.maximum(deaths[-1] - deaths[-1 - _RECENT], 0) / _RECENT


def naive_deaths(known: Known, months: int) -> Float[np.ndarray, " states"]:
    """N: as many deaths a day as in the last 14 days."""
    return _rate(known.deaths) * days_ahead(known, months)


def no_deaths(known: Known, months: int) -> Float[np.ndarray, " states"]:
    """Nobody dies any more."""
    return np.zeros(len(known.states))


def mean_reverting_deaths(
    known: Known, months: int, *, to: str = "recent"
) -> Float[np.ndarray, " states"]:
    """M: the deaths a day of the last 14 days move to the nation's in a straight line of 60 days.

    Args:
        known: the rows.
        months: ahead.
        to: `recent` for the nation's rate of the last 14 days; `since-start` for that of all days
            since 2020-03-22.
    """
    return _reverting(known, days_ahead(known, months), known.deaths, known.dates, to)


def _reverting(
    known: Known, days: int, deaths: np.ndarray, dates: np.ndarray, to: str
) -> np.ndarray:
    population = known.population
    if to == "recent":
        nation = _rate(deaths).sum()
    else:
        count = (dates[-1] - _FIRST_DEATHS).astype(int) + 1
        nation = deaths[-1].sum() / count
    weight = np.maximum(0, 1 - np.arange(1, days + 1) / _DECAY).sum()
    return weight * _rate(deaths) + (days - weight) * nation * population / population.sum()


def dressed(
    known: Known, months: int, method: str, levels: tuple[float, ...]
) -> Float[np.ndarray, "levels states"]:
    """Quantiles around N or M from its own errors so far.

    Each week from 2020-04-22 on the method forecasts 30 days, all of which have to be over by the
    origin. The quantiles of log((observed + 1) / (forecast + 1)) over weeks and states, less their
    median, are stretched with the square root of the horizon and put around the forecast.

    Args:
        known: the rows.
        months: ahead.
        method: `N`, `M` or `M since start`.
        levels: of the quantiles.
    """

    def point(days: int, deaths: np.ndarray, dates: np.ndarray) -> np.ndarray:
        if method == "N":
            return _rate(deaths) * days
        to = "recent" if method == "M" else "since-start"
        return _reverting(known, days, deaths, dates, to)

    errors = []
    first = int((_FIRST_ERROR - known.dates[0]).astype(int))
    for row in range(first, len(known.dates) - _MONTH, _WEEK):
        forecast = point(_MONTH, known.deaths[: row + 1], known.dates[: row + 1])
        observed = np.maximum(known.deaths[row + _MONTH] - known.deaths[row], 0)
        errors.append(np.log((observed + 1) / (forecast + 1)))
    spread = np.quantile(np.concatenate(errors), levels) - np.median(np.concatenate(errors))
    days = days_ahead(known, months)
    stretch = np.exp(spread * np.sqrt(days / _MONTH))
    middle = point(days, known.deaths, known.dates)
    return np.maximum((middle + 1)[None, :] * stretch[:, None] - 1, 0)


def usual_unemployment(known: Known) -> Float[np.ndarray, " states"]:
    """The level before the pandemic: the mean of January and February 2020, percent."""
    return known.unemployment[:2].mean(axis=0)


def _steps(known: Known, months: int) -> int:
    """Months from the last one that is known to the last one of the forecast."""
    return int((known.origin + np.timedelta64(months - 1, "M") - known.months[-1]).astype(int))


def persistence(known: Known, months: int) -> Float[np.ndarray, " states"]:
    """The last rate that is known."""
    return known.unemployment[-1]


def drift(known: Known, months: int) -> Float[np.ndarray, " states"]:
    """It goes on as in the last month that is known."""
    last, before = known.unemployment[-1], known.unemployment[-2]
    return last + _steps(known, months) * (last - before)


def pooled_recovery(known: Known, months: int) -> Float[np.ndarray, " states"]:
    """Q: the gap to the level before the pandemic closes by the same share each month.

    The share is that of all states and months since May 2020, by least squares.
    """
    usual = usual_unemployment(known)
    gaps = known.unemployment[known.months >= np.datetime64("2020-05")] - usual
    kept = (gaps[1:] * gaps[:-1]).sum() / (gaps[:-1] ** 2).sum()
    return usual + kept ** _steps(known, months) * gaps[-1]


def mean_with_recovery(known: Known, months: int) -> Float[np.ndarray, " states"]:
    """The mean of persistence and Q."""
    return (persistence(known, months) + pooled_recovery(known, months)) / 2
