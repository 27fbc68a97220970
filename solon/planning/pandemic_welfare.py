"""The federal welfare of policies against a pandemic, to be searched and differentiated.

It is the sum of the federal government's rewards that `solon pandemic run` prints, without the
rest of what is shown there.
"""

from typing import TYPE_CHECKING, Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PyTree

from .planner import Planner

if TYPE_CHECKING:
    from ..economies.pandemic import Pandemic

__all__ = ["federal_welfare", "mean_welfare", "welfare_of_each"]


def federal_welfare(
    economy: "Pandemic", governor: Planner, planner: Planner, params: PyTree[Array]
) -> Float[Array, ""]:
    """The sum of the planner's rewards in an episode. Nothing in it is random.

    Args:
        economy: without a replay, and with the default layout of observations.
        governor: who decides on levels. If it hands in real numbers, it can be differentiated.
        planner: who decides on subsidies; the same holds.
        params: of the economy, a single draw.
    """
    nobody = jax.random.key(0)
    deciders = {"governor": governor, "planner": planner}

    def day(carry: Any, _: None) -> Any:
        state, observation, memories = carry
        actions, after = {}, {}
        for role, decider in deciders.items():
            actions[role], after[role] = decider.act(memories[role], observation[role], nobody)
        state, timestep = economy.transition(state, actions, ())
        return (state, timestep.observation, after), timestep.reward["planner"][0]

    state, timestep = economy.start((), params)
    memories = {role: decider.init(nobody) for role, decider in deciders.items()}
    carry = (state, timestep.observation, memories)
    return jnp.sum(jax.lax.scan(day, carry, length=economy.horizon)[1])


def mean_welfare(
    economy: "Pandemic", governor: Planner, planner: Planner, draws: PyTree[Array]
) -> Float[Array, ""]:
    """The mean over draws of the parameters, each leaf with the draws in front."""
    one = lambda params: federal_welfare(economy, governor, planner, params)  # noqa: E731
    return jnp.mean(jax.vmap(one)(draws))


@eqx.filter_jit
def welfare_of_each(
    economy: "Pandemic", governors: Planner, planner: Planner, draws: PyTree[Array]
) -> Float[Array, " candidates"]:
    """The mean welfare of many governors that differ in their arrays alone.

    Args:
        economy: see `federal_welfare`.
        governors: arrays with the candidates in front.
        planner: the same for all of them.
        draws: of the parameters.
    """
    arrays, form = eqx.partition(governors, eqx.is_array)

    def one(candidate: PyTree[Array]) -> Float[Array, ""]:
        return mean_welfare(economy, eqx.combine(candidate, form), planner, draws)

    return jax.vmap(one)(arrays)
