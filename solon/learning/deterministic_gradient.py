"""Actor and critics of TD3, the memory they learn from, and their gradient steps."""

import dataclasses
import functools
import math
from typing import Any, NamedTuple, TypeAlias, cast

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Bool, Float, Int, Key, PyTree

from ..agents.actor_critic import ActorCritic
from ..agents.encoding import Encoded, Encoding, Field
from ..agents.networks import Network, Specialists, rows
from ..agents.trunk import Dense, Trunk
from ..environment import Role
from ..spaces import Box
from .batch import mean_of
from .descent import seen_since
from .gae import Scalar, generalized_advantages
from .rollout import RoleExperience
from .schedules import value_at
from .settings import sharing
from .td3 import TD3

__all__ = ["Critic", "Memory", "actor", "first_memory", "improved"]

_Actor: TypeAlias = Network | Specialists


class Critic(eqx.Module):
    """The discounted reward that follows a choice of numbers, under the policy.

    Attributes:
        trunk: reads what a member sees, what the critic alone sees, and the numbers.
        head: one number, in units of reward.
    """

    trunk: Trunk
    head: Dense

    @classmethod
    def create(cls, key: Key[Array, ""], encoding: Encoding, config: TD3) -> "Critic":
        """A critic that knows nothing yet."""
        trunk_key, head_key = jax.random.split(key)
        numbers = Field("the numbers chosen", (encoding.outputs // 2,))
        # Last among the member's own features, where `__call__` puts them.
        seen = dataclasses.replace(encoding, features=(*encoding.features, numbers))
        trunk = Trunk.create(
            trunk_key,
            seen,
            hidden=config.hidden,
            embedding=config.embedding,
            layer_norm=False,
            recurrent=False,
        )
        width = Trunk.width(seen, config.hidden, config.embedding)
        return cls(trunk, Dense.create(head_key, width, 1, scale=1.0))

    def __call__(
        self, encoded: Encoded, numbers: Float[Array, "batch count numbers"]
    ) -> Float[Array, "batch count"]:
        """The value of numbers between -1 and 1, or of any where they have no bounds."""
        flat = jax.tree.map(rows, encoded)
        features = jnp.concatenate([flat.features, rows(numbers)], axis=1)
        flat = dataclasses.replace(flat, features=features)
        batch = features.shape[0]
        hidden, _ = self.trunk(flat, jnp.zeros((batch, 0)), jnp.ones((1, batch), bool))
        return self.head(hidden)[:, 0].reshape(numbers.shape[:-1])


class Coefficients(NamedTuple):
    """Coefficients of an update, as `TD3` explains them: numbers, or traced ones."""

    learning_rate: Scalar
    discount: Scalar
    exploration: Scalar
    smoothing: Scalar
    target_noise: Scalar
    noise_clip: Scalar
    gradient_clip: Scalar


class Transition(eqx.Module):
    """A step of an economy, as a member of a role went through it. Leading axes (steps, members).

    Attributes:
        observation: before the step, encoded.
        choices: the numbers that were chosen, before they are squashed.
        reward: what followed.
        following: what was seen after the step, encoded.
        final: nothing comes after it.
        acting: whether the member decided.
    """

    observation: Encoded
    choices: Float[Array, "*batch numbers"]
    reward: Float[Array, "*batch"]
    following: Encoded
    final: Bool[Array, "*batch"]
    acting: Bool[Array, "*batch"]


class Learned(eqx.Module):
    """What gradient steps change besides the actor.

    Attributes:
        actor_target: follows the actor.
        critics: two, or one.
        critic_targets: follow the critics.
        actor_state, critic_state: of the optimisers.
    """

    actor_target: _Actor
    critics: tuple[Critic, ...]
    critic_targets: tuple[Critic, ...]
    actor_state: Any
    critic_state: Any


class Memory(eqx.Module):
    """What TD3 keeps from update to update.

    Attributes:
        steps: what was gathered: leading axes (updates, steps of an update). The oldest update is
            overwritten.
        updates: how many were gathered.
        learned: critics, targets and optimisers.
    """

    steps: Transition
    updates: Int[Array, ""]
    learned: Learned


def actor(key: Key[Array, ""], name: str, role: Role, config: TD3) -> ActorCritic:
    """A policy whose numbers are certain but for the noise of exploration."""
    policy = ActorCritic.create(
        key,
        Encoding.of(name, role),
        hidden=config.hidden,
        embedding=config.embedding,
        normalize_observations=config.normalize_observations,
        # The critics speak in units of the reward, but its scale is kept where they are told.
        normalize_returns=config.normalize_rewards,
        members=role.count,
        counts=sharing(config.network_per, role),
    )
    return _exploring(policy, value_at(config.exploration, jnp.zeros(())))


def first_memory(
    policy: ActorCritic, shapes: RoleExperience, key: Key[Array, ""], config: TD3
) -> Memory:
    """An empty memory, and critics that know nothing.

    Args:
        policy: the actor.
        shapes: types and shapes of what an update gathers.
        key: luck of the critics.
        config: sizes.
    """
    found = jax.eval_shape(_transitions, shapes)
    together = found.reward.shape[0]
    places = max(1, config.capacity // together)
    steps = jax.tree.map(lambda leaf: jnp.zeros((places, *leaf.shape), leaf.dtype), found)
    critics = tuple(
        Critic.create(k, policy.encoding, config)
        for k in jax.random.split(key, 2 if config.twin else 1)
    )
    optimizer = _optimizer(1.0)
    learned = Learned(
        actor_target=policy.network,
        critics=critics,
        critic_targets=critics,
        actor_state=optimizer.init(policy.network),
        critic_state=optimizer.init(critics),
    )
    return Memory(steps, jnp.zeros((), jnp.int32), learned)


def improved(
    policy: ActorCritic,
    memory: Memory,
    gathered: RoleExperience,
    key: Key[Array, ""],
    *,
    config: TD3,
    now: Coefficients,
) -> tuple[ActorCritic, Memory, dict[str, Float[Array, ""]]]:
    """Remember what was gathered, and take gradient steps on what is remembered.

    Args:
        policy: that gathered it.
        memory: from `first_memory` or the last update.
        gathered: of the role in this update.
        key: luck of what is drawn from the memory, and of the noise on targets.
        config: see `TD3`.
        now: of this update; the noise of exploration is that of the next one.

    Returns:
        The policy, the memory, and figures averaged over the steps.
    """
    places, together = memory.steps.reward.shape[:2]
    at = memory.updates % places
    steps = jax.tree.map(
        lambda kept, new: jax.lax.dynamic_update_index_in_dim(kept, new, at, 0),
        memory.steps,
        _transitions(gathered),
    )
    rows_of_steps = jax.tree.map(lambda x: x.reshape(places * together, *x.shape[2:]), steps)
    updates = memory.updates + 1
    filled = jnp.minimum(updates, places) * together
    ready = filled >= min(config.warm_up, places * together)
    rate = jnp.where(ready, now.learning_rate, 0.0)
    optimizer = _optimizer(now.gradient_clip)
    policy = _informed(policy, gathered, now.discount)

    def step(carry, inputs):
        (network, learned), (number, key) = carry, inputs
        row_key, noise_key = jax.random.split(key)
        drawn = jax.random.randint(row_key, (config.batch,), 0, filled)
        batch = jax.tree.map(lambda x: x[drawn], rows_of_steps)
        target = _target(policy, learned, batch, noise_key, now)
        loss, slope = jax.value_and_grad(_critic_loss)(learned.critics, policy, batch, target)
        direction, critic_state = optimizer.update(slope, learned.critic_state)
        critics = _moved(learned.critics, direction, rate)
        learned = dataclasses.replace(learned, critics=critics, critic_state=critic_state)

        def act_better(given: tuple[_Actor, Learned]) -> tuple[_Actor, Learned, Array, Array]:
            network, learned = given
            value, slope = jax.value_and_grad(_actor_loss)(network, policy, learned.critics, batch)
            direction, actor_state = optimizer.update(slope, learned.actor_state)
            network = _moved(network, direction, rate)
            follow = functools.partial(_followed, share=jnp.where(ready, now.smoothing, 0.0))
            learned = dataclasses.replace(
                learned,
                actor_state=actor_state,
                actor_target=jax.tree.map(follow, learned.actor_target, network),
                critic_targets=jax.tree.map(follow, learned.critic_targets, learned.critics),
            )
            return network, learned, value, _norm(slope)

        def wait(given: tuple[_Actor, Learned]) -> tuple[_Actor, Learned, Array, Array]:
            unknown = jnp.full((), jnp.nan, loss.dtype)
            return *given, unknown, unknown

        turn = number % config.delay == config.delay - 1
        network, learned, value, norm = jax.lax.cond(turn, act_better, wait, (network, learned))
        return (network, learned), (loss, value, norm)

    inputs = jnp.arange(config.gradient_steps), jax.random.split(key, config.gradient_steps)
    # What is drawn from is not carried along.
    (network, learned), (losses, values, norms) = jax.lax.scan(
        step, (policy.network, memory.learned), inputs
    )
    figures = {
        "value_loss": jnp.mean(losses),
        "value": -jnp.nanmean(values),
        "gradient_norm": jnp.nanmean(norms),
        "exploration": jnp.asarray(now.exploration),
    }
    policy = _exploring(dataclasses.replace(policy, network=network), jnp.asarray(now.exploration))
    return policy, Memory(steps, updates, learned), figures


def _informed(policy: ActorCritic, gathered: RoleExperience, discount: Scalar) -> ActorCritic:
    """The policy with statistics of what was gathered, where it keeps any."""
    experience, features = gathered.experience, policy.feature_statistics
    if features is not None:
        features = seen_since(features, policy.encoding, experience)
    returns = policy.return_statistics
    if returns is not None:
        shape = experience.reward.shape
        gone = jnp.broadcast_to(gathered.terminated[..., None], shape)
        followed, _ = generalized_advantages(
            experience.reward,
            jnp.zeros(shape),
            jnp.zeros(shape[1:]),
            terminated=gone if gathered.left is None else gone | gathered.left,
            truncated=jnp.broadcast_to(gathered.truncated[..., None], shape),
            acting=experience.acting,
            discount=discount,
            gae_lambda=1.0,
        )
        weights = experience.acting.ravel().astype(followed.dtype)
        returns = returns.update(followed.ravel(), weights)
    return dataclasses.replace(policy, feature_statistics=features, return_statistics=returns)


def _transitions(gathered: RoleExperience) -> Transition:
    """What was gathered, with its steps and environments on one axis."""
    experience = gathered.experience
    assert experience.following is not None
    final = jnp.broadcast_to(gathered.terminated[..., None], experience.reward.shape)
    found = Transition(
        observation=experience.observation,
        choices=experience.choices,
        reward=experience.reward,
        following=experience.following,
        final=final if gathered.left is None else final | gathered.left,
        acting=experience.acting,
    )
    return jax.tree.map(lambda x: x.reshape(x.shape[0] * x.shape[1], *x.shape[2:]), found)


def _target(
    policy: ActorCritic,
    learned: Learned,
    batch: Transition,
    key: Key[Array, ""],
    now: Coefficients,
) -> Float[Array, "batch count"]:
    """What the critics should say: equations 10 and 14 of the paper."""
    numbers = _numbers(policy, learned.actor_target, batch.following)
    noise = now.target_noise * jax.random.normal(key, numbers.shape, numbers.dtype)
    numbers += jnp.clip(noise, -now.noise_clip, now.noise_clip)
    numbers = _squashed(policy, numbers)
    seen = policy.normalized(batch.following)
    values = [critic(seen, numbers) for critic in learned.critic_targets]
    least = functools.reduce(jnp.minimum, values)
    reward = batch.reward
    if policy.return_statistics is not None:
        reward = reward / policy.return_statistics.deviation
    return reward + now.discount * jnp.where(batch.final, 0, least)


def _critic_loss(
    critics: tuple[Critic, ...],
    policy: ActorCritic,
    batch: Transition,
    target: Float[Array, "batch count"],
) -> Float[Array, ""]:
    numbers = _squashed(policy, batch.choices)
    seen = policy.normalized(batch.observation)
    errors = [(critic(seen, numbers) - target) ** 2 for critic in critics]
    return sum((mean_of(error, batch.acting) for error in errors), start=jnp.zeros(()))


def _actor_loss(
    network: _Actor, policy: ActorCritic, critics: tuple[Critic, ...], batch: Transition
) -> Float[Array, ""]:
    numbers = _squashed(policy, _numbers(policy, network, batch.observation))
    return -mean_of(critics[0](policy.normalized(batch.observation), numbers), batch.acting)


def _numbers(
    policy: ActorCritic, network: _Actor, encoded: Encoded
) -> Float[Array, "batch count numbers"]:
    """What an actor chooses without noise, before it is squashed."""
    shape = encoded.mask.shape[:-1]
    one = jax.tree.map(lambda x: x[None], encoded)
    memory, looks = policy.first_memory(*shape), jnp.ones((1, *shape), bool)
    distribution, _, _ = policy.evaluate(network, one, memory, looks)
    return distribution.mode()[0]


def _squashed(policy: ActorCritic, numbers: Float[Array, "..."]) -> Float[Array, "..."]:
    """Between -1 and 1 where the action has bounds, so that critics read like sizes."""
    action = policy.encoding.action
    assert isinstance(action, Box)
    return jnp.tanh(numbers) if math.isfinite(action.low) else numbers


def _exploring(policy: ActorCritic, deviation: Float[Array, ""]) -> ActorCritic:
    """The policy with noise of this deviation on the numbers that it chooses."""
    count = policy.encoding.outputs // 2

    def certain(network: Network) -> Network:
        head = network.policy_head
        log = jnp.log(jnp.maximum(deviation, 1e-6)).astype(head.bias.dtype)
        weight = head.weight.at[:, count:].set(0)
        return dataclasses.replace(
            network, policy_head=Dense(weight, head.bias.at[count:].set(log))
        )

    network = policy.network
    if isinstance(network, Specialists):
        each = tuple(certain(part) for part in network.networks)
        return dataclasses.replace(policy, network=dataclasses.replace(network, networks=each))
    return dataclasses.replace(policy, network=certain(network))


def _optimizer(gradient_clip: Scalar) -> optax.GradientTransformation:
    """Adam with clipped gradients; the learning rate is multiplied on afterwards."""
    clipped = optax.clip_by_global_norm(cast(float, gradient_clip))
    return optax.chain(clipped, optax.scale_by_adam())


def _moved(tree: Any, direction: PyTree[Array], rate: Float[Array, ""]) -> Any:
    return jax.tree.map(lambda w, d: w - rate * d, tree, direction)


def _norm(tree: PyTree[Array]) -> Float[Array, ""]:
    return jnp.sqrt(sum(jnp.sum(leaf**2) for leaf in jax.tree.leaves(tree)))


def _followed(target: Array, leader: Array, *, share: Float[Array, ""]) -> Array:
    return target + share * (leader - target)
