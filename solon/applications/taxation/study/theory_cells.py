"""The cells of the study of tax theory: the truth, and what each planner makes of the economy."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ....economics.optimal_rates import (
    optimal_linear_rate,
    optimal_top_rate,
    revenue_maximizing_rate,
)
from ....economics.optimal_taxation import (
    optimal_linear_tax,
    optimal_schedule,
    optimal_top_rate_of_tail,
)
from ....economics.utility import crra
from ....economies.labor_supply import LaborSupplyEconomy, RationalWorkers, labor_supply_economy
from ....economies.labor_supply.skills import skill_quantiles
from ....environment import TimeStep
from ....learning.config import PPO
from ....learning.direct_search import Generation, direct_search
from ....learning.learner import Learner
from ....learning.playing import play
from ....luck import key_of
from ..policies.saez import Saez
from ..search.score_schedules import score_schedules
from .theory import HIGHEST_RATE

__all__ = ["formulas", "learned", "saez", "search", "truth"]

_RATE_STEP = 0.02


def formulas() -> dict[str, Any]:
    """Closed forms beside brute force that knows nothing of them, for 1,000 skills from 1 to 5."""
    skills = skill_quantiles("uniform", 1000)
    found = []
    for words, options in (
        ("mean of ln u", {"inequality_aversion": 1.0}),
        ("mean of -1/u", {"inequality_aversion": 2.0}),
        ("lowest u", {"objective": "worst-off"}),
    ):
        for elasticity in (0.25, 0.5, 1.0):
            best = optimal_linear_tax(skills, elasticity=elasticity, **options)
            found.append(
                {
                    "name": f"linear tax, {words}, e = {elasticity:g}",
                    "formula": optimal_linear_rate(best.mean_weight, elasticity),
                    "found": float(best.rates[0]),
                }
            )
    for elasticity in (0.25, 0.5, 1.0):
        best = optimal_linear_tax(skills, elasticity=elasticity, objective="revenue")
        found.append(
            {
                "name": f"linear tax, most revenue, e = {elasticity:g}",
                "formula": revenue_maximizing_rate(elasticity),
                "found": float(best.rates[0]),
            }
        )
    for tail, elasticity, weight in ((1.5, 0.25, 0.0), (2.0, 0.25, 0.25), (3.0, 0.5, 0.0)):
        found.append(
            {
                "name": f"top rate, a = {tail:g}, e = {elasticity:g}, g = {weight:g}",
                "formula": optimal_top_rate(weight, tail, elasticity),
                "found": optimal_top_rate_of_tail(tail, elasticity, weight),
            }
        )
    return {"rows": found}


def truth(economy: Mapping[str, Any], shares: Sequence[float]) -> dict[str, Any]:
    """The best schedule, with brackets that begin at shares of the incomes under one rate."""
    env = labor_supply_economy(**economy)
    preferences: dict[str, Any] = {
        "elasticity": env.elasticity,
        "risk_aversion": env.risk_aversion if env.income_effects else 0.0,
        "inequality_aversion": env.inequality_aversion,
        "objective": env.society_objective,
    }
    linear = optimal_linear_tax(env.skill_values, **preferences)
    edges = np.round(np.quantile(linear.incomes, shares), 1)
    values = np.unique(np.round(linear.incomes, 9))
    few = len(values) <= len(shares) + 1
    if few:
        # Atoms: between them, or all would sit on an edge.
        edges = np.round((values[1:] + values[:-1]) / 2, 1)
    # Few types have many local optima, and as they are equally many one of each will do; income
    # effects take long.
    starts = 1 if env.income_effects else 32 if few else 3
    best = optimal_schedule(
        np.unique(env.skill_values) if few else env.skill_values,
        [0.0, *edges.tolist()],
        rate_max=HIGHEST_RATE,
        starts=starts,
        **preferences,
    )
    return {
        "cutoffs": best.cutoffs.tolist(),
        "rates": best.rates.tolist(),
        "welfare": best.welfare,
        "untaxed_welfare": best.untaxed_welfare,
        "agreement": best.agreement,
        "linear_rate": float(linear.rates[0]),
        "linear_captured": best.captured(linear.welfare),
        # Incomes that somebody has, also where few types leave gaps between them.
        "incomes": np.quantile(best.incomes, np.linspace(0, 1, 101), method="lower")
        .round(3)
        .tolist(),
    }


def _world(economy: Mapping[str, Any], known: Mapping[str, Any], **tax: Any) -> LaborSupplyEconomy:
    brackets = {"cutoffs": known["cutoffs"], "rate_max": HIGHEST_RATE, **tax}
    return labor_supply_economy(**economy, periodic_bracket_tax=brackets)


def _outcome(
    env: LaborSupplyEconomy, known: Mapping[str, Any], rates: Sequence[float]
) -> dict[str, Any]:
    """Welfare of a schedule, in float64."""
    with jax.enable_x64(True):
        welfare = env.society().welfare(jnp.asarray(known["cutoffs"]), jnp.asarray(rates, float))
        return {"rates": [float(rate) for rate in rates], "welfare": float(welfare)}


def _share(known: Mapping[str, Any], welfare: float) -> float:
    gain = known["welfare"] - known["untaxed_welfare"]
    return (welfare - known["untaxed_welfare"]) / gain


def saez(economy: Mapping[str, Any], known: Mapping[str, Any], years: int) -> dict[str, Any]:
    """The formula with the true elasticity, applied year after year to what it led to."""
    env = _world(economy, known)
    planner = Saez(
        known["cutoffs"],
        elasticity=env.elasticity,
        welfare_weights="objective",
        capacity=env.workers,
        rate_max=HIGHEST_RATE,
    )
    rates = np.asarray(_years(env, planner, RationalWorkers(env), key_of(0), years), float)
    outcomes = [_outcome(env, known, each) for each in rates.tolist()]
    curve = [[i + 1, _share(known, outcome["welfare"])] for i, outcome in enumerate(outcomes)]
    return {**outcomes[-1], "curve": curve}


@functools.partial(jax.jit, static_argnames=("env", "count"))
def _years(env, planner, workers, key, count):
    """Rates in force, year by year."""
    params = env.default_params()

    def year(memory, key):
        start_key, *keys = jax.random.split(key, 1 + env.horizon)
        state, timestep = env.reset(start_key, params)
        for key in keys:
            act_key, work_key, step_key = jax.random.split(key, 3)
            rates, memory = planner.act(memory, timestep.observation["planner"], act_key)
            labor, _ = workers.act((), timestep.observation["worker"], work_key)
            state, timestep = env.step(step_key, state, {"planner": rates, "worker": labor})
            memory = planner.update(memory, timestep, state)
        return memory, rates[0]

    init_key, year_key = jax.random.split(key)
    return jax.lax.scan(year, planner.init(init_key), jax.random.split(year_key, count))[1]


def search(
    economy: Mapping[str, Any], known: Mapping[str, Any], episodes: int, seed: int
) -> dict[str, Any]:
    """Direct search, which plays an episode under each schedule that it tries."""
    env = _world(economy, known)
    evaluate = score_schedules(env, {"worker": RationalWorkers(env)}, key=key_of(seed))
    brackets = len(known["cutoffs"])
    curve: list[list[float]] = []

    def watch(generation: Generation) -> None:
        # From the unit of utility to that of the objective; a mean of the one is nearly that of
        # the other where candidates are alike.
        mean = float(crra(generation.mean, env.inequality_aversion))
        curve.append([generation.evaluations, _share(known, mean)])

    found = direct_search(
        evaluate,
        brackets,
        evaluations=episodes,
        high=HIGHEST_RATE,
        population=32,
        seed=seed,
        watch=watch,
    )
    return {
        **_outcome(env, known, found.center.tolist()),
        "curve": curve[:: max(1, len(curve) // 60)],
    }


def learned(
    economy: Mapping[str, Any],
    known: Mapping[str, Any],
    *,
    episodes: int,
    environments: int,
    evaluated: int,
    seed: int,
) -> dict[str, Any]:
    """Proximal policy optimisation in the role of the planner, workers responding optimally.

    What counts is the mean welfare of rates that are sampled from the policy.
    """
    env = _world(economy, known, set_by="levels", rate_step=_RATE_STEP)
    # An episode is two steps; what is learned in it is one decision.
    steps = episodes * env.horizon
    config = PPO(
        environments=environments,
        unroll=env.horizon,
        epochs=4,
        minibatches=4,
        learning_rate=((0.0, 3e-3), (0.9 * steps, 3e-4)),
        entropy=((0.0, 0.02), (0.5 * steps, 0.0)),
        discount=1.0,
        gae_lambda=1.0,
        hidden=(32,),
    )
    workers = {"worker": RationalWorkers(env)}
    learner = Learner(env, config, learn=("planner",))
    state = learner.init(key_of(seed), env.default_params(), workers)
    curve = []
    for update in range(steps // learner.steps_per_update):
        state, metrics = learner.update(state)
        if update % 5 == 4:
            share = _share(known, float(metrics["episode/planner_welfare"]))
            curve.append([(update + 1) * environments, share])
    key = key_of(10_000 + seed)
    params = env.default_params()
    played = play(env, state.policies, key, params, episodes=evaluated, record=_record)
    schedules, counts = np.unique(
        np.asarray(played["rates"][-1], float), axis=0, return_counts=True
    )
    welfare = [_outcome(env, known, each)["welfare"] for each in schedules.tolist()]
    return {
        "rates": (counts @ schedules / counts.sum()).tolist(),
        "welfare": float(counts @ np.array(welfare) / counts.sum()),
        "schedules": len(schedules),
        "curve": curve,
    }


def _record(states: Any, timestep: TimeStep) -> dict[str, jax.Array]:
    return {"rates": states.parts["periodic-bracket-tax"].rates}
