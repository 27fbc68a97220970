"""Optimal schedules by brute force: the truth that formulas and planners are held against.

Nothing here uses a formula of optimal taxation. Welfare is computed from how everyone responds, in
float64, and searched until several starts agree.
"""

import dataclasses
import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, Real

from ..errors import require_number, require_whole
from .society import Society, social_weights
from .tax_schedules import check_cutoffs

__all__ = ["OptimalSchedule", "optimal_linear_tax", "optimal_schedule", "optimal_top_rate_of_tail"]

# Rates just below 1: at 1 nobody works, and the logarithm of what is kept is not finite.
_HIGHEST = 0.999
_LEVELS = 1 + 2 * 32
# A gain of less than this share of welfare is one of adding in another order.
_ROUNDING = 1e-12


@dataclasses.dataclass(frozen=True, eq=False)
class OptimalSchedule:
    """The best schedule over some brackets.

    Attributes:
        cutoffs: lower edges of the brackets in coin.
        rates: the best marginal rates.
        welfare: under them.
        untaxed_welfare: without a tax.
        incomes, utilities: of each worker under the best rates.
        transfer: the equal share of the revenue.
        mean_weight: mean(g z) / mean(z) with the objective's welfare weights g; nan for revenue.
        agreement: how far apart in welfare the best two starts of the search ended.
    """

    cutoffs: Float[np.ndarray, " brackets"]
    rates: Float[np.ndarray, " brackets"]
    welfare: float
    untaxed_welfare: float
    incomes: Float[np.ndarray, " n"]
    utilities: Float[np.ndarray, " n"]
    transfer: float
    mean_weight: float
    agreement: float

    @property
    def attainable_gain(self) -> float:
        """What the best schedule gains over no tax."""
        return self.welfare - self.untaxed_welfare

    def captured(self, welfare: float) -> float:
        """The share of the attainable gain that another schedule of this welfare captures.

        It is 1 for the best schedule, 0 for no tax, and negative for what is worse than no tax.

        Args:
            welfare: of the other schedule, under the same objective.

        Returns:
            The share; NaN where there is none to speak of: no tax is the best (all workers are
            alike, or inequality does not matter), up to rounding, or welfare without a tax is minus
            infinity.
        """
        gain = self.attainable_gain
        nothing = gain <= _ROUNDING * max(abs(self.welfare), abs(self.untaxed_welfare))
        return math.nan if nothing else (welfare - self.untaxed_welfare) / gain


def optimal_linear_tax(skills: Real[np.ndarray, " n"], **options: Any) -> OptimalSchedule:
    """The best tax with one rate for all incomes, whose revenue is handed back in equal shares.

    Args:
        skills: coin a unit of labor of each worker.
        **options: of `optimal_schedule`.
    """
    return optimal_schedule(skills, [0.0], **options)


def optimal_schedule(
    skills: Real[np.ndarray, " n"],
    cutoffs: Sequence[float] | Float[np.ndarray, " brackets"],
    *,
    elasticity: float = 0.5,
    risk_aversion: float = 0.0,
    inequality_aversion: float = 1.0,
    objective: str = "concave",
    rate_max: float = _HIGHEST,
    starts: int = 3,
    sweeps: int = 200,
) -> OptimalSchedule:
    """The best marginal rates of some brackets, to four digits and more where rates rise.

    In turns, the rate of each bracket is set to the best of 65 levels with all others held, the
    levels closing in on it when none is better any more, and a quasi-Newton method follows the
    gradient. The first finds the way out of local optima, the second along ridges. Where
    rates fall with income, workers jump over an edge one by one and welfare has
    steps of the size of one of them; there `agreement` says what is left open.

    Args:
        skills: coin a unit of labor of each worker.
        cutoffs: lower edges of the brackets in coin.
        elasticity: see `Preferences`.
        risk_aversion: see `Preferences`.
        inequality_aversion: see `Society`.
        objective: see `Society`.
        rate_max: the highest rate allowed, below 1.
        starts: how many searches, the first from the best single rate.
        sweeps: rounds of a search at most.

    Returns:
        The best schedule that was found.

    Raises:
        ConfigurationError: for a value that is not allowed.
    """
    edges = check_cutoffs(cutoffs)
    starts = require_whole("starts", starts, low=1, high=1000)
    rate_max = require_number("rate_max", rate_max, low=0, high=_HIGHEST, above=True)
    with jax.enable_x64(True):
        society = Society.of(
            skills,
            elasticity=elasticity,
            risk_aversion=risk_aversion,
            inequality_aversion=inequality_aversion,
            objective=objective,
        )
        brackets = jnp.asarray(edges)
        scores = functools.partial(_scores, society, brackets)

        def slope(rates):
            return np.asarray(_slope(society, brackets, jnp.asarray(rates)))

        flat = np.linspace(0, rate_max, _LEVELS)
        level = flat[np.argmax(scores(np.tile(flat[:, None], len(edges))))]
        generator = np.random.default_rng(0)
        found = []
        for start in range(starts if len(edges) > 1 else 1):
            noise = (0.2 if start else 0.0) * generator.normal(size=len(edges))
            rates = np.clip(level + noise, 0.0, rate_max)
            found.append(_climb(scores, slope, rates, rate_max, sweeps))
        found.sort(key=lambda each: -each[0])
        welfare, rates = found[0]
        outcome = society.respond(brackets, jnp.asarray(rates))
        mean_weight = jnp.asarray(jnp.nan)
        if objective != "revenue":
            marginal = society.preferences.marginal_utility(outcome.consumption)
            weights = social_weights(
                outcome.utility, marginal, society.inequality_aversion, society.objective
            )
            mean_weight = jnp.mean(weights * outcome.income) / jnp.mean(outcome.income)
        return OptimalSchedule(
            cutoffs=edges,
            rates=rates,
            welfare=welfare,
            untaxed_welfare=float(scores(np.zeros((1, len(edges))))[0]),
            incomes=np.asarray(outcome.income),
            utilities=np.asarray(outcome.utility),
            transfer=float(outcome.transfer),
            mean_weight=float(mean_weight),
            agreement=welfare - found[1][0] if len(found) > 1 else 0.0,
        )


