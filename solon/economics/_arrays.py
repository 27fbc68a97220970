"""Take numbers as they come."""

import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float, Real

__all__ = ["as_float"]


def as_float(values: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    """An array of floating numbers, in the precision that it has or else the default one."""
    array = jnp.asarray(values)
    return array if jnp.issubdtype(array.dtype, jnp.floating) else array.astype(float)
