"""Saez's optimal income tax, estimated from tax returns.

From a sample of incomes and of the marginal rates they were earned under, in this order:
the elasticity of taxable income by regression (`update_elasticity`), welfare weights
and the shape of the income distribution in 100 bins (`income_distribution`), the optimal marginal
rate of each bin (`optimal_bin_rates`), and the bracket schedule that raises the same
tax at each cutoff (`bracket_rates`). `saez_rates` does the last three.

The estimation is that of the published experiment, small constants included. Where a return that
counts is not a number, neither is what is estimated from it.
"""

from typing import Literal, TypeAlias

import equinox as eqx
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, ArrayLike, Bool, Float, Real

from ._arrays import as_float

__all__ = [
    "IncomeDistribution",
    "WelfareWeights",
    "bracket_rates",
    "income_distribution",
    "optimal_bin_rates",
    "optimal_marginal_rate",
    "saez_rates",
    "update_elasticity",
]

WelfareWeights: TypeAlias = Literal["inverse_income", "uniform"]
"""What a coin more is worth to society: 1 / max(1, income), or the same for everybody."""

_EPSILON = 1e-9
_FEWEST_RETURNS = 10
_LEAST_DEVIATION = 1e-6


def update_elasticity(
    elasticity: Real[ArrayLike, ""],
    incomes: Real[ArrayLike, " samples"],
    marginal_rates: Real[ArrayLike, " samples"],
    valid: Bool[ArrayLike, " samples"],
    *,
    inertia: Real[ArrayLike, ""] = 0.98,
) -> Float[Array, ""]:
    """Move the estimated elasticity of taxable income towards what a regression shows.

    The regression is ordinary least squares of log income on the log of the net-of-tax rate, with
    an intercept, over positive incomes and rates below 1. A negative slope counts as 0. With
    fewer than 10 such returns, or hardly any variation in rates, the estimate stays.

    Args:
        elasticity: the estimate so far.
        incomes: incomes of one tax period in coin.
        marginal_rates: the marginal rates that they were earned under.
        valid: which entries count.
        inertia: weight of the estimate so far.

    Returns:
        The new estimate.

    Source:
        Gruber and Saez, The elasticity of taxable income, Journal of Public Economics 84, 2002.
    """
    incomes, marginal_rates = as_float(incomes), as_float(marginal_rates)
    used = jnp.asarray(valid) & (incomes > 0) & (marginal_rates < 1)
    count = jnp.sum(used)

    def mean(values):
        return jnp.sum(jnp.where(used, values, 0.0)) / jnp.maximum(count, 1)

    deviation = jnp.sqrt(mean(jnp.square(marginal_rates - mean(marginal_rates))))
    log_income = jnp.log(jnp.maximum(incomes, _EPSILON))
    log_net = jnp.log(jnp.maximum(1 - marginal_rates, _EPSILON))
    log_net = log_net - mean(log_net)
    covariance = mean(log_net * (log_income - mean(log_income)))
    informative = (count >= _FEWEST_RETURNS) & (deviation >= _LEAST_DEVIATION)
    slope = covariance / jnp.where(informative, mean(jnp.square(log_net)), 1.0)
    updated = inertia * elasticity + (1 - inertia) * jnp.maximum(slope, 0.0)
    # NaN is neither above 0 nor below 1, so that it would be left out without a word.
    unknown = jnp.any(jnp.asarray(valid) & (jnp.isnan(incomes) | jnp.isnan(marginal_rates)))
    return jnp.where(unknown, jnp.nan, jnp.where(informative, updated, elasticity))


class IncomeDistribution(eqx.Module):
    """What the optimal rates depend on, in bins of equal width and one more for all above.

    Attributes:
        welfare_weight: mean social value of a coin to those who earn more, relative to
            the mean over the society (Saez's G).
        pareto_parameter: z h(z) / (1 - H(z)), with h the density and H the distribution of
            incomes z. In a Pareto tail it is the tail's exponent.
        observed: where the Pareto parameter is defined: the bin has a return in it. The last
            is always observed.
    """

    welfare_weight: Float[Array, " bins_and_above"]
    pareto_parameter: Float[Array, " bins_and_above"]
    observed: Bool[Array, " bins_and_above"]


