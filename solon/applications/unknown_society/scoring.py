"""What planners make of societies, year by year, beside the best that was possible."""

import dataclasses
import functools
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from ...economies.unknown_society import MODELS, UnknownSociety
from ...economies.unknown_society.state import State
from ...environment import TimeStep
from ...errors import require
from ...learning.episodes import begin
from ...luck import key_of, worlds_key
from ...policy import Policy
from .oracle import best_rates, worth_of_rates
from .societies import Societies

__all__ = [
    *("Begun", "Played", "Truth", "begun", "best_single_rate", "best_single_schedule"),
    *("economy_of", "play_planner", "truth_of", "welfare_by"),
]

_RATES = np.arange(100) / 100
#: One economy for all models that need no search, so that a planner is compiled once for them.
_TOGETHER = tuple(name for name, model in MODELS.items() if model.income_effect == 0)


@dataclasses.dataclass(frozen=True)
class Begun:
    """Societies before their first year.

    Attributes:
        societies: of which they were drawn.
        states: of each.
        timesteps: what each shows.
        luck: of shocks and planners.
    """

    societies: Societies
    states: State
    timesteps: TimeStep
    luck: Key[Array, ""]

    def env(self, set_by: str = "rate") -> UnknownSociety:
        """The economy that they live in, for planners that set any `rate` or pick `levels`."""
        return economy_of(self.societies, set_by)


@dataclasses.dataclass(frozen=True)
class Played:
    """What a planner did, and what came of it.

    Attributes:
        rates: that it set, one a bracket if there are any.
        welfare: of each year, relative to the same society without a tax.
        output: a head, as filed.
        incomes: of each worker as filed, the least able first.
    """

    rates: Float[np.ndarray, "years societies *brackets"]
    welfare: Float[np.ndarray, "years societies"]
    output: Float[np.ndarray, "years societies"]
    incomes: Float[np.ndarray, "years societies n"]


@dataclasses.dataclass(frozen=True)
class Truth:
    """What is known of the same societies to who is told everything.

    Attributes:
        rates: the best ones of each year, one a bracket if there are any.
        welfare: under them.
        elasticity: of each society in its first year.
        spread: of its skills.
    """

    rates: Float[np.ndarray, "years societies *brackets"]
    welfare: Float[np.ndarray, "years societies"]
    elasticity: Float[np.ndarray, " societies"]
    spread: Float[np.ndarray, " societies"]


def economy_of(societies: Societies, set_by: str = "rate") -> UnknownSociety:
    """The economy in which societies are governed, for planners that set any `rate`, or `levels`.

    Who is compiled for one kind of societies is for others: the models are one list, of which each
    society has one by its number, and skills are drawn before.
    """
    plain = dataclasses.replace(societies, models=_models(societies))
    return dataclasses.replace(plain.env(set_by), skills="log-normal")


def begun(societies: Societies, *, count: int, seed: int, purpose: str) -> Begun:
    """Draw societies.

    Args:
        societies: of which they are drawn.
        count: how many.
        seed: of their luck: with the same one all planners meet the same societies and shocks.
        purpose: "choosing" or "scoring": the societies of one are not those of the other.
    """
    env, key = societies.env("rate"), key_of(seed)
    start_key, luck = jax.random.split(worlds_key(key, purpose))
    params = env.default_params()
    drawn = societies.prior().worlds(key, params, count, purpose)
    states, timesteps, _ = begin(env, start_key, params, count, drawn)
    number = [_models(societies).index(name) for name in societies.models]
    model = jnp.asarray(number, jnp.int32)[states.params.model]
    states = eqx.tree_at(lambda s: s.params.model, states, model)
    return Begun(societies, states, timesteps, luck)


def _models(societies: Societies) -> tuple[str, ...]:
    """The models of the economy in which these societies are played."""
    return _TOGETHER if set(societies.models) <= set(_TOGETHER) else societies.models


def play_planner(planner: Policy, societies: Begun, *, set_by: str = "rate") -> Played:
    """Let a planner govern societies.

    Args:
        planner: of the role `planner`.
        societies: that have begun.
        set_by: `levels` for planners that pick one, `rate` for those that set any.
    """
    env = societies.env(set_by)
    # The same luck for all who govern these societies.
    luck = jax.random.clone(societies.luck)
    found = _governed(env, planner, societies.states, societies.timesteps, luck)
    return Played(*(np.asarray(x) for x in found))


