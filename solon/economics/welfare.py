"""What a society's outcome is worth: welfare functions of coin and of utilities.

All functions look along the last axis, the members of the society.
"""

import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float, Real

from ._arrays import as_float
from .inequality import Compatibility, equality, equally_distributed_equivalent

__all__ = [
    "atkinson_welfare",
    "equality_times_productivity",
    "inverse_income_weighted_coin",
    "inverse_income_weighted_utility",
    "inverse_income_weights",
    "productivity",
    "rawlsian_welfare",
    "utilitarian_welfare",
]


def productivity(coin: Real[ArrayLike, "*batch n"]) -> Float[Array, "*batch"]:
    """The total of coin, not per head.

    Args:
        coin: coin owned by each of n.

    Returns:
        Total coin.
    """
    return jnp.sum(as_float(coin), axis=-1)


def equality_times_productivity(
    coin: Real[ArrayLike, "*batch n"],
    *,
    equality_weight: Real[ArrayLike, ""] = 1.0,
    compatibility: Compatibility = None,
) -> Float[Array, "*batch"]:
    """Total coin, discounted for inequality: `sum(x) * (k * equality(x) + 1 - k)`.

    With total coin this is what the publications quote. The reward of the published planner is
    the same per head: divide by n. (At k = 1 that is Sen's welfare function, up to
    the small-sample factor of the Gini index.)

    Args:
        coin: coin owned by each of n, at least 0.
        equality_weight: k in [0, 1]; at 0 only productivity counts.
        compatibility: None or "foundation", see `gini`.

    Returns:
        Coin.

    Source:
        Sen, Informational bases of alternative welfare approaches, Journal of Public Economics
        3, 1974; Zheng et al., The AI Economist, arXiv 2004.13332, 2020.
    """
    spread = equality(coin, compatibility=compatibility)
    return productivity(coin) * (equality_weight * spread + 1 - equality_weight)


def utilitarian_welfare(utility: Real[ArrayLike, "*batch n"]) -> Float[Array, "*batch"]:
    """The sum of utilities (Bentham)."""
    return jnp.sum(as_float(utility), axis=-1)


def rawlsian_welfare(utility: Real[ArrayLike, "*batch n"]) -> Float[Array, "*batch"]:
    """The utility of the worst off (Rawls, A Theory of Justice, 1971); of coin, if given coin."""
    return jnp.min(as_float(utility), axis=-1)


def inverse_income_weights(income: Real[ArrayLike, "*batch n"]) -> Float[Array, "*batch n"]:
    """Welfare weights in inverse proportion to income.

    Args:
        income: coin of each of n; below one coin it counts as one.

    Returns:
        Weights with sum 1.
    """
    weights = 1 / jnp.maximum(as_float(income), 1.0)
    return weights / jnp.sum(weights, axis=-1, keepdims=True)


def inverse_income_weighted_coin(coin: Real[ArrayLike, "*batch n"]) -> Float[Array, "*batch"]:
    """Mean of coin, weighted by `inverse_income_weights` of that coin.

    Args:
        coin: coin owned by each of n.

    Returns:
        Coin a head.
    """
    return jnp.sum(inverse_income_weights(coin) * coin, axis=-1)


def inverse_income_weighted_utility(
    utility: Real[ArrayLike, "*batch n"], income: Real[ArrayLike, "*batch n"]
) -> Float[Array, "*batch"]:
    """Mean of utility, weighted by `inverse_income_weights`.

    Args:
        utility: utility of each of n.
        income: coin that sets the weights: coin owned in the spatial economy, production before
            tax in the one-step economy.

    Returns:
        Utility a head.
    """
    return jnp.sum(inverse_income_weights(income) * utility, axis=-1)


def atkinson_welfare(
    coin: Real[ArrayLike, "*batch n"], aversion: Real[ArrayLike, ""]
) -> Float[Array, "*batch"]:
    """Coin a head, discounted for inequality: `mean(coin) * (1 - atkinson_index(coin))`.

    Args:
        coin: coin owned by each of n, at least 0.
        aversion: aversion to inequality; 0.5 and 1 are the usual values.

    Returns:
        The equally distributed equivalent, coin a head.

    Source:
        Atkinson, On the measurement of inequality, Journal of Economic Theory 2, 1970.
    """
    return equally_distributed_equivalent(coin, aversion)
