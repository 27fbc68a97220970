"""Where policies of the pandemic study come: what is observed there, and the levels."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
from jaxtyping import Array, PyTree

from ....economies.pandemic import Pandemic
from ....economies.pandemic.days import by_day
from ....economies.pandemic.state import State
from ....environment import TimeStep
from ....policy import Policy

__all__ = ["played"]


@eqx.filter_jit
def played(
    env: Pandemic,
    governor: Policy,
    planner: Policy,
    draws: PyTree[Array],
    look: Callable[[dict[str, Array]], Array],
) -> tuple[Array, Array]:
    """What is looked at, and the levels, by draw and day."""

    def record(before: State, shown: TimeStep, after: State, timestep: TimeStep) -> Any:
        return look(shown.observation["governor"]), after.stringency

    def episode(params: PyTree[Array]) -> tuple[Array, Array]:
        deciders = {"governor": governor, "planner": planner}
        found: tuple[Array, Array] = by_day(env, params, deciders, record)[1]
        return found

    return jax.vmap(episode)(draws)
