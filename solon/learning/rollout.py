"""Experience: running copies of an economy with a policy for each role, to learn from it."""

import functools
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.sharding import Mesh
from jaxtyping import Array, Bool, Float, Int, Key, PyTree, Shaped

from ..agents.encoding import Encoded
from ..environment import Environment, Role, TimeStep
from ..policy import Policy
from .driving import (
    StandIn,
    begun,
    decide,
    remember,
    remembering,
)
from .episodes import advance, begin, counting, looking, visible
from .prior import Prior
from .shards import put, taken
from .worlds import Worlds, next_worlds

__all__ = [
    *("Economies", "Experience", "Finished", "RoleExperience", "Unroll"),
    *("restart", "unroll"),
]


class Economies(eqx.Module):
    """Copies of an economy that run side by side. All fields have a leading axis for them.

    Attributes:
        states: of the economy.
        timesteps: what they showed last.
        memories: of the policies, by role, and of the stand-ins.
        returns: sum of rewards in the running episode, by role and member.
        over: the episode ended before the copy is due to start afresh.
        worlds: of copies in worlds that last for several episodes.
    """

    states: Any
    timesteps: TimeStep
    memories: dict[str, Any]
    returns: dict[str, Float[Array, "environments count"]]
    over: Bool[Array, " environments"]
    worlds: Worlds | None = None


class Experience(eqx.Module):
    """What the members of a role saw, did and got.

    Attributes:
        observation: encoded, as the network reads it; zeros for those who did not look.
        choices: what was chosen in each sub-action.
        log_probability: of the choices under the policy that made them.
        value: what the critic expected beyond the potential, in units of reward.
        potential: what of it was known, see `Environment.potential`.
        reward: what followed; 0 after the end of the episode, or of the member in it.
        acting: whether the member decided, and neither it nor the episode had come to an end.
        following: what was seen after the step, where an algorithm asks for it; zeros as above.
    """

    observation: Encoded
    choices: Shaped[Array, "*batch subactions"]
    log_probability: Float[Array, "*batch"]
    value: Float[Array, "*batch"]
    potential: Float[Array, "*batch"]
    reward: Float[Array, "*batch"]
    acting: Bool[Array, "*batch"]
    following: Encoded | None = None


class RoleExperience(eqx.Module):
    """What an algorithm learns a role's policy from: some steps of many economies.

    Attributes:
        experience: axes (steps, environments, members).
        recall: what was remembered before the first step: [environments, count, memory].
        final_value: the value of the last state, potential included: [environments, count].
        terminated: the episode ended with the step.
        truncated: the episode was cut off after the step.
        left: who had left by the end of the step; None if members of the role cannot leave.
        role: what members see and do (static).
        chained: how many segments of the unroll, each an episode, follow one another in the same
            world; these are that many blocks of environments, one after the other (static).
        shards: parts of the environments, each with all its blocks, one after the other (static).
        mesh: devices that share out the shards, if there are several (static).
    """

    experience: Experience
    recall: Float[Array, "environments count memory"]
    final_value: Float[Array, "environments count"]
    terminated: Bool[Array, "steps environments"]
    truncated: Bool[Array, "steps environments"]
    left: Bool[Array, "steps environments count"] | None
    role: Role = eqx.field(static=True)
    chained: int = eqx.field(static=True, default=1)
    shards: int = eqx.field(static=True, default=1)
    mesh: Mesh | None = eqx.field(static=True, default=None)


class Finished(eqx.Module):
    """Sums over the episodes that ended: how many, their returns and their last metrics."""

    episodes: Float[Array, "..."]
    returns: dict[str, Float[Array, "..."]]
    metrics: dict[str, Float[Array, "..."]]


class Unroll(eqx.Module):
    """Some steps of many economies, with leading axes (steps, environments).

    Attributes:
        experience: by role that learns; with a third axis for members.
        terminated: the episode ended with the step.
        truncated: the episode was cut off after the step.
        left: by role that members can leave, who had left by the end of the step: with a third
            axis for members.
        recall: by role, what was remembered before the first step: [environments, count, memory].
        final_value: by role, the value of the last state, potential included: [environments,
            count].
        counted: by role, how many rewards counted.
        finished: sums over the episodes that ended.
    """

    experience: dict[str, Experience]
    terminated: Bool[Array, "steps environments"]
    truncated: Bool[Array, "steps environments"]
    left: dict[str, Bool[Array, "steps environments _"]]
    recall: dict[str, Float[Array, "environments _ _"]]
    final_value: dict[str, Float[Array, "environments count"]]
    counted: dict[str, Int[Array, ""]]
    finished: Finished

    def of(
        self,
        name: str,
        role: Role,
        chained: int = 1,
        shards: int = 1,
        mesh: Mesh | None = None,
    ) -> RoleExperience:
        """What a role learns from."""
        return RoleExperience(
            experience=self.experience[name],
            recall=self.recall[name],
            final_value=self.final_value[name],
            terminated=self.terminated,
            truncated=self.truncated,
            left=self.left.get(name),
            role=role,
            chained=chained,
            shards=shards,
            mesh=mesh,
        )


