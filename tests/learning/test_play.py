import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon import ConfigurationError
from solon.agents import ActorCritic, Encoding, RandomPolicy
from solon.applications.taxation.policies import FixedSchedule
from solon.learning import play
from solon.policy import Policy
from tests.learning.economies import LaborSupply, MaskedBandit


def record(states, timesteps):
    return {"step": states.step, "luck": states.luck, "reward": timesteps.reward["worker"]}


create = jax.jit(
    functools.partial(ActorCritic.create, hidden=(8,)), static_argnums=1, static_argnames="members"
)


def policy_of(env, seed):
    encoding = Encoding.of("worker", env.roles["worker"])
    return create(jax.random.key(seed), encoding, members=env.roles["worker"].count)


def test_whole_episodes_are_recorded_from_the_start_to_the_end():
    env = MaskedBandit(horizon=5)
    seen = play(
        env,
        {"worker": policy_of(env, 0)},
        jax.random.key(1),
        env.default_params(),
        episodes=7,
        record=record,
    )
    assert seen["reward"].shape == (6, 7, 3)
    np.testing.assert_array_equal(seen["step"], np.arange(6)[:, None] + np.zeros((6, 7)))
    assert not seen["reward"][0].any()


def test_luck_depends_on_the_key_alone():
    env = MaskedBandit(horizon=5)

    def run(policy, seed):
        key = jax.random.key(seed)
        return play(env, {"worker": policy}, key, env.default_params(), episodes=7, record=record)

    first = run(policy_of(env, 0), 1)
    for other in (
        run(policy_of(env, 5), 1),
        run(RandomPolicy(env.roles["worker"]), 1),
    ):
        np.testing.assert_array_equal(first["luck"], other["luck"])
        assert (np.asarray(first["reward"]) != np.asarray(other["reward"])).any()
    again = run(policy_of(env, 0), 1)
    np.testing.assert_array_equal(first["reward"], again["reward"])
    elsewhere = run(policy_of(env, 0), 2)
    assert (np.asarray(first["luck"]) != np.asarray(elsewhere["luck"])).all()


class Ratchet(Policy):
    """Sets the rate to a tenth of the number of steps it has seen."""

    def init(self, key):
        return jnp.zeros(())

    def act(self, memory, observation, key):
        return (memory / 10).reshape(1, 1), memory

    def update(self, memory, outcome, state):
        return memory + 1


def work(states, timesteps):
    return timesteps.reward


def test_policies_remember_within_an_episode():
    env = LaborSupply(horizon=5)
    full_time = {"worker": _FullTime()}
    reward = play(
        env,
        {"planner": Ratchet(), **full_time},
        jax.random.key(0),
        env.default_params(),
        episodes=2,
        record=work,
    )
    # Two hours each at wages 1 and 2: income 6.
    expected = np.array([0.0, 0.0, 0.1, 0.2, 0.3, 0.4]) * 6
    np.testing.assert_allclose(reward["planner"][:, 0, 0], expected, rtol=1e-6)


def test_policies_go_on_from_memories_that_were_brought_along():
    env = LaborSupply(horizon=5)
    reward = play(
        env,
        {"planner": Ratchet(), "worker": _FullTime()},
        jax.random.key(0),
        env.default_params(),
        episodes=3,
        record=work,
        memories={"planner": jnp.array([3.0, 5.0]), "worker": ()},
    )
    # Three episodes take two memories in turn.
    expected = np.array([[0.3, 0.5, 0.3]]) + np.arange(5)[:, None] / 10
    np.testing.assert_allclose(reward["planner"][1:, :, 0], expected * 6, rtol=1e-6)


class Bookkeeper(Ratchet):
    """Knows how far the economy is from its state, which its role does not observe."""

    def update(self, memory, outcome, state):
        return state.step.astype(float)


def test_policies_are_shown_the_state():
    env = LaborSupply(horizon=3)
    reward = play(
        env,
        {"planner": Bookkeeper(), "worker": _FullTime()},
        jax.random.key(0),
        env.default_params(),
        episodes=1,
        record=work,
    )
    np.testing.assert_allclose(reward["planner"][:, 0, 0], [0, 0, 0.6, 1.2], rtol=1e-6)


class _FullTime(Policy):
    def init(self, key):
        return ()

    def act(self, memory, observation, key):
        return jnp.full(2, 8, jnp.int32), memory


def test_a_role_without_a_driver_is_named():
    env = LaborSupply(horizon=5)
    with pytest.raises(ConfigurationError, match="policies"):
        play(
            env,
            {"planner": FixedSchedule([0.1])},
            jax.random.key(0),
            env.default_params(),
            episodes=2,
            record=work,
        )
