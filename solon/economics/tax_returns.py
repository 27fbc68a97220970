"""The tax returns that a planner has seen, in arrays of a fixed size."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Bool, Float, Int, Real

from ._arrays import as_float

__all__ = ["TaxReturns", "add_tax_returns", "no_tax_returns"]


class TaxReturns(eqx.Module):
    """The latest tax returns, oldest first, in arrays of a fixed size.

    Attributes:
        incomes: incomes of one tax period in coin.
        marginal_rates: the marginal rates that they were earned under.
        welfare_weights: what a coin more is worth to society in the hands of each, where somebody
            said so; else 1.
        count: how many there are; they fill the end of the arrays.
    """

    incomes: Float[Array, " capacity"]
    marginal_rates: Float[Array, " capacity"]
    welfare_weights: Float[Array, " capacity"]
    count: Int[Array, ""]

    @property
    def valid(self) -> Bool[Array, " capacity"]:
        """Which entries are returns."""
        capacity = self.incomes.shape[0]
        return jnp.arange(capacity) >= capacity - self.count


def no_tax_returns(capacity: int = 500) -> TaxReturns:
    """An empty collection that keeps the latest `capacity` returns (500 as published)."""
    nothing = jnp.zeros(capacity)
    return TaxReturns(nothing, nothing, jnp.ones(capacity), jnp.zeros((), int))


def add_tax_returns(
    returns: TaxReturns,
    incomes: Real[ArrayLike, " n"],
    marginal_rates: Real[ArrayLike, " n"],
    welfare_weights: Real[ArrayLike, " n"] | None = None,
) -> TaxReturns:
    """File the returns of one tax period; beyond the capacity the oldest are dropped.

    Args:
        returns: what was filed before.
        incomes: incomes of the period in coin.
        marginal_rates: marginal rates at these incomes.
        welfare_weights: what a coin more is worth to society in these hands, if that is known.

    Returns:
        A new collection of the same capacity.
    """
    incomes, marginal_rates = as_float(incomes), as_float(marginal_rates)
    given = jnp.ones_like(incomes) if welfare_weights is None else as_float(welfare_weights)
    capacity = returns.incomes.shape[0]

    def file(before, new):
        return jnp.concatenate([before, new])[-capacity:]

    return TaxReturns(
        incomes=file(returns.incomes, incomes),
        marginal_rates=file(returns.marginal_rates, marginal_rates),
        welfare_weights=file(returns.welfare_weights, given),
        count=jnp.minimum(returns.count + len(incomes), capacity),
    )
