"""Proximal policy optimisation (Schulman, Wolski, Dhariwal, Radford and Klimov 2017)."""

import dataclasses
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Bool, Float, Key

from ..agents.actor_critic import ActorCritic
from ..agents.encoding import OF_ALL, Encoding
from ..agents.networks import Network, Specialists
from ..agents.normalization import RunningStatistics
from ..environment import KIND
from .config import PPO
from .gae import Scalar, generalized_advantages
from .rollout import Experience, RoleExperience

__all__ = ["Batch", "chained", "decisions", "improve", "improved", "loss", "optimizer", "targets"]

_RETURN_MEMORY = 20.0
"""Updates over which the statistics of the returns look back: they grow as a policy gets better."""


class Batch(eqx.Module):
    """Experience and what to learn from it: axes (steps, environments, members).

    Attributes:
        experience: what was seen, done and got.
        recall: what was remembered before the first step, the only one on that axis.
        advantage: how much better it went than expected.
        target: what the critic should have said.
    """

    experience: Experience
    recall: Float[Array, "1 environments count memory"]
    advantage: Float[Array, "*batch"]
    target: Float[Array, "*batch"]


def optimizer(config: PPO) -> optax.GradientTransformation:
    """Adam with clipped gradients; the learning rate is multiplied on afterwards."""
    return optax.chain(
        optax.clip_by_global_norm(config.gradient_clip), optax.scale_by_adam(eps=1e-5)
    )


def targets(
    experience: Experience,
    recall: Float[Array, "environments count memory"],
    final_value: Float[Array, "environments count"],
    terminated: Bool[Array, "steps environments"],
    truncated: Bool[Array, "steps environments"],
    *,
    left: Bool[Array, "steps environments count"] | None = None,
    discount: Scalar,
    gae_lambda: Scalar,
    kinds: int = 1,
) -> Batch:
    """Advantages, standardised within each kind, and targets for the critic in units of reward.

    They are 0 where nobody decided. For a member that `left` the episode ended with that step.

    Where members live different lives, one deviation for all would make the small gains of some
    vanish beside the large ones of others, and with them what they learn.
    """
    shape = experience.reward.shape
    gone = jnp.broadcast_to(terminated[..., None], shape)
    advantage, target = generalized_advantages(
        experience.reward,
        experience.value + experience.potential,
        final_value,
        terminated=gone if left is None else gone | left,
        truncated=jnp.broadcast_to(truncated[..., None], shape),
        acting=experience.acting,
        discount=discount,
        gae_lambda=gae_lambda,
    )
    for kind in range(kinds):
        here = experience.acting
        if kinds > 1:
            here &= experience.observation.codes[KIND][..., 0] == kind
        centered = advantage - _mean(advantage, here)
        deviation = jnp.sqrt(_mean(centered**2, here))
        advantage = jnp.where(here, centered / (deviation + 1e-8), advantage)
    # The critic is to say what is not known already.
    target = target - experience.potential
    advantage, target = (jnp.where(experience.acting, x, 0) for x in (advantage, target))
    return Batch(experience, recall[None], advantage, target)


