"""Generalised advantage estimation (Schulman, Moritz, Levine, Jordan and Abbeel 2016)."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

__all__ = ["generalized_advantages"]

Scalar = float | Float[Array, ""]


def generalized_advantages(
    rewards: Float[Array, "steps *batch"],
    values: Float[Array, "steps *batch"],
    final_values: Float[Array, "*batch"],
    *,
    terminated: Bool[Array, "steps *batch"],
    truncated: Bool[Array, "steps *batch"],
    acting: Bool[Array, "steps *batch"],
    discount: Scalar,
    gae_lambda: Scalar,
) -> tuple[Float[Array, "steps *batch"], Float[Array, "steps *batch"]]:
    """Advantages of what was done over what was expected.

    For someone who decides on every step this is equation 16 of the paper: the sum over l of
    (discount x lambda)^l times the temporal differences

        delta_t = r_t + discount * V(s_t+1) - V(s_t).

    A terminal state is worth nothing, so that V(s_t+1) is 0 after it. An episode that was merely
    cut off would have gone on, so V(s_t+1) stands for what was not seen. No sum reaches beyond
    either.

    Who decides on some steps only is credited with all that follows until the next decision: where
    nobody acted, the critic is not asked, the reward is passed back, discounted, and lambda
    counts decisions.

    Args:
        rewards: r_t, for what was done at s_t.
        values: V(s_t).
        final_values: V of the state after the last step.
        terminated: the episode ended with the step.
        truncated: the episode was cut off after the step; the next entry of `values` is the
            value of the state in which that happened.
        acting: who decided at s_t.
        discount: gamma.
        gae_lambda: lambda.

    Returns:
        Advantages, and what the critic should have said: advantages plus values. Both mean
        something only where `acting`.
    """

    def step(carry, inputs):
        onward, advantage = carry
        reward, value, following, terminated, truncated, acting = inputs
        onward = jnp.where(truncated, following, onward)
        onward = jnp.where(terminated, 0, onward)
        advantage = jnp.where(terminated | truncated, 0, advantage)

        worth = reward + discount * onward
        delta = worth - value
        advantage = jnp.where(
            acting, delta + discount * gae_lambda * advantage, discount * advantage
        )
        return (jnp.where(acting, value, worth), advantage), advantage

    following = jnp.concatenate([values[1:], final_values[None]])
    _, advantages = jax.lax.scan(
        step,
        (final_values, jnp.zeros_like(final_values)),
        (rewards, values, following, terminated, truncated, acting),
        reverse=True,
    )
    return advantages, advantages + values
