"""How much of its rates a planner may use while workers still learn to live with taxes."""

import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float, Real

from ._arrays import as_float

__all__ = ["rate_cap_after_episodes", "rate_cap_after_steps"]


def rate_cap_after_episodes(
    completed_episodes: Real[ArrayLike, ""],
    *,
    rate_max: Real[ArrayLike, ""] = 1.0,
    warmup: Real[ArrayLike, ""] = -100.0,
    slope: Real[ArrayLike, ""] = 0.001,
) -> Float[Array, ""]:
    """The annealed cap on marginal rates as the original framework counts it.

    `clip(slope * (completed_episodes - warmup), 0, 1) * rate_max`. The defaults are the published
    schedule: 10 percent at first, 0.1 points more with each episode, everything after 900.

    Args:
        completed_episodes: episodes that this copy of the environment has completed.
        rate_max: cap when the annealing is over.
        warmup: episodes before the cap begins to rise (negative: it has risen already).
        slope: share of `rate_max` gained an episode.

    Returns:
        Highest rate allowed.
    """
    # A product of a difference, in this order: the cap is compared with rates to the last bit.
    return jnp.clip(slope * (as_float(completed_episodes) - warmup), 0.0, 1.0) * rate_max


def rate_cap_after_steps(
    environment_steps: Real[ArrayLike, ""],
    *,
    full_after: Real[ArrayLike, ""] = 27e6,
    start: Real[ArrayLike, ""] = 0.1,
    rate_max: Real[ArrayLike, ""] = 1.0,
) -> Float[Array, ""]:
    """The annealed cap on marginal rates as a function of all experience so far.

    The share of `rate_max` rises in a straight line from `start` to 1. The defaults
    are the published schedule for its 30 copies of the environment and episodes of 1,000 steps;
    unlike that one this does not depend on the number of copies.

    Args:
        environment_steps: steps of all copies of the environment together.
        full_after: steps after which all of `rate_max` is allowed, above 0.
        start: share that is allowed at first, in [0, 1].
        rate_max: cap when the annealing is over.

    Returns:
        Highest rate allowed.
    """
    progress = jnp.clip(as_float(environment_steps) / full_after, 0.0, 1.0)
    return as_float((start + (1.0 - start) * progress) * rate_max)
