"""Taxes: the government sets two rates, and hands all revenue back in equal shares."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from ..._plain import plain_fields
from ...component import Amounts, Choice, Component
from .grids import check_grid, share_of_range, within
from .state import State

if TYPE_CHECKING:
    from .economy import BusinessCycle

__all__ = ["FlatTaxes"]


@dataclasses.dataclass(frozen=True)
class FlatTaxes(Component["BusinessCycle", State]):
    """A tax on income from labor, and one on profit.

    Rates that the government sets hold from the next step on; in the first step there are none. The
    revenue of a step goes back to consumers in the same step. A choice is numbered (income tax,
    corporate tax), the last one fastest. Params are the highest rates that may be set:
    `highest_income_tax` and `highest_corporate_tax`. What is higher is masked, and leaves both
    rates as they are.

    Attributes:
        rates: from 0 to 1 of which one is set, for either tax.
    """

    name: ClassVar[str] = "flat-taxes"

    rates: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)

    def __post_init__(self):
        plain_fields(self)
        check_grid("rates", self.rates, high=1.0)

    def members(self, economy: "BusinessCycle") -> dict[str, int]:
        return {"government": 1}

    def default_params(self, economy: "BusinessCycle") -> dict[str, Array]:
        highest = jnp.asarray(self.rates[-1], float)
        return {"highest_income_tax": highest, "highest_corporate_tax": highest}

    def param_bounds(self, economy: "BusinessCycle") -> Mapping[str, tuple[float, float]]:
        return dict.fromkeys(("highest_income_tax", "highest_corporate_tax"), (0.0, 1.0))

    def sub_actions(self, economy: "BusinessCycle", role: str) -> tuple[Choice | Amounts, ...]:
        if role != "government":
            return ()
        if economy.act_by == "numbers":
            return (Amounts("rates", 2, 0.0, 1.0),)
        return (Choice("rates", len(self.rates) ** 2),)

    def allowed(self, state: State) -> Bool[Array, " choices"]:
        """Which choices are not too high."""
        highest, none = state.params.parts[self.name], jnp.zeros(())
        income = within(self.rates, none, highest["highest_income_tax"])
        corporate = within(self.rates, none, highest["highest_corporate_tax"])
        return (income[:, None] & corporate[None]).reshape(-1)

    def mask(self, economy: "BusinessCycle", state: State) -> dict[str, dict[str, Array]]:
        if economy.act_by == "numbers":
            return {}
        return {"government": {"rates": self.allowed(state)[None]}}

    def step(self, economy: "BusinessCycle", state: State, actions: Any, luck: Any) -> State:
        flows, (income, corporate) = state.moving, state.rates
        income_tax = income * flows.income
        corporate_tax = corporate * jnp.maximum(flows.profit, 0)
        revenue = jnp.sum(income_tax) + jnp.sum(corporate_tax)
        flows = dataclasses.replace(
            flows,
            income_tax=income_tax,
            corporate_tax=corporate_tax,
            rebate=revenue / economy.consumers,
            rates=self._set(economy, state, actions["government"]["rates"][0]),
        )
        return dataclasses.replace(state, flows=flows)

    def _set(self, economy: "BusinessCycle", state: State, chosen: Array) -> Float[Array, "2"]:
        if economy.act_by == "numbers":
            own, none = state.params.parts[self.name], jnp.zeros(())
            highest = jnp.stack([own["highest_income_tax"], own["highest_corporate_tax"]])
            return share_of_range(chosen, none, highest)
        rates = jnp.asarray(self.rates, state.rates.dtype)
        count = len(self.rates)
        both = jnp.stack([rates[chosen // count], rates[chosen % count]])
        return jnp.where(self.allowed(state)[chosen], both, state.rates)
