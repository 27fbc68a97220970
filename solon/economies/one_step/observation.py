"""What workers and the planner see: pooled fields, or those of the original in its own layout."""

from typing import TYPE_CHECKING

import jax.numpy as jnp
from jaxtyping import Array, Float

from ...economics.inequality import equality
from ..foundation_layout import blocks, component_fields, packed, time
from ..gather_trade_build.observation import pooled_fields
from .state import State

if TYPE_CHECKING:
    from .economy import OneStepEconomy

__all__ = ["observe_as_foundation", "observe_pooled"]

_PRODUCTIVITY_SCALE = 0.001


def observe_pooled(economy: "OneStepEconomy", state: State) -> dict[str, dict[str, Array]]:
    """All fields but the action masks: role -> field -> array with leading axis `count`.

    They do not depend on how many workers there are.
    """
    worker, planner = pooled_fields(economy, state)
    clock = time(economy, state)
    worker["time"] = jnp.broadcast_to(clock, (economy.workers,))
    planner |= _society(economy, state) | {"time": clock}
    return {"worker": worker, "planner": planner}


def observe_as_foundation(economy: "OneStepEconomy", state: State) -> dict[str, dict[str, Array]]:
    """All fields but the action masks, as the original has them."""
    worker, planner, about = component_fields(economy, state)
    clock = time(economy, state)
    worker["time"] = jnp.broadcast_to(clock, (economy.workers,))
    planner["time"] = clock
    planner |= {f"world-{name}": value for name, value in _society(economy, state).items()}
    return {
        "worker": packed(economy, worker),
        "planner": packed(economy, planner) | blocks(economy, about),
    }


def _society(economy: "OneStepEconomy", state: State) -> dict[str, Float[Array, "1"]]:
    coin = state.coin
    return {
        "equality": equality(coin, compatibility=economy.compatibility)[None],
        "normalized_per_capita_productivity": jnp.mean(coin)[None] * _PRODUCTIVITY_SCALE,
    }
