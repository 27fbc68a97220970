"""Params that are shown to some roles, and not to others."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon import ConfigurationError
from solon.learning import PPO, Learner, Prior, play
from solon.learning.shown import ShownParams, bare
from tests.learning.economies import Chain, Hidden

COST = {"params": {"labor_cost": {"uniform": [0.01, 0.02]}}, "shown": {"worker": ["labor_cost"]}}


def test_workers_see_their_own_cost_and_the_planner_sees_nothing():
    env = solon.make("one-step-economy", workers=3)
    prior = Prior.of(COST, env)
    shown = prior.view(env)
    assert bare(shown) is env
    assert set(shown.roles["worker"].observation) - set(env.roles["worker"].observation) == {
        "labor_cost"
    }
    assert shown.roles["planner"] == env.roles["planner"]
    # What happens is the same, and what is shown the world's own.
    world = env.draw_world(jax.random.key(0))
    params = prior.draw(jax.random.key(1), env.default_params())
    (plain, told), (state, seen) = env.start(world, params), shown.start(world, params)
    assert all((a == b).all() for a, b in zip(*map(jax.tree.leaves, (plain, state)), strict=True))
    assert seen.observation["planner"].keys() == told.observation["planner"].keys()
    cost = seen.observation["worker"]["labor_cost"]
    # One number for all three.
    assert cost.shape == () and cost == params.labor_cost
    assert shown.roles["worker"].shared == ("labor_cost",)
    assert Prior.of(prior.content(), env) == prior
    solon.checking.check_economy(shown)


def test_who_is_told_the_world_need_not_learn_it():
    """The right one of four doors is worth 1 in the first episode already; 1/4 without a word."""
    env = Hidden()
    content = {"params": {"door": {"choice": [0, 1, 2, 3]}}, "shown": {"worker": "door"}}
    prior = Prior.of(content, env)
    config = PPO(
        environments=64,
        unroll=8,
        minibatches=4,
        epochs=4,
        learning_rate=((0, 1e-2), (30_000, 1e-3)),
        entropy=((0, 0.02), (20_000, 0.0)),
        discount=0.9,
        hidden=(16,),
    )
    with pytest.raises(ConfigurationError, match=r"prior.shown.worker.*Prior.view"):
        Learner(env, config, prior=prior)
    env = prior.view(env)
    state = Learner(env, config, prior=prior).init(jax.random.key(0), env.default_params())
    for _ in range(60):
        state, _ = Learner(env, config, prior=prior).update(state)
    given = (state.policies, jax.random.key(1), env.default_params())
    rewards = play(env, *given, episodes=400, record=_paid, prior=prior)
    assert np.asarray(rewards).sum(axis=0).mean() > 0.97


def _paid(states, timesteps):
    return timesteps.reward["worker"][:, 0]


@dataclasses.dataclass(frozen=True)
class Forgetful(Chain):
    """Its state has no params."""

    def start(self, world, params):
        state, timestep = super().start(world, params)
        return (state.step,), timestep


@pytest.mark.parametrize(
    ("env", "shown", "words"),
    [
        (Forgetful(), (("worker", ("bonus",)),), ("shown.worker", "bonus", "state.params")),
        (Chain(), (("worker", ("bonos",)),), ("shown.worker", "bonos")),
        (Chain(), (("firm", ("bonus",)),), ("shown", "firm", "worker")),
        (
            ShownParams(Chain(), (("worker", ("bonus",)),)),
            (("worker", ("bonus",)),),
            ("shown.worker", "bonus", "already"),
        ),
    ],
)
def test_what_cannot_be_shown_is_told(env, shown, words):
    with pytest.raises(ConfigurationError) as caught:
        ShownParams(env, shown)
    assert all(word in str(caught.value) for word in words)


def test_an_array_is_shown_as_a_whole():
    env = ShownParams(Rates(), (("worker", ("rates",)),))
    params = env.default_params()
    _, seen = env.reset(jax.random.key(0), params)
    np.testing.assert_array_equal(seen.observation["worker"]["rates"], params["rates"])


@dataclasses.dataclass(frozen=True)
class Rates(Chain):
    def default_params(self):
        return super().default_params() | {"rates": jnp.arange(3.0)}
