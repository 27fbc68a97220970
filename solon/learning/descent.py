"""Gradient steps of a network on a batch."""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any, TypeAlias, cast

import jax
import jax.numpy as jnp
import optax
from jax.sharding import Mesh
from jaxtyping import Array, Float, Key

from ..agents.actor_critic import ActorCritic
from ..agents.encoding import GROUPS, OF_ALL, Encoding
from ..agents.networks import Network, Specialists
from ..agents.normalization import RunningStatistics
from .batch import Batch, variance_of
from .gae import Scalar
from .rollout import Experience
from .shards import apart, over_shards, shuffled

__all__ = ["Loss", "improve", "optimizer", "seen_since"]

_RETURN_MEMORY = 20.0
"""Updates over which the statistics of the returns look back: they grow as a policy gets better."""


Loss: TypeAlias = Callable[
    [Network | Specialists, ActorCritic, Batch, Float[Array, ""] | None],
    tuple[Float[Array, ""], dict[str, Float[Array, ""]]],
]
"""What gradient descent makes small, as a mean over the members that acted, and figures that tell
how the update goes. From the weights to improve, the rest of the policy that they belong to, a
batch with targets in the critic's units, and how many members acted in the minibatch of which it is
a part, so that parts add up to it; None if it is the whole."""


def optimizer(gradient_clip: Scalar) -> optax.GradientTransformation:
    """Adam with clipped gradients; the learning rate is multiplied on afterwards."""
    return optax.chain(
        optax.clip_by_global_norm(cast(float, gradient_clip)), optax.scale_by_adam(eps=1e-5)
    )


def improve(
    policy: ActorCritic,
    optimizer_state: Any,
    batch: Batch,
    key: Key[Array, ""],
    *,
    loss: Loss,
    epochs: int,
    minibatches: int,
    accumulate: int,
    learning_rate: Scalar,
    gradient_clip: Scalar,
    shards: int = 1,
    mesh: Mesh | None = None,
) -> tuple[ActorCritic, Any, dict[str, Float[Array, ""]]]:
    """Several passes of gradient steps over a batch.

    Args:
        policy: that gathered the batch.
        optimizer_state: of `optimizer`, for `policy.network`.
        batch: from `batch_of`.
        key: luck of the minibatches.
        loss: what gradient descent makes small.
        epochs: passes.
        minibatches: parts of a pass, each of whole environments.
        accumulate: parts of a minibatch whose gradients are added up.
        learning_rate: of these steps.
        gradient_clip: of these steps.
        shards: parts of the batch, one after the other, of each of which a minibatch has as much.
        mesh: devices that share out the shards, if there are several.

    Returns:
        The better policy, the optimiser's state, and figures averaged over the steps.
    """
    experience = batch.experience
    residual = batch.target - experience.value
    explained = 1 - variance_of(residual, experience.acting) / jnp.maximum(
        variance_of(batch.target, experience.acting), 1e-12
    )
    if policy.return_statistics is not None:
        weights = experience.acting.ravel().astype(batch.target.dtype)
        policy = policy.rescale(
            policy.return_statistics.update(batch.target.ravel(), weights, memory=_RETURN_MEMORY)
        )
    batch = dataclasses.replace(batch, target=policy.normalize(batch.target))
    transform = optimizer(gradient_clip)

    reader, batch = _readied(policy, batch)
    remembers = policy.network.memory_width > 0
    parts = apart(batch if remembers else _rows_first(batch), shards)
    slope_of = functools.partial(_slope, loss, accumulate=accumulate, flat=not remembers)

    def descend(carry, chosen):
        network, state = carry
        slope, figures = over_shards(
            slope_of, (network, reader), parts, chosen, shards=shards, mesh=mesh
        )
        direction, state = transform.update(slope, state)
        network = jax.tree.map(lambda w, d: w - learning_rate * d, network, direction)
        return (network, state), figures | {"gradient_norm": _norm(slope)}

    def epoch(carry, key):
        order = shuffled(key, experience.reward.shape[1], minibatches, shards)
        return jax.lax.scan(descend, carry, order)

    (network, optimizer_state), figures = jax.lax.scan(
        epoch, (policy.network, optimizer_state), jax.random.split(key, epochs)
    )
    figures = {name: jnp.mean(value) for name, value in figures.items()}
    statistics = policy.feature_statistics
    if statistics is not None:
        # Only now: the policy that is improved has to see what the policy that acted saw.
        statistics = seen_since(statistics, policy.encoding, experience)
    policy = dataclasses.replace(policy, network=network, feature_statistics=statistics)
    return policy, optimizer_state, figures | {"explained_variance": explained}


