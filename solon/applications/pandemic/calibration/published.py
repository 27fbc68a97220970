"""Forecasts with the published parameters, from a start that was known at the origin."""

import numpy as np
from jaxtyping import Float

from ....data.covid19 import DEATH_SHARE, RECOVERY_RATE, StateData, load_calibration
from ....economies.pandemic.beginning import compartments_from_reports
from ....economies.pandemic.unemployment import MEMORY
from .known import Known, days_ahead
from .prior import VaccineScenario

__all__ = ["published_deaths", "published_unemployment"]


def _as_data(known: Known) -> StateData:
    """Known rows in the form that the economy's start reads, with nothing but them in it."""
    days = len(known.dates)
    nothing = np.full_like(known.deaths, np.nan)
    return StateData(
        dates=known.dates,
        states=known.states,
        population=known.population.astype(np.int64),
        deaths=known.deaths,
        smoothed_deaths=nothing,
        vaccinated=known.vaccinated,
        stringency=known.stringency.astype(np.int64),
        unemployment=nothing,
        federal_subsidy=np.zeros(days),
    )


def published_deaths(
    known: Known, months: int, *, vaccines: VaccineScenario | None, death_share: float = DEATH_SHARE
) -> Float[np.ndarray, " states"]:
    """New deaths by the published line of transmission and the published 2 % of infections.

    The line was fitted by its authors to the levels up to 2020-11-30 and to deaths smoothed with
    those up to the end of 2020: at the earlier origins it knows what was to come.

    Args:
        known: the rows.
        months: ahead.
        vaccines: of the days to come; None for none. As in the published model they prevent
            infections and not deaths.
        death_share: another share of infections, with everything else as published.
    """
    fitted = load_calibration()
    last, population = len(known.dates) - 1, known.population
    persons = compartments_from_reports(_as_data(known), last)
    # Reported deaths are a share of the removed and of the infected: both scale with it.
    scale = DEATH_SHARE / death_share
    infected = persons["infected"] * scale
    removed = (persons["recovered"] - persons["vaccinated"]) * scale
    susceptible = np.maximum(population - infected - removed - persons["vaccinated"], 0)
    begin = 0
    if vaccines is not None:
        begin = int((np.datetime64(vaccines.first_day) - known.dates[0]).astype(int))
    total = np.zeros(len(population))
    for day in range(last + 1, last + 1 + days_ahead(known, months)):
        level = known.stringency[min(day - fitted.transmission_delay, last)]
        rate = fitted.by_state["transmission_intercept"] + (
            fitted.by_state["transmission_slope"] * level
        )
        doses = np.zeros(len(population))
        if vaccines is not None and day >= begin:
            doses = np.minimum(vaccines.doses_per_million * population / 1e6, susceptible)
        new = np.maximum(rate, 0) * susceptible / population * infected
        new = np.minimum(new, susceptible - doses)
        total += death_share * RECOVERY_RATE * infected
        infected = infected + new - RECOVERY_RATE * infected
        susceptible = susceptible - new - doses
    return total


def published_unemployment(known: Known, months: int) -> Float[np.ndarray, " states"]:
    """Unemployment by the published responses to levels, which stay as on the last day, percent.

    Fitted by its authors to the months up to November 2020, see `published_deaths`.
    """
    fitted = load_calibration()
    final = (known.origin + np.timedelta64(months, "M")).astype("datetime64[D]") - np.timedelta64(
        1, "D"
    )
    first = (known.origin + np.timedelta64(months - 1, "M")).astype("datetime64[D]")
    days = int((final - known.dates[0]).astype(int)) + 1
    levels = known.stringency[np.minimum(np.arange(days), len(known.dates) - 1)]
    before = np.ones((1, levels.shape[1]))
    changes = np.diff(np.concatenate([before, levels]), axis=0)
    rates = []
    for day in range(int((first - known.dates[0]).astype(int)), days):
        age = day - np.arange(max(day - MEMORY + 1, 0), day + 1)
        decay = np.exp(-age[None, :] / fitted.time_constants[:, None])
        responses = decay @ changes[max(day - MEMORY + 1, 0) : day + 1]
        weighted = (fitted.unemployment_weights.T * responses).sum(axis=0)
        # ln(1 + exp z), as published.
        rates.append(fitted.by_state["unemployment_bias"] + np.logaddexp(0, weighted))
    return np.mean(rates, axis=0)
