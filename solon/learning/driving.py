"""Who decides for whom: one policy a role, asked in all copies of an economy at once."""

from collections.abc import Collection, Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Key

from ..agents.actor_critic import ActorCritic
from ..environment import Environment, TimeStep
from ..errors import require
from ..policy import Policy
from .episodes import hold, looking, visible

__all__ = [
    "StandIn",
    "begun",
    "check_roles",
    "decide",
    "first_memories",
    "its_memory",
    "recalled",
    "remember",
    "remembering",
]


class StandIn(eqx.Module):
    """Who decides for a role in some copies of the economy, in the place of its usual policy.

    Attributes:
        policy: that decides.
        where: in which copies.
    """

    policy: Policy
    where: Bool[Array, " environments"]


def its_memory(role: str) -> str:
    """What the memory of a role's stand-in is called; the role's usual policy has one, too."""
    return f"{role}/stand-in"


def remembering(
    policies: Mapping[str, Policy], stand_ins: Mapping[str, StandIn]
) -> dict[str, Policy]:
    """All who remember, by the names of their memories."""
    instead = {its_memory(role): stand_in.policy for role, stand_in in stand_ins.items()}
    return dict(policies) | instead


def check_roles(env: Environment, policies: Mapping[str, Any]) -> None:
    """Raise `ConfigurationError` unless each role has a policy, and each policy a role."""
    known = ", ".join(env.roles)
    for role in policies:
        require(role in env.roles, "policies", role, f"a role of the economy: {known}")
    for role in env.roles:
        allowed = f"a policy for each role ({role} has none)"
        require(role in policies, "policies", sorted(policies), allowed)


def first_memories(
    policies: Mapping[str, Policy], key: Key[Array, ""], environments: int
) -> dict[str, Any]:
    """What the policies of each copy remember before the first episode."""
    keys = jax.random.split(key, max(1, len(policies)))
    return {
        role: jax.vmap(policy.init)(jax.random.split(k, environments))
        for k, (role, policy) in zip(keys, policies.items(), strict=False)
    }


def recalled(memories: Mapping[str, Any], environments: int) -> dict[str, Any]:
    """Memories that were brought along, for any number of copies: they take them in turn."""

    def deal(leaf):
        return leaf[jnp.arange(environments) % leaf.shape[0]]

    return {role: jax.tree.map(deal, memory) for role, memory in memories.items()}


def begun(
    policies: Mapping[str, Policy],
    memories: Mapping[str, Any],
    new_worlds: Bool[Array, " environments"] | None = None,
) -> dict[str, Any]:
    """The memories of all copies at the beginning of an episode.

    Args:
        policies: by the names of their memories.
        memories: with a leading axis for the copies.
        new_worlds: in which copies a prior has drawn other params; None without a prior.
    """
    told = () if new_worlds is None else (new_worlds,)
    return {
        role: jax.vmap(policies[role].begin)(memory, *told)
        if _forgets(policies[role]) and jax.tree.leaves(memory)
        else memory
        for role, memory in memories.items()
    }


def _forgets(policy: Policy) -> bool:
    return type(policy).begin is not Policy.begin


