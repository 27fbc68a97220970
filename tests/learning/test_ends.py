"""Nothing counts that an economy shows after the end of an episode, or of a member in it."""

import pathlib

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.agents import SetOnce
from solon.evidence.best_response import _rewards
from solon.evidence.run import evaluate_players
from solon.learning import PPO, Learner, play
from solon.learning.deviation import Deviation
from solon.learning.rollout import restart, unroll
from solon.policy import Policy
from solon.runs.players import Players
from solon.runs.recipe import Recipe

from .sudden import Sudden

# All that looks back or forward: memories, statistics, clipped values, a network for each kind.
SMALL = PPO(
    environments=8, unroll=5, hidden=(8,), epochs=2, minibatches=2, recurrent=True,
    network_per="kind", shared_trunk=False, normalize_observations=True, value_clip=0.2,
)  # fmt: skip
LEARNER = Learner(Sudden(), SMALL)


def arrays(tree):
    return [np.asarray(leaf) for leaf in jax.tree.leaves(tree)]


def policy():
    return LEARNER.init(jax.random.key(0), Sudden().default_params()).policies["person"]


def params(env, **changes):
    changed = {name: jnp.asarray(value) for name, value in changes.items()}
    return env.default_params() | changed


def test_what_is_shown_after_an_end_is_never_learned_from():
    env, learner = Sudden(), LEARNER

    def trained(**changes):
        state = learner.init(jax.random.key(3), params(env, **changes))
        for _ in range(4):
            state, metrics = learner.update(state)
        return arrays((state.policies, state.optimizers, metrics))

    for cut in (0, 1):
        quiet = trained(cut=cut)
        assert all(np.isfinite(leaf).all() for leaf in quiet)
        for after in (np.nan, 1e30):
            for expected, found in zip(quiet, trained(cut=cut, after=after), strict=True):
                np.testing.assert_array_equal(found, expected)


def test_training_metrics_are_of_the_steps_that_were_lived():
    given = params(Sudden(), length=4, stay=2, after=jnp.nan)
    _, metrics = LEARNER.update(LEARNER.init(jax.random.key(0), given))
    # One member gets 1 + 2 + 3 + 4, the other 10 + 20 before it leaves.
    assert metrics["person/episode_return"] == (10 + 30) / 2
    assert metrics["person/reward"] == pytest.approx((10 + 30) / (4 + 2))
    assert metrics["episode/steps"] == 4
    assert metrics["episodes"] == 8


def players(env, given):
    path = pathlib.Path(__file__).with_name("sudden.py")
    state = LEARNER.init(jax.random.key(0), given)
    return Players(
        recipe=Recipe(f"{path}:Sudden"), env=env, params=given, policies=state.policies,
        learning=("person",), memories={}, regime="any", steps=0,
    )  # fmt: skip


def test_evaluations_stop_at_the_end():
    env = Sudden()
    given = params(env, length=4, stay=2, after=jnp.nan)
    found = evaluate_players(players(env, given), episodes=5).episodes
    assert {name: set(values) for name, values in found.items()} == {
        "return of a person": {(10 + 30) / 2},
        "steps": {4.0},
        "whole": {4.0},
    }
    given = params(env, after=jnp.inf)
    found = evaluate_players(players(env, given), episodes=30).episodes
    last = found["steps"]
    assert len(set(last)) > 3 and last.max() < env.horizon
    own = last * (last + 1) / 2
    assert np.all(found["return of a person"] * 2 - own <= 10 * own)


def test_copies_stand_still_after_their_end_and_deviators_leave_too():
    env = Deviation(Sudden(), "person", 1)
    drivers = {"person": policy(), "deviator": _Three()}
    given = params(env, length=5, stay=3, after=jnp.nan)

    def record(states, timesteps):
        return states.step, _rewards(states, timesteps), timesteps.acting, timesteps.terminated

    step, reward, acting, over = play(
        env, drivers, jax.random.key(1), given, episodes=2, record=record
    )
    assert step[:, 0].tolist() == [0, 1, 2, 3, 4, *[5] * 6]
    assert reward["person"][:, 0, 0].tolist() == [0, 1, 2, 3, 4, 5, *[0] * 5]
    assert reward["deviator"][:, 0, 0].tolist() == [0, 10, 20, 30, *[0] * 7]
    assert acting["person"][:, 0, 0].tolist() == [*[True] * 5, *[False] * 6]
    assert acting["deviator"][:, 0, 0].tolist() == [*[True] * 3, *[False] * 8]
    assert over[:, 0].tolist() == [*[False] * 5, *[True] * 6]


class _Three(Policy):
    """Chooses 1 and counts how often it was asked, and told."""

    def init(self, key):
        return jnp.zeros(2, int)

    def act(self, memory, observation, key):
        return jnp.ones(len(observation["kind"]), int), memory + jnp.array([1, 0])

    def update(self, memory, outcome, state):
        return memory + jnp.array([0, 1])


class _Clock(Policy):
    """Hands in how often it has been asked."""

    def init(self, key):
        return jnp.zeros((), int)

    def act(self, memory, observation, key):
        return jnp.full(2, memory), memory + 1


def test_policies_remember_nothing_of_what_comes_after_an_end():
    env = Sudden()
    given = params(env, length=4, after=jnp.nan)

    @eqx.filter_jit
    def memory(planner):
        economies = LEARNER.init(jax.random.key(0), given).economies
        memories = {"person": jax.vmap(planner.init)(jax.random.split(jax.random.key(1), 8))}
        economies = eqx.tree_at(lambda e: e.memories, economies, memories)
        for k in range(2):
            economies = restart(env, {"person": planner}, jax.random.key(k), given, economies, 0, 8)
            key = jax.random.key(10 + k)
            economies, _ = unroll(env, {"person": planner}, (), economies, key, 10)
        return economies.memories["person"]

    assert memory(_Three()).tolist() == [[8, 8]] * 8
    once = memory(SetOnce(_Clock(), jnp.zeros(2, int)))
    # It was asked at the beginning of either episode.
    assert once.inner.tolist() == [2] * 8
    assert not once.begins.any()
    assert np.isfinite(memory(policy())).all()
