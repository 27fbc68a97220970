"""The page and the examples: what they show runs, and others' learners learn here."""

import importlib.util

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from stable_baselines3 import PPO

from solon.interop import GymnasiumVectorEnv
from tests.learning.economies import Rare
from tests.test_docs import ELSEWHERE, ROOT, run_page


def example(name):
    specification = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_the_page_runs(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run_page(ROOT / "docs" / name)


def test_stable_baselines_trains_the_planner():
    planner = example("stable_baselines3_planner")
    copies = planner.Copies(planner.game(4, horizon=300))
    nothing = np.zeros((4, 7), np.float32)
    without = planner.score(copies, lambda seen: nothing)
    learner = planner.train(copies, steps=24, years=3)
    assert learner.num_timesteps == 24
    assert without > 0 and copies.action_space.high.max() == np.float32(0.6)
    seen = copies.game.reset(seed=1)[0]
    rates = learner.predict(seen)[0]
    assert rates.shape == (4, 7) and ((rates >= 0) & (rates <= 0.6)).all()


def test_stable_baselines_learns_what_is_best():
    """Choice 1 pays 1 at the end of each period, choice 0 nothing."""
    planner = example("stable_baselines3_planner")
    game = GymnasiumVectorEnv(
        Rare(), "planner", 8, policies={}, flat=True, autoreset_mode="SameStep"
    )
    copies = planner.Copies(game)
    copies.seed(0)
    learner = PPO("MlpPolicy", copies, n_steps=16, batch_size=32, learning_rate=3e-3, seed=0)
    assert planner.score(copies, lambda seen: np.ones(8, int)) == 2
    learner.learn(2_000)
    greedy = planner.score(copies, lambda seen: learner.predict(seen, deterministic=True)[0])
    assert greedy == 2


def test_workers_are_ready_for_a_trainer_of_jaxmarl():
    """The trainer itself is in JaxMARL's repository; this is what it is handed."""
    workers = example("jaxmarl_workers")
    game = workers.workers(horizon=100)
    logged = workers.MeanOfAgents(game)
    _, state = logged.reset(jax.random.PRNGKey(0))
    assert game.agents == [f"worker_{i}" for i in range(4)]
    actions = dict.fromkeys(game.agents, jnp.zeros(1, int))
    _, state, _, _, info = logged.step(jax.random.PRNGKey(1), state, actions)
    assert {value.shape for value in jax.tree.leaves(info)} == {(4,)}
    masks = jax.vmap(game.get_avail_actions)(jax.tree.map(lambda x: x[None], state.env_state))
    assert masks["worker_3"].shape == (1, 50)
