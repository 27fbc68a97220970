"""What coin and labor are worth to a worker."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float, Real

from ._arrays import as_float, power

__all__ = [
    *("MARGINAL_UTILITY_FLOOR", "MOST_COIN", "MOST_RISK_AVERSION"),
    "coin_minus_labor_cost",
    "crra",
    "inverse_crra",
    "isoelastic_coin_minus_labor",
]

MARGINAL_UTILITY_FLOOR = 1e-6
"""Coin below which `crra` no longer lets marginal utility grow: it is infinite at zero coin."""

MOST_COIN = 1e9
"""Coin beyond which single precision loses what is traded for one coin."""

MOST_RISK_AVERSION = 20.0
"""Risk aversion beyond which utilities of coin from .01 to 100 leave single precision."""


def crra(
    coin: Real[ArrayLike, "*shape"], eta: Real[ArrayLike, "*#shape"]
) -> Float[Array, "*shape"]:
    """Isoelastic (constant relative risk aversion) utility of coin.

    `(coin**(1 - eta) - 1) / (1 - eta)`, whose limit at `eta = 1` is `log(coin)`. The value is
    exact everywhere: at zero coin it is `-1 / (1 - eta)` for `eta < 1` and minus infinity from
    `eta = 1` on. Derivatives take coin to be at least `MARGINAL_UTILITY_FLOOR`, so that they
    stay finite at zero. Negative coin counts as zero.

    Args:
        coin: coin owned, any shape.
        eta: relative risk aversion; 0 is linear utility.

    Returns:
        Utility, in the shape of `coin`; 0 at one coin.

    Source:
        Pratt, Risk aversion in the small and in the large, Econometrica 32, 1964.
    """
    coin, eta = as_float(coin), as_float(eta)
    dtype = jnp.result_type(coin, eta)
    return _crra(coin.astype(dtype), eta.astype(dtype))


@jax.custom_jvp
def _crra(coin, eta):
    log_coin = jnp.log(jnp.maximum(coin, 0.0))
    curvature = 1.0 - eta
    is_log = curvature == 0
    isoelastic = jnp.expm1(curvature * log_coin) / jnp.where(is_log, 1.0, curvature)
    return jnp.where(is_log, log_coin, isoelastic)


@_crra.defjvp
def _crra_jvp(primals, tangents):
    coin, eta = primals
    coin_tangent, eta_tangent = tangents
    log_coin = jnp.log(jnp.maximum(coin, MARGINAL_UTILITY_FLOOR))
    by_coin = jnp.exp(-eta * log_coin)
    by_eta = -jnp.square(log_coin) * _slope_of_expm1_ratio((1.0 - eta) * log_coin)
    return _crra(coin, eta), by_coin * coin_tangent + by_eta * eta_tangent


def _slope_of_expm1_ratio(y: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """Derivative of `expm1(y) / y`; by its series near 0, where the quotient cancels."""
    small = jnp.abs(y) < jnp.finfo(y.dtype).eps ** (1 / 6)
    safe = jnp.where(small, 1.0, y)
    series = 1 / 2 + y / 3 + y**2 / 8 + y**3 / 30
    return jnp.where(small, series, (safe * jnp.exp(safe) - jnp.expm1(safe)) / safe**2)


def inverse_crra(
    utility: Real[ArrayLike, "*shape"], eta: Real[ArrayLike, "*#shape"]
) -> Float[Array, "*shape"]:
    """The coin that gives a utility: `crra(inverse_crra(u, eta), eta) == u`.

    Args:
        utility: isoelastic utility; below the utility of zero coin it counts as that.
        eta: relative risk aversion.

    Returns:
        Coin, in the shape of `utility`.
    """
    utility, eta = as_float(utility), as_float(eta)
    # (1 - eta) * utility + 1 is coin ** (1 - eta). Without a base, coin is 0 or has no bound.
    bottomless = jnp.isneginf(utility) & ~jnp.isnan(eta)
    base = jnp.maximum((1.0 - eta) * jnp.where(bottomless, 0.0, utility), -1.0)
    exhausted = base == -1
    small = jnp.abs(base) < jnp.finfo(base.dtype).eps ** (1 / 4)
    safe = jnp.where(small | exhausted, 1.0, base)
    # log1p(base) / base, so that no division by 1 - eta is left.
    ratio = jnp.where(small, 1 - base / 2 + base**2 / 3 - base**3 / 4, jnp.log1p(safe) / safe)
    coin = jnp.exp(jnp.where(bottomless | exhausted, 0.0, utility) * ratio)
    coin = jnp.where(exhausted & (utility > 0), jnp.inf, coin)
    return jnp.where(bottomless | (exhausted & (utility < 0)), 0.0, coin)


def isoelastic_coin_minus_labor(
    coin: Real[ArrayLike, "*shape"],
    labor: Real[ArrayLike, "*shape"],
    *,
    eta: Real[ArrayLike, "*#shape"],
    labor_cost: Real[ArrayLike, "*#shape"],
) -> Float[Array, "*shape"]:
    """Isoelastic utility of coin less a linear disutility of labor.

    Args:
        coin: coin owned, in the purse and in open orders together.
        labor: labor accumulated since the start of the episode.
        eta: relative risk aversion (0.23 in the published experiments).
        labor_cost: utility lost per unit of labor (0.21 in the published experiments).

    Returns:
        Utility, in the shape of `coin`.

    Source:
        Zheng et al., The AI Economist, arXiv 2004.13332, 2020.
    """
    return crra(coin, eta) - jnp.multiply(labor_cost, labor)


def coin_minus_labor_cost(
    coin: Real[ArrayLike, "*shape"],
    labor: Real[ArrayLike, "*shape"],
    *,
    labor_cost: Real[ArrayLike, "*#shape"],
    labor_exponent: Real[ArrayLike, "*#shape"],
) -> Float[Array, "*shape"]:
    """Quasi-linear utility: coin less a convex power of labor.

    There are no income effects, and a worker who is paid `w` a unit of labor and taxed at the
    marginal rate `t` has the labor elasticity `1 / (labor_exponent - 1)`.

    Args:
        coin: coin owned.
        labor: labor, at least 0.
        labor_cost: coin that the first unit of labor is worth.
        labor_exponent: above 1, so that the marginal cost of labor rises.

    Returns:
        Utility in coin, in the shape of `coin`.

    Source:
        Diamond, Optimal income taxation: an example with a U-shaped pattern of optimal marginal
        tax rates, American Economic Review 88, 1998.
    """
    return as_float(coin) - labor_cost * power(as_float(labor), labor_exponent)
