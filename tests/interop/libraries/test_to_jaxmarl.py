"""What JaxMARL's own tests ask of an environment, and its wrappers around one."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxmarl.environments import MultiAgentEnv
from jaxmarl.environments.spaces import Space
from jaxmarl.wrappers.baselines import CTRolloutManager, LogWrapper

from solon.agents import ConstantPolicy
from solon.interop import JaxMARLEnv
from tests.learning.sudden import Sudden

from .economies import ECONOMIES

COMMONS = ECONOMIES["two roles, one decides every fourth step"]


def sampled(game, key):
    keys = jax.random.split(key, game.num_agents)
    return {a: game.action_space(a).sample(k) for a, k in zip(game.agents, keys, strict=True)}


@pytest.mark.parametrize("name", ECONOMIES)
def test_base_interface(name):
    """As JaxMARL holds its own environments to it, with the keys that it uses."""
    game = JaxMARLEnv(ECONOMIES[name])
    assert isinstance(game, MultiAgentEnv) and len(game.agents) == game.num_agents
    assert list(itertools.chain(*game.agent_classes.values())) == game.agents
    for agent in game.agents:
        for spaces, one in (
            (game.observation_spaces, game.observation_space(agent)),
            (game.action_spaces, game.action_space(agent)),
        ):
            assert spaces[agent] == one and isinstance(one, Space)
    seen, state = game.reset(jax.random.PRNGKey(0))
    for step in range(3):
        for agent in game.agents:
            assert game.observation_space(agent).contains(seen[agent])
            assert seen[agent].shape == game.observation_space(agent).shape
        actions = sampled(game, jax.random.PRNGKey(step))
        result = game.step(jax.random.PRNGKey(10 + step), state, actions)
        assert isinstance(result, tuple) and len(result) == 5
        seen, state, reward, done, info = result
        assert set(seen) == set(reward) == set(game.agents)
        assert set(done) == {*game.agents, "__all__"} and isinstance(info, dict)


def test_roles_are_unequal():
    game = JaxMARLEnv(COMMONS)
    assert game.agent_classes == {
        "member": [f"member_{i}" for i in range(4)],
        "regulator": ["regulator_0"],
    }
    sizes = {a: (game.observation_space(a).shape, game.action_space(a).n) for a in game.agents}
    assert sizes["member_0"] == ((3,), 39) and sizes["regulator_0"] == ((2,), 11)


def test_it_begins_again_by_itself_and_from_a_state_that_is_given():
    game = JaxMARLEnv(Sudden())
    _, state = game.reset(jax.random.key(0))
    _, other = game.reset(jax.random.key(1))
    last = int(state.copies.states.last[0])
    for step in range(1, last + 1):
        before = state
        actions = dict.fromkeys(game.agents, jnp.zeros((), int))
        seen, state, reward, done, info = game.step(jax.random.key(step), state, actions)
        assert reward["person_0"] == step
        assert bool(done["__all__"]) == bool(done["person_0"]) == (step == last)
        assert not info["truncated"].any() and info["truncated"].shape == (2,)
    assert int(state.step) == 0 and not bool(state.done)
    np.testing.assert_array_equal(seen["person_0"], game.get_obs(state)["person_0"])
    _, state, *_ = game.step(jax.random.key(0), before, actions, reset_state=other)
    for ours, given in zip(jax.tree.leaves(state), jax.tree.leaves(other), strict=True):
        np.testing.assert_array_equal(ours, given)
    # What happens at the end itself is seen without the reset.
    _, state, *_ = game.step_env(jax.random.key(0), before, actions)
    assert int(state.step) == last and bool(state.done)


def test_who_has_left_is_done_before_the_others_and_a_cut_is_told():
    env = Sudden()
    params = env.default_params()
    for name, value in {"length": 5, "stay": 2, "cut": 1}.items():
        params[name] = params[name] * 0 + value
    game = JaxMARLEnv(env, params=params)
    _, state = game.reset(jax.random.key(0))
    dones = []
    for step in range(5):
        actions = dict.fromkeys(game.agents, jnp.zeros((), int))
        *_, state, _, done, info = game.step(jax.random.key(step), state, actions)
        dones.append([bool(done[who]) for who in (*game.agents, "__all__")])
        assert info["truncated"].all() == (step == 4)
    left, over = [False, True, False], [True, True, True]
    assert dones == [[False] * 3, left, left, left, over]


def test_masks_are_told_where_choices_are_made():
    game = JaxMARLEnv(ECONOMIES["gather-trade-build"])
    _, state = game.reset(jax.random.key(0))
    found = game.get_avail_actions(state)
    assert set(found) == {"worker_0", "worker_1"}
    assert found["worker_0"].shape == (50,) and 0 < int(found["worker_0"].sum()) < 50
    mask = state.copies.timesteps.observation["worker"]["action_mask"]
    np.testing.assert_array_equal(found["worker_1"], mask[0, 1])
    game = JaxMARLEnv(COMMONS)
    free = game.get_avail_actions(game.reset(jax.random.key(0))[1])
    assert {agent: int(mask.sum()) for agent, mask in free.items()}["regulator_0"] == 11


def test_wrappers_of_its_trainers_run_it():
    fees = {"regulator": ConstantPolicy(COMMONS.roles["regulator"], 4)}
    game = JaxMARLEnv(COMMONS, policies=fees)
    assert game.agents == [f"member_{i}" for i in range(4)]
    logged = LogWrapper(game)
    keys = jax.random.split(jax.random.PRNGKey(0), 3)
    _, state = jax.vmap(logged.reset)(keys)
    total = np.zeros((3, 4))
    for step in range(12):
        keys = jax.random.split(jax.random.PRNGKey(step), 3)
        actions = {agent: jnp.full((3, 1), 9) for agent in game.agents}
        _, state, reward, _, info = jax.vmap(logged.step)(keys, state, actions)
        total += np.stack([reward[agent] for agent in game.agents], axis=1)
    assert info["returned_episode"].all()
    np.testing.assert_allclose(info["returned_episode_returns"], total, rtol=1e-4)
    np.testing.assert_array_equal(info["returned_episode_lengths"], 12)
    manager = CTRolloutManager(JaxMARLEnv(COMMONS), batch_size=2)
    seen, state = manager.batch_reset(jax.random.PRNGKey(0))
    assert seen["regulator_0"].shape == (2, 3 + 5) and seen["__all__"].shape == (2, 14)
    actions = {a: manager.batch_sample(jax.random.PRNGKey(1), a) for a in manager.agents}
    seen, state, reward, *_ = manager.batch_step(jax.random.PRNGKey(2), state, actions)
    assert reward["__all__"].shape == (2,)
