"""Scores of many schedules at once, from episodes that are played under each of them."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key, PyTree

from ....environment import Environment, TimeStep
from ....learning.playing import play
from ....learning.prior import Prior
from ....policy import Policy
from ..policies.fixed_schedule import FixedSchedule

__all__ = ["score_schedules"]


def score_schedules(
    env: Environment,
    others: Mapping[str, Policy],
    *,
    key: Key[Array, ""],
    params: PyTree[Array] | None = None,
    episodes: int = 1,
    role: str = "planner",
    batch: int = 32,
    prior: Prior | None = None,
) -> Callable[[Float[np.ndarray, "candidates brackets"]], Float[np.ndarray, " candidates"]]:
    """A function that `direct_search` takes: the mean return of the planner under each schedule.

    All schedules face the same luck.

    Args:
        env: an economy whose planner hands over rates.
        others: policies of the other roles. Workers that are to adapt to each schedule know the
            rates, such as `RationalWorkers`.
        key: the luck.
        params: of the economy; its default ones when left out.
        episodes: how many to play under each schedule.
        role: that sets the rates.
        batch: schedules played side by side.
        prior: of which each episode draws params. Under all schedules they are the same ones, and
            others than those of trainings and of scores that are reported.
    """
    params = env.default_params() if params is None else params

    def evaluate(candidates):
        rates = jnp.asarray(candidates, jnp.zeros(()).dtype)
        # The same luck for all of them, however often one asks.
        luck = jax.random.clone(key)
        found = _returns(env, dict(others), rates, luck, params, episodes, role, batch, prior)
        return np.asarray(found, float)

    return evaluate


@functools.partial(jax.jit, static_argnames=("env", "episodes", "role", "batch", "prior"))
def _returns(env, others, rates, key, params, episodes, role, batch, prior):
    def one(schedule):
        drivers = {**others, role: FixedSchedule(schedule)}
        ordered = {name: drivers[name] for name in env.roles}
        luck = jax.random.clone(key)
        rewards = play(
            env,
            ordered,
            luck,
            params,
            episodes=episodes,
            record=_rewards,
            prior=prior,
            purpose="choosing",
        )
        return jnp.mean(jnp.sum(rewards[role], axis=0))

    return jax.lax.map(one, rates, batch_size=batch)


def _rewards(states: Any, timestep: TimeStep) -> dict[str, Array]:
    return dict(timestep.reward)
