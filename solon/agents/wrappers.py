"""Policies around another one: they change when it is asked, what it sees or what it answers."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Key, Shaped

from ..environment import ACTION_MASK, TimeStep
from ..policy import Policy
from .actor_critic import ActorCritic

__all__ = [
    *("MostProbable", "RateLevels", "ReviewedPolicy", "SetOnce", "SetOnceMemory", "Silenced"),
    "Wrapper",
]

Observation = dict[str, Shaped[Array, "..."]]


class Wrapper(Policy):
    """Decides by another policy, whose memory it carries. A subclass overrides what it changes.

    Attributes:
        policy: that is asked.
    """

    policy: Policy

    def init(self, key: Key[Array, ""]) -> Any:
        return self.policy.init(key)

    def begin(self, memory: Any, new_world: Bool[Array, ""] | None = None) -> Any:
        return self.policy.begin(memory, new_world)

    def act(self, memory: Any, observation: Observation, key: Key[Array, ""]) -> tuple[Array, Any]:
        return self.policy.act(memory, observation, key)

    def update(self, memory: Any, outcome: TimeStep, state: Any) -> Any:
        return self.policy.update(memory, outcome, state)


class MostProbable(Wrapper):
    """Takes the most probable action where a network would draw one.

    Draws are for learning: they try what may be better. Where actions are real numbers, it is the
    middle of the distribution before it is squashed.

    Attributes:
        policy: a network, whose memory it carries.
    """

    policy: ActorCritic

    def act(self, memory: Any, observation: Observation, key: Key[Array, ""]) -> tuple[Array, Any]:
        encoding = self.policy.encoding
        distribution, _, memory = self.policy.step(encoding.encode(observation), memory)
        return encoding.decode(distribution.mode()), memory


class SetOnceMemory(eqx.Module):
    """What is remembered.

    Attributes:
        inner: the memory of the policy that is asked.
        action: what it answered at the beginning of the episode.
        begins: the coming step is the first of an episode.
    """

    inner: Any
    action: Shaped[Array, "count ..."]
    begins: Bool[Array, ""]


class SetOnce(Wrapper):
    """Ask another policy once an episode, and repeat its answer until the episode is over.

    It shows what adapting within an episode is worth: the same policy, but without looking again.

    Args:
        policy: that is asked. It goes on learning from what happens, if it learns at all.
        example: an action of the role, with its leading axis: the shape and type of the answer.
    """

    example: Shaped[Array, "count ..."]

    def init(self, key: Key[Array, ""]) -> SetOnceMemory:
        inner = self.policy.init(key)
        return SetOnceMemory(inner, jnp.zeros_like(self.example), jnp.ones((), bool))

    def begin(
        self, memory: SetOnceMemory, new_world: Bool[Array, ""] | None = None
    ) -> SetOnceMemory:
        inner = self.policy.begin(memory.inner, new_world)
        return SetOnceMemory(inner, memory.action, jnp.ones((), bool))

    def act(
        self, memory: SetOnceMemory, observation: Observation, key: Key[Array, ""]
    ) -> tuple[Shaped[Array, "count ..."], SetOnceMemory]:
        asked, inner = self.policy.act(memory.inner, observation, key)

        def where(new, old):
            return jax.tree.map(lambda a, b: jnp.where(memory.begins, a, b), new, old)

        action = where(asked.astype(memory.action.dtype), memory.action)
        # What it would have thought in between is forgotten, or it would lose count.
        inner = where(inner, memory.inner)
        return action, SetOnceMemory(inner, action, jnp.zeros((), bool))

    def update(self, memory: SetOnceMemory, outcome: TimeStep, state: Any) -> SetOnceMemory:
        inner = self.policy.update(memory.inner, outcome, state)
        return SetOnceMemory(inner, memory.action, memory.begins)


class RateLevels(Wrapper):
    """Hands another policy's rates over as the nearest levels, where a planner picks levels.

    Where the economy lets rates go only up to a cap for now, all are made smaller alike, so that
    schedules keep their form.

    Args:
        policy: that answers with rates.
        grid: the rates that levels 1, 2, ... stand for, lowest first; level 0 leaves a bracket's
            rate as it is.
    """

    grid: tuple[float, ...] = eqx.field(static=True)

    def __init__(self, policy: Policy, grid: Float[np.ndarray, " levels"] | tuple[float, ...]):
        self.policy = policy
        self.grid = tuple(float(rate) for rate in grid)

    def act(
        self, memory: Any, observation: Observation, key: Key[Array, ""]
    ) -> tuple[Int[Array, "1 brackets"], Any]:
        rates, memory = self.policy.act(memory, observation, key)
        grid = jnp.asarray(self.grid, rates.dtype)[None, None]
        allowed = observation[ACTION_MASK].reshape(*rates.shape, -1)[..., 1:]
        # No rate is allowed on steps on which none can be set: then it does not matter.
        cap = jnp.max(jnp.where(allowed, grid, 0))
        wanted = rates * cap / self.grid[-1]
        return 1 + jnp.argmin(jnp.abs(wanted[..., None] - grid), axis=-1).astype(jnp.int32), memory


class Silenced(Wrapper):
    """Shows another policy what is observed with some of it replaced.

    Attributes:
        kept: 1 where an observation is as it is, and 0 where it is replaced; the fields one after
            the other.
        given: what it is replaced with.
        fields: which fields can be replaced; all others are as they are.
    """

    kept: Float[Array, "count observed"]
    given: Float[Array, "count observed"]
    fields: tuple[str, ...] = eqx.field(static=True)

    def act(self, memory: Any, observation: Observation, key: Key[Array, ""]) -> tuple[Array, Any]:
        seen = jnp.concatenate([observation[field] for field in self.fields], axis=1)
        changed = self.kept * seen + (1 - self.kept) * self.given
        shown, first = dict(observation), 0
        for field in self.fields:
            width = observation[field].shape[1]
            shown[field] = changed[:, first : first + width]
            first += width
        return self.policy.act(memory, shown, key)


class ReviewedPolicy(Policy):
    """What a network that learned in steps of several days does day by day.

    It takes the most probable action, so that the same observation leads to the same action.

    Attributes:
        policy: a network without a memory.
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
        self, memory: Any, observation: Observation, key: Key[Array, ""]
    ) -> tuple[Shaped[Array, " count"], Any]:
        seen = dict(observation)
        if self.holds:
            seen[ACTION_MASK] = jnp.ones_like(seen[ACTION_MASK])
        distribution, _ = self.policy(self.policy.encoding.encode(seen))
        chosen = self.policy.encoding.decode(distribution.mode())
        day = jnp.round(observation["time"][0, 0] * self.horizon).astype(int)
        review = day % self.days == 0
        held = jnp.where(review, chosen, memory)
        return (held if self.holds else jnp.where(review, chosen, 0)), held
