"""A trained policy among those that do not learn."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Key, Shaped

from ..environment import TimeStep
from ..policy import Planner
from .actor_critic import ActorCritic

__all__ = ["FrozenMemory", "FrozenPolicy"]


class FrozenMemory(eqx.Module):
    """What members remember, and who of them decides on the coming step."""

    recall: Float[Array, "count memory"]
    acting: Bool[Array, " count"]


class FrozenPolicy(Planner):
    """Acts as it was trained to, with sampled actions, and learns no more.

    Attributes:
        policy: that was trained.
        role: that it acts for.
        count: how many members that has.
    """

    policy: ActorCritic
    role: str = eqx.field(static=True)
    count: int = eqx.field(static=True)

    def init(self, key: Key[Array, ""]) -> FrozenMemory:
        return FrozenMemory(self.policy.first_memory(self.count), jnp.ones(self.count, bool))

    def act(
        self,
        memory: FrozenMemory,
        observation: dict[str, Shaped[Array, "..."]],
        key: Key[Array, ""],
    ) -> tuple[Shaped[Array, "count ..."], FrozenMemory]:
        action, recall = self.policy.act(key, observation, memory.recall)
        recall = jnp.where(memory.acting[:, None], recall, memory.recall)
        return action, FrozenMemory(recall, memory.acting)

    def update(self, memory: FrozenMemory, outcome: TimeStep, state: object) -> FrozenMemory:
        over = outcome.terminated | outcome.truncated
        recall = jnp.where(over, self.policy.first_memory(self.count), memory.recall)
        return FrozenMemory(recall, outcome.acting[self.role] | over)
