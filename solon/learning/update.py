"""The update of a learner: experience of all copies, and what each role learns from it."""

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key, PyTree, Shaped

from ..agents.actor_critic import ActorCritic
from ..policy import Policy
from .algorithm import Algorithm
from .driving import StandIn, begun, first_memories, its_memory, remembering
from .episodes import begin
from .rollout import Economies, Finished, RoleExperience, Unroll, restart, unroll
from .shards import joined
from .train_state import TrainState
from .worlds import first_worlds

if TYPE_CHECKING:
    from .learner import Learner

__all__ = ["SHARED", "Given", "first_state", "gather", "learned_from", "own", "updated"]

Given: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Coefficients in the place of those that the learner has: role -> name -> a number, or points of a
schedule. `SHARED` stands for the algorithm of the roles that have none of their own."""

SHARED = ""
"""In the place of a role, in `Given`."""


def own(leaf: Shaped[Array, "..."]) -> Shaped[Array, "..."]:
    """A copy, since `update` takes over the memory of the state that it is given.

    Its type is as firm as that of what `update` returns, so that this compiles once.
    """
    if jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key):
        return jnp.copy(leaf)
    return jnp.array(leaf, leaf.dtype, copy=True)


@functools.partial(jax.jit, static_argnums=0)
def first_state(
    learner: "Learner",
    key: Key[Array, ""],
    params: PyTree[Array],
    driven: dict[str, Policy],
    stand_ins: dict[str, Policy],
    given: Given,
) -> TrainState:
    """The state before the first update, see `Learner.init`."""
    env, config = learner.env, learner.config
    key, policy_key, start_key, memory_key = jax.random.split(key, 4)
    learned = {
        role: _config(learner, role, given).create(policy_key, role, env.roles[role])
        for role, policy_key in zip(
            learner.learn, jax.random.split(policy_key, len(learner.learn)), strict=True
        )
    }
    policies = {role: (learned | driven)[role] for role in env.roles}
    instead = {its_memory(role): policy for role, policy in stand_ins.items()}
    everyone = driven | instead | learned
    steps = jnp.zeros((), jnp.int32)
    now = learner.curriculum(params, steps.astype(float))
    prior, count = learner.prior, config.environments
    drawn, layouts, new, worlds = {}, None, None, None
    if prior is not None and prior.lasts > 1:
        together = count // learner.groups
        worlds = first_worlds(
            prior,
            start_key,
            now,
            count,
            places=learner.places,
            together=together,
            steps=learner.chained,
        )
        drawn, layouts = worlds.drawn, worlds.given
    elif prior is not None:
        drawn, layouts = prior.settings(start_key, now, count, "training")
    if prior is not None:
        new = jnp.ones(count, bool)
    states, timesteps, over = begin(env, start_key, now, count, drawn, layouts)
    economies = Economies(
        states=states,
        timesteps=timesteps,
        memories=begun(everyone, first_memories(everyone, memory_key, count), new),
        returns={name: jnp.zeros_like(reward) for name, reward in timesteps.reward.items()},
        over=over,
        worlds=worlds,
    )
    state = TrainState(
        policies=policies,
        optimizers={},
        stand_ins=stand_ins,
        params=params,
        economies=economies,
        environment_steps=steps,
        key=key,
    )
    kept = {
        role: _kept(learner, state, role, jax.random.fold_in(policy_key, number))
        for number, role in enumerate(learned)
    }
    return _shared_out(learner, dataclasses.replace(state, optimizers=kept))


def _shared_out(learner: "Learner", state: TrainState) -> TrainState:
    """The state with copies of the economy shared out over devices, and the rest on each."""
    if learner.mesh is None:
        return state
    where = learner.placed(state)
    found: TrainState = jax.lax.with_sharding_constraint(state, where)
    return found


def _kept(learner: "Learner", state: TrainState, role: str, key: Key[Array, ""]) -> Any:
    """What a role's algorithm keeps before the first update."""
    config = learner.config_of(role)
    policy = cast(ActorCritic, state.policies[role])
    if not config.replays:
        return config.init(policy)

    def experience(state: TrainState) -> RoleExperience:
        gathered = gather(learner, state, state.key)[1]
        return gathered.of(
            role, learner.env.roles[role], learner.chained, learner.shards, learner.mesh
        )

    shapes = jax.eval_shape(experience, state)
    return config.init(policy, shapes, key)


@functools.partial(jax.jit, static_argnums=0, donate_argnums=1)
def updated(
    learner: "Learner", state: TrainState, given: Given
) -> tuple[TrainState, dict[str, Float[Array, ""]]]:
    """The next state, and scalars by name, see `Learner.update`."""
    key, unroll_key, *improve_keys = jax.random.split(state.key, 2 + len(learner.learn))
    economies, gathered = gather(learner, state, unroll_key)
    return learned_from(learner, state, economies, gathered, (key, improve_keys), given)


