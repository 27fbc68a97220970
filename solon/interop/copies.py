"""Copies of an economy that somebody outside steps, while policies drive the other roles."""

from collections.abc import Callable, Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Key, PyTree

from ..environment import Environment, TimeStep
from ..learning.driving import begun, decide, first_memories, recalled, remember
from ..learning.episodes import advance, begin, hold, silent
from ..policy import Policy

__all__ = ["Actions", "Copies", "ended", "keyed", "start", "step"]

Actions = Mapping[str, Array]
"""By role, with leading axes for copies and members."""


class Copies(eqx.Module):
    """Copies of an economy between two steps. All has a leading axis for them.

    Attributes:
        states: of the economies.
        timesteps: what they showed last. Where a copy is over, that is what it showed at its end.
        memories: of the policies, by role.
        over: which of them have ended.
    """

    states: Any
    timesteps: TimeStep
    memories: dict[str, Any]
    over: Bool[Array, " copies"]


def keyed(key: Any) -> Key[Array, ""]:
    """The same key with a type, if it comes as the numbers that older programs use."""
    typed = jnp.issubdtype(jnp.asarray(key).dtype, jax.dtypes.prng_key)
    return key if typed else jax.random.wrap_key_data(key)


def start(
    env: Environment,
    policies: Mapping[str, Policy],
    params: PyTree[Array],
    memories: Mapping[str, Any],
    key: Key[Array, ""],
    count: int,
) -> Copies:
    """Copies at the beginning of an episode.

    Args:
        env: the economy.
        policies: of the roles that nobody outside decides for.
        params: of all copies.
        memories: what policies remember when an episode begins, by role, with a leading axis of any
            length from which copies take theirs in turn. Roles that are left out begin anew.
        key: luck of the worlds and of what policies begin with.
        count: how many copies.
    """
    world_key, memory_key = jax.random.split(key)
    states, timesteps, over = begin(env, world_key, params, count)
    fresh = first_memories(policies, memory_key, count)
    brought = {role: memory for role, memory in memories.items() if role in policies}
    return Copies(states, timesteps, begun(policies, fresh | recalled(brought, count)), over)


def step(
    env: Environment,
    policies: Mapping[str, Policy],
    copies: Copies,
    outside: Callable[[dict[str, Array]], Actions],
    key: Key[Array, ""],
) -> Copies:
    """One step of all copies that are not over.

    Args:
        env: the economy.
        policies: of the roles that nobody outside decides for.
        copies: before the step.
        outside: takes the actions of the policies and gives those of all roles.
        key: luck of the policies and of the economy.
    """
    policy_key, shock_key = jax.random.split(key)
    luck = dict(zip(env.roles, jax.random.split(policy_key, len(env.roles)), strict=True))
    decided, memories, _ = decide(env, policies, copies.timesteps, copies.memories, luck)
    shocks = env.draw_shocks(shock_key, (copies.over.shape[0],))
    states, shown, over = advance(
        env, copies.states, copies.timesteps, outside(decided), shocks, copies.over
    )
    memories = remember(policies, memories, shown, states)
    still = Copies(copies.states, silent(copies.timesteps), copies.memories, copies.over)
    return hold(copies.over, still, Copies(states, shown, memories, over))


def ended(copies: Copies, role: str, member: int) -> Bool[Array, " copies"]:
    """Where an episode is over for a member: for all, or because it has left."""
    left = copies.timesteps.left.get(role)
    return copies.over if left is None else copies.over | left[:, member]
