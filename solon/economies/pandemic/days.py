"""An episode of the pandemic, day by day: the one loop of all that looks at policies."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import jax
from jaxtyping import Array, PyTree, Shaped

from ...environment import TimeStep
from ...luck import key_of
from ...policy import Policy
from .state import State

if TYPE_CHECKING:
    from .economy import Pandemic

__all__ = ["by_day"]


def by_day(
    economy: "Pandemic",
    params: PyTree[Array],
    deciders: Mapping[str, Policy | Shaped[Array, "days count"]],
    record: Callable[[State, TimeStep, State, TimeStep], PyTree[Array]],
) -> tuple[State, PyTree[Array]]:
    """Go through all days of an episode. Nothing in it is random.

    Args:
        economy: whose horizon says how many days.
        params: of it, a single draw.
        deciders: by role, a policy, or the actions of every day.
        record: called each day with the state and what was shown before it, and with both after
            it.

    Returns:
        The state at the end, and what `record` picked, with a leading axis for the days.
    """
    nobody = key_of(0)
    policies = {role: one for role, one in deciders.items() if isinstance(one, Policy)}
    plans: Any = {role: one for role, one in deciders.items() if role not in policies}

    def day(carry: Any, planned: dict[str, Array]) -> tuple[Any, PyTree[Array]]:
        state, shown, memories = carry
        actions, after = dict(planned), {}
        for role, policy in policies.items():
            actions[role], after[role] = policy.act(memories[role], shown.observation[role], nobody)
        next_state, timestep = economy.transition(state, actions, economy.draw_shocks(nobody))
        return (next_state, timestep, after), record(state, shown, next_state, timestep)

    memories = {role: policy.init(nobody) for role, policy in policies.items()}
    carry = (*economy.start((), params), memories)
    (state, _, _), recorded = jax.lax.scan(day, carry, plans, length=economy.horizon)
    return state, recorded
