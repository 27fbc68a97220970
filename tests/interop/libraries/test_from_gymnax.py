"""Environments of gymnax as economies: the same game, its ends told apart, and learned."""

import importlib.metadata

import gymnasium
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.checking import examine
from solon.cli import main
from solon.learning import PPO, Learner, play
from solon.learning.pqn import PQN

ALIKE = {"environments": 40, "hidden": (64, 64), "learning_rate": 1e-3, "discount": 0.99}


def total(states, timesteps):
    return timesteps.reward["player"][:, 0]


@pytest.mark.parametrize(
    "name",
    ["CartPole-v1", "Pendulum-v1", "MountainCarContinuous-v0", "FrozenLake-misc", "DeepSea-bsuite"],
)
def test_keeps_to_the_contract(name):
    env = solon.make(f"gymnax:{name}", horizon=40)
    assert examine(env, episodes=3).faults == ()
    assert env.rules == f"gymnax:{name}@{importlib.metadata.version('gymnax')}"


def test_cart_pole_moves_as_it_does_in_gymnasium():
    env = solon.make("gymnax:CartPole-v1")
    state, shown = env.reset(jax.random.key(0), env.default_params())
    original = gymnasium.make("CartPole-v1").unwrapped
    original.reset(seed=0)
    original.state = np.asarray(shown.observation["player"]["observation"][0], np.float64)
    step = jax.jit(env.step)
    actions, steps = np.random.default_rng(0).integers(0, 2, 100), 0
    for number, action in enumerate(actions):
        given = {"player": jnp.asarray([action])}
        state, shown = step(jax.random.key(number), state, given)
        seen, reward, terminated, *_ = original.step(action)
        np.testing.assert_allclose(
            shown.observation["player"]["observation"][0], seen, rtol=2e-4, atol=2e-5
        )
        assert float(shown.reward["player"][0]) == reward
        assert bool(shown.terminated) == terminated and not shown.truncated
        steps += 1
        if terminated:
            break
    assert 5 < steps < 100


def test_a_limit_of_steps_truncates_and_shows_the_game_as_it_is():
    env = solon.make("gymnax:CartPole-v1", horizon=5)
    state, _ = env.reset(jax.random.key(0), env.default_params())
    step = jax.jit(env.step)
    for number in range(5):
        state, shown = step(jax.random.key(number), state, {"player": jnp.asarray([number % 2])})
        assert bool(shown.truncated) == (number == 4) and not shown.terminated
    game = state.game
    seen = [game.x, game.x_dot, game.theta, game.theta_dot]
    np.testing.assert_array_equal(shown.observation["player"]["observation"][0], seen)
    assert int(shown.metrics["steps"]) == 5


def test_params_are_traced_and_held_to_what_they_can_be():
    env = solon.make("gymnax:CartPole-v1", horizon=50)
    params = env.default_params()
    assert int(params.max_steps_in_episode) == 50
    assert env.param_bounds() == {"max_steps_in_episode": (1, 50)}
    state, _ = env.reset(jax.random.key(0), params.replace(max_steps_in_episode=jnp.asarray(2)))
    ends = []
    for number in range(2):
        state, shown = env.step(jax.random.key(number), state, {"player": jnp.array([0])})
        ends.append(bool(shown.truncated))
    assert ends == [False, True]
    assert env == solon.make("gymnax:CartPole-v1", horizon=50)
    assert hash(env) == hash(solon.make("gymnax:CartPole-v1", horizon=50))


@pytest.mark.parametrize(
    ("name", "options", "line"),
    [
        ("CartPol-v1", {}, r"^economy: got 'gymnax:CartPol-v1'.*did you mean CartPole-v1"),
        ("CartPole-v1", {"horizon": 0}, r"^horizon: got 0; allowed: a whole number from 1"),
        ("CartPole-v1", {"poles": 2}, r"^poles: got 2; allowed: one of: horizon"),
        ("DeepSea-bsuite", {"sizes": 4}, r"^sizes: got 4; allowed: one of: horizon, size"),
    ],
)
def test_a_mistake_is_one_line(name, options, line):
    with pytest.raises(solon.ConfigurationError, match=line):
        solon.make(f"gymnax:{name}", **options)


@pytest.mark.parametrize(
    ("algorithm", "steps"),
    [
        (PPO(**ALIKE, unroll=50, minibatches=4, epochs=4, entropy=0.0), 200_000),
        (PQN(**ALIKE, unroll=25, exploration=((0, 1.0), (1e5, 0.02))), 600_000),
    ],
    ids=["ppo", "pqn"],
)
def test_cart_pole_is_learned(algorithm, steps):
    """Chance keeps the pole up for 22 steps, the best for all 500."""
    env = solon.make("gymnax:CartPole-v1")
    learner = Learner(env, algorithm)
    params = env.default_params()
    state = learner.init(jax.random.key(1), params)
    while int(state.environment_steps) < steps:
        state, _ = learner.update(state)
    policies = dict(state.policies)
    played = play(env, policies, jax.random.key(2), params, episodes=32, record=total)
    assert float(played.sum(axis=0).mean()) > 300


def test_the_command_line_trains_and_checks_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["check", "gymnax:CartPole-v1", "--episodes", "2"]) == 0
    assert capsys.readouterr().out.startswith("gymnax:CartPole-v1: no faults")
    arguments = ["--economy", "gymnax:CartPole-v1", "--option", "horizon=100", "--steps", "4000"]
    assert main(["train", *arguments, "--param", "gravity=8.5", "--quiet"]) == 0
    run = capsys.readouterr().out.strip()
    assert run == "runs/cart-pole-v1-0"
    assert main(["report", run, "--out", "report.html"]) == 0
    assert "gravity" in (tmp_path / run / "run.json").read_text()
