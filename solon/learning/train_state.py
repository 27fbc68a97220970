"""All of a training that is carried from update to update."""

from typing import Any

import equinox as eqx
from jaxtyping import Array, Int, Key

from ..agents.actor_critic import ActorCritic
from ..policy import Planner
from .rollout import Economies

__all__ = ["TrainState"]


class TrainState(eqx.Module):
    """Everything that training goes on from; each leaf is an array.

    Attributes:
        policies: of the roles that learn.
        optimizers: states of their optimisers.
        planners: of the roles that do not learn.
        stand_ins: of some roles, for the environments where they decide in the place of the role's
            policy or planner.
        params: of the economy, before the curriculum changes them.
        economies: the running copies of the economy.
        environment_steps: done so far, all copies together; below 2^31.
        key: the luck that is left.
    """

    policies: dict[str, ActorCritic]
    optimizers: dict[str, Any]
    planners: dict[str, Planner]
    stand_ins: dict[str, Planner]
    params: Any
    economies: Economies
    environment_steps: Int[Array, ""]
    key: Key[Array, ""]
