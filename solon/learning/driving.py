"""Who decides for whom: policies for the roles that learn, planners for all others."""

import functools
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key

from ..agents.actor_critic import ActorCritic
from ..agents.encoding import Encoded
from ..environment import Environment, TimeStep
from ..errors import require
from ..policy import Planner
from .episodes import hold, looking, visible

__all__ = [
    "StandIn",
    "check_roles",
    "decide",
    "first_memories",
    "first_recall",
    "its_memory",
    "recalled",
    "remember",
]


class StandIn(eqx.Module):
    """Who decides for a role in some copies of the economy, in the place of who usually does.

    Attributes:
        planner: that decides.
        where: in which copies.
    """

    planner: Planner
    where: Bool[Array, " environments"]


def its_memory(role: str) -> str:
    """What the memory of a role's stand-in is called: the planner of that role has one, too."""
    return f"{role}/stand-in"


def check_roles(env: Environment, learn: tuple[str, ...], planners: Mapping[str, Any]) -> None:
    """Raise `ConfigurationError` unless each role is driven exactly once."""
    for role in learn:
        require(role in env.roles, "learn", role, "a role of the economy: " + ", ".join(env.roles))
    for role in planners:
        idle = ", ".join(name for name in env.roles if name not in learn)
        require(
            role in env.roles and role not in learn,
            "planners",
            role,
            f"a role that does not learn ({idle or 'there is none'})",
        )
    for role in env.roles:
        allowed = f"a planner for each role that does not learn ({role} has none)"
        require(role in learn or role in planners, "planners", sorted(planners), allowed)


def first_memories(
    planners: Mapping[str, Planner], key: Key[Array, ""], environments: int
) -> dict[str, Any]:
    """What the planners of each copy remember before the first episode."""
    keys = jax.random.split(key, max(1, len(planners)))
    return {
        role: jax.vmap(planner.init)(jax.random.split(k, environments))
        for k, (role, planner) in zip(keys, planners.items(), strict=False)
    }


def first_recall(
    env: Environment, policies: Mapping[str, ActorCritic], environments: int
) -> dict[str, Float[Array, "environments count memory"]]:
    """What members remember when an episode begins."""
    return {
        role: policy.first_memory(environments, env.roles[role].count)
        for role, policy in policies.items()
    }


def recalled(memories: Mapping[str, Any], environments: int) -> dict[str, Any]:
    """Memories that were brought along, for any number of copies: they take them in turn."""

    def deal(leaf):
        return leaf[jnp.arange(environments) % leaf.shape[0]]

    return {role: jax.tree.map(deal, memory) for role, memory in memories.items()}


def decide(
    env: Environment,
    policies: Mapping[str, ActorCritic],
    planners: Mapping[str, Planner],
    timesteps: TimeStep,
    memories: dict[str, Any],
    recall: dict[str, Float[Array, "environments _ _"]],
    luck: Mapping[str, Key[Array, ""]],
    stand_ins: Mapping[str, StandIn] | None = None,
) -> tuple[
    dict[str, Array],
    dict[str, Any],
    dict[str, Float[Array, "environments count memory"]],
    dict[str, tuple[Any, ...]],
]:
    """The actions of all roles, what planners and policies remember, and what `Experience` keeps.

    A role has a key of its own, so that its luck does not depend on who drives the others.
    """
    actions, seen, memories, recall = {}, {}, dict(memories), dict(recall)
    for role, policy in policies.items():
        looks = looking(timesteps, role)
        encoded = visible(policy.encoding.encode(timesteps.observation[role]), looks)
        chosen = functools.partial(_choose, policy)
        if env.roles[role].every > 1:
            # Most steps are none of its business, so its network rests.
            asked = jnp.any(looks)
            given = (encoded, recall[role], luck[role])
            nothing = jax.tree.map(jnp.zeros_like, jax.eval_shape(chosen, *given))
            choices, log_probability, value, known = jax.lax.cond(
                asked, chosen, lambda *_, nothing=nothing: nothing, *given
            )
        else:
            choices, log_probability, value, known = chosen(encoded, recall[role], luck[role])
        recall[role] = jnp.where(timesteps.acting[role][..., None], known, recall[role])
        actions[role] = policy.encoding.decode(choices)
        seen[role] = (encoded, choices, log_probability, value)

    def planned(role, planner, key, name):
        each = jax.random.split(key, timesteps.terminated.shape[0])
        return jax.vmap(planner.act)(memories[name], timesteps.observation[role], each)

    for role, planner in planners.items():
        actions[role], memories[role] = planned(role, planner, luck[role], role)
    for role, stand_in in (stand_ins or {}).items():
        own = its_memory(role)
        key = jax.random.fold_in(luck[role], 1)
        instead, memories[own] = planned(role, stand_in.planner, key, own)
        there = stand_in.where.reshape(-1, *[1] * (actions[role].ndim - 1))
        actions[role] = jnp.where(there, instead, actions[role])
    return actions, memories, recall, seen


def _choose(
    policy: ActorCritic,
    encoded: Encoded,
    recall: Float[Array, "*batch memory"],
    key: Key[Array, ""],
) -> tuple[
    Int[Array, "*batch subactions"],
    Float[Array, "*batch"],
    Float[Array, "*batch"],
    Float[Array, "*batch memory"],
]:
    """Sampled choices, the logarithm of their probability, the value, and the memory."""
    distribution, value, recall = policy.step(encoded, recall)
    shape = (*value.shape, len(policy.encoding.sizes))
    choices = distribution.sample(jax.random.uniform(key, shape))
    return choices, distribution.log_probability(choices), value, recall


def remember(
    planners: Mapping[str, Planner],
    memories: dict[str, Any],
    timesteps: TimeStep,
    states: Any,
    *,
    before: dict[str, Any] | None = None,
    over: Bool[Array, " environments"] | None = None,
) -> dict[str, Any]:
    """The memories of all planners after a step.

    Args:
        planners: by the names of their memories.
        memories: from `decide`.
        timesteps: what the economies showed after the step.
        states: of the economies after the step.
        before: the memories before `decide`. They stay in copies that are `over`.
        over: which copies had ended before the step; none if left out.
    """
    memories = {
        role: jax.vmap(planner.update)(memories[role], timesteps, states)
        for role, planner in planners.items()
    }
    return memories if over is None or not planners else hold(over, before, memories)
