"""A planner that thinks in rates, in an economy whose planner picks levels of a grid."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Key, Shaped

from ..environment import TimeStep
from ..policy import Planner

__all__ = ["RateLevels"]


class RateLevels(Planner):
    """Hands another planner's rates over as the nearest levels.

    Where the economy lets rates go only up to a cap for now, all are made smaller alike, so that
    schedules keep their form.

    Args:
        planner: that answers with rates.
        grid: the rates that levels 1, 2, ... stand for, lowest first; level 0 leaves a bracket's
            rate as it is.
    """

    planner: Planner
    grid: tuple[float, ...] = eqx.field(static=True)

    def __init__(self, planner: Planner, grid: Float[np.ndarray, " levels"] | tuple[float, ...]):
        self.planner = planner
        self.grid = tuple(float(rate) for rate in grid)

    def init(self, key: Key[Array, ""]) -> Any:
        return self.planner.init(key)

    def act(
        self,
        memory: Any,
        observation: dict[str, Shaped[Array, "..."]],
        key: Key[Array, ""],
    ) -> tuple[Int[Array, "1 brackets"], Any]:
        rates, memory = self.planner.act(memory, observation, key)
        grid = jnp.asarray(self.grid, rates.dtype)[None, None]
        allowed = observation["action_mask"].reshape(*rates.shape, -1)[..., 1:]
        # No rate is allowed on steps on which none can be set: then it does not matter.
        cap = jnp.max(jnp.where(allowed, grid, 0))
        wanted = rates * cap / self.grid[-1]
        return 1 + jnp.argmin(jnp.abs(wanted[..., None] - grid), axis=-1).astype(jnp.int32), memory

    def update(self, memory: Any, outcome: TimeStep, state: Any) -> Any:
        return self.planner.update(memory, outcome, state)
