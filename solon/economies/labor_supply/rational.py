"""Workers who know what is best for them."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Key, Shaped

from ...economics.labor_supply import Preferences, labor_supply_equilibrium
from ...policy import Policy
from .economy import LaborSupplyEconomy

__all__ = ["RationalWorkers"]


class RationalWorkers(Policy):
    """Drive the role `worker`: each works what is best under the rates in force.

    With income effects that depends on the transfer, which they foresee. They take it as given:
    nobody thinks that one's own tax comes back to one.

    Args:
        economy: the economy.
        preferences: of the workers; those of the economy where left out. Whoever changes the
            params of the economy hands them over here as well.
    """

    cutoffs: Float[Array, " brackets"]
    preferences: Preferences
    income_effects: bool = eqx.field(static=True)

    def __init__(self, economy: LaborSupplyEconomy, preferences: Preferences | None = None):
        tax = economy.component("periodic-bracket-tax")
        self.cutoffs = jnp.asarray([0.0] if tax is None else tax.edges, float)
        self.preferences = economy.society().preferences if preferences is None else preferences
        self.income_effects = economy.income_effects

    def init(self, key: Key[Array, ""]) -> tuple[()]:
        return ()

    def act(
        self,
        memory: Any,
        observation: dict[str, Shaped[Array, "..."]],
        key: Key[Array, ""],
    ) -> tuple[Float[Array, "n 1"], Any]:
        skills = observation["skill"]
        # Without a tax there is a bracket of the rate 0.
        rates = observation.get("curr_rates", jnp.zeros((1, 1)))[0]
        outcome = labor_supply_equilibrium(
            skills, self.cutoffs, rates, self.preferences, income_effects=self.income_effects
        )
        return outcome.labor[:, None], memory
