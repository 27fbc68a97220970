"""A linear tax whose revenue is handed back in equal shares, where utility is quasi-linear.

A worker of skill w earns z = w ** (1 + e) * (1 - t) ** e. All incomes move by the same factor, so
the Gini index G of incomes is the same under every rate, and that of consumption is (1 - t) G.
Equality times output is therefore in proportion to

    (1 - t) ** e * (1 - (1 - t) * G),

which is highest where 1 - t = e / ((1 + e) G), or at t = 0 where that is above 1.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from ._arrays import power

__all__ = ["linear_tax_consumption", "quasi_linear_incomes", "rate_for_equality_times_output"]


def quasi_linear_incomes(
    skills: Float[Array, "*batch"],
    elasticity: Float[Array, "*#batch"],
    rate: Float[Array, "*#batch"],
) -> Float[Array, "*batch"]:
    """Incomes before tax of workers without income effects: w ** (1 + e) * (1 - t) ** e.

    Args:
        skills: w, coin a unit of labor, above 0.
        elasticity: e, of income with respect to 1 - t, above 0.
        rate: t, marginal rate in [0, 1].
    """
    kept, exponent = jnp.broadcast_arrays(1 - rate, elasticity)
    return power(skills, 1 + elasticity) * power(kept, exponent)


def linear_tax_consumption(
    coin: Float[Array, "*batch n"], rate: Float[Array, "*#batch"]
) -> Float[Array, "*batch n"]:
    """Coin after a linear tax and an equal share of its revenue.

    Args:
        coin: earned before tax by each worker.
        rate: the same for all of them.
    """
    kept = (1 - rate)[..., None]
    return kept * coin + (1 - kept) * jnp.mean(coin, axis=-1, keepdims=True)


def rate_for_equality_times_output(
    elasticity: Float[Array, "*batch"], gini: Float[Array, "*batch"]
) -> Float[Array, "*batch"]:
    """The rate at which equality times output is highest: 1 - e / ((1 + e) G), and at least 0.

    Args:
        elasticity: e, of all workers, above 0.
        gini: G, of incomes, normalised as in `solon.economics.gini`.
    """
    kept = elasticity / ((1 + elasticity) * jnp.where(gini == 0, 1.0, gini))
    # `where` and not `maximum`, which may drop what is not a number.
    return jnp.where((gini == 0) | (kept > 1), 0 * elasticity * gini, 1 - kept)
