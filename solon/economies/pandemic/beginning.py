"""From the data and the published calibration to the parameters of an episode."""

import dataclasses
import datetime
import functools
from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

from ...data.covid19 import (
    DEATH_SHARE,
    RECOVERY_RATE,
    StateData,
    infer_epidemic,
    load,
    load_calibration,
)
from ...errors import require
from .epidemic import Compartments, EpidemicParams
from .objectives import Goals, ObjectiveParams
from .production import ProductionParams
from .state import Beginning, Params
from .subsidies import SubsidyParams
from .unemployment import MEMORY, UnemploymentParams
from .vaccination import VaccinationParams

if TYPE_CHECKING:
    from .economy import Pandemic

__all__ = [
    "FIRST_DAY",
    "LAST_DAY",
    "check_start",
    "compartments_from_reports",
    "data_of",
    "levels_before",
    "params_of",
]

#: The days on which an episode can start: on all of them the epidemic is known.
FIRST_DAY, LAST_DAY = "2020-02-21", "2021-04-30"

_WORKER_SHARE, _SICK_SHARE, _INTEREST = 0.6, 0.1, 0.03
_DAYS = np.float32(365)
_MISSOURI_COUNTED_TWICE = 488_943
# Reports of so many days tell how many are infected: as long as an infection lasts on average.
_WINDOW = 14


@functools.lru_cache(maxsize=8)
def _nation(missouri: bool) -> StateData:
    data = load()
    if not missouri:
        return data
    population = data.population.copy()
    population[data.states.index("Missouri")] -= _MISSOURI_COUNTED_TWICE
    return dataclasses.replace(data, population=population)


def data_of(economy: "Pandemic") -> StateData:
    """The data of the states of an economy, all days, with the population that it assumes."""
    return _nation(economy.corrects("missouri-population")).select(economy.states)


def _single(value: float) -> float:
    """In the single precision that the published model keeps its numbers in."""
    return float(np.float32(value))


def compartments_from_reports(data: StateData, row: int) -> dict[str, np.ndarray]:
    """Persons in each compartment, as the reports up to a day show them.

    Who is infected follows from the deaths of the last 14 days. Where there were few, the rate is
    drawn to that of the nation, with the weight of one death (a gamma prior on a Poisson rate).

    Args:
        data: of all states, since the nation's rate is needed.
        row: of the day.
    """
    population = data.population.astype(float)
    deaths = np.nan_to_num(np.maximum.accumulate(np.nan_to_num(data.deaths[: row + 1])))
    recent = deaths[row] - deaths[max(row - _WINDOW, 0)]
    exposure = population * _WINDOW
    # Half a death keeps the rate above 0 before the first one.
    nation = max(recent.sum(), 0.5) / exposure.sum()
    daily = population * (recent + 1) / (exposure + 1 / nation)
    infected = daily / (DEATH_SHARE * RECOVERY_RATE)
    vaccinated = np.minimum(data.vaccinated[row], population)
    removed = np.minimum(deaths[row] / DEATH_SHARE, population - vaccinated)
    recovered = removed + vaccinated
    infected = np.minimum(infected, population - recovered)
    return {
        "susceptible": population - infected - recovered,
        "infected": infected,
        "recovered": recovered,
        "deaths": removed * DEATH_SHARE,
        "vaccinated": vaccinated,
    }


def _compartments_as_published(data: StateData, row: int, conserve: bool) -> dict[str, np.ndarray]:
    """Persons in each compartment, inferred from deaths that were smoothed over two months."""
    epidemic, population = infer_epidemic(data), data.population.astype(float)
    vaccinated = data.vaccinated[row]
    recovered, infected = epidemic.recovered[row], epidemic.infected[row]
    deaths = DEATH_SHARE * recovered
    if conserve:
        # Not the vaccinated, who are counted as dead in the published start.
        removed = recovered - vaccinated
        vaccinated = np.minimum(vaccinated, population - removed)
        recovered = removed + vaccinated
        infected = np.clip(infected, 0, population - recovered)
        deaths = DEATH_SHARE * removed
    return {
        "susceptible": population - infected - recovered,
        "infected": infected,
        "recovered": recovered,
        "deaths": deaths,
        "vaccinated": vaccinated,
    }


