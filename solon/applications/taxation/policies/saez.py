"""A planner that follows Saez's formula, with what it has to know estimated from tax returns."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar, get_args

import equinox as eqx
import equinox.internal as eqxi
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Key, Shaped

from ....economics.saez import (
    IncomeDistribution,
    WelfareWeights,
    bracket_rates,
    income_distribution,
    optimal_bin_rates,
    update_elasticity,
)
from ....economics.tax_returns import TaxReturns, add_tax_returns, no_tax_returns
from ....economics.tax_schedules import check_cutoffs
from ....environment import TimeStep
from ....errors import require, require_number, require_whole
from ....luck import key_of
from ....policy import Policy

__all__ = ["INERTIA", "Saez", "SaezMemory"]

_TAX = "periodic-bracket-tax"
_OWN = "objective"
_FIRST_GUESS = 0.5
#: Weight of the past in the running average of rates.
INERTIA = 0.99

_Part = TypeVar("_Part")

Rules: TypeAlias = Literal["foundation"] | None


class SaezMemory(eqx.Module):
    """What the planner knows.

    Attributes:
        returns: the latest tax returns.
        experiment: the returns that the elasticity is estimated from.
        elasticity: the estimated elasticity of taxable income.
        rates: marginal rates of the running period.
        average_rates: the running average of the rates, without the random ones.
        rate_cap: the share of the highest rate up to which the economy lets rates go.
        due: the coming step begins a period.
    """

    returns: TaxReturns
    experiment: TaxReturns
    elasticity: Float[Array, ""]
    rates: Float[Array, " brackets"]
    average_rates: Float[Array, " brackets"]
    rate_cap: Float[Array, ""]
    due: Bool[Array, ""]


class Saez(Policy):
    """Sets the optimal marginal rates for the incomes and the elasticity that it has observed.

    At first it sets rates at random, anew in each period and independently by bracket. Once it
    has enough tax returns it follows the formula: at the beginning of a period it moves its
    estimate of the elasticity by 2 % towards a regression, and computes the rates from the latest
    returns. It remembers beyond the end of an episode.

    The published planner differs in three ways that an economist would call mistakes;
    `compatibility="foundation"` has them.

    - It goes on to estimate the elasticity when the formula sets the rates. These rates rise or
      fall with income by design and hardly change from period to period, so the regression
      measures the schedule and not how people respond to it: under rates that rise with income the
      slope is negative and the estimate fades to 0, and under constant ones it is noise of which
      only the positive part counts. Here the elasticity is estimated from the returns that were
      filed under random rates alone.
    - Where nobody earns more than the top cutoff, the rate there is almost 1, and rates between the
      highest income and the cutoff rise towards it. Here all rates above the highest income
      observed are those at that income. In theory they are 0 at the very top of a bounded
      distribution (Sadka 1976, Seade 1977); in no case does a rate near 1 raise revenue there.
    - All who earn more than the top cutoff count alike for the top rate. It is paid on what
      is earned above the cutoff, so by the optimum of Saez (2001) they count by how much that is.
      With welfare weights that fall with income the published top rate is too low.

    Args:
        cutoffs: lower edges of the economy's brackets in coin.
        elasticity: of taxable income, if it shall not be estimated.
        welfare_weights: what a coin more is worth to society: "inverse_income", "uniform", or
            "objective" for the weights of the planner's own objective, in an economy whose state
            has `social_weights`.
        rate_min, rate_max: the lowest and the highest rate that the economy's tax allows.
        capacity: how many tax returns are kept, and have to be there before the formula is used.
        compatibility: "foundation" for the published planner, see above.

    Raises:
        ConfigurationError: for a value that is not allowed.

    Source:
        Saez, Using elasticities to derive optimal income tax rates, Review of Economic Studies
        68, 2001; as a planner in Zheng et al., The AI Economist, arXiv 2004.13332, 2020.
    """

    cutoffs: Float[Array, " brackets"]
    elasticity: Float[Array, ""] | None
    rate_min: Float[Array, ""]
    rate_max: Float[Array, ""]
    welfare_weights: WelfareWeights | Literal["objective"] = eqx.field(static=True)
    capacity: int = eqx.field(static=True)
    compatibility: Rules = eqx.field(static=True)

    def __init__(
        self,
        cutoffs: Sequence[float] | Float[Array, " brackets"] | np.ndarray,
        *,
        elasticity: Any = None,
        welfare_weights: Any = "inverse_income",
        rate_min: float = 0.0,
        rate_max: float = 1.0,
        capacity: Any = 500,
        compatibility: Any = None,
    ):
        check_cutoffs(cutoffs)
        require(len(cutoffs) >= 2, "cutoffs", cutoffs, "at least two brackets")
        if elasticity is not None:
            elasticity = require_number("elasticity", elasticity, low=0)
        known = (*get_args(WelfareWeights), _OWN)
        proper = welfare_weights in known
        require(proper, "welfare_weights", welfare_weights, " or ".join(known))
        rate_max = require_number("rate_max", rate_max, low=0, high=1)
        rate_min = require_number("rate_min", rate_min, low=0, high=rate_max)
        capacity = require_whole("capacity", capacity, low=1, high=1_000_000)
        proper = compatibility in (None, "foundation")
        require(proper, "compatibility", compatibility, "None or foundation")
        self.cutoffs = jnp.asarray(cutoffs, float)
        self.elasticity = None if elasticity is None else jnp.asarray(elasticity, float)
        self.rate_min = jnp.asarray(rate_min, float)
        self.rate_max = jnp.asarray(rate_max, float)
        self.welfare_weights = welfare_weights
        self.capacity = capacity
        self.compatibility = compatibility

    def init(self, key: Key[Array, ""]) -> SaezMemory:
        nothing = jnp.zeros_like(self.cutoffs)
        return SaezMemory(
            returns=no_tax_returns(self.capacity),
            experiment=no_tax_returns(self.capacity),
            elasticity=jnp.asarray(_FIRST_GUESS, float),
            rates=nothing,
            average_rates=nothing,
            rate_cap=jnp.ones(()),
            due=jnp.ones((), bool),
        )

    def begin(self, memory: SaezMemory, new_world: Bool[Array, ""] | None = None) -> SaezMemory:
        """All years of a society are remembered, and none of another one."""
        if new_world is None:
            return memory
        fresh = self.init(key_of(0))
        return jax.tree.map(lambda a, b: jnp.where(new_world, a, b), fresh, memory)

    def act(
        self,
        memory: Any,
        observation: dict[str, Shaped[Array, "..."]],
        key: Key[Array, ""],
    ) -> tuple[Float[Array, "1 brackets"], SaezMemory]:
        uniform = jax.random.uniform(key, self.cutoffs.shape)
        random = self.rate_min + uniform * (self._cap(memory) - self.rate_min)
        rates, memory = self.decide(memory, random)
        return rates[None], memory

    def decide(
        self, memory: SaezMemory, random_rates: Float[Array, " brackets"]
    ) -> tuple[Float[Array, " brackets"], SaezMemory]:
        """What `act` does once luck has its say.

        Args:
            memory: from `init`, `act` or `update`.
            random_rates: the marginal rates of the coming period, if it is an experiment.

        Returns:
            The marginal rates in force, and the memory.
        """
        enough = memory.returns.count >= self.capacity
        random = self._within(memory, random_rates)
        assessment = _Assessment(memory.elasticity, memory.rates, memory.average_rates)
        assessment = _where(memory.due & enough, lambda _: self._assess(memory), assessment)
        rates = jnp.where(memory.due & ~enough, random, assessment.rates)
        memory = dataclasses.replace(
            memory,
            elasticity=assessment.elasticity,
            rates=rates,
            average_rates=assessment.average_rates,
            due=jnp.zeros((), bool),
        )
        return rates, memory

    def update(self, memory: Any, outcome: TimeStep, state: Any) -> SaezMemory:
        office: Any = getattr(state, "parts", {}).get(_TAX)
        require(office is not None, "planner", "saez", f"an economy that has a {_TAX}")
        brackets = self.cutoffs.shape
        fits = office.rates.shape == brackets
        require(fits, "cutoffs", brackets[0], f"the {len(office.rates)} brackets of the economy")
        # The tax office has just begun another period.
        closed = office.position == 1

        weights = getattr(state, "social_weights", None)
        allowed = "inverse_income or uniform, as the economy has no social_weights"
        known = self.welfare_weights != _OWN or weights is not None
        require(known, "welfare_weights", self.welfare_weights, allowed)

        def file(filed):
            returns, experiment = (
                add_tax_returns(each, office.income, office.marginal_rate, weights)
                for each in filed
            )
            if self.compatibility is None:
                # From then on the formula set the rates.
                over = filed[1].count >= self.capacity
                experiment = jax.tree.map(
                    lambda old, new: jnp.where(over, old, new), filed[1], experiment
                )
            return returns, experiment

        returns, experiment = _where(closed, file, (memory.returns, memory.experiment))
        return dataclasses.replace(
            memory,
            returns=returns,
            experiment=experiment,
            rate_cap=state.params.parts[_TAX].rate_cap.astype(memory.rate_cap.dtype),
            due=closed | outcome.terminated | outcome.truncated,
        )

    def _cap(self, memory: SaezMemory) -> Float[Array, ""]:
        return self.rate_max * memory.rate_cap

    def _within(
        self, memory: SaezMemory, rates: Float[Array, " brackets"]
    ) -> Float[Array, " brackets"]:
        return jnp.minimum(jnp.maximum(rates, self.rate_min), self._cap(memory))

    def _assess(self, memory: SaezMemory) -> "_Assessment":
        """The estimate and the rates of a new period."""
        experiment, returns = memory.experiment, memory.returns
        estimate = update_elasticity(
            memory.elasticity, experiment.incomes, experiment.marginal_rates, experiment.valid
        )
        elasticity = estimate if self.elasticity is None else self.elasticity
        top = self.cutoffs[-1]
        weights: Any = self.welfare_weights
        if weights == _OWN:
            weights = returns.welfare_weights
        distribution = income_distribution(
            returns.incomes,
            returns.valid,
            top,
            welfare_weights=weights,
            excess_weighted_top=self.compatibility is None,
        )
        if self.compatibility is None:
            anyone_above = jnp.any(returns.valid & (returns.incomes > top))
            distribution = _bounded(distribution, anyone_above)
        rates = bracket_rates(optimal_bin_rates(distribution, elasticity), self.cutoffs)
        rates = self._within(memory, rates)
        average = INERTIA * memory.average_rates + (1 - INERTIA) * rates
        return _Assessment(estimate, rates, average)


class _Assessment(NamedTuple):
    elasticity: Float[Array, ""]
    rates: Float[Array, " brackets"]
    average_rates: Float[Array, " brackets"]


def _bounded(distribution: IncomeDistribution, anyone_above: Bool[Array, ""]) -> IncomeDistribution:
    """Give the bin above the top cutoff what holds at the highest income, if it is empty itself."""
    bins = jnp.arange(len(distribution.observed) - 1)
    highest = jnp.max(jnp.where(distribution.observed[:-1], bins, -1))
    source = jnp.where(anyone_above | (highest < 0), len(bins), highest)
    return dataclasses.replace(
        distribution,
        welfare_weight=distribution.welfare_weight.at[-1].set(distribution.welfare_weight[source]),
        pareto_parameter=distribution.pareto_parameter.at[-1].set(
            distribution.pareto_parameter[source]
        ),
    )


def _where(condition: Bool[Array, ""], change: Callable[[_Part], _Part], part: _Part) -> _Part:
    """`change(part)` where `condition` holds, else `part`.

    Under `jax.vmap` nothing is computed as long as it holds nowhere: periods of hundreds of
    steps end together, and estimates take longer than a step.
    """

    def some(part):
        changed = change(part)
        return jax.tree.map(lambda new, old: jnp.where(condition, new, old), changed, part)

    return jax.lax.cond(eqxi.unvmap_any(condition), some, lambda part: part, part)
