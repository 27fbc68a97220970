"""Closed forms of optimal taxation: rates from elasticities, weights and the shape of incomes.

All of them run on the host, in float64. The derivations are in `docs/tax-theory.md`.
"""

import dataclasses
import math

from ..errors import require, require_number

__all__ = [
    "MirrleesPair",
    "income_tail",
    "optimal_linear_rate",
    "optimal_top_rate",
    "optimal_top_rate_with_income_effects",
    "revenue_above",
    "revenue_maximizing_rate",
    "two_type_mirrlees",
]


def optimal_linear_rate(mean_weight: float, elasticity: float) -> float:
    """The optimal rate of a linear tax whose revenue is handed back in equal shares.

    `t / (1 - t) = (1 - gbar) / e`.

    Args:
        mean_weight: gbar, the mean of welfare weights over incomes: mean(g z) / mean(z), with g of
            mean 1.
        elasticity: e, of taxable income.

    Source:
        Sheshinski (1972), The optimal linear income-tax, Review of Economic Studies 39; in this
        form Piketty and Saez (2013), Optimal labor income taxation, Handbook of Public Economics 5.
    """
    mean_weight = require_number("mean_weight", mean_weight, low=0)
    elasticity = require_number("elasticity", elasticity, low=0, above=True)
    allowed = "below 1 + elasticity, where a subsidy would have no bound"
    require(mean_weight < 1 + elasticity, "mean_weight", mean_weight, allowed)
    return (1 - mean_weight) / (1 - mean_weight + elasticity)


def revenue_maximizing_rate(elasticity: float) -> float:
    """The rate of a linear tax that raises most: `1 / (1 + e)`."""
    return optimal_linear_rate(0.0, elasticity)


def income_tail(skill_tail: float, elasticity: float) -> float:
    """The Pareto parameter of untaxed incomes w ** (1 + e), if skills w have the parameter k."""
    skill_tail = require_number("skill_tail", skill_tail, low=0, above=True)
    elasticity = require_number("elasticity", elasticity, low=0)
    return skill_tail / (1 + elasticity)


def optimal_top_rate(weight: float, tail: float, elasticity: float) -> float:
    """The optimal rate on high incomes without income effects: `(1 - g) / (1 - g + a e)`.

    Args:
        weight: g, mean welfare weight of those with high incomes.
        tail: a, Pareto parameter of incomes, above 1.
        elasticity: e, of taxable income.

    Source:
        Diamond (1998), American Economic Review 88; Saez (2001), Review of Economic Studies 68.
    """
    return optimal_top_rate_with_income_effects(weight, tail, elasticity, elasticity)


def optimal_top_rate_with_income_effects(
    weight: float, tail: float, uncompensated: float, compensated: float
) -> float:
    """The optimal rate on high incomes: `(1 - g) / (1 - g + zeta_u + zeta_c (a - 1))`.

    Args:
        weight: g, mean welfare weight of those with high incomes, at most 1.
        tail: a, Pareto parameter of incomes, above 1.
        uncompensated: zeta_u, elasticity of income with respect to the net-of-tax rate.
        compensated: zeta_c, the same at constant utility.

    Source:
        Saez (2001), Review of Economic Studies 68, equation 9.
    """
    weight = require_number("weight", weight, low=0, high=1)
    tail = require_number("tail", tail, low=1, above=True)
    uncompensated = require_number("uncompensated", uncompensated, low=-math.inf)
    compensated = require_number("compensated", compensated, low=0)
    lost = uncompensated + compensated * (tail - 1)
    allowed = "elasticities and a weight with 1 - g + zeta_u + zeta_c (a - 1) above 0"
    require(1 - weight + lost > 0, "uncompensated", uncompensated, allowed)
    return (1 - weight) / (1 - weight + lost)


def revenue_above(rate: float, tail: float, elasticity: float) -> float:
    """What a tax on income above a threshold raises from a Pareto tail.

    Args:
        rate: on income above the threshold.
        tail: a, Pareto parameter of untaxed incomes, above 1.
        elasticity: e, of taxable income.

    Returns:
        `t (1 - t) ** (a e) / (a - 1)`: a worker whose untaxed income is above the threshold, in
        units of the threshold. It is highest at `1 / (1 + a e)`.
    """
    rate = require_number("rate", rate, low=0, high=1)
    tail = require_number("tail", tail, low=1, above=True)
    elasticity = require_number("elasticity", elasticity, low=0)
    return rate * (1 - rate) ** (tail * elasticity) / (tail - 1)


@dataclasses.dataclass(frozen=True)
class MirrleesPair:
    """The optimal allocation of two types who cannot be told apart, the low one first.

    Attributes:
        incomes, consumptions, utilities: by type.
        marginal_rates: implicit ones, 1 - marginal cost of earning: 0 at the top.
        taxes: incomes less consumptions.
        welfare: mean of ln u.
    """

    incomes: tuple[float, float]
    consumptions: tuple[float, float]
    utilities: tuple[float, float]
    marginal_rates: tuple[float, float]
    taxes: tuple[float, float]
    welfare: float


def two_type_mirrlees(skills: tuple[float, float], elasticity: float) -> MirrleesPair:
    """The best that a government can do for two quasi-linear types of equal mass, by mean ln u.

    It may tax incomes in any way, but sees incomes only: the high type must not prefer what the low
    type gets. That binds, so the low type's income is the only number to choose.

    Args:
        skills: of the low and the high type.
        elasticity: e, of taxable income.

    Source:
        Mirrlees (1971), Review of Economic Studies 38; with two types Stiglitz (1982),
        Self-selection and Pareto efficient taxation, Journal of Public Economics 17.
    """
    from scipy.optimize import minimize_scalar

    low, high = skills
    low = require_number("skills", low, low=0, above=True)
    high = require_number("skills", high, low=low, above=True)
    elasticity = require_number("elasticity", elasticity, low=0, above=True)
    skills, power = (low, high), 1 + 1 / elasticity

    def cost(income, skill):
        return (income / skill) ** power / power

    # Nothing is gained by distorting the choice of those whom nobody envies.
    top = high ** (1 + elasticity)

    def allocation(income):
        # Resources, and the high type as well off as in the place of the low type.
        gap = cost(top, high) - cost(income, high)
        consumption = (income + top - gap) / 2
        return consumption, consumption + gap

    def utilities(income):
        poor, rich = allocation(income)
        return poor - cost(income, low), rich - cost(top, high)

    def loss(income):
        poor, rich = utilities(income)
        return -(math.log(poor) + math.log(rich)) / 2 if min(poor, rich) > 0 else math.inf

    found = minimize_scalar(
        loss, bounds=(0.0, low ** (1 + elasticity)), method="bounded", options={"xatol": 1e-12}
    )
    income = float(found.x)
    incomes, consumptions = (income, top), allocation(income)
    rates = tuple(1 - (z / w) ** (1 / elasticity) / w for z, w in zip(incomes, skills, strict=True))
    return MirrleesPair(
        incomes=incomes,
        consumptions=consumptions,
        utilities=utilities(income),
        marginal_rates=(rates[0], rates[1]),
        taxes=(incomes[0] - consumptions[0], incomes[1] - consumptions[1]),
        welfare=-float(found.fun),
    )
