"""What the policies of the pandemic study come to, and who would leave them."""

import dataclasses
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PyTree

from ....economies.pandemic import Pandemic
from ....policy import Policy
from ....runs.atomic import write_file
from ..evaluate import evaluate_policies
from ..outcome import SUMMARY, summarize
from ..policies.files import PandemicPolicy
from ..policies.level_schedule import LevelSchedule
from ..search.polish import polish
from ..search.search import PERIOD
from ..search.welfare import mean_welfare
from . import worlds
from .after import left_behind
from .cells import setting
from .files import OUTCOMES, STATES, parquet

__all__ = ["compared", "exploited"]

_CHANGED = 20  # draws of each change

#: Days after the last one, in which what a policy leaves behind is counted.
_AFTER = 60


def compared(
    config: Mapping[str, Any], policies: Sequence[PandemicPolicy], folder: pathlib.Path
) -> dict[str, Any]:
    """Every policy in all draws that judge, and in the first of them where something changed."""
    name = config["world"]
    env = worlds.economy(name)
    judged = worlds.draws(name, "judged", config["draws"], folder.parent / "ensembles")
    count = int(judged.population.shape[0])
    few = jax.tree.map(lambda leaf: leaf[: min(_CHANGED, count)], judged)
    parts = [judged, *(worlds.changed(few, change) for change in worlds.CHANGES)]
    draws = jax.tree.map(lambda *leaves: jnp.concatenate(leaves), *parts)
    sizes = [count, *([min(_CHANGED, count)] * len(worlds.CHANGES))]
    change = np.repeat(["none", *worlds.CHANGES], sizes)
    draw = np.concatenate([np.arange(size) for size in sizes])
    rows: dict[str, list[Any]] = {name: [] for name in ("policy", "change", "draw", *SUMMARY)}
    by_state: dict[str, list[Any]] = {
        key: [] for key in ("policy", "state", "deaths_per_100k", "unemployment", "welfare")
    }
    levels, practice = {}, {}
    for policy in policies:
        (outcome,) = evaluate_policies(env, [policy], draws)
        found = summarize(outcome)
        rows["policy"] += [policy.name] * len(draw)
        rows["change"] += change.tolist()
        rows["draw"] += draw.tolist()
        for key in SUMMARY:
            rows[key] += found[key].tolist()
        here = slice(0, count)
        dead = outcome.deaths[here, -1] - outcome.deaths[here, 0]
        by_state["policy"] += [policy.name] * len(env.state_names)
        by_state["state"] += env.state_names
        by_state["deaths_per_100k"] += (dead / outcome.population * 1e5).mean(axis=0).tolist()
        by_state["unemployment"] += outcome.unemployment[here, 1:].mean(axis=(0, 1)).tolist()
        by_state["welfare"] += outcome.state_welfare[here].mean(axis=0).tolist()
        weight = outcome.population / outcome.population.sum()
        weekly = (outcome.stringency[here, ::7] @ weight).mean(axis=0)
        levels[policy.name] = weekly.round(3).tolist()
        own = outcome.stringency[here]
        changes = (np.diff(own, axis=1) != 0).sum(axis=1).mean()
        first = dataclasses.replace(outcome, stringency=outcome.stringency[: len(few.population)])
        later, _ = left_behind(env, first, few, _AFTER, held="real")
        practice[policy.name] = {
            "changes": float(changes.round(2)),
            "within_cooldown": bool(_shortest_pause(own) < env.cooldown),
            "deaths_after": worlds.rounded(np.percentile(later[:, -1], [50, 5, 95])),
        }
    write_file(folder / OUTCOMES, parquet(rows))
    write_file(folder / STATES, parquet(by_state))
    return {"levels": levels, "practice": practice, "draws": count, "dates": _weeks(env)}


