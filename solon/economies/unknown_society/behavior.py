"""How workers answer a tax: the models between which a planner has to tell."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from ...economics.linear_tax import quasi_linear_incomes
from .brackets import bracket_answers

__all__ = ["MODELS", "Behavior", "behavior_of", "elasticities", "untaxed_incomes", "worker_incomes"]

#: Of the search for incomes with income effects.
_ROUNDS = 40
# A rate of .3 keeps 70 %, in any precision.
_ROUNDING = 1e-5


class Behavior(eqx.Module):
    """A model of behavior. The default is the standard one.

    Attributes:
        tilt: the abler half has the elasticity (1 + tilt) e, the less able half (1 - tilt) e.
        reservation: nobody works who keeps less than this share of a coin; of a tax with brackets,
            less than this share of the income that would otherwise be the best.
        least_gain: those whom work would make better off by less than this (coin) do not work:
            utility at the best income less that of not working.
        income_effect: the risk aversion of workers: a transfer makes them work less.
        changes: 1 where the elasticity is another one from year six on.
    """

    tilt: float | Float[Array, ""] = 0.0
    reservation: float | Float[Array, ""] = 0.0
    least_gain: float | Float[Array, ""] = 0.0
    income_effect: float | Float[Array, ""] = 0.0
    changes: float | Float[Array, ""] = 0.0


MODELS: Mapping[str, Behavior] = {
    "standard": Behavior(),
    "abler-more-elastic": Behavior(tilt=0.6),
    "less-able-more-elastic": Behavior(tilt=-0.6),
    "reservation": Behavior(reservation=0.7),
    "cost-of-working": Behavior(least_gain=0.05),
    "income-effects": Behavior(income_effect=0.5),
    "new-elasticity": Behavior(changes=1.0),
}
"""The models by name."""


def behavior_of(model: Int[Array, ""], models: Sequence[str]) -> Behavior:
    """The model of a number among these."""
    columns = {
        field.name: np.array([getattr(MODELS[name], field.name) for name in models])
        for field in dataclasses.fields(Behavior)
    }
    number = jnp.zeros(()).dtype
    return Behavior(**{name: jnp.asarray(c, number)[model] for name, c in columns.items()})


def elasticities(
    elasticity: Float[Array, ""], behavior: Behavior, workers: int
) -> Float[Array, " n"]:
    """The elasticity of each worker, the least able first; who is in the middle has e itself."""
    half = np.sign(np.arange(workers) - (workers - 1) / 2)
    return elasticity * (1 + behavior.tilt * half)


def worker_incomes(
    skills: Float[Array, " n"],
    elasticity: Float[Array, ""],
    rate: Float[Array, "*brackets"],
    behavior: Behavior,
    *,
    cutoffs: tuple[float, ...] = (),
    income_effects: bool = False,
) -> Float[Array, " n"]:
    """Incomes before tax, by the first-order condition of each worker.

    Args:
        skills: coin a unit of labor, the lowest first.
        elasticity: e of the year.
        rate: of the tax, whose revenue is handed back in equal shares; one a bracket, if there are
            any.
        behavior: the model.
        cutoffs: lower edges of the brackets in coin; none for a linear tax (static).
        income_effects: whether the model may have them, which takes a search for the transfer; not
            with brackets (static).
    """
    own = elasticities(elasticity, behavior, skills.shape[0])
    if cutoffs:
        incomes, gain, share = bracket_answers(skills, own, rate, cutoffs)
    else:
        incomes = quasi_linear_incomes(skills, own, rate)
        # The envelope: what a worker gains by working at all is kept income less its cost in labor.
        gain = (1 - rate) * incomes / (1 + own)
    works = gain >= behavior.least_gain
    kept = share if cutoffs else 1 - rate
    works = works & (kept >= behavior.reservation - _ROUNDING)
    incomes = jnp.where(works, incomes, 0)
    if not income_effects:
        return incomes
    answer = _with_income_effects(skills, elasticity, rate, jnp.asarray(behavior.income_effect))
    return jnp.where(behavior.income_effect > 0, answer, incomes)


def _with_income_effects(
    skills: Float[Array, " n"],
    elasticity: Float[Array, ""],
    rate: Float[Array, ""],
    aversion: Float[Array, ""],
) -> Float[Array, " n"]:
    """Where (1 - t) c^-eta is the marginal cost of earning, and the transfer is the mean tax.

    Each round is a step of Newton's method for the logarithm of all incomes, then one of the
    transfer towards the revenue. A transfer lowers the revenue by less than itself, so that the
    error shrinks at least by half.
    """
    kept = jnp.maximum(1 - rate, 1e-6)
    untaxed = (1 + elasticity) * jnp.log(skills)

    def closer(_: Any, found: tuple[Array, Array]) -> tuple[Array, Array]:
        log_income, transfer = found
        consumption = kept * jnp.exp(log_income) + transfer
        excess = log_income - untaxed - elasticity * jnp.log(kept)
        excess = excess + elasticity * aversion * jnp.log(consumption)
        share = kept * jnp.exp(log_income) / consumption
        log_income = log_income - excess / (1 + elasticity * aversion * share)
        revenue = rate * jnp.mean(jnp.exp(log_income))
        return log_income, transfer + 0.75 * (revenue - transfer)

    first = untaxed + elasticity * jnp.log(kept)
    start = first, rate * jnp.mean(jnp.exp(first))
    return jnp.exp(jax.lax.fori_loop(0, _ROUNDS, closer, start)[0])


def untaxed_incomes(
    skills: Float[Array, " n"], elasticity: Float[Array, ""], behavior: Behavior
) -> Float[Array, " n"]:
    """What everyone would earn without a tax, without income effects and if all worked."""
    own = elasticities(elasticity, behavior, skills.shape[0])
    return quasi_linear_incomes(skills, own, jnp.zeros_like(elasticity))
