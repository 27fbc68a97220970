"""What a policy learns from in an update: experience, and what of it was good."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from ..environment import KIND
from .gae import Scalar, generalized_advantages
from .rollout import Experience, RoleExperience

__all__ = ["Batch", "batch_of", "chained", "decisions", "mean_of", "targets", "variance_of"]


class Batch(eqx.Module):
    """Experience and what to learn from it: axes (steps, environments, members).

    Attributes:
        experience: what was seen, done and got.
        recall: what was remembered before the first step, the only one on that axis.
        advantage: how much better it went than expected.
        target: what the critic should have said.
    """

    experience: Experience
    recall: Float[Array, "1 environments *members memory"]
    advantage: Float[Array, "*batch"]
    target: Float[Array, "*batch"]


def batch_of(
    gathered: RoleExperience,
    environments: int,
    *,
    discount: Scalar,
    gae_lambda: Scalar,
    kinds: int = 1,
) -> Batch:
    """`targets` of what a role has gathered, on its decisions alone, worlds in one piece.

    Args:
        gathered: of the role in this update.
        environments: how many copies of the economy run side by side.
        discount: see `targets`.
        gae_lambda: see `targets`.
        kinds: see `targets`.
    """
    batch = targets(
        gathered.experience,
        gathered.recall,
        gathered.final_value,
        gathered.terminated,
        gathered.truncated,
        left=gathered.left,
        discount=discount,
        gae_lambda=gae_lambda,
        kinds=kinds,
    )
    decided = decisions(batch, gathered.role.every)
    return chained(decided, gathered.chained, environments // gathered.shards)


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
        centered = advantage - mean_of(advantage, here)
        deviation = jnp.sqrt(mean_of(centered**2, here))
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
        environments: in a block: those of a shard.
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


def mean_of(
    values: Float[Array, "*batch"],
    where: Bool[Array, "*batch"],
    count: Float[Array, ""] | None = None,
) -> Float[Array, ""]:
    """Mean over the members that acted, 0 if none did; what they add to it if more are counted."""
    total = jnp.sum(jnp.where(where, values, 0))
    return total / (jnp.maximum(jnp.sum(where), 1) if count is None else count)


def variance_of(values: Float[Array, "*batch"], where: Bool[Array, "*batch"]) -> Float[Array, ""]:
    """Variance over the members that acted."""
    return mean_of((values - mean_of(values, where)) ** 2, where)
