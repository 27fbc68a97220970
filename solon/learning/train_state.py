"""All of a training that is carried from update to update."""

from typing import Any, cast

import equinox as eqx
from jaxtyping import Array, Int, Key

from ..agents.actor_critic import ActorCritic
from ..policy import Policy
from .rollout import Economies

__all__ = ["TrainState"]


class TrainState(eqx.Module):
    """Everything that training goes on from; each leaf is an array.

    Attributes:
        policies: one a role.
        optimizers: states of the optimisers, by role that learns.
        stand_ins: of some roles, for the environments where they decide in the place of the role's
            usual policy.
        params: of the economy, before the curriculum changes them.
        economies: the running copies of the economy.
        environment_steps: done so far, all copies together; below 2^31.
        key: the luck that is left.
    """

    policies: dict[str, Policy]
    optimizers: dict[str, Any]
    stand_ins: dict[str, Policy]
    params: Any
    economies: Economies
    environment_steps: Int[Array, ""]
    key: Key[Array, ""]

    @property
    def learned(self) -> dict[str, ActorCritic]:
        """The policies of the roles that learn."""
        return {role: cast(ActorCritic, self.policies[role]) for role in self.optimizers}
