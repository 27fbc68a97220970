"""Evaluating what a run has learned."""

import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..economies.gather_trade_build import GatherTradeBuild
from ..environment import TimeStep
from ..learning.rollout import play
from ..runs.folder import RunFolder
from ..runs.planners import build_planner
from ..runs.recipe import Trained, load_trained
from ..runs.schedules import NamedSchedule
from .evaluate import evaluate
from .evaluation import Evaluation
from .outcomes import Outcomes

__all__ = ["evaluate_run", "under_schedule"]

_TAX = "periodic-bracket-tax"


def evaluate_run(
    folder: RunFolder,
    *,
    episodes: int = 100,
    seed: int = 0,
    regime: str | None = None,
    schedule: NamedSchedule | None = None,
) -> Evaluation | Outcomes:
    """Play episodes with the newest policies of a run, at full labor cost.

    Args:
        folder: the run.
        episodes: how many.
        seed: their luck. Two runs of one economy face the same luck with the same seed.
        regime: what people call what is evaluated; by default the planner's name.
        schedule: in place of the run's own planner. Workers act as they were trained: this
            shows what happens before they adapt.

    Returns:
        The raw episodes: an `Evaluation` for Gather-Trade-Build, and `Outcomes`, the metrics at the
        end of each episode, for any other economy.

    Raises:
        ConfigurationError: if the run can not be read, or the schedule does not fit its economy.
    """
    trained = load_trained(folder)
    if schedule is not None:
        trained = under_schedule(trained, schedule)
    planner = trained.recipe.planner if schedule is None else schedule
    name = regime or (planner.name.replace("-", " ") if planner else "learned")
    labels = {"steps": f"{trained.environment_steps:,}", "seed": str(trained.recipe.seed)}
    key = jax.random.key(seed)
    if isinstance(trained.env, GatherTradeBuild):
        return evaluate(
            trained.env,
            trained.state.policies,
            trained.state.planners,
            key=key,
            params=trained.state.params,
            episodes=episodes,
            regime=name,
            labels=labels,
            memories=trained.state.economies.memories,
        )
    return _outcomes(trained, key, episodes, name, {"economy": trained.env.rules, **labels})


def under_schedule(trained: Trained, schedule: NamedSchedule) -> Trained:
    """What was trained, with a fixed schedule in the place of its planner.

    Raises:
        ConfigurationError: if the economy has no tax, or another number of brackets.
    """
    state, env = trained.state, _handing_over_rates(trained.env)
    planner = build_planner(schedule, env)
    if schedule.cutoffs is not None:
        # As many brackets, so that nothing is compiled anew.
        tax = state.params.parts[_TAX]
        cutoffs = jnp.asarray(schedule.cutoffs, tax.cutoffs.dtype)
        parts = state.params.parts | {_TAX: dataclasses.replace(tax, cutoffs=cutoffs)}
        state = dataclasses.replace(state, params=dataclasses.replace(state.params, parts=parts))
    memories = {name: m for name, m in state.economies.memories.items() if name != "planner"}
    return trained._replace(
        env=env,
        state=dataclasses.replace(
            state,
            policies={name: p for name, p in state.policies.items() if name != "planner"},
            planners={**state.planners, "planner": planner},
            economies=dataclasses.replace(state.economies, memories=memories),
        ),
    )


def _handing_over_rates(env: Any) -> Any:
    """The economy with a planner that hands over rates, where it picked levels of them.

    Workers see the same either way.
    """
    tax: Any = getattr(env, "component", lambda name: None)(_TAX)
    if tax is None or tax.set_by == "rates":
        return env
    free = dataclasses.replace(tax, set_by="rates")
    parts = tuple(free if part is tax else part for part in env.components)
    return dataclasses.replace(env, components=parts)


def _outcomes(
    trained: Trained, key: Array, episodes: int, regime: str, labels: dict[str, str]
) -> Outcomes:
    run = functools.partial(jax.jit, static_argnums=0, static_argnames=("episodes", "record"))(play)
    played = jax.device_get(
        run(
            trained.env,
            trained.state.policies,
            trained.state.planners,
            key,
            trained.state.params,
            episodes=episodes,
            record=_record,
            memories=trained.state.economies.memories,
        )
    )
    results: dict[str, Any] = {
        f"return of a {role}": rewards.sum(axis=0).mean(axis=-1)
        for role, rewards in played["reward"].items()
    }
    results |= {name: values[-1] for name, values in played["metrics"].items()}
    return Outcomes(
        regime=regime,
        episodes={name: np.asarray(values, float) for name, values in results.items()},
        labels=labels,
    )


def _record(states: Any, timesteps: TimeStep) -> dict[str, dict[str, Array]]:
    return {"reward": dict(timesteps.reward), "metrics": dict(timesteps.metrics)}