def _readied(policy: ActorCritic, batch: Batch) -> tuple[ActorCritic, Batch]:
    """The batch as all gradient steps read it, and the policy that does."""
    experience = batch.experience
    policy, seen, order = policy.readied(experience.observation)
    experience = dataclasses.replace(experience, observation=seen)
    batch = dataclasses.replace(batch, experience=experience)
    if order is None:
        return policy, batch

    def put(leaf: Array) -> Array:
        own = order[: leaf.shape[0]]
        index = jnp.expand_dims(own, range(own.ndim, leaf.ndim))
        return jnp.take_along_axis(leaf, index, axis=2, mode="clip")

    alike = {name: parts for name, parts in seen.more.items() if name in OF_ALL}
    own = {name: parts for name, parts in seen.more.items() if name not in OF_ALL}
    of_members = dataclasses.replace(seen, more=own)
    experience = dataclasses.replace(experience, observation=of_members)
    batch = jax.tree.map(put, dataclasses.replace(batch, experience=experience))
    seen = batch.experience.observation
    # In the order of their names, as jax puts them.
    more = {**seen.more, **alike}
    seen = dataclasses.replace(seen, more={name: more[name] for name in GROUPS if name in more})
    experience = dataclasses.replace(batch.experience, observation=seen)
    return policy, dataclasses.replace(batch, experience=experience)


def _rows_first(batch: Batch) -> Batch:
    """A batch without memory, each step a situation of its own: axes (1, environments, steps, ...).

    What a minibatch takes of an environment lies in one piece then.
    """
    steps = batch.advantage.shape[0]
    recall = jnp.zeros((1, batch.recall.shape[1], steps, *batch.recall.shape[2:]))
    turned: Batch = jax.tree.map(lambda x: jnp.moveaxis(x, 0, 1)[None], batch)
    return dataclasses.replace(turned, recall=recall)


def _slope(
    loss: Loss,
    network: Network | Specialists,
    policy: ActorCritic,
    batch: Batch,
    sum_over: Callable[[Array], Array] | None,
    shards: int,
    *,
    accumulate: int,
    flat: bool,
) -> tuple[Network | Specialists, dict[str, Float[Array, ""]]]:
    """The gradient of the loss, and its figures, as the sum over parts of the batch.

    Args:
        loss: what gradient descent makes small.
        network: the weights to improve.
        policy: the rest of the policy they belong to.
        batch: the part of it that is here.
        sum_over: adds up what is on several devices; None if all of the batch is here.
        shards: parts of what is here.
        accumulate: parts whose gradients are added up.
        flat: the batch is as `_rows_first` gives it.
    """
    if flat:
        batch = jax.tree.map(lambda x: x.reshape(1, x.shape[1] * x.shape[2], *x.shape[3:]), batch)
    gradient = jax.grad(loss, has_aux=True)
    if accumulate == 1 and sum_over is None:
        found: tuple[Network | Specialists, dict[str, Float[Array, ""]]]
        found = gradient(network, policy, batch, None)
        return found
    acting = jnp.sum(batch.experience.acting)
    total = acting if sum_over is None else sum_over(acting)
    decided = jnp.maximum(total, 1).astype(batch.target.dtype)

    def split(leaf: Array) -> Array:
        steps, rows = leaf.shape[:2]
        size = rows // shards // accumulate
        each = leaf.reshape(steps, shards, accumulate, size, *leaf.shape[2:])
        return jnp.moveaxis(each, 2, 0).reshape(
            accumulate, steps, rows // accumulate, *leaf.shape[2:]
        )

    def add(total, part):
        one = gradient(network, policy, part, decided)
        return jax.tree.map(jnp.add, total, one), None

    if accumulate == 1:
        added = gradient(network, policy, batch, decided)
    else:
        pieces = jax.tree.map(split, batch)
        first = jax.tree.map(lambda leaf: leaf[0], pieces)
        shapes = jax.eval_shape(lambda: gradient(network, policy, first, decided))
        nothing = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shapes)
        added = jax.lax.scan(add, nothing, pieces)[0]
    return cast(Any, added if sum_over is None else jax.tree.map(sum_over, added))


def seen_since(
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
