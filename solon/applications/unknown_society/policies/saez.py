"""The formula of the best linear rate, fed with an elasticity that is estimated from returns."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Key, Shaped

from ....economics.inequality import gini
from ....economics.linear_tax import rate_for_equality_times_output
from ....economies.unknown_society.economy import UnknownSociety
from ....environment import TimeStep
from ....errors import require_number
from ....policy import Policy
from .returns import Returns, require_one_rate

__all__ = ["SelfEstimatingSaez"]

_LEAST = 1e-3


class SelfEstimatingSaez(Policy):
    """Sets the rate of the formula t = (1 - gbar) / (1 - gbar + e), with e from a regression.

    The elasticity is the slope of log output on the log of what is kept, over the years seen;
    before rates have differed it is a guess. With the published weights gbar is the mean of
    inverse-income weights over incomes. The corrected ones are those of the objective equality
    times output: with them the formula is `rate_for_equality_times_output`, the oracle's own.

    Args:
        env: the economy, for its sizes; without brackets.
        first: rate of the first year.
        guess: of the elasticity, before it can be estimated.
        weight: of the guess in the regression, as so much variation of the log of what is kept
            (ridge regression): the larger, the less an estimate follows the noise of few years.
        averaged: whether weights are of each worker's mean share of incomes over the years seen,
            and not of last year's incomes.
        corrected: whether weights are those of the objective.

    Source:
        Saez (2001), Review of Economic Studies 68; Piketty and Saez (2013), Handbook of Public
        Economics 5.
    """

    first: Float[Array, ""]
    guess: Float[Array, ""]
    weight: Float[Array, ""]
    averaged: Bool[Array, ""]
    corrected: bool = eqx.field(static=True)
    years: int = eqx.field(static=True)
    workers: int = eqx.field(static=True)

    def __init__(
        self,
        env: UnknownSociety,
        *,
        first: float,
        guess: float = 0.5,
        weight: float = 0.0,
        averaged: bool = False,
        corrected: bool = True,
    ):
        require_one_rate(env)
        self.first = jnp.asarray(require_number("first", first, low=0, high=0.999), float)
        self.guess = jnp.asarray(require_number("guess", guess, low=0, above=True), float)
        self.weight = jnp.asarray(require_number("weight", weight, low=0), float)
        self.averaged = jnp.asarray(averaged)
        self.corrected, self.years, self.workers = corrected, env.years, env.workers

    def init(self, key: Key[Array, ""]) -> Returns:
        return Returns.none(self.years, self.workers)

    def begin(self, memory: Returns, new_world: Bool[Array, ""] | None = None) -> Returns:
        return Returns.none(self.years, self.workers)

    def update(self, memory: Returns, outcome: TimeStep, state: Any) -> Returns:
        return memory.filed(state)

    def act(
        self, memory: Returns, observation: dict[str, Shaped[Array, "..."]], key: Key[Array, ""]
    ) -> tuple[Float[Array, "1 1"], Returns]:
        last = memory.incomes[memory.count - 1]
        incomes = jnp.maximum(jnp.where(self.averaged, _mean_shares(memory), last), _LEAST)
        elasticity = self._elasticity(memory)
        if self.corrected:
            rate = rate_for_equality_times_output(elasticity, gini(incomes))
        else:
            weights = 1 / incomes
            weight = jnp.mean(weights * incomes) / (jnp.mean(weights) * jnp.mean(incomes))
            rate = (1 - weight) / (1 - weight + elasticity)
        rate = jnp.where(memory.count == 0, self.first, jnp.clip(rate, 0.0, 0.99))
        return rate[None, None], memory

    def _elasticity(self, memory: Returns) -> Float[Array, ""]:
        """The slope of the regression, or the guess where there is none."""
        there = memory.there.astype(memory.rates.dtype)
        count = jnp.maximum(memory.count, 1)
        kept = jnp.log(jnp.maximum(1 - memory.rates, _LEAST))
        output = jnp.log(jnp.maximum(jnp.mean(memory.incomes, axis=1), _LEAST))
        centered = there * (kept - jnp.sum(there * kept) / count)
        varies = jnp.sum(centered**2)
        told = self.weight + varies
        moved = self.weight * self.guess + jnp.sum(centered * output)
        slope = moved / jnp.where(told > 0, told, 1.0)
        # A slope of no sense is noise, or another model: the formula has no rate for it.
        return jnp.where(varies > 1e-6, jnp.clip(slope, 0.02, 10.0), self.guess)


def _mean_shares(memory: Returns) -> Float[Array, " n"]:
    """What each worker had of all incomes, in the mean of the years seen."""
    output = jnp.sum(memory.incomes, axis=1, keepdims=True)
    shares = memory.incomes / jnp.where(output > 0, output, 1.0)
    return jnp.sum(shares, axis=0) / jnp.maximum(memory.count, 1) * memory.incomes.shape[1]