@jax.jit
def _batch(society: Society, cutoffs: jax.Array, rates: jax.Array) -> jax.Array:
    # Few at a time: with income effects all of them wait for the transfer that settles last.
    return jax.lax.map(lambda each: society.welfare(cutoffs, each), rates, batch_size=4)


@jax.jit
def _slope(society: Society, cutoffs: jax.Array, rates: jax.Array) -> jax.Array:
    return jax.grad(lambda each: society.welfare(cutoffs, each))(rates)


def _scores(
    society: Society, cutoffs: jax.Array, rates: Float[np.ndarray, "m brackets"]
) -> Float[np.ndarray, " m"]:
    """Welfare of many schedules; the number of them is padded to one of a few."""
    few = 1 if len(rates) == 1 else _LEVELS
    padded = np.concatenate([rates, np.repeat(rates[-1:], few - len(rates), axis=0)])
    return np.asarray(_batch(society, cutoffs, jnp.asarray(padded)))[: len(rates)]


def _climb(
    scores: Callable[[np.ndarray], np.ndarray],
    slope: Callable[[np.ndarray], np.ndarray],
    rates: Float[np.ndarray, " brackets"],
    rate_max: float,
    sweeps: int,
) -> tuple[float, Float[np.ndarray, " brackets"]]:
    """From a start to where neither a single rate nor the gradient leads higher."""
    from scipy.optimize import minimize

    best = float(scores(rates[None])[0])
    reach = 1.0
    for _ in range(sweeps):
        before = best
        for b in range(len(rates)):
            around = rates[b] + reach * np.linspace(-1, 1, _LEVELS)
            tried = np.tile(rates, (_LEVELS, 1))
            tried[:, b] = np.clip(around, 0.0, rate_max)
            values = scores(tried)
            if np.max(values) > best:
                best, rates = float(np.max(values)), tried[np.argmax(values)]
        if len(rates) > 1:
            followed = minimize(
                lambda x: -float(scores(x[None])[0]),
                rates,
                jac=lambda x: -slope(x),
                method="L-BFGS-B",
                bounds=[(0.0, rate_max)] * len(rates),
                options={"ftol": 1e-15, "gtol": 1e-12, "maxiter": 200},
            )
            if -followed.fun > best:
                best, rates = -float(followed.fun), np.asarray(followed.x, float)
        if best - before <= 1e-13 * max(1.0, abs(best)):
            # No better level within reach: look closer.
            reach /= 4
            if reach < 1e-5:
                break
    return best, rates


def optimal_top_rate_of_tail(tail: float, elasticity: float, weight: float = 0.0) -> float:
    """The best rate on income above a threshold, by searching what a Pareto tail of incomes gives.

    Every worker whose untaxed income is above the threshold responds; those who would fall below
    it stay at it. What counts is revenue, and the workers' own utility at the weight given.

    Args:
        tail: a, Pareto parameter of untaxed incomes, above 1.
        elasticity: e, of taxable income.
        weight: g, what a coin in the hands of these workers is worth relative to public funds.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import expit

    tail = require_number("tail", tail, low=1, above=True)
    elasticity = require_number("elasticity", elasticity, low=0, above=True)
    weight = require_number("weight", weight, low=0, high=1)

    def loss(logit):
        # Of ln(what is gained, up to a constant): sums over a long tail would drown in rounding.
        return tail * elasticity * np.logaddexp(0, logit) - np.log(
            _gain_of_tail(expit(logit), tail, elasticity, weight)
        )

    found = minimize_scalar(loss, bounds=(-40, 40), method="bounded", options={"xatol": 1e-10})
    return float(expit(found.x))


def _gain_of_tail(rate: float, tail: float, elasticity: float, weight: float) -> float:
    """What a tax on income above 1 gains from a worker, over (1 - rate) ** (a e), up to a constant.

    Untaxed incomes u are above 1 with the density a u ** (-a - 1), and a worker of the skill
    u ** (1 / (1 + e)) earns max(1, k u) with k = (1 - rate) ** e. Revenue is k ** a rate / (a - 1).
    Own utility is z - T - u (z / u) ** p / p with p = 1 + 1 / e: it is integrated over those at the
    threshold, from 1 to 1 / k, and over those above it. Both have terms in k ** a and one constant.
    """
    above = tail / (tail - 1)
    effort = elasticity / (1 + elasticity)
    at_threshold = tail * elasticity / (tail * elasticity + 1)
    revenue = rate / (tail - 1)
    utility = above - revenue - above * effort * (1 - rate) - 1
    utility += effort * at_threshold * (1 - rate)
    return revenue + weight * utility
