"""A society of workers who respond to taxes, and what its government wants."""

from typing import Literal, TypeAlias, cast, get_args

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Real

from ..errors import require, require_number
from ._arrays import power
from .labor_supply import Outcome, Preferences, labor_supply_equilibrium
from .utility import crra

__all__ = ["Objective", "Society", "social_weights", "social_welfare"]

Objective: TypeAlias = Literal["concave", "worst-off", "revenue"]
"""The mean of a concave function of utility; the lowest utility; or the tax that is raised."""


class Society(eqx.Module):
    """Skills, preferences and the government's objective.

    Attributes:
        skills: coin a unit of labor of each worker.
        preferences: of all workers.
        inequality_aversion: gamma: the objective "concave" is the mean of crra(u, gamma).
            At 0 that is utilitarian, at 1 the mean of ln u, at 2 1 - the mean of 1/u.
        objective: what the government maximises.
        income_effects: whether the workers' risk aversion is other than 0.
    """

    skills: Float[Array, " n"]
    preferences: Preferences
    inequality_aversion: Float[Array, ""]
    objective: Objective = eqx.field(static=True)
    income_effects: bool = eqx.field(static=True)

    @classmethod
    def of(
        cls,
        skills: Real[np.ndarray, " n"],
        *,
        elasticity: float = 0.5,
        risk_aversion: float = 0.0,
        inequality_aversion: float = 1.0,
        objective: str = "concave",
    ) -> "Society":
        """A society from plain numbers, in the precision that jax is set to.

        Raises:
            ConfigurationError: for a value that is not allowed.
        """
        values = np.asarray(skills, float)
        usable = values.ndim == 1 and values.size > 0
        usable = usable and bool((np.isfinite(values) & (values > 0)).all())
        require(usable, "skills", values.shape, "at least one finite number above 0")
        elasticity = require_number("elasticity", elasticity, low=0, above=True)
        risk_aversion = require_number("risk_aversion", risk_aversion, low=0)
        inequality_aversion = require_number("inequality_aversion", inequality_aversion, low=0)
        known = get_args(Objective)
        require(objective in known, "objective", objective, ", ".join(known))
        return cls(
            skills=jnp.asarray(values, float),
            preferences=Preferences(
                jnp.asarray(elasticity, float), jnp.asarray(risk_aversion, float)
            ),
            inequality_aversion=jnp.asarray(inequality_aversion, float),
            objective=cast(Objective, objective),
            income_effects=risk_aversion > 0,
        )

    def respond(
        self, cutoffs: Float[Array, " brackets"], rates: Float[Array, " brackets"]
    ) -> Outcome:
        """What everyone earns and gets under a schedule."""
        return labor_supply_equilibrium(
            self.skills, cutoffs, rates, self.preferences, income_effects=self.income_effects
        )

    def welfare(
        self, cutoffs: Float[Array, " brackets"], rates: Float[Array, " brackets"]
    ) -> Float[Array, ""]:
        """The objective under a schedule."""
        outcome = self.respond(cutoffs, rates)
        if self.objective == "revenue":
            return outcome.transfer
        return social_welfare(outcome.utility, self.inequality_aversion, self.objective)


def social_welfare(
    utility: Float[Array, " n"], inequality_aversion: Float[Array, ""], objective: Objective
) -> Float[Array, ""]:
    """The objectives "concave" and "worst-off" of some utilities."""
    if objective == "worst-off":
        return jnp.min(utility)
    # Linear as it stands, since utility may be below 0.
    aversion = inequality_aversion
    values = jnp.where(aversion == 0, utility, crra(utility, aversion))
    return jnp.mean(values)


def social_weights(
    utility: Float[Array, " n"],
    marginal_utility: Float[Array, " n"],
    inequality_aversion: Float[Array, ""],
    objective: Objective,
) -> Float[Array, " n"]:
    """What a coin more in the hands of each is worth to society, with mean 1.

    They are the weights g of the formulas of optimal taxation.

    Args:
        utility: of each.
        marginal_utility: what a coin more is worth to each.
        inequality_aversion: gamma of the objective "concave".
        objective: "concave" or "worst-off".
    """
    if objective == "worst-off":
        weights = (utility == jnp.min(utility)).astype(utility.dtype)
    else:
        positive = jnp.maximum(utility, jnp.finfo(utility.dtype).tiny)
        concave = power(positive, -inequality_aversion)
        flat = (inequality_aversion == 0) & ~jnp.isnan(utility)
        weights = jnp.where(flat, 1.0, concave) * marginal_utility
    return weights / jnp.mean(weights)
