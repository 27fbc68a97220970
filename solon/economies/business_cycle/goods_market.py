"""Goods: consumers ask for them, and what is short is shared out in proportion."""

import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from ..._plain import plain_fields
from ...component import Amounts, Choice, Component
from ...economics.utility import crra
from ...errors import require_whole
from .state import State

if TYPE_CHECKING:
    from .economy import BusinessCycle

__all__ = ["GoodsMarket"]


@dataclasses.dataclass(frozen=True)
class GoodsMarket(Component["BusinessCycle", State]):
    """Consumers say how much of each good they want, and pay for what they get.

    Who asks for more than the own budget pays for asks for the same share less of everything. Of a
    good of which more is asked for than there is, all get the same share of what they ask for.
    Nobody gets another good instead, and nobody can spend what is earned in the same step.

    Attributes:
        most: units of each good that a consumer may ask for in a step.
    """

    name: ClassVar[str] = "goods-market"

    most: int = 10

    def __post_init__(self):
        plain_fields(self)
        require_whole("most", self.most, low=1, high=10_000)

    def default_params(self, economy: "BusinessCycle") -> tuple[()]:
        return ()

    def sub_actions(self, economy: "BusinessCycle", role: str) -> tuple[Choice | Amounts, ...]:
        if role != "consumer":
            return ()
        if economy.act_by == "numbers":
            return (Amounts("demand", economy.firms, 0.0, 1.0),)
        return (Choice("demand", self.most + 1, economy.firms),)

    def step(self, economy: "BusinessCycle", state: State, actions: Any, luck: Any) -> State:
        firms, flows = state.firms, state.moving
        price, there = firms.price[:, None], firms.inventory
        # A row a good: sums over goods then run over whole rows of consumers, five times as fast.
        demand = self._units(economy, actions["consumer"]["demand"]).T
        cost = jnp.sum(demand * price, axis=0)
        # Rounding may have taken the last of a budget.
        can = jnp.maximum(state.budget, 0)
        share = jnp.where(cost > can, can / jnp.where(cost > can, cost, 1), 1)
        asked = jnp.sum(demand * share[None], axis=1)
        short = asked > there
        served = jnp.where(short, there / jnp.where(short, asked, 1), 1)[:, None]
        got = demand * (share[None] * served)
        utility = jnp.sum(crra(got + 1, state.params.risk_aversion), axis=0)
        flows = dataclasses.replace(
            flows,
            spent=jnp.sum(got * price, axis=0),
            utility=flows.utility + utility,
            # Summed up it may be more than there is, by rounding.
            sold=jnp.minimum(asked, there),
        )
        return dataclasses.replace(
            state, flows=flows, firms=dataclasses.replace(firms, short=short)
        )

    def _units(self, economy: "BusinessCycle", demand: Array) -> Float[Array, "consumers firms"]:
        if economy.act_by == "numbers":
            return jnp.clip(demand, 0, 1) * self.most
        return demand.astype(jnp.zeros(()).dtype)
