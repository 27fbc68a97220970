"""Exports: the world buys what is left, at the firm's own price."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import jax.numpy as jnp
from jaxtyping import Array

from ...component import Component
from ...economics.utility import MOST_COIN
from .state import State

if TYPE_CHECKING:
    from .economy import BusinessCycle

__all__ = ["ExportMarket"]


@dataclasses.dataclass(frozen=True)
class ExportMarket(Component["BusinessCycle", State]):
    """After consumers are served, the world buys from each firm up to a limit, at any high price.

    Params: `floor`, dollars a unit below which a firm exports nothing, and `cap`, the units that it
    may export in a step; with 0 the economy is closed.
    """

    name: ClassVar[str] = "export-market"

    def default_params(self, economy: "BusinessCycle") -> dict[str, Array]:
        return {"floor": jnp.asarray(500.0, float), "cap": jnp.asarray(100.0, float)}

    def param_bounds(self, economy: "BusinessCycle") -> Mapping[str, tuple[float, float]]:
        return {"floor": (0.0, MOST_COIN), "cap": (0.0, MOST_COIN)}

    def step(self, economy: "BusinessCycle", state: State, actions: Any, luck: Any) -> State:
        firms, flows, params = state.firms, state.moving, state.params.parts[self.name]
        left = firms.inventory - flows.sold
        exported = jnp.where(firms.price >= params["floor"], jnp.minimum(left, params["cap"]), 0)
        return dataclasses.replace(state, flows=dataclasses.replace(flows, exported=exported))
