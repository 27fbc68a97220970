"""Labor: consumers choose how long they work, and for which firm."""

import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from ..._plain import plain_fields
from ...component import Amounts, Choice, Component
from .grids import check_grid
from .state import State

if TYPE_CHECKING:
    from .economy import BusinessCycle

__all__ = ["LaborMarket"]

_WEEKS = 13


@dataclasses.dataclass(frozen=True)
class LaborMarket(Component["BusinessCycle", State]):
    """Each consumer works for one firm, as long as it likes, at the wage of the firm.

    No firm can refuse anybody.

    Attributes:
        hours: in a step of which a consumer chooses one: 0 to 80 hours a week, for a quarter.
    """

    name: ClassVar[str] = "labor-market"

    hours: tuple[float, ...] = tuple(_WEEKS * week for week in (0, 20, 40, 60, 80))

    def __post_init__(self):
        plain_fields(self)
        check_grid("hours", self.hours)

    def default_params(self, economy: "BusinessCycle") -> tuple[()]:
        return ()

    def sub_actions(self, economy: "BusinessCycle", role: str) -> tuple[Choice | Amounts, ...]:
        if role != "consumer":
            return ()
        if economy.act_by == "numbers":
            return Amounts("hours", 1, 0.0, 1.0), Amounts("employer", economy.firms, 0.0, 1.0)
        return Choice("hours", len(self.hours)), Choice("employer", economy.firms)

    def step(self, economy: "BusinessCycle", state: State, actions: Any, luck: Any) -> State:
        flows, hours = state.moving, self._hours(economy, actions["consumer"]["hours"])
        employer = self._employer(economy, actions["consumer"]["employer"])
        works_for = employer[:, None] == jnp.arange(economy.firms)[None]
        flows = dataclasses.replace(
            flows,
            income=hours * state.firms.wage[employer],
            labor=jnp.sum(jnp.where(works_for, hours[:, None], 0), axis=0),
            utility=flows.utility - economy.disutility(state.params) / 2 * hours,
        )
        return dataclasses.replace(state, flows=flows)

    def _hours(self, economy: "BusinessCycle", chosen: Array) -> Float[Array, " consumers"]:
        number = jnp.zeros(()).dtype
        if economy.act_by == "numbers":
            low, high = min(self.hours), max(self.hours)
            return low + jnp.clip(chosen[:, 0], 0, 1) * (high - low)
        steps = np.diff(self.hours)
        if np.all(steps == steps[:1]):
            # Without looking anything up, where they are equally far apart.
            return self.hours[0] + chosen.astype(number) * float(steps[0] if steps.size else 0)
        return jnp.asarray(self.hours, number)[chosen]

    def _employer(self, economy: "BusinessCycle", chosen: Array) -> Int[Array, " consumers"]:
        return jnp.argmax(chosen, axis=1) if economy.act_by == "numbers" else chosen
