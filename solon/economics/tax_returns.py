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
        count: how many there are; they fill the end of the arrays.
    """

    incomes: Float[Array, " capacity"]
    marginal_rates: Float[Array, " capacity"]
    count: Int[Array, ""]

    @property
    def valid(self) -> Bool[Array, " capacity"]:
        """Which entries are returns."""
        capacity = self.incomes.shape[0]
        return jnp.arange(capacity) >= capacity - self.count


def no_tax_returns(capacity: int = 500) -> TaxReturns:
    """An empty collection that keeps the latest `capacity` returns (500 as published)."""
    return TaxReturns(jnp.zeros(capacity), jnp.zeros(capacity), jnp.zeros((), int))


def add_tax_returns(
    returns: TaxReturns, incomes: Real[ArrayLike, " n"], marginal_rates: Real[ArrayLike, " n"]
) -> TaxReturns:
    """File the returns of one tax period; beyond the capacity the oldest are dropped.

    Args:
        returns: what was filed before.
        incomes: incomes of the period in coin.
        marginal_rates: marginal rates at these incomes.

    Returns:
        A new collection of the same capacity.
    """
    incomes, marginal_rates = as_float(incomes), as_float(marginal_rates)
    capacity = returns.incomes.shape[0]
    return TaxReturns(
        incomes=jnp.concatenate([returns.incomes, incomes])[-capacity:],
        marginal_rates=jnp.concatenate([returns.marginal_rates, marginal_rates])[-capacity:],
        count=jnp.minimum(returns.count + len(incomes), capacity),
    )