def income_distribution(
    incomes: Real[ArrayLike, " samples"],
    valid: Bool[ArrayLike, " samples"],
    top: Real[ArrayLike, ""],
    *,
    bins: int = 100,
    welfare_weights: WelfareWeights | Real[ArrayLike, " samples"] = "inverse_income",
    excess_weighted_top: bool = False,
) -> IncomeDistribution:
    """Measure welfare weights and Pareto parameters on a sample of incomes.

    Args:
        incomes: incomes of one tax period in coin; losses count as below the first bin.
        valid: which entries count.
        top: where the bins end and the top bracket begins, in coin.
        bins: number of bins below `top`.
        welfare_weights: "inverse_income" or "uniform", which go by the middle of a bin; or what a
            coin more is worth to society in the hands of each, in any unit.
        excess_weighted_top: weigh those above `top` by how much they earn above it, as the optimum
            of a single rate for all of that income asks for (Saez 2001, section 3). Otherwise they
            count alike, as published for this planner.

    Returns:
        An `IncomeDistribution` over `bins` + 1 bins. When nobody earns more than `top`, the Pareto
        parameter there is 0.
    """
    incomes, valid = as_float(incomes), jnp.asarray(valid)
    top = jnp.asarray(top, incomes.dtype)
    width = top / bins
    edges = _edges(top, bins)
    centers = (edges[:-1] + edges[1:]) / 2
    below = valid & (incomes < 0)
    above = valid & (incomes > top)
    inside = valid & ~below & ~above
    # A bin contains its lower edge; the last one also contains its upper edge.
    bin_of = jnp.clip(jnp.searchsorted(edges, incomes, side="right") - 1, 0, bins - 1)
    counts = jnp.zeros(bins, incomes.dtype).at[bin_of].add(inside.astype(incomes.dtype))
    total = jnp.maximum(jnp.sum(valid), 1)
    share = jnp.append(counts, jnp.sum(above)) / total

    def value(income):
        if welfare_weights == "uniform":
            return jnp.ones_like(income)
        return 1 / jnp.maximum(1.0, income)

    if isinstance(welfare_weights, str):
        each = value(incomes)
        value_below = jnp.sum(jnp.where(below, value(jnp.zeros_like(incomes)), 0.0))
        value_inside = counts * value(centers)
    else:
        each = jnp.asarray(welfare_weights, incomes.dtype)
        value_below = jnp.sum(jnp.where(below, each, 0.0))
        value_inside = jnp.zeros(bins, incomes.dtype).at[bin_of].add(jnp.where(inside, each, 0.0))
    values = jnp.append(value_inside, jnp.sum(jnp.where(above, each, 0.0)))
    all_value = jnp.sum(values) + value_below + _EPSILON
    values = values / all_value
    above_edge = _cumulative_from_top(values) / (_cumulative_from_top(share) + _EPSILON)
    at_top = above_edge[-1]
    if excess_weighted_top:
        excess = jnp.where(above, incomes - top, 0.0)
        mean_value = all_value / total
        at_top = jnp.sum(excess * each) / (jnp.sum(excess) + _EPSILON) / mean_value
    welfare_weight = jnp.append((above_edge[:-1] + above_edge[1:]) / 2, at_top)

    cumulative = jnp.minimum(jnp.cumsum(share[:-1]) + jnp.sum(below) / total, 1.0)
    beyond_center = jnp.clip(1 - cumulative + share[:-1] / 2, 0.0, 1.0)
    local = centers * share[:-1] / (beyond_center + _EPSILON) / width
    anyone_above = jnp.any(above)
    mean_above = jnp.sum(jnp.where(above, incomes, 0.0)) / jnp.maximum(jnp.sum(above), 1)
    distance = jnp.where(anyone_above, mean_above - top + _EPSILON, 1.0)
    tail = jnp.where(anyone_above, mean_above / distance, 0.0)
    # NaN is in no bin, and searching for one puts it into the last.
    unknown = jnp.any(valid & jnp.isnan(incomes)) | jnp.isnan(top)
    return IncomeDistribution(
        welfare_weight=jnp.where(unknown, jnp.nan, welfare_weight),
        pareto_parameter=jnp.where(unknown, jnp.nan, jnp.append(local, tail)),
        observed=jnp.append(counts > 0, True),
    )


def optimal_marginal_rate(
    welfare_weight: Real[ArrayLike, "*shape"],
    pareto_parameter: Real[ArrayLike, "*shape"],
    elasticity: Real[ArrayLike, ""],
) -> Float[Array, "*shape"]:
    """Saez's formula without income effects: `(1 - G) / (1 - G + a e)`.

    Args:
        welfare_weight: G, mean social value of a coin to those who earn more.
        pareto_parameter: a, the local Pareto parameter of incomes.
        elasticity: e, of taxable income with respect to the net-of-tax rate.

    Returns:
        The marginal rate at which raising it further costs as much as it gains.

    Source:
        Saez, Using elasticities to derive optimal income tax rates, Review of Economic Studies
        68, 2001; Diamond, American Economic Review 88, 1998.
    """
    gain = jnp.subtract(1, welfare_weight)
    return gain / (gain + jnp.multiply(pareto_parameter, elasticity) + _EPSILON)


