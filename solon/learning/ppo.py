"""Proximal policy optimisation (Schulman, Wolski, Dhariwal, Radford and Klimov 2017)."""

import functools
from typing import Any, NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..agents.actor_critic import ActorCritic
from ..agents.networks import Network, Specialists
from .batch import Batch, batch_of, mean_of
from .descent import improve
from .gae import Scalar
from .policy_gradient import PolicyGradient
from .rollout import RoleExperience

__all__ = ["Coefficients", "improved", "loss"]


class Coefficients(NamedTuple):
    """Coefficients of an update, as `PolicyGradient` explains them: numbers, or traced ones."""

    learning_rate: Scalar
    entropy_coefficient: Scalar
    discount: Scalar
    gae_lambda: Scalar
    clip: Scalar | None
    value_clip: Scalar | None
    value_coefficient: Scalar
    gradient_clip: Scalar


def loss(
    network: Network | Specialists,
    policy: ActorCritic,
    batch: Batch,
    decided: Float[Array, ""] | None = None,
    *,
    now: Coefficients,
) -> tuple[Float[Array, ""], dict[str, Float[Array, ""]]]:
    """Equation 9 of the paper, with its sign turned: what gradient descent makes small.

        L = - E[min(ratio * A, clip(ratio, 1 - eps, 1 + eps) * A)] + c1 * E[(V - target)^2]
            - c2 * E[entropy]

    Without `clip` the first term is - E[log pi * A], the policy gradient of Mnih et al. 2016.

    Args:
        network: the weights to improve.
        policy: the rest of the policy they belong to.
        batch: with targets in the critic's units.
        decided: how many members acted in the minibatch of which this is a part, so that parts
            add up to it; in this batch if left out.
        now: epsilon is `clip`, c1 `value_coefficient`, c2 `entropy_coefficient`.

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
    if now.clip is None:
        surrogate = jnp.where(acting, log_probability, 0) * batch.advantage
    else:
        clipped = jnp.clip(ratio, 1 - now.clip, 1 + now.clip)
        surrogate = jnp.minimum(ratio * batch.advantage, clipped * batch.advantage)

    error = (value - batch.target) ** 2
    if now.value_clip is not None:
        old = policy.normalize(experience.value)
        near = old + jnp.clip(value - old, -now.value_clip, now.value_clip)
        error = jnp.maximum(error, (near - batch.target) ** 2)

    mean = functools.partial(mean_of, where=acting, count=decided)
    figures = {
        "policy_loss": -mean(surrogate),
        "value_loss": mean(error),
        "entropy": mean(entropy),
        # Unbiased, never negative and of low variance (Schulman 2020, "Approximating KL").
        "kl": mean(ratio - 1 - log_ratio),
    }
    if now.clip is not None:
        figures["clip_fraction"] = mean((jnp.abs(ratio - 1) > now.clip).astype(ratio.dtype))
    total = (
        figures["policy_loss"]
        + now.value_coefficient * figures["value_loss"]
        - now.entropy_coefficient * figures["entropy"]
    )
    return total, figures


def improved(
    policy: ActorCritic,
    optimizer_state: Any,
    gathered: RoleExperience,
    key: Key[Array, ""],
    *,
    config: PolicyGradient,
    now: Coefficients,
) -> tuple[ActorCritic, Any, dict[str, Float[Array, ""]]]:
    """Advantages of what a role has gathered, and gradient steps on its decisions."""
    batch = batch_of(
        gathered,
        config.environments,
        discount=now.discount,
        gae_lambda=now.gae_lambda,
        kinds=max(1, len(gathered.role.kinds)) if config.standardize_by_kind else 1,
    )
    return improve(
        policy,
        optimizer_state,
        batch,
        key,
        loss=functools.partial(loss, now=now),
        epochs=config.epochs,
        minibatches=config.minibatches,
        accumulate=config.accumulate,
        learning_rate=now.learning_rate,
        gradient_clip=now.gradient_clip,
        shards=gathered.shards,
        mesh=gathered.mesh,
    )
