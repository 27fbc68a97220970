"""PettingZoo's own tests of its parallel interface, and what they do not look at."""

import numpy as np
import pytest
from pettingzoo.test import parallel_api_test, parallel_seed_test

from solon import ConfigurationError
from solon.agents import ConstantPolicy
from solon.interop import PettingZooEnv
from tests.learning.sudden import Sudden

from .economies import ECONOMIES, randomly


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("name", ECONOMIES)
def test_parallel_api(name, flat, capsys):
    parallel_api_test(PettingZooEnv(ECONOMIES[name], flat=flat), num_cycles=50)
    assert "Passed" in capsys.readouterr().out


@pytest.mark.parametrize("name", ECONOMIES)
def test_parallel_seed(name):
    parallel_seed_test(lambda: PettingZooEnv(ECONOMIES[name]), num_cycles=20)


def test_observations_are_in_their_spaces_until_the_end():
    for env in ECONOMIES.values():
        game = PettingZooEnv(env)
        seen, infos = game.reset(seed=3)
        steps = 0
        while game.agents:
            assert set(seen) == set(infos) >= set(game.agents)
            for agent, value in seen.items():
                assert value in game.observation_space(agent), agent
            actions = {agent: game.action_space(agent).sample() for agent in game.agents}
            seen, *_, infos = game.step(actions)
            steps += 1
        assert 0 < steps <= env.horizon


def test_who_leaves_is_terminated_and_the_others_go_on():
    env = Sudden()
    params = env.default_params()
    for name, value in {"length": 6, "stay": 2}.items():
        params[name] = params[name] * 0 + value
    game = PettingZooEnv(env, params=params)
    game.reset(seed=0)
    paid = {"person_0": 0.0, "person_1": 0.0}
    agents = []
    while game.agents:
        _, rewards, terminated, truncated, _ = game.step(dict.fromkeys(game.agents, 0))
        for agent, reward in rewards.items():
            paid[agent] += reward
        agents.append(list(game.agents))
        assert not any(truncated.values())
    assert agents == [["person_0", "person_1"], *[["person_0"]] * 4, []]
    assert terminated == {"person_0": True}
    assert paid == {"person_0": 21.0, "person_1": 30.0}


def test_a_mask_is_taken_by_sample_and_who_decides_is_told():
    game = PettingZooEnv(ECONOMIES["two choices at once, of which some are barred"])
    seen, _ = game.reset(seed=1)
    for agent, value in seen.items():
        action = game.action_space(agent).sample(mask=value["action_mask"])
        assert value["action_mask"][0][action[0]] == 1
    game = PettingZooEnv(ECONOMIES["two roles, one decides every fourth step"])
    _, infos = game.reset(seed=1)
    decides = [infos["regulator_0"]["acting"]]
    for _ in range(5):
        *_, infos = game.step(dict.fromkeys(game.agents, 0))
        decides.append(infos["regulator_0"]["acting"])
    assert decides == [True, False, False, False, True, False]
    assert infos["member_0"] == {"acting": True}


def test_a_role_with_a_policy_is_no_agent():
    env = ECONOMIES["two roles, one decides every fourth step"]
    fees = {"regulator": ConstantPolicy(env.roles["regulator"], 4)}
    game = PettingZooEnv(env, policies=fees, flat=True)
    assert game.possible_agents == [f"member_{i}" for i in range(4)]
    game.reset(seed=0)
    seen, *_ = game.step(dict.fromkeys(game.agents, 5))
    # The second field by name is the fee over 10.
    np.testing.assert_allclose(seen["member_0"][0], 1.0)
    with pytest.raises(ConfigurationError, match="at least one role without a policy"):
        PettingZooEnv(env, policies=randomly(env))
