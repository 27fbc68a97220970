"""Where policies of the pandemic study come: what is observed there, and the levels."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
from jaxtyping import Array, PyTree

from ....economies.pandemic import Pandemic
from ....luck import key_of
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
    nobody = key_of(0)

    def episode(params: PyTree[Array]) -> tuple[Array, Array]:
        def day(carry: Any, _: None) -> Any:
            state, shown, (first, second) = carry
            level, first = governor.act(first, shown["governor"], nobody)
            paid, second = planner.act(second, shown["planner"], nobody)
            state, timestep = env.transition(state, {"governor": level, "planner": paid}, ())
            seen = look(shown["governor"])
            return (state, timestep.observation, (first, second)), (seen, state.stringency)

        state, timestep = env.start((), params)
        memories = governor.init(nobody), planner.init(nobody)
        carry = (state, timestep.observation, memories)
        found: tuple[Array, Array] = jax.lax.scan(day, carry, length=env.horizon)[1]
        return found

    return jax.vmap(episode)(draws)
