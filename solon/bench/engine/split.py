"""A split loop, as most libraries train: games in NumPy, networks on the device, in turns.

Networks, choices and updates are Solon's own, compiled. What is measured is the price of the split:
games are stepped one by one in Python, and what is seen crosses to the device at every step.
"""

import functools
import time
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PyTree

from ...environment import TimeStep
from ...learning.driving import decide
from ...learning.learner import Learner
from ...learning.rollout import Experience, Finished, Unroll
from ...learning.update import learned_from
from ...luck import key_of
from ...runs.build import build_recipe
from ..numpy_tag import GridRules, GridVector
from .games import begin

__all__ = ["SplitLoop", "measure"]


class SplitLoop:
    """Grid Tag in NumPy, with a learner of Solon's.

    Args:
        learner: of Grid Tag, fully observed.
        rules: the same game.
        state: of the learner, which is not taken over.

    Attributes:
        state: of the learner, after the updates so far.
    """

    def __init__(self, learner: Learner, rules: GridRules, state: Any):
        self.learner, self.rules, self.state = learner, rules, state
        self._rng = np.random.default_rng(0)
        self._games = [GridVector(rules) for _ in range(learner.config.environments)]
        self._seen = np.stack([begin(game, rules, self._rng) for game in self._games])
        self._acted = jax.jit(functools.partial(_acted, learner))
        self._learned = jax.jit(functools.partial(_learned, learner))

    def update(self) -> dict[str, Any]:
        """Play an unroll and learn from it; the learner's figures."""
        learner, state = self.learner, self.state
        key, unroll_key, *improve_keys = jax.random.split(state.key, 2 + len(learner.learn))
        steps = []
        for step_key in jax.random.split(unroll_key, learner.config.unroll):
            actions, seen = self._acted(state.policies, _fields(self._seen), step_key)
            rewards, over = self._step({role: np.asarray(a) for role, a in actions.items()})
            steps.append((seen, rewards, over))
        self.state, figures = self._learned(state, steps, _fields(self._seen), (key, improve_keys))
        return jax.block_until_ready(figures)

    def _step(self, actions: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """One step of all games: rewards, and which are over."""
        chosen = np.concatenate([actions["tagger"], actions["runner"]], axis=1)
        rewards = np.empty(chosen.shape, np.float32)
        over = np.zeros(len(self._games), bool)
        for number, game in enumerate(self._games):
            self._seen[number], rewards[number], over[number] = game.step(chosen[number])
            if over[number]:
                self._seen[number] = begin(game, self.rules, self._rng)
        return rewards, over


def _fields(seen: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
    """What Solon's roles see, of rows as they are in NumPy."""
    agents = seen.shape[1]
    own = seen[:, :, 3 * agents : 4 * agents]
    same = {
        "x": seen[:, 0, :agents],
        "y": seen[:, 0, agents : 2 * agents],
        "runner": seen[:, 0, 2 * agents : 3 * agents],
        "time": seen[:, 0, -1:],
    }
    return {"tagger": same | {"self": own[:, :-1]}, "runner": same | {"self": own[:, -1:]}}


def _acted(learner: Learner, policies: Any, seen: PyTree[Any], key: Any) -> tuple[Any, Any]:
    env = learner.env
    count = seen["tagger"]["x"].shape[0]
    luck = dict(zip(env.roles, jax.random.split(key, len(env.roles)), strict=True))
    nothing = {role: policies[role].first_memory(count, env.roles[role].count) for role in policies}
    actions, _, kept = decide(
        env, policies, _shown(learner, seen), nothing, luck, learning=learner.learn
    )
    return actions, kept


def _shown(learner: Learner, seen: PyTree[Any]) -> TimeStep:
    roles = learner.env.roles
    nothing = jnp.zeros((), bool)

    def of_one(seen: Any) -> TimeStep:
        return TimeStep(
            observation=seen,
            reward={name: jnp.zeros(role.count) for name, role in roles.items()},
            acting={name: jnp.ones(role.count, bool) for name, role in roles.items()},
            terminated=nothing,
            truncated=nothing,
            metrics={},
        )

    shown: TimeStep = jax.vmap(of_one)(seen)
    return shown


def _learned(learner: Learner, state: Any, steps: Any, seen: PyTree[Any], keys: Any) -> Any:
    roles = learner.env.roles
    kept, rewards, over = jax.tree.map(lambda *leaves: jnp.stack(leaves), *steps)
    own = {"tagger": rewards[:, :, :-1], "runner": rewards[:, :, -1:]}
    experience, recall, final = {}, {}, {}
    for role, (observation, choices, log_probability, value) in kept.items():
        policy, count = state.policies[role], rewards.shape[1]
        experience[role] = Experience(
            observation=observation,
            choices=choices,
            log_probability=log_probability,
            value=value,
            potential=jnp.zeros_like(own[role]),
            reward=own[role],
            acting=jnp.ones_like(own[role], bool),
        )
        recall[role] = policy.first_memory(count, roles[role].count)
        encoded = policy.encoding.encode(seen[role])
        final[role] = policy.step(encoded, recall[role])[1]
    gathered = Unroll(
        experience=experience,
        terminated=over,
        truncated=jnp.zeros_like(over),
        left={},
        recall=recall,
        final_value=final,
        counted={role: jnp.asarray(reward.size) for role, reward in own.items()},
        finished=Finished(jnp.sum(over, dtype=float), {}, {}),
    )
    return learned_from(learner, state, state.economies, gathered, keys, {})


def measure(
    settings: Mapping[str, Any], seconds: float, *, ready: Callable[[], Any]
) -> dict[str, Any]:
    """Train Grid Tag by a split loop for a while.

    Args:
        settings: of `PPO`.
        seconds: for how long.
        ready: called when all is compiled, to begin together with others.

    Returns:
        `steps_per_second` of whole updates.
    """
    recipe = build_recipe("grid-tag", settings=settings, steps=10**9)
    learner = recipe.learner()
    state = learner.init(key_of(0), recipe.start_params())
    loop = SplitLoop(learner, GridRules(), state)
    loop.update()
    ready()
    began, updates = time.perf_counter(), 0
    while updates < 2 or time.perf_counter() - began < seconds:
        loop.update()
        updates += 1
    return {"steps_per_second": updates * learner.steps_per_update / (time.perf_counter() - began)}
