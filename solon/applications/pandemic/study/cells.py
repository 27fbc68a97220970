"""The cells of the pandemic study: policies that are looked for, and what they come to."""

import dataclasses
import json
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PyTree

from ....agents.actor_critic import ActorCritic
from ....agents.wrappers import ReviewedPolicy
from ....economies.pandemic import Pandemic
from ....economies.pandemic.reviews import Draws, Reviews
from ....evidence.reproduce import CELL_FILE
from ....learning.config import PPO
from ....learning.learner import Learner
from ....luck import key_of
from ....policy import Policy
from ....runs.arrays import pack, unpack
from ....runs.atomic import write_file
from ..evaluate import evaluate_policies
from ..outcome import summarize
from ..policies.files import PandemicPolicy, constant_policy, real_policy
from ..policies.level_schedule import LevelSchedule
from ..policies.limits import Limits
from ..search.problem import Problem
from ..search.search import search
from ..search.welfare import mean_unemployment, mean_welfare
from . import worlds

__all__ = [
    *("EMBEDDING", "HIDDEN", "POLICY", "REVIEW", "WEIGHTS"),
    *("config_of", "ensembles", "learned", "learned_policy", "opponents", "searched"),
    *("searched_policy", "setting"),
]

POLICY, WEIGHTS = "policy.yaml", "policy.safetensors"
REVIEW = 28

#: Sizes of the networks that learn.
HIDDEN, EMBEDDING = (64,), 8

_ENVIRONMENTS = 32

#: Updates after which prices of unemployment follow what the policy does, and by how much they
#: rise with a percentage point above the cap.
_REPRICED, _PRICE_RATE = 8, 10.0


def ensembles(config: Mapping[str, Any], folder: pathlib.Path) -> dict[str, Any]:
    """Two ensembles fitted at an origin with different luck."""
    from ....data.covid19 import load
    from ..calibration.ensemble import ensemble_at, ensemble_bytes
    from ..calibration.known import cut
    from ..calibration.rolling import Effort, Forecaster

    known = cut(load(), config["origin"])
    for seed, (purpose, name) in enumerate(worlds.ENSEMBLES.items()):
        effort = Effort(members=config[purpose], draws=1, steps=config["steps"])
        found = ensemble_at(Forecaster(effort, seed=seed), known)
        write_file(folder / name, ensemble_bytes(found))
    return {"start_date": found.start_date, "members": config["chosen"] + config["judged"]}


def searched(config: Mapping[str, Any], folder: pathlib.Path) -> dict[str, Any]:
    """A policy found by gradients or direct search for the mean of the draws."""
    import yaml

    env, draws = setting(config, folder)
    problem = Problem(
        env,
        draws,
        Limits(),
        evaluations=config["evaluations"],
        seed=config["seed"],
        unemployment=_cap(config, env, draws),
    )
    found = search(config["method"], problem)
    write_file(folder / POLICY, yaml.safe_dump(found.content, sort_keys=False).encode())
    return {
        "welfare": found.welfare,
        "relaxed": found.relaxed,
        "rounded": found.rounded,
        "evaluations": found.evaluations,
        "content": _plain(found.content) if config["method"] != "open-loop" else None,
    }


def _cap(config: Mapping[str, Any], env: Pandemic, draws: PyTree[Array]) -> np.ndarray | None:
    """What unemployment is held to in each draw: percent, somewhat below the real policy's."""
    if "unemployment" not in config:
        return None
    (real,) = evaluate_policies(env, [real_policy(env)], draws)
    cap: np.ndarray = summarize(real)["unemployment"] - config["margin"]
    return cap


def searched_policy(name: str, folder: pathlib.Path, env: Pandemic) -> PandemicPolicy:
    """What a search has left in its folder."""
    from ..policies.files import read_policy

    found = read_policy(str(folder / POLICY), env)
    return dataclasses.replace(found, name=name)


