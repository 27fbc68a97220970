"""Playing episodes of Gather-Trade-Build to see what a regime leads to."""

import functools
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np
from jaxtyping import Array, Key, PyTree

from ...._plain import plain
from ....economies.gather_trade_build import GatherTradeBuild
from ....economies.gather_trade_build.layouts import NO_SOURCE
from ....economies.gather_trade_build.recording import record
from ....environment import Environment, TimeStep
from ....errors import require
from ....learning.playing import play
from ....learning.prior import Prior
from ....learning.shown import bare
from .evaluation import Evaluation

__all__ = ["evaluate", "from_recordings"]

_BATCH = 50

# Compiled once for an economy: policies, parameters and luck are traced.
_play = functools.partial(
    jax.jit, static_argnums=0, static_argnames=("episodes", "record", "prior")
)(play)


def evaluate(
    env: Environment,
    policies: Mapping[str, Any],
    *,
    key: Key[Array, ""],
    params: PyTree[Array],
    episodes: int = 100,
    regime: str = "regime",
    labels: Mapping[str, str] | None = None,
    memories: Mapping[str, Any] | None = None,
    prior: Prior | None = None,
) -> Evaluation:
    """Play episodes with sampled actions, and keep what happened.

    Two regimes that are evaluated with the same key face the same starts and the same shocks,
    episode by episode.

    Args:
        env: the economy, a `GatherTradeBuild`, or one in which params are shown.
        policies: one a role.
        key: all luck.
        params: numbers of the economy, at full labor cost unless one means otherwise.
        episodes: how many.
        regime: what people call what is evaluated.
        labels: more names for tables and captions.
        memories: what policies remember when an episode begins, see `play`.
        prior: of which each episode draws a world, see `play`.

    Returns:
        The raw episodes.

    Raises:
        ConfigurationError: if there is no episode to play, or a world would last beyond them.
    """
    episodes = plain(episodes)
    fits = type(episodes) is int and episodes >= 1
    require(fits, "episodes", episodes, "a whole number of at least 1")
    lasts = 1 if prior is None else prior.lasts
    allowed = f"a multiple of {lasts}, the episodes of a world"
    require(episodes % lasts == 0, "episodes", episodes, allowed)
    economy: Any = bare(env)
    # Batches of one size, so that a single compilation serves all; the last may have some to spare.
    count = -(-episodes // _BATCH)
    # Whole worlds.
    size = -(-episodes // (count * lasts)) * lasts
    batches = []
    for i in range(count):
        played = _play(
            env,
            dict(policies),
            jax.random.fold_in(key, i),
            params,
            episodes=size,
            record=record if lasts == 1 else _record_worlds,
            memories=memories,
            prior=prior,
        )
        if lasts > 1:
            played = {**played, "first": jax.tree.map(lambda leaf: leaf[:, 0], played["first"])}
        batches.append(_summarise(economy, jax.device_get(played)))
    merged = {
        group: {
            name: np.concatenate([batch[group][name] for batch in batches])[:episodes]
            for name in batches[0][group]
        }
        for group in ("episodes", "workers", "periods", "market")
    }
    merged["trajectory"] = batches[0]["trajectory"]
    return _evaluation(economy, params, merged, regime, labels)


def _record_worlds(states: Any, timesteps: TimeStep) -> dict[str, Any]:
    """As `record`, where the first world has an axis of its own, along which its episodes come."""
    found: dict[str, Any] = record(states, timesteps)
    return {**found, "first": jax.tree.map(lambda leaf: leaf[None], found["first"])}


def from_recordings(
    env: GatherTradeBuild,
    played: Mapping[str, Any],
    *,
    params: PyTree[Array],
    regime: str = "regime",
    labels: Mapping[str, str] | None = None,
) -> Evaluation:
    """The evaluation that recordings of episodes amount to, however they were played.

    Args:
        env: the economy. The episodes may be shorter than its horizon, but not than a tax period.
        played: what `record` picked after the start and after each step, stacked: leading axis
            steps + 1.
        params: numbers of the economy.
        regime: what people call it.
        labels: more names for tables and captions.
    """
    return _evaluation(env, params, _summarise(env, played), regime, labels)


def _evaluation(
    env: GatherTradeBuild,
    params: PyTree[Array],
    groups: Mapping[str, Any],
    regime: str,
    labels: Mapping[str, str] | None,
) -> Evaluation:
    names = {"economy": env.rules, "layout": env.layout.name, "workers": str(env.workers)}
    tax = env.component("periodic-bracket-tax")
    cutoffs = params.parts[tax.name].cutoffs if tax else [0.0]
    return Evaluation(
        regime=regime,
        cutoffs=np.asarray(cutoffs, float),
        labels=names | dict(labels or {}),
        period_length=tax.period if tax else env.horizon,
        **groups,
    )


def _summarise(env: GatherTradeBuild, played: Any) -> dict[str, dict[str, np.ndarray]]:
    """The groups of an `Evaluation`, from recordings with leading axes (steps + 1, episodes)."""
    seen = {name: np.asarray(values) for name, values in played["workers"].items()}
    steps, episodes, n = seen["coin"].shape
    final = {name: values[-1] for name, values in seen.items()}
    nothing = np.zeros((episodes, n))

    def last(name):
        return final.get(name, nothing)

    workers = {
        "payment": last("payment"),
        "coin": last("coin"),
        "labor": last("labor"),
        "utility": last("utility"),
        "houses": last("houses"),
        **{
            f"{what}_{good}": last(f"{what}_{good}")
            for what in ("gathered", "sold", "bought")
            for good in ("stone", "wood")
        },
        "build_income": last("payment") * last("houses"),
        "sales_income": last("sold_coin_stone") + last("sold_coin_wood"),
        "purchases": last("bought_coin_stone") + last("bought_coin_wood"),
        "tax_paid": last("total_paid"),
        "transfers": last("total_transfer"),
    }
    # Ranks break ties of payments, so that equals keep one order throughout.
    order = np.lexsort((final["rank"], last("payment")), axis=-1)

    def ranked(values):
        index = order.reshape(episodes, *[1] * (values.ndim - 2), n)
        return np.take_along_axis(values, np.broadcast_to(index, values.shape), axis=-1)

    return {
        "episodes": {name: values[-1] for name, values in played["metrics"].items()},
        "workers": {name: ranked(values) for name, values in workers.items()},
        "periods": {
            name: values if name == "rates" else ranked(values)
            for name, values in _periods(env, played, seen, steps).items()
        },
        "market": _market(seen, (steps, episodes)),
        "trajectory": _trajectory(env, played, seen),
    }


def _periods(env: Any, played: Any, seen: Mapping[str, np.ndarray], steps: int) -> dict[str, Any]:
    """What every tax period brought, by episode, period and worker (or bracket)."""
    tax = env.component("periodic-bracket-tax")
    if tax is None:
        income = (seen["coin"][-1] - seen["coin"][0])[:, None]
        nothing = np.zeros_like(income)
        rates = np.zeros((*income.shape[:2], 1))
        return {"income": income, "tax_paid": nothing, "transfer": nothing, "rates": rates}
    ends = np.arange(tax.period, steps, tax.period)
    by_episode = {
        name: np.swapaxes(values[ends], 0, 1)
        for name, values in (
            ("income", seen["income"]),
            ("tax_paid", seen["paid"]),
            ("transfer", seen["transfer"]),
            ("rates", np.asarray(played["rates"])),
        )
    }
    return by_episode


def _market(seen: Mapping[str, np.ndarray], shape: tuple[int, int]) -> dict[str, np.ndarray]:
    """Units and coin that changed hands, by episode and step."""
    result = {}
    for good in ("stone", "wood"):
        for what, name in (("units", f"sold_{good}"), ("coin", f"sold_coin_{good}")):
            so_far = seen[name].sum(axis=-1) if name in seen else np.zeros(shape)
            result[f"{good}_{what}"] = np.diff(so_far, axis=0).T
    return result


def _trajectory(env: Any, played: Any, seen: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The first episode in full."""
    first = {name: np.asarray(values) for name, values in played["first"].items()}
    one = {name: values[:, 0] for name, values in seen.items()}
    steps, n = one["coin"].shape
    none = np.zeros((steps, n))

    def pair(name):
        return np.stack([one.get(f"{name}_{good}", none) for good in ("stone", "wood")], axis=-1)

    rates = np.asarray(played["rates"])[:, 0] if "rates" in played else np.zeros((steps, 1))
    source = first["source"][0]
    return {
        "location": first["location"],
        "resource": first["resource"],
        "house": first["house"],
        "water": first["water"][0],
        "source": np.where(source == NO_SOURCE, 0, source + 1).astype(np.int8),
        "coin": one["coin"],
        "goods": first["goods"],
        "labor": one["labor"],
        "utility": one["utility"],
        "rates": rates,
        "bought": pair("bought").astype(int),
        "sold": pair("sold").astype(int),
        "bought_coin": pair("bought_coin"),
        "sold_coin": pair("sold_coin"),
        "payment": one.get("payment", none)[-1],
    }