def levels_before(data: StateData, row: int) -> np.ndarray:
    """Levels of the days up to a row, int8 of shape (601, states); 1 before the data begin."""
    known = data.stringency[max(row - MEMORY, 0) : row + 1]
    padding = np.ones((MEMORY + 1 - len(known), known.shape[1]), np.int8)
    return np.concatenate([padding, known]).astype(np.int8)


def params_of(economy: "Pandemic", row: int) -> Params:
    """Parameters of an episode that starts on a row of the data."""
    everyone = _nation(economy.corrects("missouri-population"))
    conserve = economy.corrects("conserve-persons")
    if economy.corrects("reported-start"):
        persons = compartments_from_reports(everyone, row)
    else:
        persons = _compartments_as_published(everyone, row, conserve)
    index = np.array([everyone.states.index(name) for name in economy.state_names])
    calibration = load_calibration()
    population = everyone.population[index].astype(float)
    data = data_of(economy)
    fitted = {name: values[index] for name, values in calibration.by_state.items()}
    unemployed = data.unemployment[row] / 100 * economy.labor_force_share * population

    def goals(found):
        names = {f"{kind}_{end}": found[f"{kind}_index_{end}"]
                 for kind in ("health", "economic") for end in ("low", "high")}  # fmt: skip
        numbers = {"health_weight": found["health_weight"], "priority": 1.0, **names}
        return Goals(**{name: jnp.asarray(value, float) for name, value in numbers.items()})

    def number(value):
        return jnp.asarray(_single(value), float)

    return Params(
        population=jnp.asarray(population, float),
        epidemic=EpidemicParams(
            intercept=jnp.asarray(fitted["transmission_intercept"], float),
            slope=jnp.asarray(fitted["transmission_slope"], float),
            intercept_factor=jnp.ones(()),
            slope_factor=jnp.ones(()),
            recovery_rate=number(RECOVERY_RATE),
            death_share=number(DEATH_SHARE),
        ),
        vaccination=VaccinationParams(
            doses_per_million=number(economy.doses_per_million),
            begins=jnp.asarray(everyone.row(economy.vaccination_date) - row, jnp.int32),
        ),
        unemployment=UnemploymentParams(
            time_constants=jnp.asarray(calibration.time_constants, float),
            weights=jnp.asarray(calibration.unemployment_weights[index].T, float),
            factor=jnp.ones(()),
            bias=jnp.asarray(fitted["unemployment_bias"], float),
        ),
        production=ProductionParams(
            worker_share=number(_WORKER_SHARE),
            sick_share=number(_SICK_SHARE),
            output_per_worker=number(_output_per_worker(economy, everyone)),
        ),
        subsidies=SubsidyParams(maximum=number(20_000), interest=number(_INTEREST)),
        objectives=ObjectiveParams(
            governor=goals(fitted),
            planner=goals(calibration.nation),
            value_of_life=number(calibration.value_of_life),
        ),
        beginning=Beginning(
            compartments=Compartments(
                **{name: jnp.asarray(value[index], float) for name, value in persons.items()}
            ),
            unemployed=jnp.asarray(unemployed, float),
            levels=jnp.asarray(levels_before(data, row)),
        ),
    )


def _output_per_worker(economy: "Pandemic", everyone: StateData) -> float:
    """US dollars a day: the nation's output over its workers who have a job."""
    calibration = load_calibration()
    rate = calibration.by_state["unemployment_bias"].astype(float)
    if not economy.corrects("unemployment-baseline"):
        rate = rate + np.log(2)
    population = everyone.population.sum()
    unemployed = (rate / 100 * everyone.population).sum() * economy.labor_force_share
    workers = int(_WORKER_SHARE * population - unemployed)
    # The published number is divided in single precision, and one digit off for it.
    return float(np.float32(calibration.output_per_person / (workers / population)) / _DAYS)


def check_start(date: str | datetime.date | np.datetime64, data: StateData) -> int:
    """The row of a day on which an episode can start.

    Raises:
        ConfigurationError: if the epidemic is not known on it.
    """
    allowed = f"a date from {FIRST_DAY} to {LAST_DAY}"
    row = data.row(date, argument="start_date")
    require(data.row(FIRST_DAY) <= row <= data.row(LAST_DAY), "start_date", str(date), allowed)
    return row