def decisions(batch: Batch, every: int) -> Batch:
    """Only the steps on which somebody decided, for a role that decides on one of `every` steps.

    They are picked for each environment on its own, since these need not keep time.
    """
    if every == 1:
        return batch
    steps = batch.advantage.shape[0]
    decided = jnp.any(batch.experience.acting, axis=-1)
    # Stable, so that they stay in order; what is left over is marked as not acting.
    picked = jnp.argsort(~decided, axis=0)[: -(-steps // every)]

    def pick(leaf: Array) -> Array:
        index = jnp.expand_dims(picked, range(2, leaf.ndim))
        return jnp.take_along_axis(leaf, index, axis=0)

    parts = (batch.experience, batch.advantage, batch.target)
    experience, advantage, target = jax.tree.map(pick, parts)
    return Batch(experience, batch.recall, advantage, target)


def chained(batch: Batch, episodes: int, environments: int) -> Batch:
    """Episodes of the same world one after the other, as if they were one.

    So gradients reach from one into those before it, in which something could have been learned
    about the world.

    Args:
        batch: whose second axis has the environments in blocks, one episode a block.
        episodes: how many blocks are of the same world, from the first one on.
        environments: in a block.
    """
    if episodes == 1:
        return batch

    def blocks(leaf: Array) -> Array:
        # The size is named, as what is not remembered has none to tell it from.
        worlds = leaf.shape[1] // (episodes * environments)
        return leaf.reshape(leaf.shape[0], worlds, episodes, environments, *leaf.shape[2:])

    def follow(leaf: Array) -> Array:
        apart = jnp.moveaxis(blocks(leaf), 2, 0)
        steps, rows = episodes * leaf.shape[0], leaf.shape[1] // episodes
        return apart.reshape(steps, rows, *leaf.shape[2:])

    parts = (batch.experience, batch.advantage, batch.target)
    experience, advantage, target = jax.tree.map(follow, parts)
    recall = blocks(batch.recall)[:, :, 0]
    rows = batch.recall.shape[1] // episodes
    recall = recall.reshape(1, rows, *batch.recall.shape[2:])
    return Batch(experience, recall, advantage, target)


def loss(
    network: Network | Specialists,
    policy: ActorCritic,
    batch: Batch,
    *,
    config: PPO,
    entropy_coefficient: Float[Array, ""],
) -> tuple[Float[Array, ""], dict[str, Float[Array, ""]]]:
    """Equation 9 of the paper, with its sign turned: what gradient descent makes small.

        L = - E[min(ratio * A, clip(ratio, 1 - eps, 1 + eps) * A)] + c1 * E[(V - target)^2]
            - c2 * E[entropy]

    Args:
        network: the weights to improve.
        policy: the rest of the policy they belong to.
        batch: with targets in the critic's units.
        config: epsilon is `clip`, c1 `value_coefficient`.
        entropy_coefficient: c2.

    Returns:
        The loss, and figures that tell how the update goes.
    """
    experience, acting = batch.experience, batch.experience.acting
    distribution, value, _ = policy.evaluate(
        network, experience.observation, batch.recall[0], acting
    )
    log_probability, entropy = distribution.evaluate(experience.choices)

    log_ratio = jnp.where(acting, log_probability - experience.log_probability, 0)
    ratio = jnp.exp(log_ratio)
    clipped = jnp.clip(ratio, 1 - config.clip, 1 + config.clip)
    surrogate = jnp.minimum(ratio * batch.advantage, clipped * batch.advantage)

    error = (value - batch.target) ** 2
    if config.value_clip is not None:
        old = policy.normalize(experience.value)
        near = old + jnp.clip(value - old, -config.value_clip, config.value_clip)
        error = jnp.maximum(error, (near - batch.target) ** 2)

    figures = {
        "policy_loss": -_mean(surrogate, acting),
        "value_loss": _mean(error, acting),
        "entropy": _mean(entropy, acting),
        # Unbiased, never negative and of low variance (Schulman 2020, "Approximating KL").
        "kl": _mean(ratio - 1 - log_ratio, acting),
        "clip_fraction": _mean((jnp.abs(ratio - 1) > config.clip).astype(ratio.dtype), acting),
    }
    total = (
        figures["policy_loss"]
        + config.value_coefficient * figures["value_loss"]
        - entropy_coefficient * figures["entropy"]
    )
    return total, figures


def improved(
    policy: ActorCritic,
    optimizer_state: Any,
    gathered: RoleExperience,
    key: Key[Array, ""],
    *,
    config: PPO,
    learning_rate: Float[Array, ""],
    entropy_coefficient: Float[Array, ""],
    discount: Float[Array, ""],
) -> tuple[ActorCritic, Any, dict[str, Float[Array, ""]]]:
    """`targets` of what a role has gathered, and `improve` on its decisions."""
    batch = targets(
        gathered.experience,
        gathered.recall,
        gathered.final_value,
        gathered.terminated,
        gathered.truncated,
        left=gathered.left,
        discount=discount,
        gae_lambda=config.gae_lambda,
        kinds=max(1, len(gathered.role.kinds)) if config.standardize_by_kind else 1,
    )
    return improve(
        policy,
        optimizer_state,
        chained(decisions(batch, gathered.role.every), gathered.chained, config.environments),
        key,
        config=config,
        learning_rate=learning_rate,
        entropy_coefficient=entropy_coefficient,
    )


def improve(
    policy: ActorCritic,
    optimizer_state: Any,
    batch: Batch,
    key: Key[Array, ""],
    *,
    config: PPO,
    learning_rate: Float[Array, ""],
    entropy_coefficient: Float[Array, ""],
) -> tuple[ActorCritic, Any, dict[str, Float[Array, ""]]]:
    """Several passes of gradient steps over a batch.

    Args:
        policy: that gathered the batch.
        optimizer_state: of `optimizer(config)`, for `policy.network`.
        batch: from `targets`.
        key: luck of the minibatches.
        config: epochs, minibatches and coefficients.
        learning_rate: of these steps.
        entropy_coefficient: of these steps.

    Returns:
        The better policy, the optimiser's state, and figures averaged over the steps.
    """
    experience = batch.experience
    residual = batch.target - experience.value
    explained = 1 - _variance(residual, experience.acting) / jnp.maximum(
        _variance(batch.target, experience.acting), 1e-12
    )
    if policy.return_statistics is not None:
        weights = experience.acting.ravel().astype(batch.target.dtype)
        policy = policy.rescale(
            policy.return_statistics.update(batch.target.ravel(), weights, memory=_RETURN_MEMORY)
        )
    batch = dataclasses.replace(batch, target=policy.normalize(batch.target))
    transform = optimizer(config)
    gradient = jax.grad(loss, has_aux=True)

    def descend(carry, environments):
        network, state = carry
        # Whole environments are shuffled: moving single steps takes a hundred times longer.
        part = jax.tree.map(lambda x: jnp.take(x, environments, axis=1, mode="clip"), batch)
        slope, figures = gradient(
            network, policy, part, config=config, entropy_coefficient=entropy_coefficient
        )
        direction, state = transform.update(slope, state)
        network = jax.tree.map(lambda w, d: w - learning_rate * d, network, direction)
        return (network, state), figures | {"gradient_norm": _norm(slope)}

    def epoch(carry, key):
        order = jax.random.permutation(key, experience.reward.shape[1])
        return jax.lax.scan(descend, carry, order.reshape(config.minibatches, -1))

    (network, optimizer_state), figures = jax.lax.scan(
        epoch, (policy.network, optimizer_state), jax.random.split(key, config.epochs)
    )
    figures = {name: jnp.mean(value) for name, value in figures.items()}
    statistics = policy.feature_statistics
    if statistics is not None:
        # Only now: the policy that is improved has to see what the policy that acted saw.
        statistics = _seen_since(statistics, policy.encoding, experience)
    policy = dataclasses.replace(policy, network=network, feature_statistics=statistics)
    return policy, optimizer_state, figures | {"explained_variance": explained}


def _seen_since(
    statistics: RunningStatistics, encoding: Encoding, experience: Experience
) -> RunningStatistics:
    """Statistics of the features with those that were seen by members who acted."""
    seen, acting = experience.observation, experience.acting
    features = {"": seen.features, **{name: parts.features for name, parts in seen.more.items()}}
    number = seen.features.dtype
    parts = []
    for name, place in encoding.places().items():
        # What all see alike counts as often as somebody acted on it.
        weights = jnp.sum(acting, axis=-1, dtype=number) if name in OF_ALL else acting
        values = features[name].reshape(weights.size, features[name].shape[-1])
        parts.append(statistics.of(place).update(values, weights.ravel().astype(number)))
    if len(parts) == 1:
        return parts[0]
    return RunningStatistics(
        mean=jnp.concatenate([part.mean for part in parts]),
        variance=jnp.concatenate([part.variance for part in parts]),
        batches=parts[0].batches,
    )


def _norm(tree: Network | Specialists) -> Float[Array, ""]:
    return jnp.sqrt(sum(jnp.sum(leaf**2) for leaf in jax.tree.leaves(tree)))


def _mean(values: Float[Array, "*batch"], where: Bool[Array, "*batch"]) -> Float[Array, ""]:
    """Mean over the members that acted; 0 if none did."""
    return jnp.sum(jnp.where(where, values, 0)) / jnp.maximum(jnp.sum(where), 1)


def _variance(values: Float[Array, "*batch"], where: Bool[Array, "*batch"]) -> Float[Array, ""]:
    return _mean((values - _mean(values, where)) ** 2, where)
