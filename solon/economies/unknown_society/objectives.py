"""What a year is worth to the planner, relative to the same society without a tax."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from ...economics.inequality import equality, equally_distributed_equivalent
from ...economics.linear_tax import linear_tax_consumption
from ...economics.utility import crra, inverse_crra
from .behavior import Behavior, elasticities, untaxed_incomes, worker_incomes

__all__ = ["OBJECTIVES", "relative_welfare", "welfare"]

OBJECTIVES = ("equality-times-output", "utilitarian", "worst-off")
"""Equality times output; utilities of which the logarithm counts; the lowest utility."""


def welfare(
    objective: str,
    incomes: Float[Array, " n"],
    rate: Float[Array, ""],
    skills: Float[Array, " n"],
    elasticity: Float[Array, ""],
    behavior: Behavior,
) -> Float[Array, ""]:
    """Coin a head that the year is worth.

    Args:
        objective: one of `OBJECTIVES`. Utilities are in coin: what one would have to consume
            without working, to be as well off.
        incomes: of each worker before tax.
        rate: of the linear tax.
        skills: coin a unit of labor, the lowest first.
        elasticity: e of the year.
        behavior: the model.
    """
    consumption = linear_tax_consumption(incomes, rate)
    if objective == "equality-times-output":
        return equality(consumption) * jnp.mean(incomes)
    own = elasticities(elasticity, behavior, skills.shape[0])
    exponent = 1 + 1 / own
    cost = jnp.power(incomes / skills, exponent) / exponent
    cost = cost + jnp.where(incomes > 0, behavior.least_gain, 0.0)
    aversion = jnp.asarray(behavior.income_effect)
    utility = inverse_crra(crra(consumption, aversion) - cost, aversion)
    if objective == "worst-off":
        return jnp.min(utility)
    return equally_distributed_equivalent(jnp.maximum(utility, 0), jnp.ones(()))


def relative_welfare(
    objective: str,
    rate: Float[Array, ""],
    skills: Float[Array, " n"],
    elasticity: Float[Array, ""],
    behavior: Behavior,
    *,
    income_effects: bool = False,
) -> Float[Array, ""]:
    """Welfare of a year under a rate, over that of a society in which all work untaxed.

    The unit of the worst-off is the mean untaxed income, since the lowest may be next to nothing.

    Args:
        objective: one of `OBJECTIVES`.
        rate: of the linear tax.
        skills: coin a unit of labor, the lowest first.
        elasticity: e of the year.
        behavior: the model.
        income_effects: whether the model may have them (static).
    """
    incomes = worker_incomes(skills, elasticity, rate, behavior, income_effects=income_effects)
    reached = welfare(objective, incomes, rate, skills, elasticity, behavior)
    untaxed = untaxed_incomes(skills, elasticity, behavior)
    if objective == "worst-off":
        return reached / jnp.mean(untaxed)
    nobody = Behavior(tilt=behavior.tilt)
    none = jnp.zeros_like(rate)
    return reached / welfare(objective, untaxed, none, skills, elasticity, nobody)
