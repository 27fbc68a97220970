"""Policies against a pandemic that are found by gradients, and rules tuned by search.

All of them maximise the federal welfare in the mean of draws of the parameters, with the same
number of simulated episodes, and all are scored as they are carried out: in whole levels and under
the cooldown. Scores of real levels are kept only to be shown beside them.
"""

import dataclasses
import datetime
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, Int

from ....errors import require
from ....learning.direct_search import direct_search
from ....policy import Policy
from ..policies.level_rounding import nearest_levels
from ..policies.level_schedule import LevelSchedule
from ..policies.limits import CAPPED, METHODS
from ..policies.log_linear_rule import LINEAR_SIGNALS, LogLinearRule
from ..policies.threshold_rule import Threshold, ThresholdRule
from .polish import polish
from .problem import Found, Problem
from .welfare import capped_welfare, mean_welfare, welfare_of_each

if TYPE_CHECKING:
    from ....economies.pandemic import Pandemic

__all__ = ["GRADIENT_COST", "PERIOD", "search"]

#: Days in a period of an open-loop plan: half a cooldown.
PERIOD = 14
#: Episodes that the value and its gradient count for: docs/pandemic.md has the measurement.
GRADIENT_COST = 4

_OPEN_LOOP_RATE, _LOG_LINEAR_RATE = 0.1, 0.05
_SCORED = 10  # gradient steps from one score of whole levels to the next