def learned(config: Mapping[str, Any], folder: pathlib.Path) -> dict[str, Any]:
    """Governors, planner, or both by proximal policy optimisation, each for its own welfare.

    Where unemployment is capped, each draw has a price of unemployment that governors pay beside.
    It rises while the policy is above the cap and falls while it is below, as a multiplier does.
    """
    import safetensors.numpy

    env, draws = setting(config, folder)
    cap = _cap(config, env, draws)
    count = draws.population.shape[0]
    learner, others = _learner(config, env)
    priced = Draws(draws, jnp.zeros(count))
    state = learner.init(key_of(config["seed"]), priced, others)
    # What prices are set by is simulated, too, and counts.
    each = _ENVIRONMENTS + (0 if cap is None else count / _REPRICED)
    updates = int(config["episodes"] / each)
    curve: list[dict[str, float]] = []
    for update in range(updates):
        state, metrics = learner.update(state)
        if cap is not None and update % _REPRICED == _REPRICED - 1:
            above = _unemployment(env, *_deciders(env, state.learned), draws) - cap
            price = jnp.maximum(0.0, state.params.price + _PRICE_RATE * above)
            priced = dataclasses.replace(state.params, price=price)
            state = dataclasses.replace(state, params=priced)
        if update % max(1, updates // 50) == 0 or update == updates - 1:
            curve.append(
                {
                    "episodes": round((update + 1) * each),
                    "price": float(f"{float(jnp.mean(state.params.price)):.4g}"),
                    **{
                        name: float(f"{float(metrics[key]):.6g}")
                        for name, key in (
                            ("federal_welfare", "episode/welfare"),
                            ("state_welfare", "episode/governor_welfare"),
                            ("deaths", "episode/deaths"),
                            ("subsidies", "episode/subsidies"),
                        )
                    },
                    **{
                        f"{role}_entropy": float(f"{float(metrics[f'{role}/entropy']):.4g}")
                        for role in learner.learn
                    },
                }
            )
    arrays = pack(dict(state.learned))
    write_file(folder / WEIGHTS, safetensors.numpy.save(arrays))
    welfare = _welfare(env, *_deciders(env, state.learned), draws)
    return {"welfare": float(welfare), "curve": curve, "episodes": round(updates * each)}


_welfare = eqx.filter_jit(mean_welfare)
_unemployment = eqx.filter_jit(mean_unemployment)


def learned_policy(
    name: str, config: Mapping[str, Any], folder: pathlib.Path, env: Pandemic
) -> PandemicPolicy:
    """What a training has left in its folder."""
    import safetensors.numpy

    learner, others = _learner(config, env)
    like = jax.eval_shape(lambda: learner.init(key_of(0), learner.env.default_params(), others))
    arrays = safetensors.numpy.load((folder / WEIGHTS).read_bytes())
    return PandemicPolicy(name, *_deciders(env, unpack(arrays, dict(like.learned))))


def _learner(config: Mapping[str, Any], env: Pandemic) -> tuple[Learner, dict[str, Policy]]:
    reviews = Reviews(env, REVIEW)
    kind = config["kind_of_policy"]
    roles = {"planner": ("planner",), "two-levels": ("governor", "planner")}
    steps = config["episodes"] * reviews.horizon
    settings = PPO(
        environments=_ENVIRONMENTS,
        unroll=reviews.horizon,
        epochs=4,
        minibatches=4,
        learning_rate=((0.0, 3e-3), (0.9 * steps, 3e-4)),
        entropy=((0.0, 0.02), (0.7 * steps, 0.0)),
        discount=1.0,
        hidden=() if kind == "log-linear" else HIDDEN,
        embedding=EMBEDDING,
        network_per="role",
    )
    learn = roles.get(kind, ("governor",))
    others = {name: one for name, one in _fixed(env).items() if name not in learn}
    return Learner(reviews, settings, learn=learn), others


def _fixed(env: Pandemic) -> dict[str, Policy]:
    """Who drives the roles that do not learn: level 7 and no subsidies."""
    levels = np.full((env.horizon, len(env.state_names)), 7)
    return {
        "governor": LevelSchedule(levels, keeps_cooldown=True),
        "planner": LevelSchedule(np.zeros((env.horizon, 1))),
    }


def _deciders(env: Pandemic, learned: Mapping[str, ActorCritic]) -> tuple[Policy, Policy]:
    """Governors and planner, of whom some have learned."""
    deciders = _fixed(env)
    for role, policy in learned.items():
        count = env.roles[role].count
        deciders[role] = ReviewedPolicy(policy, count, env.horizon, REVIEW, holds=role == "planner")
    return deciders["governor"], deciders["planner"]


def setting(config: Mapping[str, Any], folder: pathlib.Path) -> tuple[Pandemic, PyTree[Array]]:
    """The economy of a world, and the draws to choose policies with."""
    name = config["world"]
    ensemble = folder.parent / "ensembles"
    return worlds.economy(name), worlds.draws(name, "chosen", config["draws"], ensemble)


def opponents(env: Pandemic, subsidies: Sequence[int] = (0, 20)) -> list[PandemicPolicy]:
    """What there was, and the same level everywhere with no subsidy and with the highest one."""
    fixed = [real_policy(env)]
    for subsidy in subsidies:
        fixed += [constant_policy(env, level, subsidy) for level in range(1, 11)]
    return fixed


def config_of(folder: pathlib.Path) -> dict[str, Any]:
    """The configuration of a cell that is finished."""
    found: dict[str, Any] = json.loads((folder / CELL_FILE).read_text("utf-8"))["config"]
    return found


def _plain(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {str(key): _plain(value) for key, value in content.items()}
    return [_plain(one) for one in content] if isinstance(content, list) else content
