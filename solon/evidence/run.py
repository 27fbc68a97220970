"""Evaluating what was learned: in a run, or in the zoo."""

import dataclasses
import functools
import json
from typing import Any

import jax
import numpy as np
from jaxtyping import Array

from ..environment import TimeStep
from ..learning.playing import play
from ..learning.shown import bare
from ..luck import key_of
from ..runs.folder import RunFolder
from ..runs.players import Players, players_of
from .additions import additions_of
from .outcomes import Outcomes

__all__ = ["evaluate_players", "evaluate_run"]


def evaluate_run(
    folder: RunFolder, *, episodes: int = 100, seed: int = 0, regime: str | None = None
) -> Outcomes:
    """Play episodes with the newest policies of a run: `evaluate_players`.

    Args:
        folder: the run.
        episodes: how many.
        seed: their luck.
        regime: what people call what is evaluated; by default the planner's name.

    Raises:
        ConfigurationError: if the run cannot be read.
    """
    players = players_of(folder)
    players = players if regime is None else dataclasses.replace(players, regime=regime)
    return evaluate_players(players, episodes=episodes, seed=seed)


def evaluate_players(players: Players, *, episodes: int = 100, seed: int = 0) -> Outcomes:
    """Play episodes at full labor cost.

    Args:
        players: who acts in which economy.
        episodes: how many.
        seed: their luck. All who act in one economy face the same luck with the same seed, and the
            same worlds where a prior draws them.

    Returns:
        The raw episodes: the metrics at the end of each, the return of each member, and metrics
        and rewards over its steps, from the start on. An application may add more for its
        economy, in a subclass.
    """
    labels = {"steps": f"{players.steps:,}", "seed": str(players.recipe.seed), "luck": str(seed)}
    if players.prior is not None:
        labels["prior"] = players.prior.label
    if players.recipe.params:
        labels["params"] = json.dumps(dict(players.recipe.params))
    key = key_of(seed)
    added = additions_of(bare(players.env))
    if added is not None:
        found: Outcomes = added.evaluate(
            players.env,
            players.policies,
            key=key,
            params=players.params,
            episodes=episodes,
            regime=players.regime,
            labels=labels,
            memories=players.memories,
            prior=players.prior,
        )
        return found
    return _outcomes(players, key, episodes, {"economy": players.env.rules, **labels})


_FOLLOWED = 100
"""Of so many episodes each step is kept."""

# Compiled once for an economy: policies, parameters and luck are traced.
_play = functools.partial(
    jax.jit, static_argnums=0, static_argnames=("episodes", "record", "prior")
)(play)


def _outcomes(players: Players, key: Array, episodes: int, labels: dict[str, str]) -> Outcomes:
    played = jax.device_get(
        _play(
            players.env,
            dict(players.policies),
            key,
            players.params,
            episodes=episodes,
            record=_record,
            memories=dict(players.memories),
            prior=players.prior,
        )
    )
    rewards, metrics = played["reward"], played["metrics"]
    results = {f"return of a {role}": r.sum(axis=0).mean(axis=-1) for role, r in rewards.items()}
    results |= {name: values[-1] for name, values in metrics.items()}
    followed = {name: values[:, :_FOLLOWED].T for name, values in metrics.items()}
    followed |= {
        f"reward of a {role}": r[:, :_FOLLOWED].mean(axis=-1).T for role, r in rewards.items()
    }
    return Outcomes(
        regime=players.regime,
        episodes={name: np.asarray(values, float) for name, values in results.items()},
        labels=labels,
        members={role: {"return": r.sum(axis=0)} for role, r in rewards.items()},
        series=followed,
    )


def _record(states: Any, timesteps: TimeStep) -> dict[str, dict[str, Array]]:
    return {"reward": dict(timesteps.reward), "metrics": dict(timesteps.metrics)}