def _shortest_pause(levels: np.ndarray) -> int:
    """Days between two changes in a row, over all draws and states."""
    shortest = levels.shape[1]
    for row in np.moveaxis(levels, 1, 2).reshape(-1, levels.shape[1]):
        (days,) = np.nonzero(np.diff(row))
        if len(days) > 1:
            shortest = min(shortest, int(np.diff(days).min()))
    return shortest


def _weeks(env: Pandemic) -> list[str]:
    start = np.datetime64(env.start_date)
    return [str(start + np.timedelta64(day, "D")) for day in range(0, env.horizon + 1, 7)]


def exploited(
    config: Mapping[str, Any], policies: Sequence[PandemicPolicy], folder: pathlib.Path
) -> dict[str, Any]:
    """What each governor, and the planner, would gain by another plan than its own.

    Under one draw of the parameters nothing is uncertain, so that a best response is a plan. What
    the others do is held: governors do not reach one another, and payments stay as they were.
    """
    env, draws = setting(config, folder)
    one = jax.tree.map(lambda leaf: leaf[:1], draws)
    if worlds.WORLDS[config["world"]].origin is None:
        one = jax.tree.map(lambda leaf: leaf[None], env.default_params())
    found = {}
    for policy in policies:
        (before,) = evaluate_policies(env, [policy], one)
        full = env.default_params().subsidies.maximum / 365 * before.population.sum()
        paid = LevelSchedule(np.round(20 * before.subsidy[0, 1:].sum(axis=1) / full)[:, None])
        plan = before.stringency[0, 1:][::PERIOD]
        better = polish(
            env,
            paid,
            one,
            plan,
            period=PERIOD,
            pause=-(-env.cooldown // PERIOD),
            highest=10,
            evaluations=config["evaluations"],
            own=True,
        )
        days = np.repeat(better.levels, PERIOD, axis=0)[: env.horizon]
        response = PandemicPolicy("own", LevelSchedule(days, keeps_cooldown=True), paid)
        (after,) = evaluate_policies(env, [response], one)
        gain = after.state_welfare[0] - before.state_welfare[0]
        assert policy.governor is not None
        payments, planner_gain = _best_payments(
            env, policy.governor, one, float(before.federal_welfare[0])
        )
        found[policy.name] = {
            "governors": {
                "welfare": float(before.state_welfare[0].mean()),
                "mean_gain": float(gain.mean()),
                "largest_gain": float(gain.max()),
                "state": env.state_names[int(gain.argmax())],
                "mean_level": [float(plan.mean()), float(better.levels.mean())],
                "deaths": [
                    float((x.deaths[0, -1] - x.deaths[0, 0]).sum()) for x in (before, after)
                ],
                "federal_welfare": [float(x.federal_welfare[0]) for x in (before, after)],
            },
            "planner": {"gain": planner_gain, "payments": payments},
        }
    return found


def _best_payments(
    env: Pandemic, governor: Policy, one: PyTree[Array], before: float
) -> tuple[list[int], float]:
    """The planner's best levels against governors who may answer, decision by decision."""
    decisions = -(-env.horizon // env.subsidy_interval)
    kept = np.zeros(decisions, int)
    score = eqx.filter_jit(_of_payments)
    for k in range(decisions):
        tried = np.repeat(kept[None], 21, axis=0)
        tried[:, k] = np.arange(21)
        days = np.repeat(tried, env.subsidy_interval, axis=1)[:, : env.horizon, None]
        kept = tried[int(np.argmax(score(env, governor, jnp.asarray(days, float), one)))]
    days = np.repeat(kept[None], env.subsidy_interval, axis=1)[:, : env.horizon, None]
    best = float(score(env, governor, jnp.asarray(np.repeat(days, 21, axis=0), float), one)[0])
    return kept.tolist(), best - before


def _of_payments(env: Pandemic, governor: Policy, days: Array, one: PyTree[Array]) -> Array:
    return jax.vmap(lambda levels: mean_welfare(env, governor, LevelSchedule(levels), one))(days)
