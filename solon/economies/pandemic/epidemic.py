"""The epidemic: susceptible, infected, recovered, one population for each state."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

__all__ = ["Compartments", "EpidemicParams", "infect", "transmission"]


class Compartments(eqx.Module):
    """Persons by state. The first three add up to the population.

    Attributes:
        susceptible: neither infected so far nor vaccinated.
        infected: right now.
        recovered: all others, the dead and the vaccinated among them.
        deaths: so far.
        vaccinated: so far.
    """

    susceptible: Float[Array, "*batch n"]
    infected: Float[Array, "*batch n"]
    recovered: Float[Array, "*batch n"]
    deaths: Float[Array, "*batch n"]
    vaccinated: Float[Array, "*batch n"]


class EpidemicParams(eqx.Module):
    """Numbers of the epidemic.

    Attributes:
        intercept: transmission a day at a level of 0.
        slope: change of the transmission with a level, per day.
        intercept_factor, slope_factor: what they are multiplied with in studies of sensitivity.
        recovery_rate: per day.
        death_share: share of those who recover that is dead.
    """

    intercept: Float[Array, "*batch n"]
    slope: Float[Array, "*batch n"]
    intercept_factor: Float[Array, "*batch"]
    slope_factor: Float[Array, "*batch"]
    recovery_rate: Float[Array, "*batch"]
    death_share: Float[Array, "*batch"]


def transmission(
    params: EpidemicParams, lagged_level: Float[Array, " n"], *, conserve: bool
) -> Float[Array, " n"]:
    """Infections a day that one infected causes among susceptible people.

    Args:
        params: of the epidemic.
        lagged_level: stringency as many days ago as transmission lags behind.
        conserve: not below 0. The published line is, in five states at level 10.
    """
    slope = params.slope_factor * params.slope
    rate = params.intercept_factor * params.intercept + slope * lagged_level
    return jnp.maximum(rate, 0) if conserve else rate


def infect(
    params: EpidemicParams,
    before: Compartments,
    population: Float[Array, " n"],
    rate: Float[Array, " n"],
    doses: Float[Array, " n"],
    *,
    conserve: bool,
) -> Compartments:
    """One day of infections, recoveries and vaccinations.

    A dose goes to somebody susceptible, works at once and protects for good; doses for which
    nobody is left are lost. Deaths are a share of all who are no longer ill, so they follow
    infections without a further delay.

    Args:
        params: of the epidemic.
        before: persons on the day before.
        population: persons.
        rate: transmission a day.
        doses: that are there.
        conserve: new infections are at most the susceptible who are left.
    """
    # The guard against 0 / 0 is part of the published rules.
    share_vaccinated = jnp.minimum(1, doses / (before.susceptible + 1e-10))
    vaccinated = jnp.minimum(doses, before.susceptible)
    contact = before.susceptible / population * before.infected
    infected = rate * contact * (1 - share_vaccinated)
    if conserve:
        infected = jnp.minimum(infected, before.susceptible - vaccinated)
    recovered = params.recovery_rate * before.infected
    after_susceptible = jnp.maximum(before.susceptible - infected - vaccinated, 0)
    after_infected = jnp.maximum(before.infected + infected - recovered, 0)
    after_recovered = jnp.maximum(before.recovered + recovered + vaccinated, 0)
    after_vaccinated = jnp.maximum(before.vaccinated + vaccinated, 0)
    return Compartments(
        susceptible=after_susceptible,
        infected=after_infected,
        recovered=after_recovered,
        deaths=params.death_share * (after_recovered - after_vaccinated),
        vaccinated=after_vaccinated,
    )