def open_loop(problem: Problem) -> Found:
    """Levels by state and half-month, whatever is observed.

    The real levels are rounded to the nearest whole ones that keep the pauses. Half of the episodes
    are left to improve these in whole levels.
    """
    economy, limits = problem.economy, problem.limits
    days, periods = economy.horizon, -(-economy.horizon // PERIOD)
    pause = -(-problem.pause // PERIOD)

    def real_levels(free: Float[Array, "periods states"]) -> Float[Array, "days states"]:
        levels = 1 + (limits.stringency - 1) * jax.nn.sigmoid(free)
        return jnp.repeat(levels, PERIOD, axis=0)[:days]

    def governor(free: Float[Array, "periods states"]) -> Policy:
        return LevelSchedule(real_levels(free))

    def whole(free: Float[Array, "periods states"]) -> Policy:
        real = np.asarray(real_levels(free), float)[::PERIOD]
        levels = nearest_levels(real, problem.given, pause=pause, highest=limits.stringency)
        return LevelSchedule(np.repeat(levels, PERIOD, axis=0)[:days], keeps_cooldown=True)

    first, spent = _best_constant(problem)
    free = jnp.full((periods, len(economy.state_names)), first)
    half = problem.evaluations // 2
    found = _climb(
        problem, free, governor, whole, rate=_OPEN_LOOP_RATE, spent=spent, evaluations=half
    )
    rounded: Any = found.governor
    better = polish(
        economy,
        problem.planner,
        problem.draws,
        np.round(np.asarray(rounded.levels)).astype(int)[::PERIOD],
        period=PERIOD,
        pause=pause,
        highest=limits.stringency,
        evaluations=problem.evaluations - found.evaluations,
        seed=problem.seed,
    )
    levels = np.repeat(better.levels, PERIOD, axis=0)[:days]
    return Found(
        governor=LevelSchedule(levels, keeps_cooldown=True),
        welfare=better.welfare,
        relaxed=found.relaxed,
        rounded=found.welfare,
        evaluations=found.evaluations + better.evaluations,
        content={"schedule": _changes(economy, levels)},
    )


def log_linear(problem: Problem) -> Found:
    """A log-linear rule. Gradients pass the rounding, so that what is climbed is what is scored."""
    economy, limits = problem.economy, problem.limits
    common: dict[str, Any] = {
        "horizon": economy.horizon,
        "review": min(problem.pause, economy.horizon),
        "highest": limits.stringency,
    }

    def governor(free: dict[str, Any]) -> Policy:
        return LogLinearRule(**free, **common, whole=False, rounded=True)

    def real(free: dict[str, Any]) -> Policy:
        return LogLinearRule(**free, **common, whole=False, rounded=False)

    def whole(free: dict[str, Any]) -> Policy:
        return LogLinearRule(**free, **common)

    first, spent = _best_constant(problem)
    free = {
        "weights": jnp.zeros(len(LINEAR_SIGNALS)),
        "intercepts": jnp.full(len(economy.state_names), first),
    }
    found = _climb(
        problem,
        free,
        governor,
        whole,
        real=real,
        rate=_LOG_LINEAR_RATE,
        spent=spent,
        evaluations=problem.evaluations,
    )
    rule: Any = found.governor
    weights = dict(zip(LINEAR_SIGNALS, _plain(rule.weights), strict=True))
    intercepts = dict(zip(economy.state_names, _plain(rule.intercepts), strict=True))
    content = {
        "weights": weights,
        "intercepts": intercepts,
        "review": common["review"],
        "highest": limits.stringency,
    }
    return dataclasses.replace(found, content={"log_linear": content})


def threshold(problem: Problem) -> Found:
    """A threshold rule on deaths, the same for all states, tuned by CMA-ES."""
    economy, highest = problem.economy, problem.limits.stringency
    review = min(problem.pause, economy.horizon) if problem.pause > economy.cooldown else 1

    def described(numbers: Float[np.ndarray, " numbers"]) -> Threshold:
        upper = 0.05 * 1000 ** float(numbers[0])  # 0.05 to 50 deaths a day and million
        above, below = (round(1 + float(x) * (highest - 1)) for x in numbers[2:4])
        lower = upper * float(numbers[1])
        return Threshold("deaths", float(f"{upper:.4g}"), float(f"{lower:.4g}"), above, below)

    def rule(numbers: Float[np.ndarray, " numbers"]) -> ThresholdRule:
        return ThresholdRule(
            [described(numbers)],
            states=len(economy.state_names),
            labor_force_share=economy.labor_force_share,
            review=review,
        )

    def scores(candidates: Float[np.ndarray, "candidates numbers"]) -> Array:
        stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *map(rule, candidates))
        return welfare_of_each(economy, stacked, problem.planner, problem.draws, problem.cap)

    candidates = problem.evaluations // problem.count
    # Eight at a time: it rounds the number of candidates up to whole generations.
    budget = max(8, candidates // 8 * 8)
    result = direct_search(scores, 4, evaluations=budget, population=8, seed=problem.seed)
    best = dataclasses.asdict(described(result.best))
    content: dict[str, Any] = {"threshold": [best]} | ({"review": review} if review > 1 else {})
    spent = result.evaluations * problem.count
    best_rule = rule(result.best)
    welfare = _welfare(best_rule, problem) if problem.cap is not None else result.score
    return Found(best_rule, welfare, None, None, spent, content)


_SEARCHES = dict(zip(METHODS, (open_loop, log_linear, threshold), strict=True))


def search(method: str, problem: Problem) -> Found:
    """The best policy that a method finds; one of `METHODS`.

    Raises:
        ConfigurationError: for a method that cannot be held to what is asked.
    """
    known = CAPPED if problem.unemployment is not None else METHODS
    require(method in known, "method", method, ", ".join(known))
    return _SEARCHES[method](problem)


def _best_constant(problem: Problem) -> tuple[float, int]:
    """Where to begin: the best constant level as log odds, and the episodes that it took."""
    highest, n = problem.limits.stringency, len(problem.economy.state_names)
    levels = np.arange(1, highest + 1)
    table = np.broadcast_to(levels[:, None, None], (highest, problem.economy.horizon, n))
    governors = jax.vmap(lambda one: LevelSchedule(one))(jnp.asarray(table, float))
    welfare = welfare_of_each(problem.economy, governors, problem.planner, problem.draws)
    place = (int(np.argmax(np.asarray(welfare))) + 0.5) / highest
    return math.log(place / (1 - place)), highest * problem.count


def _climb(
    problem: Problem,
    free: Any,
    governor: Callable[[Any], Policy],
    whole: Callable[[Any], Policy],
    *,
    real: Callable[[Any], Policy] | None = None,
    rate: float,
    spent: int,
    evaluations: int,
) -> Found:
    """Climb by Adam with a rate that falls to zero; keep the best whole policy on the way.

    Args:
        problem: what is maximised.
        free: real numbers to begin with.
        governor: these to one that can be differentiated.
        whole: these to one that is carried out.
        real: these to one that rounds nothing; the one that can be differentiated by default.
        rate: of Adam at first.
        spent: episodes that were simulated before.
        evaluations: episodes to simulate, those before among them.
    """
    economy, planner, draws = problem.economy, problem.planner, problem.draws
    cap = problem.cap

    def objective(governor: Policy) -> Array:
        if cap is None:
            return mean_welfare(economy, governor, planner, draws)
        return capped_welfare(economy, governor, planner, draws, cap)

    # The first and the last score and that of real levels are within the budget as well.
    left = evaluations - spent - 3 * problem.count
    steps = int(left / problem.count / (GRADIENT_COST + 1 / _SCORED))
    steps = max(steps, 1)
    optimizer = optax.adam(optax.cosine_decay_schedule(rate, steps))
    score = eqx.filter_jit(objective)

    @jax.jit
    def step(free: Any, memory: Any) -> tuple[Any, Any, Array]:
        def loss(free: Any) -> Array:
            return -objective(governor(free))

        value, slope = jax.value_and_grad(loss)(free)
        update, memory = optimizer.update(slope, memory)
        return optax.apply_updates(free, update), memory, -value

    best: tuple[float, Any, Any] | None = None
    memory = optimizer.init(free)
    for k in range(steps + 1):
        if k % _SCORED == 0 or k == steps:
            chosen = whole(free)
            value = float(score(chosen))
            spent += problem.count
            if best is None or value > best[0]:
                best = value, chosen, free
        if k < steps:
            free, memory, _ = step(free, memory)
            spent += GRADIENT_COST * problem.count
    assert best is not None
    value, chosen, free = best
    relaxed = _welfare((real or governor)(free), problem)
    welfare = value if cap is None else _welfare(chosen, problem)
    return Found(chosen, welfare, relaxed, welfare, spent + problem.count, {})


def _welfare(governor: Policy, problem: Problem) -> float:
    """Without the price of what is above the cap."""
    score = eqx.filter_jit(mean_welfare)
    return float(score(problem.economy, governor, problem.planner, problem.draws))


def _changes(economy: "Pandemic", levels: Int[np.ndarray, "days states"]) -> dict[str, Any]:
    """State -> the dates on which its level is set -> the level."""
    first = datetime.date.fromisoformat(str(economy.start_date)) + datetime.timedelta(1)
    found = {}
    for name, column in zip(economy.state_names, levels.T, strict=True):
        days = np.flatnonzero(np.diff(column, prepend=0))
        found[name] = {first + datetime.timedelta(int(day)): int(column[day]) for day in days}
    return found


def _plain(values: Array) -> list[float]:
    """With all digits that single precision has."""
    return [float(f"{value:.9g}") for value in np.asarray(values)]
