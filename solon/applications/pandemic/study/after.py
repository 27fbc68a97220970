"""What policies leave to the days after the last one, and how they do in further draws."""

import dataclasses
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PyTree

from ....data.covid19 import load
from ....economies.pandemic import Pandemic, objectives
from ....economies.pandemic.days import by_day
from ....economies.pandemic.state import State
from ....environment import TimeStep
from ....runs.atomic import write_file
from ..evaluate import evaluate_policies
from ..outcome import PolicyOutcome, summarize
from ..policies.files import PandemicPolicy
from . import worlds
from .files import AFTER, FURTHER, LENGTHS, parquet

__all__ = ["after", "further", "left_behind", "points_per_death"]

#: Of the draws that were made after all policies had been chosen and judged.
_FURTHER = (101, 102, 103)


def after(
    config: Mapping[str, Any], policies: Sequence[PandemicPolicy], folder: pathlib.Path
) -> dict[str, Any]:
    """Deaths and federal rewards in the days after the last one, in all draws that judge.

    Two conventions say which levels are in force then. `real`: all states go on at the levels
    that they really had on the last day, whatever the policy was. `own`: each state keeps the
    level that its policy had on the last day.
    """
    name = config["world"]
    env = worlds.economy(name)
    judged = worlds.draws(name, "judged", config["draws"], folder.parent / "ensembles")
    rows: dict[str, list[Any]] = {"policy": [], "draw": []}
    for policy in policies:
        (outcome,) = evaluate_policies(env, [policy], judged)
        count = len(outcome.federal_welfare)
        rows["policy"] += [policy.name] * count
        rows["draw"] += range(count)
        real, rewards = left_behind(env, outcome, judged, max(LENGTHS), held="real")
        own, _ = left_behind(env, outcome, judged, max(LENGTHS), held="own")
        for days in LENGTHS:
            columns = {
                f"deaths_{days}": np.rint(real[:, days - 1]).astype(int),
                f"deaths_{days}_own": np.rint(own[:, days - 1]).astype(int),
                f"reward_{days}": rewards[:, days - 1],
            }
            for key, values in columns.items():
                rows.setdefault(key, []).extend(values.tolist())
    write_file(folder / AFTER, parquet(rows))
    price = points_per_death(env, judged)
    # A fit's own unemployment changes full output a little, and the price with it.
    assert np.ptp(price) < 2e-3 * price.mean()
    return {"points_per_100k_deaths": float(1e5 * price.mean())}


def further(
    config: Mapping[str, Any], policies: Sequence[PandemicPolicy], folder: pathlib.Path
) -> dict[str, Any]:
    """Policies in draws that were made after the study's others, with what they leave behind."""
    from ....economies.pandemic.sensitivity import perturbed

    env = worlds.economy(config["world"])
    length = config["days"]
    rows: dict[str, list[Any]] = {key: [] for key in ("policy", "seed", "draw")}
    for seed in _FURTHER:
        draws = perturbed(env.default_params(), config["draws"], seed=seed)
        for policy in policies:
            (outcome,) = evaluate_policies(env, [policy], draws)
            found = summarize(outcome)
            left, _ = left_behind(env, outcome, draws, length, held="real")
            count = len(found["deaths"])
            rows["policy"] += [policy.name] * count
            rows["seed"] += [seed] * count
            rows["draw"] += range(count)
            columns = {key: found[key] for key in ("federal_welfare", "deaths", "unemployment")}
            columns[f"deaths_{length}"] = left[:, -1]
            for key, values in columns.items():
                rows.setdefault(key, []).extend(values.tolist())
    write_file(folder / FURTHER, parquet(rows))
    price = points_per_death(env, draws)
    return {"seeds": list(_FURTHER), "points_per_100k_deaths": float(1e5 * price.mean())}


def points_per_death(env: Pandemic, draws: PyTree[Array]) -> Float[np.ndarray, " draws"]:
    """What a death costs in federal welfare, which is linear in deaths, by draw."""

    def one(params: Any) -> Array:
        most = jnp.sum(env.full_output(params))
        goals = params.objectives

        def reward(deaths: Array) -> Array:
            health = objectives.health_index(goals.value_of_life, deaths, most)
            return objectives.reward(goals.planner, health, jnp.zeros(()))[0]

        return -jax.grad(reward)(jnp.zeros(()))

    return np.asarray(jax.vmap(one)(draws), float)


def left_behind(
    env: Pandemic, outcome: PolicyOutcome, draws: PyTree[Array], days: int, *, held: str
) -> tuple[Float[np.ndarray, "draws days"], Float[np.ndarray, "draws days"]]:
    """Deaths, and federal rewards, from the end of the last day to that of each day after it.

    What a policy leaves behind is not in its welfare, which ends with the last day. A policy can
    not be asked what it would do then: those that learned know no day after it, and nor do plans
    and the real policy. So levels are held, and nobody is paid. Transmission follows a level after
    four weeks, so that the first four weeks of deaths are the policy's own in any case.

    Args:
        env: whose last day it is.
        outcome: of the policy, in these draws.
        draws: of the parameters.
        days: after the last one.
        held: `real` for the levels that states really had on the last day, the same for all
            policies; `own` for those that the policy had on it.
    """
    levels = outcome.stringency.astype(float)
    last = levels[:, -1:]
    if held == "real":
        data = load().select(env.state_names, start=env.start_date, days=env.horizon + 1)
        last = data.stringency[-1]
    kept = np.broadcast_to(last, (len(levels), days, levels.shape[2]))
    played = jnp.asarray(np.concatenate([levels[:, 1:], kept], axis=1), float)
    longer = dataclasses.replace(env, horizon=env.horizon + days)
    deaths, rewards = (np.asarray(one, float) for one in _course(longer, played, draws))
    end = env.horizon - 1
    return deaths[:, end + 1 :] - deaths[:, end : end + 1], np.cumsum(rewards[:, end + 1 :], axis=1)


@eqx.filter_jit
def _course(env: Pandemic, days: Array, draws: PyTree[Array]) -> tuple[Array, Array]:
    """Deaths so far and the federal reward, by draw and day."""

    def episode(levels: Array, params: PyTree[Array]) -> tuple[Array, Array]:
        def record(before: State, shown: TimeStep, after: State, timestep: TimeStep) -> Any:
            return jnp.sum(after.compartments.deaths), timestep.reward["planner"][0]

        decided = {"governor": levels, "planner": jnp.zeros((env.horizon, 1))}
        found: tuple[Array, Array] = by_day(env, params, decided, record)[1]
        return found

    return jax.vmap(episode)(days, draws)