def learned_from(
    learner: "Learner",
    state: TrainState,
    economies: Economies,
    gathered: Unroll,
    keys: tuple[Key[Array, ""], Sequence[Key[Array, ""]]],
    given: Given,
) -> tuple[TrainState, dict[str, Float[Array, ""]]]:
    """The state after an unroll is learned from, and scalars by name, see `Learner.update`.

    Args:
        learner: that learns.
        state: before the unroll.
        economies: after it.
        gathered: the unroll.
        keys: luck of the next update, and of each role that learns now.
        given: coefficients in the place of the learner's.
    """
    key, improve_keys = keys
    steps = state.environment_steps.astype(float)
    shared = learner.config.with_coefficients(given.get(SHARED, {}))
    metrics = shared.coefficients(steps) | _outcomes(gathered.finished)
    policies, optimizers, learned = dict(state.policies), {}, state.learned
    for role, role_key in zip(learner.learn, improve_keys, strict=True):
        config = learner.config_of(role)
        now = _config(learner, role, given)
        own = now.coefficients(steps)
        reward = gathered.experience[role].reward
        # Those that do not count are 0.
        metrics[f"{role}/reward"] = jnp.mean(reward) * (reward.size / gathered.counted[role])
        if config is not learner.config:
            metrics |= {f"{role}/{name}": value for name, value in own.items()}
        if config.keeps:
            # It stays what it is, with the statistics by which it sees.
            optimizers[role] = state.optimizers[role]
            continue
        policies[role], optimizers[role], figures = _improved(
            now,
            (learned[role], state.optimizers[role]),
            gathered.of(
                role, learner.env.roles[role], learner.chained, learner.shards, learner.mesh
            ),
            role_key,
            state.environment_steps,
        )
        metrics |= {f"{role}/{name}": figure for name, figure in figures.items()}
        if _has_a_span(config):
            metrics[f"{role}/learns"] = _learns(config, state.environment_steps).astype(float)

    state = dataclasses.replace(
        state,
        policies=policies,
        optimizers=optimizers,
        economies=economies,
        environment_steps=state.environment_steps + learner.steps_per_update,
        key=key,
    )
    return _shared_out(learner, state), metrics


def _config(learner: "Learner", role: str, given: Given) -> Algorithm:
    """What a role learns by, with the coefficients that are given."""
    own = role in dict(learner.own_configs)
    return learner.config_of(role).with_coefficients(given.get(role if own else SHARED, {}))


def _improved(
    config: Algorithm,
    before: tuple[ActorCritic, Any],
    experience: RoleExperience,
    key: Key[Array, ""],
    done: Int[Array, ""],
) -> tuple[ActorCritic, Any, dict[str, Float[Array, ""]]]:
    """A better policy while the role learns, and the same one before and after; nan in figures."""
    steps = done.astype(float)
    if not _has_a_span(config):
        return config.improve(*before, experience, key, steps)

    def learned(experience: RoleExperience, key: Key[Array, ""]) -> Any:
        return config.improve(*before, experience, key, steps)

    def kept(experience: RoleExperience, key: Key[Array, ""]) -> Any:
        figures = jax.eval_shape(learned, experience, key)[2]
        return *before, jax.tree.map(lambda x: jnp.full(x.shape, jnp.nan, x.dtype), figures)

    return jax.lax.cond(_learns(config, done), learned, kept, experience, key)


def _has_a_span(config: Algorithm) -> bool:
    return config.learns_from > 0 or config.learns_until is not None


def _learns(config: Algorithm, done: Int[Array, ""]) -> Bool[Array, ""]:
    """Whether a role learns from the update that begins after so many steps."""
    end = config.learns_until
    return (done >= config.learns_from) & (end is None or done < end)


def gather(learner: "Learner", state: TrainState, key: Key[Array, ""]) -> tuple[Economies, Unroll]:
    """Run all copies for an unroll, starting anew those whose turn it is."""
    env, config = learner.env, learner.config
    groups, segments = learner.groups, learner.segments
    size = config.environments // groups
    done = state.environment_steps // learner.steps_per_update
    steps = min(config.unroll, env.horizon)
    now = learner.curriculum(state.params, state.environment_steps.astype(float))

    stand_ins = {
        role: StandIn(policy, jnp.asarray(~learner.usually(role)))
        for role, policy in state.stand_ins.items()
    }
    everyone = remembering(state.policies, stand_ins)

    def segment(economies, inputs):
        number, (world_key, step_key) = inputs
        first = (number % groups) * size
        economies = restart(
            env, everyone, world_key, now, economies, first, size, learner.prior, learner.shards
        )
        return unroll(
            env,
            state.policies,
            learner.learn,
            economies,
            step_key,
            steps,
            stand_ins,
            following=[role for role in learner.learn if learner.config_of(role).follows],
        )

    numbers = done * segments + jnp.arange(segments, dtype=jnp.int32)
    economies, gathered = jax.lax.scan(
        segment, state.economies, (numbers, jax.random.split(key, (segments, 2)))
    )

    # From (segments, steps, environments, ...) to (steps, segments x environments, ...).
    join = functools.partial(joined, axis=2, shards=learner.shards)
    last = functools.partial(joined, axis=1, shards=learner.shards)

    return economies, Unroll(
        experience=jax.tree.map(join, gathered.experience),
        terminated=join(gathered.terminated),
        truncated=join(gathered.truncated),
        left=jax.tree.map(join, gathered.left),
        recall=jax.tree.map(last, gathered.recall),
        final_value=jax.tree.map(last, gathered.final_value),
        counted=jax.tree.map(lambda x: jnp.sum(x, axis=0), gathered.counted),
        finished=jax.tree.map(lambda x: jnp.sum(x, axis=0), gathered.finished),
    )


def _outcomes(finished: Finished) -> dict[str, Float[Array, ""]]:
    """Means over the episodes that ended; nan if none did."""
    named = {f"{role}/episode_return": total for role, total in finished.returns.items()}
    named |= {f"episode/{name}": total for name, total in finished.metrics.items()}
    means = {name: total / finished.episodes for name, total in named.items()}
    return means | {"episodes": finished.episodes}
