"""Take numbers as they come, and pass on what is not a number."""

import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float, Real

__all__ = ["as_float", "power"]


def as_float(values: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    """An array of floating numbers, in the precision that it has or else the default one."""
    array = jnp.asarray(values)
    return array if jnp.issubdtype(array.dtype, jnp.floating) else array.astype(float)


def power(
    base: Real[ArrayLike, "*shape"], exponent: Real[ArrayLike, "*#shape"]
) -> Float[Array, "*shape"]:
    """`base ** exponent`, NaN where one of them is: IEEE 754 has 1 ** NaN and NaN ** 0 be 1."""
    unknown = jnp.isnan(base) | jnp.isnan(exponent)
    return jnp.where(unknown, jnp.nan, jnp.power(base, exponent))
