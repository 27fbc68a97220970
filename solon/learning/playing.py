"""Whole episodes of an economy with a policy for each role, to look at them."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Key, PyTree

from ..environment import Environment, TimeStep
from ..errors import require
from ..policy import Policy
from .driving import begun, check_roles, decide, first_memories, recalled, remember
from .episodes import advance, begin, hold, silent
from .prior import Prior

__all__ = ["play"]


@functools.partial(jax.jit, static_argnames=("env", "episodes", "record", "prior", "purpose"))
def play(
    env: Environment,
    policies: Mapping[str, Policy],
    key: Key[Array, ""],
    params: PyTree[Array],
    *,
    episodes: int,
    record: Callable[[Any, TimeStep], PyTree[Array]],
    memories: Mapping[str, Any] | None = None,
    prior: Prior | None = None,
    purpose: str = "scoring",
) -> PyTree[Array]:
    """Play whole episodes with sampled actions and keep what `record` picks.

    After the end of an episode its copy stands still, and pays nothing: a sum of rewards over all
    steps is the episode's return, and the last metrics are those at its end.

    The luck of the economy depends on `key` alone: whatever the policies, the same key gives the
    same worlds and the same shocks.

    Args:
        env: the economy (static).
        policies: one a role.
        key: all luck.
        params: of the economy.
        episodes: how many (static). They run side by side, but for those of one world.
        record: called with states and timesteps, both with a leading axis for the episodes, after
            the start and after each step. A function defined once, not anew for each call, keeps
            this from compiling again (static).
        memories: what policies remember when the episodes begin, by role, with a leading axis of
            any length from which episodes take theirs in turn: `TrainState.economies.memories`
            after a training. Roles that are left out begin without memories.
        prior: of which each episode draws a world; all have `params` if left out. Of worlds that
            last, each is played for that many episodes, which come next to each other in what is
            returned; all that `record` picks has a leading axis for the worlds then (static).
        purpose: what its worlds are for, a name of `solon.luck.WORLDS` (static).

    Returns:
        What `record` returned, stacked over time: leading axis `env.horizon` + 1.

    Raises:
        ConfigurationError: if a role has no policy, or a world would last beyond the episodes.
    """
    check_roles(env, policies)
    lasts = 1 if prior is None else prior.lasts
    allowed = f"a multiple of {lasts}, the episodes of a world"
    require(episodes % lasts == 0, "episodes", episodes, allowed)
    copies = episodes // lasts
    world_key, shock_key, policy_key, memory_key = jax.random.split(key, 4)
    settings = None if prior is None else prior.settings(world_key, params, copies, purpose)
    drawn, given = settings or ({}, None)
    brought = {role: memory for role, memory in (memories or {}).items() if role in policies}
    fresh = first_memories(policies, memory_key, copies)

    def episode(memories, keys, new):
        world_key, shock_key, policy_key = keys
        states, timesteps, over = begin(env, world_key, params, copies, drawn, given)
        memories = begun(policies, memories, new)

        def step(carry, keys):
            states, timesteps, over, memories = carry
            shock_key, role_keys = keys
            luck = dict(zip(env.roles, role_keys, strict=True))
            actions, memories, _ = decide(env, policies, timesteps, memories, luck)
            shocks = env.draw_shocks(shock_key, (copies,))
            after, shown, ended = advance(env, states, timesteps, actions, shocks, over)
            memories = remember(policies, memories, shown, after)
            states, timesteps = hold(over, (states, silent(timesteps)), (after, shown))
            return (states, timesteps, ended, memories), record(states, timesteps)

        first = record(states, timesteps)
        keys = (
            jax.random.split(shock_key, env.horizon),
            jax.random.split(policy_key, (env.horizon, len(env.roles))),
        )
        carry, later = jax.lax.scan(step, (states, timesteps, over, memories), keys)
        return carry[-1], jax.tree.map(lambda a, b: jnp.concatenate([a[None], b]), first, later)

    start = fresh | recalled(brought, copies)
    keys = (world_key, shock_key, policy_key)
    if lasts == 1:
        return episode(start, keys, None if prior is None else jnp.ones(copies, bool))[1]

    def following(memories, inputs):
        number, keys = inputs
        return episode(memories, keys, jnp.full(copies, number == 0))

    each = jnp.arange(lasts), tuple(jax.random.split(key, lasts) for key in keys)
    _, played = jax.lax.scan(following, start, each)

    # From (episodes of a world, steps, worlds, ...) to (steps, worlds x episodes, ...).
    def join(x):
        return jnp.moveaxis(x, 0, 2).reshape(x.shape[1], x.shape[2] * lasts, *x.shape[3:])

    return jax.tree.map(join, played)
