"""Posting: each firm sets the price and the wage of the next step, and how much it invests."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from ..._plain import plain_fields
from ...component import Amounts, Choice, Component
from ...economics.utility import MOST_COIN
from .grids import check_grid, share_of_range, within
from .state import State

if TYPE_CHECKING:
    from .economy import BusinessCycle

__all__ = ["Posting"]


@dataclasses.dataclass(frozen=True)
class Posting(Component["BusinessCycle", State]):
    """What a firm posts holds from the next step on, when all see it.

    A choice is numbered (price, wage, share to invest), the last one fastest. Params are the range
    of prices and of wages that may be posted (`lowest_price`, `highest_price`, `lowest_wage`,
    `highest_wage`): an education of firms may begin with narrow ones. What lies beyond is masked,
    and leaves price and wage as they are; where nothing of the list lies within, the nearest may be
    posted.

    Attributes:
        prices: dollars a unit of which one is posted.
        wages: dollars an hour, likewise.
        invested: shares of income before tax of which one is invested.
    """

    name: ClassVar[str] = "posting"

    prices: tuple[float, ...] = (0, 500, 1000, 1500, 2000, 2500)
    wages: tuple[float, ...] = (0, 11, 22, 33, 44)
    invested: tuple[float, ...] = (0.1,)

    def __post_init__(self):
        plain_fields(self)
        check_grid("prices", self.prices)
        check_grid("wages", self.wages)
        check_grid("invested", self.invested, high=1.0)

    def default_params(self, economy: "BusinessCycle") -> dict[str, Array]:
        return {
            "lowest_price": jnp.asarray(self.prices[0], float),
            "highest_price": jnp.asarray(self.prices[-1], float),
            "lowest_wage": jnp.asarray(self.wages[0], float),
            "highest_wage": jnp.asarray(self.wages[-1], float),
        }

    def param_bounds(self, economy: "BusinessCycle") -> Mapping[str, tuple[float, float]]:
        ends = ("lowest_price", "highest_price", "lowest_wage", "highest_wage")
        return dict.fromkeys(ends, (0.0, MOST_COIN))

    def sub_actions(self, economy: "BusinessCycle", role: str) -> tuple[Choice | Amounts, ...]:
        if role != "firm":
            return ()
        if economy.act_by == "numbers":
            return (Amounts("posting", 2 + (len(self.invested) > 1), 0.0, 1.0),)
        return (Choice("posting", len(self._choices[0])),)

    @property
    def _choices(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Price, wage and share to invest of each choice."""
        price, wage, invested = np.meshgrid(self.prices, self.wages, self.invested, indexing="ij")
        return price.ravel(), wage.ravel(), invested.ravel()

    def allowed(self, state: State) -> Bool[Array, " choices"]:
        """Which choices lie within the ranges."""
        params = state.params.parts[self.name]
        price = within(self.prices, params["lowest_price"], params["highest_price"])
        wage = within(self.wages, params["lowest_wage"], params["highest_wage"])
        both = price[:, None, None] & wage[None, :, None]
        return jnp.broadcast_to(both, (*both.shape[:2], len(self.invested))).reshape(-1)

    def mask(self, economy: "BusinessCycle", state: State) -> dict[str, dict[str, Array]]:
        if economy.act_by == "numbers":
            return {}
        each = jnp.broadcast_to(self.allowed(state), (economy.firms, len(self._choices[0])))
        return {"firm": {"posting": each}}

    def step(self, economy: "BusinessCycle", state: State, actions: Any, luck: Any) -> State:
        posted = actions["firm"]["posting"]
        read = self._numbers if economy.act_by == "numbers" else self._levels
        price, wage, invested = read(state, posted)
        flows = dataclasses.replace(state.moving, price=price, wage=wage, invested_share=invested)
        return dataclasses.replace(state, flows=flows)

    def _levels(self, state: State, chosen: Array) -> tuple[Float[Array, " firms"], ...]:
        number = state.firms.price.dtype
        price, wage, invested = (jnp.asarray(c, number)[chosen] for c in self._choices)
        fits = self.allowed(state)[chosen]
        return (
            jnp.where(fits, price, state.firms.price),
            jnp.where(fits, wage, state.firms.wage),
            invested,
        )

    def _numbers(self, state: State, shares: Array) -> tuple[Float[Array, " firms"], ...]:
        params, invested = state.params.parts[self.name], jnp.asarray(self.invested, float)
        share = shares[:, 2] if len(self.invested) > 1 else jnp.zeros(shares.shape[:1])
        return (
            share_of_range(shares[:, 0], params["lowest_price"], params["highest_price"]),
            share_of_range(shares[:, 1], params["lowest_wage"], params["highest_wage"]),
            share_of_range(share, invested[0], invested[-1]),
        )
