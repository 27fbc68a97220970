"""How unequally a total is spread: Gini, Lorenz and Atkinson.

All functions look along the last axis and expect amounts of at least zero. Where one of the amounts
is not a number, neither is the result.
"""

from typing import Literal, TypeAlias

import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float, Real

from ._arrays import as_float
from .utility import crra, inverse_crra

__all__ = [
    "Compatibility",
    "atkinson_index",
    "equality",
    "equally_distributed_equivalent",
    "gini",
    "lorenz_curve",
]

Compatibility: TypeAlias = Literal["foundation"] | None
"""Whose rules: Solon's own (None), or to the digit those of the original framework."""

# Up to here comparing all pairs is quicker than sorting; it is also where the original
# framework changes its formula.
_PAIRWISE_BELOW = 30
_FOUNDATION_CONSTANT = 1e-10


def gini(
    amounts: Real[ArrayLike, "*batch n"], *, compatibility: Compatibility = None
) -> Float[Array, "*batch"]:
    """The Gini index, normalised so that it is 1 when one of the n owns everything.

    It is half the mean absolute difference of two different members relative to the mean,
    `sum_ij |x_i - x_j| / (2 n sum(x)) * n / (n - 1)`. When nobody owns anything, and for n = 1,
    it is 0: all own the same.

    With `compatibility="foundation"` it has the small constant of the original framework in
    the denominator, and from n = 30 on the original's other formula, `1 - 2 / (n + 1) *
    sum(cumsum(sort(x)) / sum(x))`, which is not normalised: a single owner gets `(n - 1) / (n +
    1)`, and a total of zero gets 1.

    Args:
        amounts: coin owned by each of n, at least 0.
        compatibility: None or "foundation".

    Returns:
        Gini index in [0, 1].

    Source:
        Gini, Variabilita e mutabilita, 1912; the small-sample factor is in Deltas, The
        small-sample bias of the Gini coefficient, Review of Economics and Statistics 85, 2003.
    """
    amounts = as_float(amounts)
    n = amounts.shape[-1]
    total = jnp.sum(amounts, axis=-1)
    if n == 1:
        return jnp.where(jnp.isnan(total), total, 0.0)
    if compatibility == "foundation" and n >= _PAIRWISE_BELOW:
        cumulative = jnp.cumsum(jnp.sort(amounts, axis=-1), axis=-1)
        shares = cumulative / (total + _FOUNDATION_CONSTANT)[..., None]
        return 1 - 2 / (n + 1) * jnp.sum(shares, axis=-1)
    differences = _sum_of_differences(amounts)
    if compatibility == "foundation":
        return differences / (2 * n * total + _FOUNDATION_CONSTANT) / ((n - 1) / n)
    # Not `total > 0`, which NaN is not either: it would come out as equality.
    nothing = total <= 0
    return jnp.where(nothing, 0.0, differences / (2 * (n - 1) * jnp.where(nothing, 1.0, total)))


def _sum_of_differences(amounts: Float[Array, "*batch n"]) -> Float[Array, "*batch"]:
    """`sum_ij |x_i - x_j|`."""
    n = amounts.shape[-1]
    if n < _PAIRWISE_BELOW:
        pairs = jnp.abs(amounts[..., :, None] - amounts[..., None, :])
        return jnp.sum(pairs, axis=(-2, -1))
    # Of the n intervals between neighbours in rank, the k-th lies between k and n - k members.
    gaps = jnp.diff(jnp.sort(amounts, axis=-1), axis=-1)
    below = jnp.arange(1, n, dtype=gaps.dtype)
    pairs = jnp.broadcast_to(below * (n - below), gaps.shape)
    return 2 * jnp.sum(gaps * pairs, axis=-1)


def equality(
    amounts: Real[ArrayLike, "*batch n"], *, compatibility: Compatibility = None
) -> Float[Array, "*batch"]:
    """One minus the Gini index: 1 when all own the same, 0 when one owns everything.

    Args:
        amounts: coin owned by each of n, at least 0.
        compatibility: None or "foundation", see `gini`.

    Returns:
        Equality in [0, 1].
    """
    return 1 - gini(amounts, compatibility=compatibility)


def lorenz_curve(
    amounts: Real[ArrayLike, " n"],
) -> tuple[Float[Array, " n+1"], Float[Array, " n+1"]]:
    """The Lorenz curve: which share of the total the poorest share of the members owns.

    Args:
        amounts: coin owned by each of n, at least 0.

    Returns:
        Share of members and share of the total, both from 0 to 1. When nobody owns anything
        the curve is the diagonal.

    Source:
        Lorenz, Methods of measuring the concentration of wealth, Publications of the American
        Statistical Association 9, 1905.
    """
    amounts = as_float(amounts)
    n = amounts.shape[-1]
    population = jnp.arange(n + 1, dtype=amounts.dtype) / n
    total = jnp.sum(amounts)
    cumulative = jnp.concatenate([jnp.zeros(1, amounts.dtype), jnp.cumsum(jnp.sort(amounts))])
    nothing = total <= 0
    owned = jnp.where(nothing, population, cumulative / jnp.where(nothing, 1.0, total))
    return population, owned


def equally_distributed_equivalent(
    amounts: Real[ArrayLike, "*batch n"], aversion: Real[ArrayLike, ""]
) -> Float[Array, "*batch"]:
    """The amount that, owned by everybody, gives the same welfare as the actual amounts.

    Welfare is the sum of isoelastic utilities, so this is the mean of order `1 - aversion`: the
    arithmetic mean at aversion 0, the geometric mean at 1, and towards infinity the minimum.

    Args:
        amounts: coin owned by each of n, at least 0.
        aversion: aversion to inequality, at least 0.

    Returns:
        Coin a head, between the minimum and the mean of `amounts`.

    Source:
        Atkinson, On the measurement of inequality, Journal of Economic Theory 2, 1970.
    """
    amounts = as_float(amounts)
    mean = jnp.mean(amounts, axis=-1)
    # Relative to the mean, so that neither rounding nor the floor in `crra` depends on the unit.
    unit = jnp.where(mean <= 0, 1.0, mean)
    utility = jnp.mean(crra(amounts / unit[..., None], aversion), axis=-1)
    return unit * inverse_crra(utility, aversion)


def atkinson_index(
    amounts: Real[ArrayLike, "*batch n"], aversion: Real[ArrayLike, ""]
) -> Float[Array, "*batch"]:
    """The share of the total that equal distribution could do without at the same welfare.

    Args:
        amounts: coin owned by each of n, at least 0.
        aversion: aversion to inequality, at least 0.

    Returns:
        Atkinson's index in [0, 1]; 0 when nobody owns anything.

    Source:
        Atkinson, On the measurement of inequality, Journal of Economic Theory 2, 1970.
    """
    amounts = as_float(amounts)
    mean = jnp.mean(amounts, axis=-1)
    equivalent = equally_distributed_equivalent(amounts, aversion)
    nothing = (mean <= 0) & ~jnp.isnan(equivalent)
    return jnp.where(nothing, 0.0, 1 - equivalent / jnp.where(mean <= 0, 1.0, mean))
