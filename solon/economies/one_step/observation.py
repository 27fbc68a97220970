"""What workers and the planner see: pooled fields, or those of the original in its own layout."""

from typing import TYPE_CHECKING

import jax.numpy as jnp
from jaxtyping import Array, Float

from ...economics.inequality import equality
from ..gather_trade_build.foundation_observation import flatten
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
    worker["time"] = jnp.broadcast_to(_time(economy, state), (economy.workers,))
    planner |= _society(economy, state) | {"time": _time(economy, state)}
    return {"worker": worker, "planner": planner}


def observe_as_foundation(economy: "OneStepEconomy", state: State) -> dict[str, dict[str, Array]]:
    """All fields but the action masks, as the original has them.

    Fields are named `Component-field` there, and concatenated into `flat` in the alphabetical
    order of those names. The planner sees each worker in a field of its own, `p0` and so on.
    """
    worker: dict[str, Array] = {}
    planner: dict[str, Array] = {}
    about: dict[str, Array] = {}
    targets = {"worker": worker, "planner": planner, "about_worker": about}
    for component in economy.components:
        for role, fields in component.observe(economy, state).items():
            named = {f"{type(component).__name__}-{name}": v for name, v in fields.items()}
            targets[role].update(named)
    n, time = economy.workers, _time(economy, state)
    worker["time"] = jnp.broadcast_to(time, (n,))
    planner["time"] = time
    planner |= {f"world-{name}": value for name, value in _society(economy, state).items()}
    blocks = flatten(about) if about else jnp.zeros((n, 0))
    return {
        "worker": {"time": worker["time"][:, None], "flat": flatten(worker)},
        "planner": {
            "time": time[None],
            "flat": flatten(planner),
            **{f"p{i}": blocks[i][None] for i in range(n)},
        },
    }


def _time(economy: "OneStepEconomy", state: State) -> Float[Array, "1"]:
    return (state.step.astype(float) / economy.horizon)[None]


def _society(economy: "OneStepEconomy", state: State) -> dict[str, Float[Array, "1"]]:
    coin = state.coin
    return {
        "equality": equality(coin, compatibility=economy.compatibility)[None],
        "normalized_per_capita_productivity": jnp.mean(coin)[None] * _PRODUCTIVITY_SCALE,
    }