def optimal_bin_rates(
    distribution: IncomeDistribution, elasticity: Real[ArrayLike, ""]
) -> Float[Array, " bins_and_above"]:
    """The optimal marginal rate in each bin of income.

    Where nobody earns, rates are interpolated between the neighbouring bins that are observed,
    with a rate of 0 before the first bin.

    Args:
        distribution: from `income_distribution`.
        elasticity: of taxable income.

    Returns:
        Marginal rates; the last is the rate above the top cutoff.
    """
    rates = optimal_marginal_rate(
        distribution.welfare_weight, distribution.pareto_parameter, elasticity
    )
    observed = distribution.observed
    bins = jnp.arange(len(rates))
    before = lax.cummax(jnp.where(observed, bins, -1))
    after = lax.cummin(jnp.where(observed, bins, len(rates) - 1), reverse=True)
    rate_before = jnp.where(before < 0, 0.0, rates[jnp.maximum(before, 0)])
    share = (bins - before) / jnp.maximum(after - before, 1)
    interpolated = rate_before + share * (rates[after] - rate_before)
    return jnp.where(observed, rates, interpolated)


def bracket_rates(
    bin_rates: Real[ArrayLike, " bins_and_above"], cutoffs: Real[ArrayLike, " brackets"]
) -> Float[Array, " brackets"]:
    """The bracket schedule with the same tax at each cutoff as a schedule over bins.

    Args:
        bin_rates: marginal rates in bins of equal width from 0 to the top cutoff, and above it.
        cutoffs: lower edges of the brackets in coin, increasing from 0.

    Returns:
        Marginal rates of the brackets.
    """
    bin_rates, cutoffs = as_float(bin_rates), as_float(cutoffs)
    bins = len(bin_rates) - 1
    width = cutoffs[-1] / bins
    edges = _edges(cutoffs[-1], bins)[:-1]
    overlap = jnp.clip(cutoffs[:, None] - edges[None, :], 0.0, width)
    due = jnp.maximum(jnp.sum(overlap * bin_rates[None, :-1], axis=1), 0.0)
    return jnp.append(jnp.diff(due) / jnp.diff(cutoffs), bin_rates[-1])


def saez_rates(
    incomes: Real[ArrayLike, " samples"],
    valid: Bool[ArrayLike, " samples"],
    elasticity: Real[ArrayLike, ""],
    cutoffs: Real[ArrayLike, " brackets"],
    *,
    rate_min: Real[ArrayLike, ""] = 0.0,
    rate_cap: Real[ArrayLike, ""] = 1.0,
    bins: int = 100,
    welfare_weights: WelfareWeights = "inverse_income",
) -> Float[Array, " brackets"]:
    """The bracket schedule that Saez's formula proposes for a sample of incomes.

    When nobody in the sample earns more than the top cutoff, the top rate is close to 1, and the
    empty bins below rise towards it.

    Args:
        incomes: incomes of one tax period in coin.
        valid: which entries count.
        elasticity: of taxable income, estimated or given.
        cutoffs: lower edges of the brackets in coin, increasing from 0.
        rate_min: lowest rate allowed.
        rate_cap: highest rate allowed at present.
        bins: number of bins below the top cutoff.
        welfare_weights: "inverse_income" or "uniform".

    Returns:
        Marginal rates of the brackets.

    Source:
        Saez, Review of Economic Studies 68, 2001; as estimated in Zheng et al., The AI Economist,
        arXiv 2004.13332, 2020.
    """
    cutoffs = as_float(cutoffs)
    distribution = income_distribution(
        incomes, valid, cutoffs[-1], bins=bins, welfare_weights=welfare_weights
    )
    rates = bracket_rates(optimal_bin_rates(distribution, elasticity), cutoffs)
    return jnp.clip(rates, rate_min, rate_cap)


def _edges(top: Float[Array, ""], bins: int) -> Float[Array, " edges"]:
    # Incomes are often whole numbers of coin and lie on edges, so that a rounding here moves
    # them. The divisor depends on `top` because compilers turn a division by what is constant
    # over a batch into a product with its rounded reciprocal.
    width = top / (bins + 0 * top)
    # The last edge is set, since the product can miss it by a rounding.
    return jnp.append(width * jnp.arange(bins, dtype=top.dtype), top)


def _cumulative_from_top(values: Float[Array, " n"]) -> Float[Array, " n"]:
    return jnp.cumsum(values[::-1])[::-1]
