"""An economist's estimator: a posterior over societies from all returns, then the best rate."""

from collections.abc import Mapping, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Key, Shaped

from ....economies.unknown_society.behavior import MODELS, Behavior, behavior_of, elasticities
from ....economies.unknown_society.economy import UnknownSociety
from ....economies.unknown_society.objectives import relative_welfare
from ....environment import TimeStep
from ....errors import require, require_number, require_whole
from ....policy import Policy
from .likelihood import Talents, log_likelihood
from .returns import Returns, require_one_rate

__all__ = ["StructuralEstimator"]

_ELASTICITIES, _SPREADS = 57, 17
#: Societies that are drawn from the posterior, and rates that are tried in each.
_DRAWN, _RATES = 32, 50


class StructuralEstimator(Policy):
    """Knows the equations: sets the rate that is best in the mean of the posterior.

    Before year one it sets the best single rate. From then on it computes the likelihood of all
    incomes filed so far (its workers are known by name, while a learned planner sees quantiles) on
    a grid of elasticities, spreads and models, with skills integrated out, and multiplies by the
    prior, which is flat. It draws societies from the posterior and sets the rate whose mean
    welfare over them is highest. With several models it averages over them by their likelihood.

    Args:
        env: the economy, for its sizes and its objective; without brackets.
        first: rate of the first year.
        models: names of the models that it holds possible, all as likely.
        deviation: of the logarithm of yearly shocks, known to it. Without shocks some noise is
            left to it, so that incomes which no society of its models has do not rule out all.
        explore: rate of the second year, set only to learn from it; None to set what seems best.
        explored: years in which it is set.
        estimates: years after which it keeps the rate that it has; None to go on estimating.
        elasticity: bounds of the uniform prior.
        spread: likewise.
        least: income that is put in the place of none, where its models have everyone work.
        seed: of the draws from the posterior.
    """

    first: Float[Array, ""]
    explore: Float[Array, ""]
    explored: Int[Array, ""]
    estimates: Int[Array, ""]
    deviation: Float[Array, ""]
    elasticities: Float[Array, " elasticities"]
    spreads: Float[Array, " spreads"]
    talent: Float[Array, "drawn n"]
    models: tuple[str, ...] = eqx.field(static=True)
    objective: str = eqx.field(static=True)
    years: int = eqx.field(static=True)
    least: float = eqx.field(static=True)

    def __init__(
        self,
        env: UnknownSociety,
        *,
        first: float,
        models: Sequence[str] = ("standard",),
        deviation: float = 0.02,
        explore: float | None = None,
        explored: int = 1,
        estimates: int | None = None,
        elasticity: tuple[float, float] = (0.1, 1.5),
        spread: tuple[float, float] = (0.3, 1.1),
        least: float = 1e-2,
        seed: int = 0,
    ):
        require_one_rate(env)
        for model in models:
            static = model in MODELS and not _dynamic(MODELS[model])
            known = ", ".join(name for name, behavior in MODELS.items() if not _dynamic(behavior))
            require(static, "models", model, known)
        require_number("deviation", deviation, low=0, above=True)
        low, high = elasticity
        require(0 < low < high, "elasticity", elasticity, "two numbers above 0, the lower first")
        require(0 < spread[0] < spread[1], "spread", spread, "two numbers above 0, the lower first")
        if estimates is not None:
            require_whole("estimates", estimates, low=1, high=env.years)
        self.first = jnp.asarray(require_number("first", first, low=0, high=0.999), float)
        rate = first if explore is None else explore
        self.explore = jnp.asarray(require_number("explore", rate, low=0, high=0.999), float)
        require_whole("explored", explored, low=1, high=env.years - 1)
        self.deviation = jnp.asarray(deviation, float)
        self.elasticities = _middles(low, high, _ELASTICITIES)
        self.spreads = _middles(*spread, _SPREADS)
        normal = np.random.default_rng(seed).normal(size=(_DRAWN, env.workers))
        self.talent = jnp.asarray(normal, float)
        self.models, self.objective, self.years = tuple(models), env.objective, env.years
        # Numbers are traced, so that variants share what is compiled.
        self.explored = jnp.asarray(0 if explore is None else explored, jnp.int32)
        self.estimates = jnp.asarray(env.years if estimates is None else estimates, jnp.int32)
        self.least = least

    def init(self, key: Key[Array, ""]) -> Returns:
        return Returns.none(self.years, self.talent.shape[1])

    def begin(self, memory: Returns, new_world: Bool[Array, ""] | None = None) -> Returns:
        return Returns.none(self.years, self.talent.shape[1])

    def update(self, memory: Returns, outcome: TimeStep, state: Any) -> Returns:
        return memory.filed(state)

    def act(
        self, memory: Returns, observation: Mapping[str, Shaped[Array, "..."]], key: Key[Array, ""]
    ) -> tuple[Float[Array, "1 1"], Returns]:
        year = memory.count
        rate = jnp.where(year == 0, self.first, self._best(memory))
        rate = jnp.where((year >= 1) & (year <= self.explored), self.explore, rate)
        rate = jnp.where(year > self.estimates, memory.rates[year - 1], rate)
        return rate[None, None], memory

    def act_in_all(
        self,
        memories: Returns,
        observations: dict[str, Shaped[Array, "..."]],
        key: Key[Array, ""],
        acting: Bool[Array, "copies count"],
    ) -> tuple[Float[Array, "copies 1 1"], Returns]:
        """`act`, some copies at a time: all grids at once would fill the memory."""
        rates = jax.lax.map(lambda memory: self.act(memory, {}, key)[0], memories, batch_size=50)
        return rates, memories

    def posterior(self, returns: Returns) -> Float[Array, "models elasticities spreads"]:
        """The log of the posterior on the grid, up to a constant."""

        def of(model: str) -> Float[Array, "elasticities spreads"]:
            # Each model by itself, so that most of them need no bounds of skills.
            def at(elasticity: Array, spread: Array) -> Array:
                return self._given(returns, MODELS[model], elasticity, spread, _stops(model))[0]

            over_spreads = jax.vmap(at, (None, 0))
            return jax.vmap(over_spreads, (0, None))(self.elasticities, self.spreads)

        return jnp.stack([of(model) for model in self.models])

    def _given(
        self,
        returns: Returns,
        behavior: Behavior,
        elasticity: Array,
        spread: Array,
        stopping: bool,
    ) -> tuple[Array, Talents]:
        given = returns, elasticity, spread, behavior, self.deviation, self.least
        return log_likelihood(*given, stopping=stopping)

    def _best(self, returns: Returns) -> Float[Array, ""]:
        logs = self.posterior(returns)
        weights = jax.nn.softmax(logs.ravel())
        # Evenly spaced shares of the posterior: less noise than independent draws.
        shares = (jnp.arange(_DRAWN) + 0.5) / _DRAWN
        picked = jnp.searchsorted(jnp.cumsum(weights), shares.astype(weights.dtype))
        model, e, s = jnp.unravel_index(jnp.minimum(picked, weights.size - 1), logs.shape)
        rates = (jnp.arange(_RATES) / _RATES).astype(weights.dtype)

        def worths(model: Array, elasticity: Array, spread: Array, luck: Array) -> Array:
            behavior = behavior_of(model, self.models)
            stopping = any(map(_stops, self.models))
            _, found = self._given(returns, behavior, elasticity, spread, stopping)
            talent = jnp.clip(found.mean + found.deviation * luck, found.low, found.high)
            own = elasticities(elasticity, behavior, talent.shape[0])
            skills = jnp.exp(talent / (1 + own))

            def worth(rate: Array) -> Array:
                return relative_welfare(self.objective, rate, skills, elasticity, behavior)

            return jax.vmap(worth)(rates)

        drawn = model, self.elasticities[e], self.spreads[s], self.talent
        return rates[jnp.argmax(jnp.mean(jax.vmap(worths)(*drawn), axis=0))]


def _stops(model: str) -> bool:
    """Whether somebody may stop working under a model."""
    return bool(MODELS[model].least_gain > 0 or MODELS[model].reservation > 0)


def _dynamic(behavior: Behavior) -> bool:
    """Whether a model is none that the likelihood knows: income effects, a change."""
    return bool(behavior.income_effect != 0 or behavior.changes != 0)


def _middles(low: float, high: float, count: int) -> Float[Array, " count"]:
    return jnp.asarray(low + (high - low) * (np.arange(count) + 0.5) / count, float)
