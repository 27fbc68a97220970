"""Numbers that change with the environment steps done."""

import jax.numpy as jnp
from jaxtyping import Array, Float, Real

from .settings import Schedule

__all__ = ["value_at"]


def value_at(schedule: Schedule, environment_steps: Real[Array, ""]) -> Float[Array, ""]:
    """What a schedule says now.

    Args:
        schedule: a number, or points (steps, value).
        environment_steps: done so far, all environments together.
    """
    if not isinstance(schedule, tuple):
        return jnp.asarray(schedule, jnp.zeros(()).dtype)
    steps, values = jnp.asarray(schedule, jnp.zeros(()).dtype).T
    return jnp.interp(environment_steps.astype(steps.dtype), steps, values)
