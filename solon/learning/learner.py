"""A learner: all of training that is carried from update to update, and the update."""

import dataclasses
import functools
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Key, PyTree, Shaped

from ..agents.actor_critic import ActorCritic
from ..checking import check_own_economy
from ..environment import Environment
from ..errors import require
from ..policy import Policy
from .algorithm import Algorithm
from .config import PPO
from .driving import StandIn, begun, check_roles, first_memories, its_memory, remembering
from .episodes import begin
from .prior import Prior
from .rollout import Economies, Finished, RoleExperience, Unroll, restart, unroll
from .shown import bare
from .train_state import TrainState
from .worlds import first_worlds

__all__ = ["Curriculum", "Learner", "gather", "unchanged"]


Curriculum: TypeAlias = Callable[[Any, Float[Array, ""]], Any]
"""From params and environment steps done to the params that hold now."""


def unchanged(params: PyTree[Array], environment_steps: Float[Array, ""]) -> PyTree[Array]:
    """The curriculum that leaves the params as they are."""
    return params


@dataclasses.dataclass(frozen=True)
class Learner:
    """Trains a policy for each of some roles, each by its own algorithm.

    The members of a role share its policy. All other roles have policies that stay. Copies of the
    economy start at different times if the unroll is shorter than an episode: in each update
    another group of them begins anew, so a batch holds all phases of an episode. In the first
    round, episodes are cut short for that.

    Args:
        env: the economy.
        config: the algorithm of the roles that have none of their own.
        learn: the roles that learn; all of them if left out.
        own_configs: pairs of a role and an algorithm of its own, where one does not suit all: a
            planner decides rarely, and had better explore longer. All share `environments` and
            `unroll`.
        curriculum: from params and environment steps done (as a float, all copies together) to
            the params with which episodes start now. Running ones keep those they began with:
            a new price of labor would also re-price the labor that is done.
        prior: of which each episode draws some params; the curriculum sets those that are not
            drawn. All copies have the same ones if left out.

    Raises:
        ConfigurationError: if sizes do not fit together or a role cannot learn.
        EconomyError: if the economy is a user's own and `solon.checking.check_economy` refuses it.
    """

    env: Environment
    config: Algorithm = PPO()
    learn: tuple[str, ...] = ()
    curriculum: Curriculum = unchanged
    own_configs: tuple[tuple[str, Algorithm], ...] = ()
    prior: Prior | None = None

    def __post_init__(self):
        env, config = self.env, self.config
        check_own_economy(bare(env))
        if self.prior is not None:
            self.prior.check(env)
        object.__setattr__(self, "learn", tuple(self.learn) or tuple(env.roles))
        for role in self.learn:
            known = ", ".join(env.roles)
            require(role in env.roles, "learn", role, f"a role of the economy: {known}")
        horizon, steps = env.horizon, config.unroll
        fits = horizon % steps == 0 or steps % horizon == 0
        allowed = f"a divisor or a multiple of the horizon {horizon}"
        require(fits, "unroll", steps, allowed)
        require(
            config.environments % self._groups == 0,
            "environments",
            config.environments,
            f"a multiple of {self._groups}, the unrolls of {steps} steps in an episode",
        )
        for role, own in self.own_configs:
            known = ", ".join(env.roles)
            require(role in env.roles, "own_configs", role, f"a role of the economy: {known}")
            for field in ("environments", "unroll"):
                value, shared = getattr(own, field), getattr(config, field)
                require(value == shared, f"{role}.{field}", value, f"that of all roles, {shared}")
            if role not in self.learn:
                same = dataclasses.replace(cast(Any, config), stand_in=own.stand_in) == own
                allowed = "nothing but stand_in, as this role does not learn"
                require(same, "own_configs", role, allowed)
        pieces = config.environments * self._segments // self._chained
        allowed = f"a divisor of {pieces}, the pieces of episodes in an update"
        for role in self.learn:
            parts = self.config_of(role).minibatches
            name = "minibatches" if parts == config.minibatches else f"{role}.minibatches"
            require(pieces % parts == 0, name, parts, allowed)
            added, together = self.config_of(role).accumulate, pieces // parts
            name = "accumulate" if added == config.accumulate else f"{role}.accumulate"
            of_it = f"a divisor of {together}, the pieces of episodes in a minibatch"
            require(together % added == 0, name, added, of_it)
            self.config_of(role).check(role, env.roles[role])
            every = env.roles[role].every
            # Otherwise most unrolls end in a state that the role's critic is never asked about.
            often = every <= steps or horizon % every != 0
            require(often, "unroll", steps, f"at least the {every} steps between its decisions")
        for role in env.roles:
            share, together = self.config_of(role).stand_in, config.environments // self._groups
            some = share == 0 or int(share * together) >= 1
            # Rounded up, so that what is offered is enough.
            least = math.ceil(1000 / together) / 1000
            allowed = f"0, or at least {least:g}, one of the {together} copies that start together"
            allowed = allowed if together > 1 else "0, as only one copy starts at a time"
            require(some, f"{role}.stand_in", share, allowed)

    def config_of(self, role: str) -> Algorithm:
        """The configuration that a role learns by; of one that does not, its `stand_in` counts."""
        return dict(self.own_configs).get(role, self.config)

    def usually(self, role: str) -> np.ndarray:
        """In which environments nobody stands in for the usual policy of a role: booleans."""
        share = self.config_of(role).stand_in
        # In each of the groups alike, so that all phases of an episode are met with.
        place = np.arange(self.config.environments) % (self.config.environments // self._groups)
        return np.floor((place + 1) * share) == np.floor(place * share)

    @property
    def steps_per_update(self) -> int:
        """Environment steps in an update, all copies together."""
        return self.config.environments * self.config.unroll

    @property
    def round(self) -> int:
        """Updates until each copy has begun a new episode."""
        return self._groups

    @property
    def _groups(self) -> int:
        """How many groups of copies take turns in starting anew."""
        return max(1, self.env.horizon // self.config.unroll)

    @property
    def _segments(self) -> int:
        """How many whole episodes follow one another in an update."""
        return max(1, self.config.unroll // self.env.horizon)

    @property
    def _chained(self) -> int:
        """How many episodes of an update one can look back on: those that share a world."""
        return 1 if self.prior is None else math.gcd(self._segments, self.prior.lasts)

    def init(
        self,
        key: Key[Array, ""],
        params: PyTree[Array],
        policies: Mapping[str, Policy] | None = None,
        stand_ins: Mapping[str, Policy] | None = None,
    ) -> TrainState:
        """The state before the first update.

        Args:
            key: all luck of the training.
            params: of the economy.
            policies: one for each role that does not learn.
            stand_ins: one for each role whose configuration has a `stand_in`.

        Raises:
            ConfigurationError: if a role has no policy, or a policy no role that needs it.
        """
        policies, stand_ins = dict(policies or {}), dict(stand_ins or {})
        idle = ", ".join(role for role in self.env.roles if role not in self.learn)
        for role in policies:
            allowed = f"a role that does not learn ({idle or 'there is none'})"
            require(role not in self.learn, "policies", role, allowed)
        check_roles(self.env, dict.fromkeys(self.learn) | policies)
        wanted = [role for role in self.env.roles if self.config_of(role).stand_in > 0]
        allowed = f"a policy for each of {wanted}, whose environments have a share of stand_in"
        require(sorted(stand_ins) == sorted(wanted), "stand_ins", sorted(stand_ins), allowed)
        return jax.tree.map(_own, _init(self, key, params, policies, stand_ins))

    def update(self, state: TrainState) -> tuple[TrainState, dict[str, Float[Array, ""]]]:
        """Gather experience and learn from it.

        Args:
            state: from `init` or the last update. Its memory is taken over: it cannot be used
                again.

        Returns:
            The next state, and scalars by name. By role: `reward` (mean of a step and member),
            `episode_return` (mean of the episodes that ended), `entropy` (nats), `kl`,
            `clip_fraction`, `explained_variance`, `policy_loss`, `value_loss`, `gradient_norm`,
            and the coefficients that follow, of roles with a configuration of their own.
            For all: `learning_rate`, `entropy_coefficient`, `discount`, `episodes` that ended, and
            under `episode/` their last metrics. Means over no episode are nan.
        """
        return _update(self, state)


def _own(leaf: Shaped[Array, "..."]) -> Shaped[Array, "..."]:
    """A copy, since `update` takes over the memory of the state that it is given.

    Its type is as firm as that of what `update` returns, so that this compiles once.
    """
    if jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key):
        return jnp.copy(leaf)
    return jnp.array(leaf, leaf.dtype, copy=True)


@functools.partial(jax.jit, static_argnums=0)
def _init(
    learner: Learner,
    key: Key[Array, ""],
    params: PyTree[Array],
    driven: dict[str, Policy],
    stand_ins: dict[str, Policy],
) -> TrainState:
    env, config = learner.env, learner.config
    key, policy_key, start_key, memory_key = jax.random.split(key, 4)
    learned = {
        role: learner.config_of(role).create(policy_key, role, env.roles[role])
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
    drawn, given, new, worlds = {}, None, None, None
    if prior is not None and prior.lasts > 1:
        together = count // learner._groups
        worlds = first_worlds(
            prior, start_key, now, count, together=together, steps=learner._chained
        )
        drawn, given = worlds.drawn, worlds.given
    elif prior is not None:
        drawn, given = prior.settings(start_key, now, count, "training")
    if prior is not None:
        new = jnp.ones(count, bool)
    states, timesteps, over = begin(env, start_key, now, count, drawn, given)
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
    return dataclasses.replace(state, optimizers=kept)


def _kept(learner: Learner, state: TrainState, role: str, key: Key[Array, ""]) -> Any:
    """What a role's algorithm keeps before the first update."""
    config = learner.config_of(role)
    policy = cast(ActorCritic, state.policies[role])
    if not config.replays:
        return config.init(policy)

    def experience(state: TrainState) -> RoleExperience:
        gathered = gather(learner, state, state.key)[1]
        return gathered.of(role, learner.env.roles[role], learner._chained)

    shapes = jax.eval_shape(experience, state)
    return config.init(policy, shapes, key)


@functools.partial(jax.jit, static_argnums=0, donate_argnums=1)
def _update(learner: Learner, state: TrainState) -> tuple[TrainState, dict[str, Float[Array, ""]]]:
    key, unroll_key, *improve_keys = jax.random.split(state.key, 2 + len(learner.learn))
    economies, gathered = gather(learner, state, unroll_key)
    steps = state.environment_steps.astype(float)
    metrics = learner.config.coefficients(steps) | _outcomes(gathered.finished)
    policies, optimizers, learned = dict(state.policies), {}, state.learned
    for role, role_key in zip(learner.learn, improve_keys, strict=True):
        config = learner.config_of(role)
        own = config.coefficients(steps)
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
            config,
            (learned[role], state.optimizers[role]),
            gathered.of(role, learner.env.roles[role], learner._chained),
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
    return state, metrics


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


def gather(learner: Learner, state: TrainState, key: Key[Array, ""]) -> tuple[Economies, Unroll]:
    """Run all copies for an unroll, starting anew those whose turn it is."""
    env, config = learner.env, learner.config
    groups, segments = learner._groups, learner._segments
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
        economies = restart(env, everyone, world_key, now, economies, first, size, learner.prior)
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
    def join(x):
        return jnp.moveaxis(x, 0, 1).reshape(x.shape[1], x.shape[0] * x.shape[2], *x.shape[3:])

    def last(x):
        return x.reshape(x.shape[0] * x.shape[1], *x.shape[2:])

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
