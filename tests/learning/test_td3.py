"""Learning from a memory of earlier steps, where the best numbers are known."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.environment import Role
from solon.errors import ConfigurationError
from solon.learning import PPO, TD3, Learner
from solon.runs.build import build_recipe
from solon.runs.recipe import Recipe
from solon.spaces import Box
from tests.learning.economies import MaskedBandit, Small, Targets

CONFIG = TD3(
    environments=16,
    unroll=8,
    gradient_steps=32,
    batch=64,
    capacity=4_096,
    warm_up=256,
    learning_rate=3e-3,
    discount=0.0,
    exploration=((0, 0.4), (8_000, 0.05)),
    smoothing=0.02,
    hidden=(32,),
)


@dataclasses.dataclass(frozen=True)
class Savings(Small):
    """A stock is shared out over the steps: utility sqrt(c) of what is eaten, nothing thereafter.

    From a stock of 1 with no interest and no discount, the best is to eat the same on each of the
    `horizon` steps, which pays sqrt(horizon).
    """

    name = "savings"
    horizon: int = 4

    @property
    def roles(self):
        return {"worker": Role(1, Box((1,), 0.0, 1.0), {"stock": Box((1,)), "left": Box((1,))})}

    def start(self, world, params):
        state = super().start(world, params)[0]
        state = dataclasses.replace(state, luck=jnp.ones(()))
        return state, self.show(state, {"worker": jnp.zeros(1)})

    def see(self, role, state):
        left = 1 - state.step / self.horizon
        return {"stock": state.luck[None, None], "left": left[None, None].astype(float)}

    def transition(self, state, actions, shocks):
        eaten = actions["worker"][0, 0] * state.luck
        pay = jnp.sqrt(eaten + 1e-6)
        state = dataclasses.replace(state, step=state.step + 1, luck=state.luck - eaten)
        return state, self.show(state, {"worker": pay[None]})


def train(learner, updates, seed=0):
    state = learner.init(jax.random.key(seed), learner.env.default_params())
    history = []
    for _ in range(updates):
        state, metrics = learner.update(state)
        history.append(metrics)
    return state, {name: np.array([float(m[name]) for m in history]) for name in history[0]}


@pytest.mark.parametrize("plain", [False, True])
def test_numbers_are_chosen_where_they_are_best(plain):
    """Also with one critic, no delay and no noise on targets: DDPG."""
    config = CONFIG
    if plain:
        config = dataclasses.replace(config, twin=False, delay=1, target_noise=0.0)
    state, history = train(Learner(Targets(), config), 80)
    assert history["worker/reward"][-10:].mean() > -0.03
    policy = state.policies["worker"]
    goals = jnp.array([[[0.3, 0.6], [-0.4, 0.8]], [[-0.2, -0.4], [-0.4, 0.8]]])
    distribution, _ = policy(policy.encoding.encode({"goal": goals}))
    found = policy.encoding.decode(distribution.mode())
    np.testing.assert_allclose(found, goals, atol=0.12)


def test_what_comes_later_counts():
    """Eating all at once pays 1, eating alike on each step 2."""
    config = dataclasses.replace(
        CONFIG, unroll=4, environments=32, discount=1.0, exploration=((0, 0.5), (12_000, 0.02))
    )
    _, history = train(Learner(Savings(), config), 150)
    assert history["worker/episode_return"][-10:].mean() > 0.95 * np.sqrt(Savings.horizon)


def test_the_memory_keeps_the_newest_steps_and_nothing_is_learned_before_it_is_warm():
    config = dataclasses.replace(CONFIG, capacity=300, warm_up=250)
    learner = Learner(Targets(), config)
    state = learner.init(jax.random.key(0), learner.env.default_params())
    # Two updates of 128 steps fit into 300.
    steps = state.optimizers["worker"].steps
    assert steps.reward.shape == (2, 128, 2)
    first = np.array(state.policies["worker"].network.actor_trunk.layers[0].weight)
    seen = []
    for _ in range(3):
        state, _ = learner.update(state)
        seen.append(np.array(state.policies["worker"].network.actor_trunk.layers[0].weight))
    np.testing.assert_array_equal(seen[0], first)
    assert (seen[1] != first).any()
    kept = state.optimizers["worker"]
    assert int(kept.updates) == 3 and np.isfinite(kept.steps.reward).all()


def test_what_follows_a_cut_is_what_was_seen_there():
    """The step after the last one of an unroll is the first of the next; ends are final."""
    config = dataclasses.replace(CONFIG, environments=2, unroll=4, gradient_steps=1, warm_up=0)
    learner = Learner(Savings(), config)
    state = learner.init(jax.random.key(0), learner.env.default_params())
    state, _ = learner.update(state)
    steps = state.optimizers["worker"].steps
    order = slice(None, None, 2)
    seen, after = (
        np.asarray(x.features)[0, order, 0] for x in (steps.observation, steps.following)
    )
    np.testing.assert_array_equal(seen[1:], after[:-1])
    np.testing.assert_array_equal(np.asarray(steps.final)[0, order, 0], [False] * 3 + [True])


def test_roles_learn_by_algorithms_of_their_own():
    """One that is told of a memory, beside one that is not."""
    both = Learner(Targets(), PPO(environments=16, unroll=8), own_configs=(("worker", CONFIG),))
    _, history = train(both, 3)
    assert "worker/value_loss" in history and np.isfinite(history["worker/value_loss"]).all()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"batch": 0}, "batch: got 0"),
        ({"exploration": -1.0}, "exploration: got -1"),
        ({"smoothing": 2.0}, "smoothing: got 2"),
        ({"network_per": "town"}, "network_per: got 'town'"),
    ],
)
def test_bad_settings_are_named(settings, words):
    with pytest.raises(ConfigurationError, match=words):
        dataclasses.replace(CONFIG, **settings)


def test_a_recipe_names_it_with_its_settings():
    recipe = build_recipe(
        "labor-supply",
        {"workers": 2},
        learn={"worker": "td3:gradient_steps=3,hidden=[8],exploration=[[0,0.5],[100,0.1]]"},
        steps=64,
        settings={"environments": 4, "unroll": 2},
    )
    again = Recipe.from_config(recipe.to_config()[0], recipe.env().rules, "run", "x")
    for one in (recipe, again):
        algorithm = one.learner().config_of("worker")
        assert isinstance(algorithm, TD3)
        assert algorithm.environments == 4 and algorithm.gradient_steps == 3
        assert algorithm.exploration == ((0, 0.5), (100, 0.1))
    with pytest.raises(ConfigurationError, match=r"worker\.epochs: got 3"):
        build_recipe("labor-supply", {"workers": 2}, learn={"worker": "td3:epochs=3"}, steps=64)


def test_it_takes_numbers_alone():
    with pytest.raises(ConfigurationError, match="action of worker"):
        Learner(MaskedBandit(), CONFIG)
