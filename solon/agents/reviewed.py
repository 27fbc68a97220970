"""A trained policy that is asked on review days alone."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Int, Key, Shaped

from ..policy import Planner
from .actor_critic import ActorCritic
from .encoding import ACTION_MASK

__all__ = ["ReviewedPolicy"]


class ReviewedPolicy(Planner):
    """What a policy that learned in steps of several days does day by day.

    It takes the most probable action, so that the same observation leads to the same action.

    Attributes:
        policy: without a memory.
        count: how many members it acts for.
        horizon: days in an episode.
        days: from one review to the next.
        holds: between reviews, hand in the action of the last one; otherwise 0, which changes
            nothing. With it all choices are open: those days count on which it is asked for.
    """

    policy: ActorCritic
    count: int = eqx.field(static=True)
    horizon: int = eqx.field(static=True)
    days: int = eqx.field(static=True)
    holds: bool = eqx.field(static=True)

    def init(self, key: Key[Array, ""]) -> Int[Array, " count"]:
        return jnp.zeros(self.count, int)

    def act(
        self, memory: Any, observation: dict[str, Shaped[Array, "..."]], key: Key[Array, ""]
    ) -> tuple[Shaped[Array, " count"], Any]:
        seen = dict(observation)
        if self.holds:
            seen[ACTION_MASK] = jnp.ones_like(seen[ACTION_MASK])
        distribution, _ = self.policy(self.policy.encoding.encode(seen))
        chosen = jnp.argmax(distribution.probabilities(), axis=-1)
        day = jnp.round(observation["time"][0, 0] * self.horizon).astype(int)
        review = day % self.days == 0
        held = jnp.where(review, chosen, memory)
        return (held if self.holds else jnp.where(review, chosen, 0)), held
