"""Labor: everyone decides once how much to work, in any amount."""

import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from ..._plain import plain_fields
from ...component import Amounts, Component
from ...economics.utility import MOST_COIN
from ...errors import require_number
from ..mechanisms.purse import Purse
from .state import State

if TYPE_CHECKING:
    from .economy import LaborSupplyEconomy

__all__ = ["LaborChoice"]


@dataclasses.dataclass(frozen=True)
class LaborChoice(Component["LaborSupplyEconomy", State]):
    """Work for a wage of one's own, after the planner has set the rates.

    Attributes:
        most: the most labor there is; high enough to bind nobody.
    """

    name: ClassVar[str] = "labor-choice"

    most: float = 1e6

    def __post_init__(self):
        plain_fields(self)
        require_number("most", self.most, low=0, above=True)

    def default_params(self, economy: "LaborSupplyEconomy") -> tuple[()]:
        return ()

    def sub_actions(self, economy: "LaborSupplyEconomy", role: str) -> tuple[Amounts, ...]:
        return (Amounts("labor", 1, 0.0, self.most),) if role == "worker" else ()

    def skill_bounds(self, economy: "LaborSupplyEconomy") -> tuple[float, float]:
        """In coin a unit of labor."""
        return 0.0, MOST_COIN

    def luck_given(
        self, economy: "LaborSupplyEconomy", luck: Any, skills: Float[Array, " n"]
    ) -> Float[Array, " n"]:
        return skills

    def start(self, economy: "LaborSupplyEconomy", state: State, luck: Any) -> State:
        if isinstance(luck, tuple):
            return state
        return dataclasses.replace(state, params=dataclasses.replace(state.params, skills=luck))

    def step(self, economy: "LaborSupplyEconomy", state: State, actions: Any, luck: Any) -> State:
        chosen = jnp.clip(actions["worker"]["labor"][:, 0], 0.0, self.most)
        labor = jnp.where(self._open(state.step - 1), chosen, 0.0)
        return dataclasses.replace(
            state,
            inventory=Purse(state.inventory.coin + labor * state.params.skills),
            labor=state.labor + labor,
        )

    def _open(self, steps_taken: Array) -> Bool[Array, ""]:
        """Whether there is work in the coming step: only in the second."""
        return steps_taken == 1

    def observe(self, economy: "LaborSupplyEconomy", state: State) -> dict[str, dict[str, Array]]:
        return {"worker": {"skill": state.params.skills}}

    def acting(self, economy: "LaborSupplyEconomy", state: State) -> dict[str, Array]:
        return {"worker": jnp.broadcast_to(self._open(state.step), (economy.workers,))}
