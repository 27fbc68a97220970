"""What a year is worth to the planner, relative to the same society without a tax."""

import re
from collections.abc import Callable
from typing import Any, TypeAlias

import jax.numpy as jnp
from jaxtyping import Array, Float

from ...economics.inequality import equality, equally_distributed_equivalent
from ...economics.utility import crra, inverse_crra
from ...errors import require
from .behavior import Behavior, elasticities, untaxed_incomes, worker_incomes
from .brackets import consumption_of

__all__ = [
    "OBJECTIVES",
    "Objective",
    "known_objectives",
    "register_objective",
    "relative_welfare",
    "welfare",
]

OBJECTIVES = ("equality-times-output", "utilitarian", "worst-off")
"""Equality times output; utilities of which the logarithm counts; the lowest utility."""

Objective: TypeAlias = Callable[[Array, Array, Array], Array]
"""From incomes before tax, consumption and utilities, each in coin by worker, to coin a head."""

_own: dict[str, Objective] = {}


def register_objective(name: str, objective: Objective) -> None:
    """Give an objective of one's own a name, which `UnknownSociety.objective` then may be.

    Args:
        name: kebab case, not in use yet (registering the same function again is harmless).
        objective: a function of jax: from incomes before tax, consumption and utilities of workers
            (coin, the least able first) to one number, above 0 where nobody is taxed, since years
            are worth what they are relative to that.

    Raises:
        ConfigurationError: for a name that is taken or is none, or what is no function.
    """
    proper = isinstance(name, str) and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    require(bool(proper), "name", name, "lower-case letters, digits and hyphens between them")
    require(callable(objective), "objective", objective, "a function")
    same = name in _own and _code(_own[name]) == _code(objective)
    free = "a name that is not in use yet"
    require(same or name not in known_objectives(), "name", name, free)
    _own.setdefault(name, objective)


def _code(function: Any) -> Any:
    """What tells functions apart: a file that is executed anew defines the same ones again."""
    return getattr(function, "__code__", function)


def known_objectives() -> tuple[str, ...]:
    """The names of all objectives: those of `OBJECTIVES`, then those that were registered."""
    return (*OBJECTIVES, *_own)


def welfare(
    objective: str,
    incomes: Float[Array, " n"],
    rate: Float[Array, "*brackets"],
    skills: Float[Array, " n"],
    elasticity: Float[Array, ""],
    behavior: Behavior,
    *,
    cutoffs: tuple[float, ...] = (),
) -> Float[Array, ""]:
    """Coin a head that the year is worth.

    Args:
        objective: one of `known_objectives()`. Utilities are in coin: what one would have to
            consume without working, to be as well off.
        incomes: of each worker before tax.
        rate: of the tax, one a bracket if there are any.
        skills: coin a unit of labor, the lowest first.
        elasticity: e of the year.
        behavior: the model.
        cutoffs: lower edges of the brackets in coin; none for a linear tax (static).

    Raises:
        ConfigurationError: if an objective of one's own gives no single number.
    """
    consumption = consumption_of(incomes, rate, cutoffs)
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
    if objective == "utilitarian":
        return equally_distributed_equivalent(jnp.maximum(utility, 0), jnp.ones(()))
    worth = jnp.asarray(_own[objective](incomes, consumption, utility), incomes.dtype)
    allowed = "a function that gives one number"
    require(worth.shape == (), f"objective {objective}", f"an array of {worth.shape}", allowed)
    return worth


def relative_welfare(
    objective: str,
    rate: Float[Array, "*brackets"],
    skills: Float[Array, " n"],
    elasticity: Float[Array, ""],
    behavior: Behavior,
    *,
    cutoffs: tuple[float, ...] = (),
    income_effects: bool = False,
) -> Float[Array, ""]:
    """Welfare of a year under a tax, over that of a society in which all work untaxed.

    The unit of the worst-off is the mean untaxed income, since the lowest may be next to nothing.

    Args:
        objective: one of `known_objectives()`.
        rate: of the tax, one a bracket if there are any.
        skills: coin a unit of labor, the lowest first.
        elasticity: e of the year.
        behavior: the model.
        cutoffs: lower edges of the brackets in coin; none for a linear tax (static).
        income_effects: whether the model may have them (static).
    """
    incomes = worker_incomes(
        skills, elasticity, rate, behavior, cutoffs=cutoffs, income_effects=income_effects
    )
    reached = welfare(objective, incomes, rate, skills, elasticity, behavior, cutoffs=cutoffs)
    untaxed = untaxed_incomes(skills, elasticity, behavior)
    if objective == "worst-off":
        return reached / jnp.mean(untaxed)
    nobody = Behavior(tilt=behavior.tilt)
    none = jnp.zeros_like(rate)
    unit = welfare(objective, untaxed, none, skills, elasticity, nobody, cutoffs=cutoffs)
    return reached / unit
