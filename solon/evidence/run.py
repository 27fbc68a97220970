"""Evaluating what was learned: in a run, or in the zoo."""

import dataclasses
import functools
from typing import Any

import jax
import numpy as np
from jaxtyping import Array

from ..economies.gather_trade_build import GatherTradeBuild
from ..environment import TimeStep
from ..learning.rollout import play
from ..luck import key_of
from ..runs.folder import RunFolder
from ..runs.players import Players, players_of
from .evaluate import evaluate
from .evaluation import Evaluation
from .outcomes import Outcomes

__all__ = ["evaluate_players", "evaluate_run"]


def evaluate_run(
    folder: RunFolder, *, episodes: int = 100, seed: int = 0, regime: str | None = None
) -> Evaluation | Outcomes:
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


def evaluate_players(
    players: Players, *, episodes: int = 100, seed: int = 0
) -> Evaluation | Outcomes:
    """Play episodes at full labor cost.

    Args:
        players: who acts in which economy.
        episodes: how many.
        seed: their luck. All who act in one economy face the same luck with the same seed.

    Returns:
        The raw episodes: an `Evaluation` for Gather-Trade-Build, and `Outcomes`, the metrics at the
        end of each episode, for any other economy.
    """
    labels = {"steps": f"{players.steps:,}", "seed": str(players.recipe.seed)}
    key = key_of(seed)
    if isinstance(players.env, GatherTradeBuild):
        return evaluate(
            players.env,
            players.policies,
            key=key,
            params=players.params,
            episodes=episodes,
            regime=players.regime,
            labels=labels,
            memories=players.memories,
        )
    return _outcomes(players, key, episodes, {"economy": players.env.rules, **labels})


# Compiled once for an economy: policies, parameters and luck are traced.
_play = functools.partial(jax.jit, static_argnums=0, static_argnames=("episodes", "record"))(play)


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
        )
    )
    results: dict[str, Any] = {
        f"return of a {role}": rewards.sum(axis=0).mean(axis=-1)
        for role, rewards in played["reward"].items()
    }
    results |= {name: values[-1] for name, values in played["metrics"].items()}
    return Outcomes(
        regime=players.regime,
        episodes={name: np.asarray(values, float) for name, values in results.items()},
        labels=labels,
    )


def _record(states: Any, timesteps: TimeStep) -> dict[str, dict[str, Array]]:
    return {"reward": dict(timesteps.reward), "metrics": dict(timesteps.metrics)}
