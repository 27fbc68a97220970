"""The model of deaths: the economy's epidemic with transmission that answers to more than levels.

The logarithm of transmission over recovery in state i on day t is

    season · cos(2π (t - peak)/365.25) + stringency_i · (L_i(t - 29) - mean L)
        + shock(t) + shock_i(t) - caution · (ln d_i(t) - ln d̄_i),

where d is the death rate without vaccines and d̄ that at which the epidemic rests; the shocks are
autoregressive and tend to 0. So deaths return to d̄_i, which moves with season and levels.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ....economies.pandemic.epidemic import Compartments, EpidemicParams, infect
from .known import Known
from .prior import Prior, VaccineScenario

__all__ = ["DELAY", "KNOT", "WINDOW", "Course", "Numbers", "Setting", "prior_numbers", "setting",
           "simulate"]  # fmt: skip

#: Days that a fit looks back, days between two shocks, and days by which levels act later.
WINDOW, KNOT, DELAY = 126, 14, 29

# Deaths a day per 100,000 that are added before a logarithm is taken: caution does not vanish.
_FLOOR = 0.02
_VACCINES = VaccineScenario()
_FIRST_DEATHS = np.datetime64("2020-03-22")


class Numbers(eqx.Module):
    """What is fitted; standard normal before the data are seen, but for the start.

    Attributes:
        death_rate: nation.
        death_rates: states, around it.
        caution, season: nation.
        stringency: nation.
        stringencies: states, around it.
        start: logarithm of the infected over what deaths show, states.
        shock: nation, one every two weeks.
        shocks: states, likewise.
        reports: what moves those of all states in a week.
    """

    death_rate: Float[Array, "*batch"]
    death_rates: Float[Array, "*batch n"]
    caution: Float[Array, "*batch"]
    season: Float[Array, "*batch"]
    stringency: Float[Array, "*batch"]
    stringencies: Float[Array, "*batch n"]
    start: Float[Array, "*batch n"]
    shock: Float[Array, "*batch knots"]
    shocks: Float[Array, "*batch knots n"]
    reports: Float[Array, "*batch weeks"]


class Setting(eqx.Module):
    """What is given: made from known rows alone. Days count from the first one of the window.

    Attributes:
        population: persons.
        weekly: deaths reported in each week of the window, at least 0.
        start: compartments on the day before the window.
        levels: those that transmission answers to, less the mean of all.
        season: cosine of the season, from -1 to 1.
        doses: people vaccinated each day, persons.
        usual: deaths a day per 100,000, the nation's mean since 2020-03-22.
    """

    population: Float[Array, " n"]
    weekly: Float[Array, "weeks n"]
    start: Compartments
    levels: Float[Array, "days n"]
    season: Float[Array, " days"]
    doses: Float[Array, "days n"]
    usual: Float[Array, ""]


class Course(eqx.Module):
    """What the model says of each day.

    Attributes:
        deaths: new ones, persons.
        transmission: infections a day that one infected causes among susceptible people.
        compartments: persons at the end of the day.
    """

    deaths: Float[Array, "days n"]
    transmission: Float[Array, "days n"]
    compartments: Compartments


def setting(known: Known, prior: Prior, *, ahead: int, vaccines: VaccineScenario | None) -> Setting:
    """Everything that a fit and a forecast need, from what is known.

    Levels stay as on the last day. Doses that were given are spread evenly from the first day of
    the campaign to the last known one, since reports of single days are not to be trusted.

    Args:
        known: the rows.
        prior: the numbers that are not fitted.
        ahead: days to forecast.
        vaccines: of the days to come; None for no further doses.
    """
    population = known.population
    last = len(known.dates) - 1
    first = last - WINDOW + 1
    # Reports that were taken back are taken from later ones.
    deaths = np.maximum.accumulate(known.deaths)
    ends = np.arange(first - 1, last + 1, 7)
    days = np.arange(first, last + ahead + 1)

    before = deaths[first - 1]
    recent = deaths[first - 1 + 7] - deaths[max(first - 1 - 7, 0)]
    nation = max(recent.sum(), 0.5) / population.sum()
    # Where there were few deaths the rate is drawn to the nation's, with the weight of one death.
    daily = population * (recent + 1) / (14 * population + 14 / nation)
    infected = daily / (prior.infection_fatality * prior.recovery_rate)
    removed = before / prior.infection_fatality

    levels = known.stringency[np.clip(days - DELAY, 0, last)]
    doses = np.zeros((len(days), len(population)))
    campaign = _VACCINES if vaccines is None else vaccines
    begin = int((np.datetime64(campaign.first_day) - known.dates[0]).astype(int))
    if begin <= last:
        past = np.clip(known.vaccinated[last], 0, 0.5 * population) / (last - begin + 1)
        doses[(days >= begin) & (days <= last)] = past
    if vaccines is not None:
        coming = (days > last) & (days >= begin)
        doses[coming] = vaccines.doses_per_million * population / 1e6

    usual = before_mean(known)
    angle = 2 * np.pi * (days + 1 - prior.season_peak) / 365.25
    return Setting(
        population=jnp.asarray(population, float),
        weekly=jnp.asarray(np.diff(deaths[ends], axis=0), float),
        start=Compartments(
            susceptible=jnp.asarray(population - infected - removed, float),
            infected=jnp.asarray(infected, float),
            recovered=jnp.asarray(removed, float),
            deaths=jnp.asarray(removed, float),
            vaccinated=jnp.zeros(len(population)),
        ),
        levels=jnp.asarray(levels - known.stringency[first : last + 1].mean(), float),
        season=jnp.asarray(np.cos(angle), float),
        doses=jnp.asarray(doses, float),
        usual=jnp.asarray(usual, float),
    )


def before_mean(known: Known) -> float:
    """Deaths a day per 100,000 of the nation, on average since 2020-03-22."""
    days = (known.dates[-1] - _FIRST_DEATHS).astype(int) + 1
    return float(known.deaths[-1].sum() / days / known.population.sum() * 1e5)


def prior_numbers(states: int, knots: int) -> Numbers:
    """The centre of what is believed before the data are seen."""
    nation, state = jnp.zeros(()), jnp.zeros(states)
    return Numbers(
        death_rate=nation,
        death_rates=state,
        caution=nation,
        season=nation,
        stringency=nation,
        stringencies=state,
        start=state,
        shock=jnp.zeros(knots),
        shocks=jnp.zeros((knots, states)),
        reports=jnp.zeros(WINDOW // 7),
    )


def _autoregression(draws: Array, persistence: Array | float) -> Array:
    """From independent draws to a stationary series with standard deviation 1, along axis 0."""
    scale = jnp.sqrt(1 - persistence**2)

    def step(before, draw):
        now = persistence * before + scale * draw
        return now, now

    return jnp.concatenate([draws[:1], jax.lax.scan(step, draws[0], draws[1:])[1]])


def _each_day(knots: Array, days: int) -> Array:
    """Straight lines between knots, the first of which is day -1."""
    place = (np.arange(days) + 1) / KNOT
    left = place.astype(int)
    share = jnp.asarray(place - left, knots.dtype)[:, None]
    return knots[left] * (1 - share) + knots[left + 1] * share


def simulate(
    numbers: Numbers,
    given: Setting,
    prior: Prior,
    *,
    days: int,
    vaccines: VaccineScenario = _VACCINES,
) -> Course:
    """Days of the epidemic from the start of the window on.

    Args:
        numbers: fitted ones, with a shock for each knot of these days.
        given: see `setting`.
        prior: the numbers that are not fitted, and the scales of those that are.
        days: how many.
        vaccines: how much they protect from death. How many there are is given.
    """
    persistence = 0.5 ** (KNOT / prior.half_life)
    shock = prior.shock_of_nation * _autoregression(numbers.shock, persistence)
    shocks = prior.shock_of_states * _autoregression(numbers.shocks, persistence)
    shock_of_day = _each_day(shock[:, None] + shocks, days)

    resting = (
        jnp.log(given.usual * prior.death_rate)
        + prior.death_rate_spread * numbers.death_rate
        + prior.death_rate_spread_of_states * numbers.death_rates
    )
    caution = prior.caution * jnp.exp(prior.caution_spread * numbers.caution)
    season = prior.season + prior.season_spread * numbers.season
    slope = (
        prior.stringency
        + prior.stringency_spread * numbers.stringency
        + prior.stringency_spread_of_states * numbers.stringencies
    )
    drive = season * given.season[:days, None] + slope[None, :] * given.levels[:days] + shock_of_day
    population = given.population
    # With a death share of 1 the economy's equations count everyone who is no longer ill.
    params = EpidemicParams(
        intercept=jnp.zeros_like(population),
        slope=jnp.zeros_like(population),
        intercept_factor=jnp.ones(()),
        slope_factor=jnp.ones(()),
        recovery_rate=jnp.asarray(prior.recovery_rate),
        death_share=jnp.ones(()),
    )
    infected = given.start.infected * jnp.exp(0.5 * numbers.start)
    excess = infected - given.start.infected
    start = eqx.tree_at(
        lambda persons: (persons.infected, persons.susceptible),
        given.start,
        (infected, given.start.susceptible - excess),
    )
    per_100k = 1e5 * prior.infection_fatality * prior.recovery_rate / population

    def day(before, today):
        push, doses = today
        rate_of_deaths = jnp.log(per_100k * before.infected + _FLOOR)
        logarithm = push - caution * (rate_of_deaths - resting)
        # No more than ninefold either way: an optimiser's first steps must not overflow.
        rate = prior.recovery_rate * jnp.exp(jnp.clip(logarithm, -2.2, 2.2))
        after = infect(params, before, population, rate, doses, conserve=True)
        ended = after.deaths - before.deaths
        fatality = prior.infection_fatality * vaccines.fatality(after.vaccinated / population)
        return after, (fatality * ended, rate, after)

    _, course = jax.lax.scan(day, start, (drive, given.doses[:days]))
    return Course(*course)
