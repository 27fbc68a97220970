"""The cells of the pandemic study: policies that are looked for, and what they come to."""

import dataclasses
import json
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import equinox as eqx
import numpy as np
from jaxtyping import Array, PyTree

from ....economies.pandemic import Pandemic
from ....evidence.reproduce import CELL_FILE
from ....runs.arrays import pack, unpack
from ....runs.atomic import write_file
from ..evaluate import evaluate_policies
from ..outcome import summarize
from ..policies.files import PandemicPolicy, constant_policy, real_policy
from ..policies.limits import Limits
from ..search.problem import Problem
from ..search.search import search
from ..search.welfare import mean_welfare
from . import worlds
from .training import deciders, like, trained

__all__ = [
    *("POLICY", "WEIGHTS"),
    *("config_of", "ensembles", "learned", "learned_policy", "opponents", "searched"),
    *("searched_policy", "setting"),
]

POLICY, WEIGHTS = "policy.yaml", "policy.safetensors"


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
    """Governors, planner, or both by proximal policy optimisation, each for its own welfare."""
    import safetensors.numpy

    env, draws = setting(config, folder)
    state, curve, episodes = trained(config, env, draws, _cap(config, env, draws), folder)
    write_file(folder / WEIGHTS, safetensors.numpy.save(pack(dict(state.learned))))
    welfare = _welfare(env, *deciders(env, state.learned), draws)
    return {"welfare": float(welfare), "curve": curve, "episodes": episodes}


_welfare = eqx.filter_jit(mean_welfare)


def learned_policy(
    name: str, config: Mapping[str, Any], folder: pathlib.Path, env: Pandemic
) -> PandemicPolicy:
    """What a training has left in its folder."""
    import safetensors.numpy

    arrays = safetensors.numpy.load((folder / WEIGHTS).read_bytes())
    return PandemicPolicy(name, *deciders(env, unpack(arrays, like(config, env))))


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
