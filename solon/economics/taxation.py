"""Bracket taxation: what is due, at which marginal and average rate, and who gets the revenue.

A schedule is a pair of arrays: `cutoffs`, the lower edges of the brackets in coin, increasing
from 0, and `rates`, the marginal rate of each bracket in [0, 1]. The last bracket is open. Where
income or a cutoff is not a number, neither is what is due nor any rate.
"""

import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float, Real

from ._arrays import as_float

__all__ = [
    "average_rate",
    "collect",
    "effective_rate",
    "marginal_rate",
    "redistribute_equally",
    "tax_due",
]


def tax_due(
    income: Real[ArrayLike, "*shape"],
    cutoffs: Real[ArrayLike, " brackets"],
    rates: Real[ArrayLike, " brackets"],
) -> Float[Array, "*shape"]:
    """The tax that a bracket schedule asks for.

    Args:
        income: income of one tax period in coin, any shape; on a loss nothing is due.
        cutoffs: lower edges of the brackets in coin.
        rates: marginal rates.

    Returns:
        Tax due in coin: continuous and piecewise linear in income.
    """
    income, cutoffs, rates = as_float(income), as_float(cutoffs), as_float(rates)
    widths = jnp.append(jnp.diff(cutoffs), jnp.inf)
    above = jnp.maximum(income[..., None] - _along(cutoffs, income), 0.0)
    in_bracket = jnp.minimum(above, _along(widths, income))
    # A sum and not a matrix product, which accelerators round to fewer digits.
    return jnp.sum(in_bracket * _along(rates, income), axis=-1)


def marginal_rate(
    income: Real[ArrayLike, "*shape"],
    cutoffs: Real[ArrayLike, " brackets"],
    rates: Real[ArrayLike, " brackets"],
) -> Float[Array, "*shape"]:
    """The rate on the next coin earned.

    Args:
        income: income of one tax period in coin, any shape. An income exactly on a cutoff is in
            the bracket that begins there.
        cutoffs: lower edges of the brackets in coin.
        rates: marginal rates.

    Returns:
        Marginal rate; 0 for a negative income.
    """
    income, cutoffs, rates = as_float(income), as_float(cutoffs), as_float(rates)
    reached = income[..., None] >= _along(cutoffs, income)
    beyond = jnp.concatenate([reached[..., 1:], jnp.zeros_like(reached[..., :1])], axis=-1)
    rate = jnp.sum(jnp.where(reached & ~beyond, _along(rates, income), 0.0), axis=-1)
    # NaN reaches no bracket, and no income reaches NaN: without this the rate would be 0.
    unknown = jnp.isnan(income) | jnp.any(jnp.isnan(cutoffs))
    return jnp.where(unknown, jnp.nan, rate)


def average_rate(
    income: Real[ArrayLike, "*shape"],
    cutoffs: Real[ArrayLike, " brackets"],
    rates: Real[ArrayLike, " brackets"],
) -> Float[Array, "*shape"]:
    """The tax due as a share of income.

    Args:
        income: income of one tax period in coin, any shape.
        cutoffs: lower edges of the brackets in coin.
        rates: marginal rates.

    Returns:
        Average rate. At income 0 it is the limit from above, the first marginal rate;
        for a negative income it is 0.
    """
    income = as_float(income)
    share = tax_due(income, cutoffs, rates) / jnp.where(income > 0, income, 1.0)
    return jnp.where(income > 0, share, marginal_rate(income, cutoffs, rates))


def collect(
    income: Real[ArrayLike, "*shape"],
    liquid_coin: Real[ArrayLike, "*shape"],
    cutoffs: Real[ArrayLike, " brackets"],
    rates: Real[ArrayLike, " brackets"],
) -> Float[Array, "*shape"]:
    """The tax that is paid: what is due, as far as there is coin at hand.

    Args:
        income: income of one tax period in coin.
        liquid_coin: coin at hand, at least 0; coin that is bound in open orders is out of reach.
        cutoffs: lower edges of the brackets in coin.
        rates: marginal rates.

    Returns:
        Tax paid in coin, between 0 and `liquid_coin`.
    """
    return jnp.minimum(liquid_coin, tax_due(income, cutoffs, rates))


def effective_rate(
    paid: Real[ArrayLike, "*shape"], income: Real[ArrayLike, "*shape"]
) -> Float[Array, "*shape"]:
    """The tax that was paid as a share of income, which counts as at least 1e-6 coin.

    Args:
        paid: tax paid in coin.
        income: income of the same tax period in coin.

    Returns:
        Effective rate; below the average rate for those who could not pay all that was due.
    """
    return as_float(paid) / jnp.maximum(income, 1e-6)


def redistribute_equally(paid: Real[ArrayLike, "*batch n"]) -> Float[Array, "*batch n"]:
    """Hand the revenue back in equal lump sums.

    Args:
        paid: tax paid by each of n in coin (last axis).

    Returns:
        Transfer to each of n in coin: the mean of what was paid.
    """
    paid = as_float(paid)
    share = jnp.sum(paid, axis=-1, keepdims=True) / paid.shape[-1]
    return jnp.broadcast_to(share, paid.shape)


def _along(
    schedule: Float[Array, " brackets"], income: Float[Array, "*shape"]
) -> Float[Array, "*ones brackets"]:
    """Give a schedule the axes of income, for those who forbid implicit rank promotion."""
    return jnp.expand_dims(schedule, tuple(range(income.ndim)))
