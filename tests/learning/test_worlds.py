"""Worlds that last for several episodes, and policies that learn them."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon import ConfigurationError
from solon.agents.encoding import Encoded
from solon.agents.wrappers import Wrapper
from solon.applications.taxation.policies import Saez
from solon.learning import PPO, Learner, Prior, play
from solon.learning.batch import Batch, chained
from solon.learning.driving import begun
from solon.learning.rollout import Experience
from tests.learning.economies import Chain, Hidden

LASTING = {"params": {"bonus": {"uniform": [2.0, 3.0]}}, "episodes_per_world": 3}


def lives(unroll, environments, content, updates):
    """The param of each copy, episode after episode: [copies, episodes]."""
    config = PPO(environments=environments, unroll=unroll, minibatches=1, epochs=1, hidden=(4,))
    learner = Learner(Chain(horizon=4), config, prior=Prior.of(content, Chain()))
    state = learner.init(jax.random.key(0), Chain().default_params())
    seen = []
    for update in range(updates):
        state, _ = learner.update(state)
        if (update + 1) % learner.round == 0:
            seen.append(np.asarray(state.economies.states.params["bonus"]))
    return np.array(seen).T


def runs(values):
    """How long each value stays."""
    changes = np.flatnonzero(np.diff(values)) + 1
    return np.diff([0, *changes, len(values)])


def test_a_copy_keeps_its_world_for_so_many_episodes():
    seen = lives(2, 12, LASTING, 20)
    assert seen.shape == (12, 10)
    for values in seen:
        first, *whole, _ = runs(values)
        assert first <= 3
        assert set(whole) == {3}
    # Not all change at once, so that a batch has worlds of all ages.
    assert {runs(values)[0] for values in seen} == {1, 2, 3}
    assert len(set(seen[:, -1])) == 12


def test_worlds_end_where_no_gradient_is_cut():
    """Two episodes in an update, and four in a world: none ends between the two."""
    seen = lives(8, 6, LASTING | {"episodes_per_world": 4}, 8)
    # What is seen is every second episode.
    assert all(set(runs(values)[1:-1]) == {2} for values in seen)
    assert {runs(values)[0] for values in seen} == {1, 2}


def test_episodes_of_a_world_are_played_next_to_each_other():
    env = Chain(horizon=4)
    config = PPO(environments=2, unroll=4, minibatches=1, hidden=(4,))
    policies = Learner(env, config).init(jax.random.key(0), env.default_params()).policies

    def bonuses(states, timesteps):
        return states.params["bonus"], states.luck

    def played(episodes):
        given = (policies, jax.random.key(5), env.default_params())
        prior = Prior.of(LASTING, env)
        return play(env, *given, episodes=episodes, record=bonuses, prior=prior)

    worlds, luck = (np.asarray(x) for x in played(12))
    assert worlds.shape == luck.shape == (5, 12)
    assert (worlds == worlds[0]).all()
    assert len(set(worlds[0])) == 4
    assert (worlds[0].reshape(4, 3) == worlds[0].reshape(4, 3)[:, :1]).all()
    assert len(set(luck[0])) == 12
    with pytest.raises(ConfigurationError, match=r"episodes.*multiple of 3"):
        played(10)


def test_episodes_of_one_world_become_one():
    """Two blocks of three environments, of two steps each."""
    place = jnp.arange(12.0).reshape(2, 6, 1)
    # Step, episode and environment can be read off each number: 100 s + 10 e + i.
    place = 100 * (place // 6) + 10 * (place % 6 // 3) + place % 3
    encoded = Encoded(place[..., None], {}, jnp.ones((2, 6, 1, 1), bool))
    acting = jnp.ones((2, 6, 1), bool)
    experience = Experience(encoded, place[..., None], place, place, place, place, acting)
    batch = Batch(experience, place[:1, ..., None], place, place)
    joined = chained(batch, 2, 3)
    expected = np.array([[0, 1, 2], [100, 101, 102], [10, 11, 12], [110, 111, 112]])
    np.testing.assert_array_equal(joined.advantage[..., 0], expected)
    np.testing.assert_array_equal(joined.experience.observation.features[..., 0, 0], expected)
    np.testing.assert_array_equal(joined.recall[0, :, 0, 0], [0, 1, 2])


@pytest.mark.parametrize("wrapped", [False, True])
def test_what_was_learned_of_a_world_is_forgotten_with_it(wrapped):
    planner = Saez([0.0, 50.0])
    fresh = planner.init(jax.random.key(0))
    knowing = dataclasses.replace(fresh, elasticity=jnp.asarray(0.9), due=jnp.asarray(False))
    memories = jax.tree.map(lambda leaf: jnp.stack([leaf, leaf]), knowing)
    policy = Wrapper(planner) if wrapped else planner
    told = begun({"planner": policy}, {"planner": memories}, jnp.array([True, False]))["planner"]
    assert told.elasticity.tolist() == [fresh.elasticity, knowing.elasticity]
    assert told.due.tolist() == [True, False]
    # Without a prior there is one world, which nobody forgets.
    same = begun({"planner": policy}, {"planner": memories})["planner"]
    assert same.elasticity.tolist() == [knowing.elasticity] * 2


DOORS = {"params": {"door": {"choice": [0, 1, 2, 3]}}, "episodes_per_world": 4}


@pytest.mark.parametrize("recurrent", [True, False])
def test_only_who_remembers_learns_the_world(recurrent):
    """The right door is told after the first bet: 1/4 then, and 1 in the three episodes to come."""
    env = Hidden()
    prior = Prior.of(DOORS, env)
    config = PPO(
        environments=64,
        unroll=8,
        minibatches=4,
        epochs=4,
        learning_rate=((0, 1e-2), (30_000, 1e-3)),
        entropy=((0, 0.02), (20_000, 0.0)),
        discount=0.9,
        hidden=(16,),
        recurrent=recurrent,
    )
    learner = Learner(env, config, prior=prior)
    state = learner.init(jax.random.key(0), env.default_params())
    for _ in range(60):
        state, _ = learner.update(state)
    rewards = play(
        env,
        state.policies,
        jax.random.key(1),
        env.default_params(),
        episodes=1600,
        record=_paid,
        prior=prior,
    )
    by_episode = np.asarray(rewards).sum(axis=0).reshape(400, 4).mean(axis=0)
    # Four deviations of the mean of 400 bets of one in four.
    assert by_episode[0] == pytest.approx(0.25, abs=0.09)
    if recurrent:
        assert by_episode[1:].min() > 0.97
    else:
        assert by_episode[1:] == pytest.approx(0.25, abs=0.09)


def _paid(states, timesteps):
    return timesteps.reward["worker"][:, 0]