@functools.partial(jax.jit, static_argnums=0)
def _governed(
    env: UnknownSociety, planner: Policy, states: State, timesteps: TimeStep, luck: Key[Array, ""]
) -> tuple[Array, Array, Array, Array]:
    # As `solon.learning.play`, which compiles anew for each prior.
    count = states.rate.shape[0]
    memory_key, luck = jax.random.split(luck)
    memories = jax.vmap(planner.init)(jax.random.split(memory_key, count))
    memories = jax.vmap(planner.begin)(memories, jnp.ones(count, bool))

    def year(carry: Any, key: Key[Array, ""]) -> Any:
        states, timesteps, memories = carry
        policy_key, shock_key = jax.random.split(key)
        seen, acting = timesteps.observation["planner"], timesteps.acting["planner"]
        actions, memories = planner.act_in_all(memories, seen, policy_key, acting)
        shocks = env.draw_shocks(shock_key, (count,))
        states, timesteps = jax.vmap(env.transition)(states, {"planner": actions}, shocks)
        memories = jax.vmap(planner.update)(memories, timesteps, states)
        output = timesteps.metrics["output"]
        return (states, timesteps, memories), (
            *(states.rate, states.welfare, output, states.filed),
        )

    keys = jax.random.split(luck, env.years)
    return jax.lax.scan(year, (states, timesteps, memories), keys)[1]


def truth_of(societies: Begun) -> Truth:
    """The best rates of societies."""
    env, states = societies.env(), societies.states
    first = best_rates(env, states)
    changes = "new-elasticity" in societies.societies.models
    later = best_rates(env, _in_year_six(states)) if changes else first
    early = (np.arange(env.years) < 5)[:, None]
    of_rates = early.reshape(*early.shape, *(1 for _ in env.rates))
    return Truth(
        rates=np.where(of_rates, first.rate[None], later.rate[None]),
        welfare=np.where(early, first.welfare[None], later.welfare[None]),
        elasticity=np.asarray(states.params.elasticity),
        spread=np.asarray(states.params.spread),
    )


def welfare_by(
    objective: str, societies: Begun, rates: Float[np.ndarray, "years societies *brackets"]
) -> Float[np.ndarray, "years societies"]:
    """What years were worth by another objective than the planner's.

    Args:
        objective: one of `OBJECTIVES`.
        societies: that were governed.
        rates: that were set in them.
    """
    env = dataclasses.replace(societies.env(), objective=objective)
    return np.asarray(_worth_by_year(env, societies.states, jnp.asarray(rates, float)))


@functools.partial(jax.jit, static_argnums=0)
def _worth_by_year(env: UnknownSociety, states: State, rates: Array) -> Array:
    def worths(of: tuple[Array, Array]) -> Array:
        year, rates = of
        now = eqx.tree_at(lambda s: s.year, states, jnp.full_like(states.year, year))
        return jax.vmap(env.worth)(now, rates)

    return jax.lax.map(worths, (jnp.arange(env.years), rates))


def best_single_rate(societies: Begun) -> float:
    """The rate that is best in the mean of societies over all years, of those in steps of .01.

    With brackets it is the same in all of them.
    """
    shape = societies.env().rates
    rates = np.broadcast_to(_RATES.reshape(-1, *(1 for _ in shape)), (len(_RATES), *shape))
    return float(_RATES[np.argmax(_mean_worths(societies, rates))])


def best_single_schedule(societies: Begun) -> tuple[float, ...]:
    """The rates of brackets that are best in the mean of societies over all years, by a search.

    From the best single rate on, the rate of one bracket after the other is set to the best of
    those in steps of .01 with all others held, until none changes.

    Args:
        societies: with brackets.

    Raises:
        ConfigurationError: for societies with a linear tax.
    """
    cutoffs = societies.societies.cutoffs
    require(len(cutoffs) > 0, "cutoffs", cutoffs, "lower edges of brackets")
    found = np.full(len(cutoffs), best_single_rate(societies))
    best, changed = -np.inf, True
    while changed:
        changed = False
        for i in range(len(cutoffs)):
            tried = np.tile(found, (len(_RATES), 1))
            tried[:, i] = _RATES
            worths = _mean_worths(societies, tried)
            if np.max(worths) > best:
                changed = changed or bool(found[i] != _RATES[np.argmax(worths)])
                best, found[i] = np.max(worths), _RATES[np.argmax(worths)]
    return tuple(found.tolist())


def _mean_worths(
    societies: Begun, rates: Float[np.ndarray, "rates *brackets"]
) -> Float[np.ndarray, " rates"]:
    """What rates are worth in the mean of societies over all years, up to a factor."""
    env, states, tried = societies.env(), societies.states, jnp.asarray(rates, float)
    worths = np.asarray(worth_of_rates(env, states, tried))
    if "new-elasticity" in societies.societies.models:
        worths = worths + np.asarray(worth_of_rates(env, _in_year_six(states), tried))
    return worths.mean(axis=0, dtype=float)


def _in_year_six(states: State) -> State:
    return eqx.tree_at(lambda s: s.year, states, jnp.full_like(states.year, 5))
