"""A tax with brackets: how workers answer it, and what it leaves them.

Everywhere in this economy a tax is one rate and no cutoffs, or as many rates as cutoffs.
"""

import math
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float

from ...economics.linear_tax import linear_tax_consumption, quasi_linear_incomes
from ...economics.tax_schedules import check_cutoffs
from ...errors import require

__all__ = ["as_cutoffs", "bracket_answers", "consumption_of"]


def as_cutoffs(given: Any) -> tuple[float, ...]:
    """Lower edges of brackets as a user gave them; none for a linear tax.

    Args:
        given: a list of coin, possibly empty.

    Raises:
        ConfigurationError: unless they begin at 0 and rise.
    """
    allowed = "a list of numbers that begins with 0 and rises, or [] for one rate"
    require(isinstance(given, (list, tuple)), "cutoffs", given, allowed)
    return tuple(check_cutoffs(given).tolist()) if given else ()


def consumption_of(
    incomes: Float[Array, " n"], rate: Float[Array, "*brackets"], cutoffs: tuple[float, ...]
) -> Float[Array, " n"]:
    """Coin after the tax and an equal share of its revenue.

    Args:
        incomes: before tax of each worker.
        rate: the rate, or the marginal rate of each bracket.
        cutoffs: lower edges of the brackets in coin (static).
    """
    if not cutoffs:
        return linear_tax_consumption(incomes, rate)
    due = _due(incomes, rate, cutoffs)
    return incomes - due + jnp.mean(due)


def _due(
    incomes: Float[Array, " n"], rates: Float[Array, " brackets"], cutoffs: tuple[float, ...]
) -> Float[Array, " n"]:
    """The tax in coin, bracket by bracket.

    As `solon.economics.taxation.tax_due`, without its sum over an axis: jaxlib 0.10.2 compiles what
    is around it to wrong numbers on CPUs, for some thousand schedules at once in float32.
    """
    due = jnp.zeros_like(incomes)
    for k, (low, high) in enumerate(_edges(cutoffs)):
        due = due + rates[k] * jnp.clip(incomes - low, 0, high - low)
    return due


def _edges(cutoffs: tuple[float, ...]) -> list[tuple[float, float]]:
    """Lower and upper edge of each bracket."""
    return list(zip(cutoffs, (*cutoffs[1:], math.inf), strict=True))


def bracket_answers(
    skills: Float[Array, " n"],
    elasticities: Float[Array, " n"],
    rates: Float[Array, " brackets"],
    cutoffs: tuple[float, ...],
) -> tuple[Float[Array, " n"], Float[Array, " n"], Float[Array, " n"]]:
    """Preferred incomes without income effects, and what work is worth at them.

    The best income within each bracket is in closed form, and may be an edge of it; the best of
    these is taken. It is what `solon.economics.labor_supply.preferred_incomes` finds, with an
    elasticity for each worker (and see `_due`).

    Args:
        skills: coin a unit of labor.
        elasticities: of each worker.
        rates: marginal rates.
        cutoffs: lower edges of the brackets in coin (static).

    Returns:
        Income before tax, what a worker gains by working at all in coin, and the share of income
        that is kept.
    """
    exponent = 1 + 1 / elasticities
    # Not to work is among what they choose from.
    incomes, gain = jnp.zeros_like(skills), jnp.zeros_like(skills)
    for k, (low, high) in enumerate(_edges(cutoffs)):
        tried = jnp.clip(quasi_linear_incomes(skills, elasticities, rates[k]), low, high)
        cost = jnp.power(tried / skills, exponent) / exponent
        worth = tried - _due(tried, rates, cutoffs) - cost
        better = worth > gain
        incomes, gain = jnp.where(better, tried, incomes), jnp.where(better, worth, gain)
    due = _due(incomes, rates, cutoffs)
    kept = 1 - due / jnp.where(incomes > 0, incomes, 1)
    return incomes, gain, kept