def restart(
    env: Environment,
    policies: Mapping[str, Policy],
    key: Key[Array, ""],
    params: PyTree[Array],
    economies: Economies,
    first: Int[Array, ""] | int,
    count: int,
    prior: Prior | None = None,
    shards: int = 1,
) -> Economies:
    """Start new episodes in the copies of a group.

    Args:
        env: the economy.
        policies: by the names of their memories, which last but for what `Policy.begin` forgets.
        key: luck of the starts.
        params: of the new episodes.
        economies: the running copies.
        first: copies in the groups before this one.
        count: copies in it, which follow one another within each shard.
        prior: of which each new episode draws a world, for training.
        shards: parts of all copies, of each of which alike many begin anew.
    """
    own = functools.partial(taken, first=first, count=count, shards=shards)
    drawn, given, new, worlds = {}, None, None, None
    if prior is not None and economies.worlds is not None:
        lived = jax.tree.map(own, economies.worlds)
        worlds, new = next_worlds(prior, key, params, lived)
        drawn, given = worlds.drawn, worlds.given
    elif prior is not None:
        drawn, given = prior.settings(key, params, count, "training")
        new = jnp.ones(count, bool)
    states, timesteps, over = begin(env, key, params, count, drawn, given)

    returns = {
        name: jnp.zeros((count, total.shape[1])) for name, total in economies.returns.items()
    }

    memories = begun(policies, jax.tree.map(own, economies.memories), new)
    fresh = Economies(states, timesteps, memories, returns, over, worlds)
    replaced = functools.partial(put, first=first, shards=shards)
    return jax.tree.map(replaced, economies, fresh)


def unroll(
    env: Environment,
    policies: Mapping[str, Policy],
    learning: Collection[str],
    economies: Economies,
    key: Key[Array, ""],
    steps: int,
    stand_ins: Mapping[str, StandIn] | None = None,
    following: Collection[str] = (),
) -> tuple[Economies, Unroll]:
    """Run all copies for some steps, none of which starts a new episode.

    Args:
        env: the economy.
        policies: one a role.
        learning: the roles whose decisions are experience; their policies are networks.
        economies: to go on with.
        key: luck of the steps and of the policies.
        steps: how many.
        stand_ins: of some roles. What they decide is nobody's experience, and copies in which there
            is one do not count among the episodes that ended.
        following: the learning roles whose experience says what was seen after each step.
    """
    count = economies.over.shape[0]
    stand_ins = dict(stand_ins or {})
    absent = {role: stand_in.where[:, None] for role, stand_in in stand_ins.items()}
    itself = jnp.ones(count, bool)
    for stand_in in stand_ins.values():
        itself &= ~stand_in.where
    everyone = remembering(policies, stand_ins)
    critics: dict[str, Any] = {role: policies[role] for role in policies if role in learning}

    def step(economies, keys):
        shock_key, *role_keys = keys
        luck = dict(zip(env.roles, role_keys, strict=True))
        actions, memories, seen = decide(
            env,
            policies,
            economies.timesteps,
            economies.memories,
            luck,
            learning=learning,
            stand_ins=stand_ins,
        )
        shown, over = economies.timesteps, economies.over
        potentials = _potentials(env, critics, economies.states, count)
        shocks = env.draw_shocks(shock_key, (count,))
        states, timesteps, over = advance(env, economies.states, shown, actions, shocks, over)
        memories = remember(
            everyone,
            memories,
            timesteps,
            states,
            before=economies.memories,
            over=economies.over,
        )

        returns = {
            name: total + timesteps.reward[name] for name, total in economies.returns.items()
        }
        experience = {}
        for role, (observation, choices, log_probability, value) in seen.items():
            experience[role] = Experience(
                observation=observation,
                choices=choices,
                log_probability=log_probability,
                value=value,
                potential=jnp.where(looking(shown, role), potentials[role], 0),
                reward=timesteps.reward[role],
                acting=shown.acting[role] & ~absent.get(role, jnp.zeros((), bool)),
                following=_seen(critics[role], timesteps, role) if role in following else None,
            )
        counts = counting(shown, economies.over)
        ended = over & ~economies.over & itself
        finished = Finished(
            episodes=jnp.sum(ended, dtype=jnp.zeros(()).dtype),
            returns={name: _sum(ended, jnp.mean(r, axis=1)) for name, r in returns.items()},
            metrics={name: _sum(ended, value) for name, value in timesteps.metrics.items()},
        )
        economies = Economies(states, timesteps, memories, returns, over, economies.worlds)
        counted = {role: jnp.sum(counts[role], dtype=jnp.int32) for role in critics}
        ends = timesteps.terminated, timesteps.truncated, timesteps.left
        return economies, (experience, ends, (counted, finished))

    keys = jax.random.split(key, (steps, 1 + len(env.roles)))
    recall = {role: economies.memories[role] for role in critics}
    economies, (experience, ends, sums) = jax.lax.scan(step, economies, keys)
    potentials = _potentials(env, critics, economies.states, count)
    final_value = {
        role: critic.step(
            critic.encoding.encode(economies.timesteps.observation[role]), economies.memories[role]
        )[1]
        + potentials[role]
        for role, critic in critics.items()
    }
    terminated, truncated, left = ends
    counted, finished = jax.tree.map(lambda x: jnp.sum(x, axis=0), sums)
    gathered = Unroll(
        experience, terminated, truncated, left, recall, final_value, counted, finished
    )
    return economies, gathered


def _seen(policy: Any, timesteps: TimeStep, role: str) -> Encoded:
    """What members of a role see now, encoded as it will be when they decide."""
    encoded: Encoded = policy.encoding.encode(timesteps.observation[role])
    return visible(encoded, looking(timesteps, role))


def _potentials(
    env: Environment, roles: Iterable[str], states: Any, count: int
) -> dict[str, Float[Array, "environments count"]]:
    known = jax.vmap(env.potential, axis_size=count)(states)
    nothing = {role: jnp.zeros((count, env.roles[role].count)) for role in roles}
    return {role: known.get(role, nothing[role]) for role in roles}


def _sum(where: Bool[Array, " n"], values: Shaped[Array, " n"]) -> Float[Array, ""]:
    return jnp.sum(jnp.where(where, values, 0), dtype=jnp.zeros(()).dtype)
