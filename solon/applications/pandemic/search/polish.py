"""Improve a plan in whole levels, many states at a time.

States meet in federal welfare alone, which is a sum of functions of the nation's deaths and output.
So what a change in one state is worth is told well by the prices of a death and a dollar on each
day: one episode tries a change in every state, and those that pay are made together. Only what the
whole new plan scores decides whether it is kept.
"""

import dataclasses
from typing import TYPE_CHECKING, Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, PyTree

from ....economies.pandemic import objectives
from ....economies.pandemic.days import by_day
from ....economies.pandemic.state import State
from ....environment import TimeStep
from ....policy import Policy
from ..policies.level_rounding import keeps_pause
from ..policies.level_schedule import LevelSchedule

if TYPE_CHECKING:
    from ....economies.pandemic import Pandemic

__all__ = ["CANDIDATES", "Polished", "polish"]

#: Plans that are simulated in a round: the one that is kept, and changes of it.
CANDIDATES = 8
_TRIES = 30


@dataclasses.dataclass(frozen=True, eq=False)
class Polished:
    """What a plan came to.

    Attributes:
        levels: by period and state.
        welfare: mean over the draws.
        evaluations: episodes that were simulated.
    """

    levels: Int[np.ndarray, "periods states"]
    welfare: float
    evaluations: int


def polish(
    economy: "Pandemic",
    planner: Policy,
    draws: PyTree[Array],
    levels: Int[np.ndarray, "periods states"],
    *,
    period: int,
    pause: int,
    highest: int,
    evaluations: int,
    seed: int = 0,
    own: bool = False,
) -> Polished:
    """Change a plan as long as federal welfare rises and episodes are left.

    Args:
        economy: without a replay.
        planner: who pays subsidies.
        draws: of the parameters.
        levels: the plan to begin with; it keeps the pauses.
        period: days in a period.
        pause: periods from one change to the next, at least.
        highest: level that may be set.
        evaluations: episodes to simulate at most.
        seed: of the changes that are tried.
        own: each state for its own welfare, whatever it does to the nation; then `welfare` is the
            sum of that. Nothing that one state does reaches another, so all find their best
            responses at once.
    """
    rng = np.random.default_rng(seed)
    given = np.asarray(draws.beginning.levels[0, -1]).astype(int)
    count = int(draws.population.shape[0])
    kept, best = levels, -np.inf
    gains = np.zeros((CANDIDATES, levels.shape[1]))
    tried = np.repeat(levels[None], CANDIDATES, axis=0)
    spent, share = 0, 1.0
    while spent + CANDIDATES * count <= evaluations:
        places = np.arange(levels.shape[1])
        choice = gains.argmax(axis=0)
        pays = (gains.max(axis=0) > 0) & (rng.random(len(places)) < share)
        new = np.where(pays, tried[choice, :, places].T, kept)
        changed = [_change(new, given, pause, highest, rng) for _ in range(CANDIDATES - 1)]
        plans = np.stack([new, *changed])
        days = np.repeat(plans, period, axis=1)[:, : economy.horizon]
        welfare, worth = _worth(economy, planner, draws, jnp.asarray(days, float), own)
        spent += CANDIDATES * count
        if float(welfare) >= best:
            kept, best, share = new, float(welfare), min(1.0, 2 * share)
            tried, gains = plans, np.asarray(worth)
        else:
            # Too many changes at once: fewer of the same.
            share /= 2
    return Polished(kept, best, spent)


def _change(
    levels: Int[np.ndarray, "periods states"],
    given: Int[np.ndarray, " states"],
    pause: int,
    highest: int,
    rng: np.random.Generator,
) -> Int[np.ndarray, "periods states"]:
    """A change in each state that keeps the pauses; none where none was hit upon.

    Either a level up or down for some periods, or a level that begins sooner or lasts longer.
    """
    periods, states = levels.shape
    found = levels.copy()
    missing: Bool[np.ndarray, " states"] = np.ones(states, bool)
    row = np.arange(periods)[:, None]
    for _ in range(_TRIES):
        first = rng.integers(0, periods, states)
        last = np.minimum(first + rng.integers(1, periods + 1, states) - 1, periods - 1)
        step = rng.choice([-1, 1], states)
        neighbour = np.where(rng.random(states) < 0.5, first - 1, last + 1)
        copied = levels[np.clip(neighbour, 0, periods - 1), np.arange(states)]
        moved = np.where(rng.random(states) < 0.5, levels + step, copied)
        new = np.where((row >= first) & (row <= last), np.clip(moved, 1, highest), levels)
        proper = (new != levels).any(axis=0) & keeps_pause(new, given, pause)
        use = missing & proper
        found[:, use] = new[:, use]
        missing &= ~proper
        if not missing.any():
            break
    return found


@eqx.filter_jit
def _worth(
    economy: "Pandemic",
    planner: Policy,
    draws: PyTree[Array],
    plans: Float[Array, "plans days states"],
    own: bool,
) -> tuple[Float[Array, ""], Float[Array, "plans states"]]:
    """The welfare of the first plan, and what each state's part of each adds to it."""

    def draw(params: PyTree[Array]) -> tuple[Array, Array]:
        def course(levels: Array) -> tuple[Array, Array, Array]:
            return _course(economy, LevelSchedule(levels, keeps_cooldown=True), planner, params)

        deaths, output, reward = jax.vmap(course)(plans)
        if own:
            welfare = reward.sum(axis=1)
            return jnp.sum(welfare[0]), welfare - welfare[:1]
        most = jnp.sum(economy.full_output(params))

        def federal(deaths: Array, output: Array) -> Array:
            goals = params.objectives
            health = objectives.health_index(goals.value_of_life, deaths, most)
            income = objectives.economic_index(output / most, economy.risk_aversion)
            return jnp.sum(objectives.reward(goals.planner, health, income)[0])

        totals = deaths[0].sum(axis=1), output[0].sum(axis=1)
        value, prices = jax.value_and_grad(federal, argnums=(0, 1))(*totals)
        worth = jnp.einsum("t,pti->pi", prices[0], deaths - deaths[:1])
        worth += jnp.einsum("t,pti->pi", prices[1], output - output[:1])
        return value, worth

    value, worth = jax.vmap(draw)(draws)
    return value.mean(axis=0), worth.mean(axis=0)


def _course(
    economy: "Pandemic", governor: Policy, planner: Policy, params: PyTree[Array]
) -> tuple[Array, Array, Array]:
    """By day and state: new deaths, output after interest (US dollars), and states' rewards."""

    def record(before: State, shown: TimeStep, after: State, timestep: TimeStep) -> Any:
        deaths = after.compartments.deaths - before.compartments.deaths
        output = after.production - params.subsidies.interest * after.payment
        return deaths, output, timestep.reward["governor"]

    deciders = {"governor": governor, "planner": planner}
    course: tuple[Array, Array, Array] = by_day(economy, params, deciders, record)[1]
    return course
