"""Numbers that change with the environment steps done."""

import jax.numpy as jnp
from jaxtyping import Array, Float, PyTree, Real

from .settings import Schedule

__all__ = ["value_at"]


def value_at(
    schedule: Schedule | PyTree[Float[Array, ""]], environment_steps: Real[Array, ""]
) -> Float[Array, ""]:
    """What a schedule says now.

    Args:
        schedule: a number, or points (steps, value); each number may be one that jax traces.
        environment_steps: done so far, all environments together.
    """
    if not isinstance(schedule, tuple):
        return jnp.asarray(schedule, jnp.zeros(()).dtype)
    steps, values = jnp.asarray(schedule, jnp.zeros(()).dtype).T
    return jnp.interp(environment_steps.astype(steps.dtype), steps, values)
