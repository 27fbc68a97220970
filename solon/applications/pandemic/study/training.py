"""Trainings of the pandemic study: governors, planner or both, each for its own welfare."""

import dataclasses
import json
import pathlib
import shutil
import signal
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PyTree

from ....agents.actor_critic import ActorCritic
from ....agents.wrappers import ReviewedPolicy
from ....economies.pandemic import Pandemic
from ....economies.pandemic.reviews import Draws, Reviews
from ....learning.config import PPO
from ....learning.learner import Learner
from ....learning.train_state import TrainState
from ....luck import key_of
from ....policy import Policy
from ....runs.checkpoint import restore
from ....runs.errors import Interrupted
from ....runs.folder import CHECKPOINTS, METRICS, RunFolder
from ....runs.metrics import read_metrics
from ....runs.provenance import provenance
from ....runs.train import train
from ..policies.level_schedule import LevelSchedule
from ..search.welfare import mean_unemployment

__all__ = ["EMBEDDING", "HIDDEN", "REVIEW", "deciders", "like", "trained"]

REVIEW = 28

#: Sizes of the networks that learn.
HIDDEN, EMBEDDING = (64,), 8

_ENVIRONMENTS = 32

#: Updates after which prices of unemployment follow what the policy does, and by how much they
#: rise with a percentage point above the cap.
_REPRICED, _PRICE_RATE = 8, 10.0

_CURVE = {
    "federal_welfare": "episode/welfare",
    "state_welfare": "episode/governor_welfare",
    "deaths": "episode/deaths",
    "subsidies": "episode/subsidies",
}


@dataclasses.dataclass(frozen=True, eq=False)
class _Priced:
    """A learner whose governors pay a price for unemployment above a cap, draw by draw.

    The price rises while the policy is above the cap and falls while it is below, as a multiplier
    does.

    Attributes:
        learner: that learns at the prices of the moment.
        env: by day.
        draws: of its parameters.
        cap: on mean unemployment in each draw, percent; None for no price.
    """

    learner: Learner
    env: Pandemic
    draws: PyTree[Array]
    cap: np.ndarray | None

    @property
    def steps_per_update(self) -> int:
        return self.learner.steps_per_update

    def update(self, state: TrainState) -> tuple[TrainState, dict[str, Float[Array, ""]]]:
        """An update, after every eighth of which prices are set anew."""
        state, metrics = self.learner.update(state)
        done = int(state.environment_steps) // self.steps_per_update
        if self.cap is not None and done % _REPRICED == 0:
            above = _unemployment(self.env, *deciders(self.env, state.learned), self.draws)
            price = state.params.price + _PRICE_RATE * (above - self.cap)
            priced = dataclasses.replace(state.params, price=jnp.maximum(0.0, price))
            state = dataclasses.replace(state, params=priced)
        return state, {**metrics, "price": jnp.mean(state.params.price)}


_unemployment = eqx.filter_jit(mean_unemployment)


def trained(
    config: Mapping[str, Any],
    env: Pandemic,
    draws: PyTree[Array],
    cap: np.ndarray | None,
    cell: pathlib.Path,
) -> tuple[TrainState, list[dict[str, float]], int]:
    """Train in the cell's own run folder, or go on there. It is not kept with the results.

    Args:
        config: of the cell.
        env: by day.
        draws: of its parameters.
        cap: on mean unemployment in each draw, percent; None for none.
        cell: folder of the cell.

    Returns:
        The state at the end, points of the learning curve, and how many episodes were simulated:
        those by which prices are set count, too.

    Raises:
        Interrupted: if it was asked to stop.
    """
    learner, others = _learner(config, env)
    trainer = _Priced(learner, env, draws, cap)
    count = draws.population.shape[0]
    each = _ENVIRONMENTS + (0 if cap is None else count / _REPRICED)
    updates = int(config["episodes"] / each)
    state = learner.init(key_of(config["seed"]), Draws(draws, jnp.zeros(count)), others)
    place, made = cell / "run", json.loads(json.dumps(dict(config)))
    if place.is_dir() and RunFolder.open(place).config != made:
        shutil.rmtree(place)
    if not place.is_dir():
        RunFolder.create(place, made, provenance=provenance(rules=env.rules))
    run, steps = RunFolder.open(place), updates * learner.steps_per_update
    if run.saved_steps >= steps:
        # The cell was stopped between the end of its training and its own.
        state = restore(run.path / CHECKPOINTS, state).state
    else:
        result = train(run, trainer, state, steps, resume=True, quiet=True)
        if result.interrupted:
            done = f"interrupted after {result.environment_steps} steps; run it again to go on"
            raise Interrupted(result.number or signal.SIGINT, done)
        state = result.state
    return state, _curve(run, learner, updates, each), round(updates * each)


def _curve(run: RunFolder, learner: Learner, updates: int, each: float) -> list[dict[str, float]]:
    """Some fifty points, the last update among them."""
    columns = read_metrics(run.path / METRICS).to_pydict()
    curve = []
    for update in range(updates):
        if update % max(1, updates // 50) == 0 or update == updates - 1:
            point: dict[str, float] = {"episodes": round((update + 1) * each)}
            point["price"] = float(f"{columns['price'][update]:.4g}")
            for name, key in _CURVE.items():
                point[name] = float(f"{columns[key][update]:.6g}")
            for role in learner.learn:
                point[f"{role}_entropy"] = float(f"{columns[f'{role}/entropy'][update]:.4g}")
            curve.append(point)
    return curve


def like(config: Mapping[str, Any], env: Pandemic) -> dict[str, ActorCritic]:
    """Types and shapes of the policies that a training leaves."""
    learner, others = _learner(config, env)
    state = jax.eval_shape(lambda: learner.init(key_of(0), learner.env.default_params(), others))
    return dict(state.learned)


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


def deciders(env: Pandemic, learned: Mapping[str, ActorCritic]) -> tuple[Policy, Policy]:
    """Governors and planner, of whom some have learned."""
    found = _fixed(env)
    for role, policy in learned.items():
        count = env.roles[role].count
        found[role] = ReviewedPolicy(policy, count, env.horizon, REVIEW, holds=role == "planner")
    return found["governor"], found["planner"]