def decide(
    env: Environment,
    policies: Mapping[str, Policy],
    timesteps: TimeStep,
    memories: Mapping[str, Any],
    luck: Mapping[str, Key[Array, ""]],
    *,
    learning: Collection[str] = (),
    stand_ins: Mapping[str, StandIn] | None = None,
) -> tuple[dict[str, Array], dict[str, Any], dict[str, tuple[Any, ...]]]:
    """The actions of all roles in all copies.

    A role has a key of its own, so that its luck does not depend on who drives the others.

    Args:
        env: the economy.
        policies: one a role.
        timesteps: what the copies showed last.
        memories: of the policies, by role, and of the stand-ins.
        luck: a key for each role.
        learning: the roles whose decisions are experience.
        stand_ins: of some roles.

    Returns:
        The actions, the memories, and by role that learns what `Experience` keeps of the decision.
    """
    actions, seen, memories = {}, {}, dict(memories)
    for role, policy in policies.items():
        if role in learning:
            assert isinstance(policy, ActorCritic)
            actions[role], memories[role], seen[role] = _experienced(
                env, role, policy, timesteps, memories[role], luck[role]
            )
        else:
            actions[role], memories[role] = _asked(
                env, role, policy, timesteps, memories[role], luck[role]
            )
    for role, stand_in in (stand_ins or {}).items():
        own = its_memory(role)
        key = jax.random.fold_in(luck[role], 1)
        instead, memories[own] = _asked(env, role, stand_in.policy, timesteps, memories[own], key)
        there = stand_in.where.reshape(-1, *[1] * (actions[role].ndim - 1))
        actions[role] = jnp.where(there, instead, actions[role])
    return actions, memories, seen


def _asked(
    env: Environment,
    role: str,
    policy: Policy,
    timesteps: TimeStep,
    memory: Any,
    key: Key[Array, ""],
) -> tuple[Array, Any]:
    """The actions of a role in all copies, and its memories."""
    acting = timesteps.acting[role]
    given = (memory, timesteps.observation[role], key, acting)
    if env.roles[role].every == 1 or not policy.rests:
        return policy.act_in_all(*given)

    # Functions of their own, since a method of a policy has no hash.
    def asked(*given: Any) -> tuple[Array, Any]:
        return policy.act_in_all(*given)

    def nothing(memory: Any, *_: Any) -> tuple[Array, Any]:
        action, _ = jax.eval_shape(asked, *given)
        return jnp.zeros(action.shape, action.dtype), memory

    # Most steps are none of its business.
    return jax.lax.cond(jnp.any(acting), asked, nothing, *given)


def _experienced(
    env: Environment,
    role: str,
    policy: ActorCritic,
    timesteps: TimeStep,
    memory: Array,
    key: Key[Array, ""],
) -> tuple[Array, Array, tuple[Any, ...]]:
    """As `_asked`, with what `Experience` keeps."""
    looks = looking(timesteps, role)
    encoded = visible(policy.encoding.encode(timesteps.observation[role]), looks)
    given = (memory, encoded, key)

    def chosen(*given: Any) -> tuple[Array, Array, Array, Array]:
        return policy.choose(*given)

    if env.roles[role].every > 1:
        # Most steps are none of its business, so its network rests.
        nothing = jax.tree.map(jnp.zeros_like, jax.eval_shape(chosen, *given))
        choices, log_probability, value, after = jax.lax.cond(
            jnp.any(looks), chosen, lambda *_: nothing, *given
        )
    else:
        choices, log_probability, value, after = chosen(*given)
    after = jnp.where(timesteps.acting[role][..., None], after, memory)
    return policy.encoding.decode(choices), after, (encoded, choices, log_probability, value)


def remember(
    policies: Mapping[str, Policy],
    memories: Mapping[str, Any],
    timesteps: TimeStep,
    states: Any,
    *,
    before: Mapping[str, Any] | None = None,
    over: Bool[Array, " environments"] | None = None,
) -> dict[str, Any]:
    """The memories of all policies after a step.

    Args:
        policies: by the names of their memories.
        memories: from `decide`.
        timesteps: what the economies showed after the step.
        states: of the economies after the step.
        before: the memories before `decide`. They stay in copies that are `over`.
        over: which copies had ended before the step; none if left out.
    """
    after = {
        role: memories[role]
        if type(policy).update is Policy.update
        else jax.vmap(policy.update)(memories[role], timesteps, states)
        for role, policy in policies.items()
    }
    if over is None:
        return after
    # Who rests remembers nothing of a step without decisions, and nobody decides after an end.
    changed = {role: after[role] for role, policy in policies.items() if not policy.rests}
    if not jax.tree.leaves(changed):
        return after
    assert before is not None
    return after | hold(over, {role: before[role] for role in changed}, changed)
