"""Trying policies against a pandemic."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PyTree

from ...data.covid19 import load
from ...economies.pandemic.days import by_day
from ...economies.pandemic.state import State
from ...environment import TimeStep
from .outcome import PolicyOutcome, Reported
from .policies.files import PandemicPolicy, constant_policy

if TYPE_CHECKING:
    from ...economies.pandemic import Pandemic

__all__ = ["constant_levels", "evaluate_policies", "reported"]

_WEEK = 7


def evaluate_policies(
    economy: "Pandemic",
    policies: Sequence[PandemicPolicy],
    params: PyTree[Array] | None = None,
) -> list[PolicyOutcome]:
    """What follows from each policy.

    Args:
        economy: without a replay, and with the default layout of observations.
        policies: made for this economy.
        params: draws of its parameters, each leaf with the draws in front; by default its own
            parameters as the only draw.

    Returns:
        An outcome for each policy, in their order. All face the same draws.
    """
    draws = params
    if draws is None:
        draws = jax.tree.map(lambda leaf: leaf[None], economy.default_params())
    return [_outcome(economy, policy, draws) for policy in policies]


def constant_levels(
    economy: "Pandemic", params: PyTree[Array] | None = None
) -> dict[int, PolicyOutcome]:
    """What follows from each level, if every state keeps it and nobody is paid."""
    policies = [constant_policy(economy, level) for level in range(1, 11)]
    outcomes = evaluate_policies(economy, policies, params)
    return dict(zip(range(1, 11), outcomes, strict=True))


def reported(economy: "Pandemic") -> Reported:
    """What was reported on the days of an episode, NaN after the end of the data."""
    data, row = load().select(economy.state_names), economy.start_row
    days = economy.horizon + 1
    before = np.maximum(np.arange(len(data.dates)) - _WEEK, 0)
    new = (data.deaths - data.deaths[before]) / _WEEK / data.population * 1e6

    def episode(values: np.ndarray) -> np.ndarray:
        part = values[row : row + days].astype(float)
        return np.pad(part, ((0, days - len(part)), (0, 0)), constant_values=np.nan)

    return Reported(episode(new), episode(data.unemployment), episode(data.stringency))


def _outcome(economy: "Pandemic", policy: PandemicPolicy, draws: PyTree[Array]) -> PolicyOutcome:
    if policy.governor is None or policy.planner is None:
        economy = dataclasses.replace(economy, replay="data")
    deciders = {"governor": policy.governor, "planner": policy.planner}
    found: Mapping[str, np.ndarray] = jax.tree.map(np.asarray, _play(economy, deciders, draws))
    dates = np.datetime64(economy.start_date) + np.arange(economy.horizon + 1).astype(
        "timedelta64[D]"
    )
    population = np.asarray(draws.population[0], float)
    workers = economy.labor_force_share * population
    return PolicyOutcome(
        policy=policy.name,
        states=economy.state_names,
        dates=dates,
        population=population,
        deaths=found["deaths"].astype(float),
        unemployment=100 * found["unemployed"].astype(float) / workers,
        stringency=np.round(found["stringency"]).astype(int),
        output=found["output"].astype(float),
        full_output=found["full_output"].astype(float),
        subsidy=found["subsidy"].astype(float),
        federal_welfare=found["federal_reward"].sum(axis=(1, 2), dtype=float),
        state_welfare=found["state_reward"].sum(axis=1, dtype=float),
        debt=found["debt"].astype(float),
    )


@eqx.filter_jit
def _play(
    economy: "Pandemic", deciders: Mapping[str, Any], draws: PyTree[Array]
) -> dict[str, Array]:
    """An episode for each draw. Nothing in it is random."""
    return jax.vmap(lambda params: _episode(economy, deciders, params))(draws)


def _episode(
    economy: "Pandemic", deciders: Mapping[str, Any], params: PyTree[Array]
) -> dict[str, Array]:
    if any(decider is None for decider in deciders.values()):
        # What was really done is in the economy, which asks nobody.
        count = {"governor": len(economy.state_names), "planner": 1}
        deciders = {role: jnp.zeros((economy.horizon, n), int) for role, n in count.items()}

    def seen(state: Any) -> dict[str, Array]:
        return {
            "deaths": state.compartments.deaths,
            "unemployed": state.unemployed,
            "stringency": state.stringency,
            "output": state.production,
            "subsidy": state.payment,
        }

    def record(before: State, shown: TimeStep, after: State, timestep: TimeStep) -> Any:
        rewards = {
            "state_reward": timestep.reward["governor"],
            "federal_reward": timestep.reward["planner"],
        }
        return seen(after), rewards, timestep.metrics["debt"]

    _, (days, rewards, debt) = by_day(economy, params, deciders, record)
    began, _ = economy.start((), params)
    whole = jax.tree.map(
        lambda first, rest: jnp.concatenate([first[None], rest]), seen(began), days
    )
    return {**whole, **rewards, "debt": debt[-1], "full_output": economy.full_output(params)}
