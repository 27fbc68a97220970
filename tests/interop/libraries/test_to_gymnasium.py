"""Gymnasium's own check of an environment, and its wrappers around many copies."""

import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.wrappers.vector import RecordEpisodeStatistics
from stable_baselines3.common.env_checker import check_env as check_with_stable_baselines

from solon import ConfigurationError
from solon.interop import GymnasiumEnv, GymnasiumVectorEnv
from tests.learning.sudden import Sudden

from .economies import ECONOMIES, randomly

#: What Gymnasium says of spaces that it would rather not have, and of what is made by hand.
ADVICE = ("is infinity", "is -infinity", "alternative render modes", "symmetric and normalized")
MEMBERS = [(name, role) for name, env in ECONOMIES.items() for role in env.roles]


def made(name, role, **options):
    env = ECONOMIES[name]
    return GymnasiumEnv(env, role, policies=randomly(env), **options)


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize(("name", "role"), MEMBERS)
def test_check_env(name, role, flat):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        check_env(made(name, role, flat=flat))
    others = [str(one.message) for one in said if not any(a in str(one.message) for a in ADVICE)]
    assert others == []


def test_stable_baselines_check_env():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check_with_stable_baselines(made("gather-trade-build", "planner", flat=True))


def test_a_planner_takes_a_step_a_year():
    game = made("two roles, one decides every fourth step", "regulator")
    game.reset(seed=0)
    ends = [game.step(1)[2:4] for _ in range(3)]
    assert ends == [(False, False), (False, False), (True, False)]
    every = made("two roles, one decides every fourth step", "regulator", every_step=True)
    every.reset(seed=0)
    assert [every.step(1)[2] for _ in range(12)] == [False] * 11 + [True]


def test_a_step_needs_a_reset():
    game = made("real numbers", "worker")
    with pytest.raises(gymnasium.error.ResetNeeded):
        game.step(game.action_space.sample())


def test_a_seed_is_a_course_and_another_one_another():
    def course(seed):
        game = made("gather-trade-build", "worker", flat=True)
        seen, _ = game.reset(seed=seed)
        game.action_space.seed(1)
        found = [seen]
        for _ in range(10):
            seen, reward, *_ = game.step(game.action_space.sample())
            found.append(np.append(seen, reward))
        return np.concatenate(found)

    first = course(1)
    np.testing.assert_array_equal(first, course(1))
    assert (first != course(2)).any()


def test_a_mask_is_in_info_and_as_others_ask_for_it():
    game = made("gather-trade-build", "worker", member=1)
    _, info = game.reset(seed=0)
    assert "action_mask" not in game.observation_space.spaces
    np.testing.assert_array_equal(info["action_mask"], game.action_masks())
    assert game.action_space.sample(mask=info["action_mask"]) in game.action_space
    game = made("two choices at once, of which some are barred", "worker")
    _, info = game.reset(seed=0)
    assert [len(part) for part in info["action_mask"]] == [4, 3]
    assert game.action_masks().shape == (7,)


def test_gymnasium_keeps_the_books_of_copies():
    """Step t pays t: an episode of n steps pays n (n + 1) / 2."""
    env = Sudden()
    copies = GymnasiumVectorEnv(env, "person", 32, policies=randomly(env), flat=True)
    assert copies.metadata["autoreset_mode"] is gymnasium.vector.AutoresetMode.NEXT_STEP
    game = RecordEpisodeStatistics(copies)
    seen, _ = game.reset(seed=5)
    lengths = []
    for _ in range(30):
        assert seen in game.observation_space
        seen, _, terminated, truncated, info = game.step(game.action_space.sample())
        assert not truncated.any()
        for copy in np.flatnonzero(terminated):
            length = int(info["episode"]["l"][copy])
            assert info["episode"]["r"][copy] == length * (length + 1) / 2
            assert info["whole"][copy] == length
            lengths.append(length)
    assert len(lengths) > 100 and len(set(lengths)) > 5


def test_what_is_seen_last_is_kept_where_copies_begin_in_the_same_step():
    env = Sudden()
    game = GymnasiumVectorEnv(
        env, "person", 32, policies=randomly(env), flat=True, autoreset_mode="SameStep"
    )
    game.reset(seed=5)
    ends = 0
    for _ in range(20):
        seen, _, terminated, _, info = game.step(game.action_space.sample())
        assert seen in game.observation_space
        if not terminated.any():
            continue
        np.testing.assert_array_equal(info["_final_obs"], terminated)
        for copy in np.flatnonzero(terminated):
            assert info["final_info"]["whole"][copy] >= 1 and info["whole"][copy] == 0
            assert info["final_obs"][copy] in game.single_observation_space
            ends += 1
        assert all(info["final_obs"][copy] is None for copy in np.flatnonzero(~terminated))
    assert ends > 50
    with pytest.raises(ConfigurationError, match=r"^autoreset_mode: got 'Disabled'; allowed: N"):
        GymnasiumVectorEnv(env, "person", 2, policies=randomly(env), autoreset_mode="Disabled")


@pytest.mark.parametrize(("name", "role"), MEMBERS)
def test_copies_of_every_kind(name, role):
    env = ECONOMIES[name]
    copies = GymnasiumVectorEnv(env, role, 3, policies=randomly(env))
    seen, info = copies.reset(seed=0)
    for _ in range(13):
        assert seen in copies.observation_space
        seen, reward, terminated, truncated, info = copies.step(copies.action_space.sample())
        assert reward.shape == terminated.shape == truncated.shape == (3,)
        assert all(len(info[key]) == 3 for key in info if key.startswith("_"))
