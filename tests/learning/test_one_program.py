"""Trainings that differ in coefficients and params come to the same in one program as alone."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon import ConfigurationError
from solon.learning import A2C, PPO, PQN, TD3, Learner
from solon.learning.one_program import one_program
from tests.cli.own_economy import Harvest
from tests.learning.economies import Targets

UPDATES = 10
SIZES = {"environments": 4, "unroll": 10, "hidden": (4,)}
PARTS = SIZES | {"minibatches": 2}
ALGORITHMS = {
    "ppo": (
        Harvest(),
        [
            PPO(**PARTS, entropy=((0, 0.5), (200, 0.0))),
            PPO(
                **PARTS,
                **{"learning_rate": 1e-2, "entropy": ((0, 0.1), (400, 0.3)), "clip": 0.1},
                **{"discount": 0.9, "gae_lambda": 0.5, "value_coefficient": 2.0},
                gradient_clip=0.01,
            ),
        ],
    ),
    "pqn": (
        Harvest(),
        [
            PQN(**SIZES, minibatches=2, exploration=0.5),
            PQN(**SIZES, minibatches=2, exploration=0.1, trace=0.2, discount=0.5),
        ],
    ),
    "td3": (
        Targets(horizon=10),
        [
            TD3(**SIZES, gradient_steps=4, batch=8, capacity=100, warm_up=10),
            TD3(
                **SIZES,
                **{"gradient_steps": 4, "batch": 8, "capacity": 100, "warm_up": 10},
                **{"exploration": 0.5, "smoothing": 0.1, "noise_clip": 0.1, "learning_rate": 1e-2},
            ),
        ],
    ),
}


@pytest.mark.parametrize("name", ALGORITHMS)
def test_each_comes_to_what_it_comes_to_alone(name):
    env, configs = ALGORITHMS[name]
    learners = [Learner(env, config) for config in configs]
    # Of the economy, one number that differs, too.
    params = [
        jax.tree.map(lambda number, i=i: number * (1 + 0.05 * i), env.default_params())
        for i in range(len(configs))
    ]
    learner, given = one_program(learners)
    states = [
        learner.init(key, own, given=one)
        for key, own, one in zip(_keys(params), params, given, strict=True)
    ]
    state = jax.tree.map(lambda *leaves: jnp.stack(leaves), *states)
    stacked = jax.tree.map(lambda *leaves: jnp.asarray(leaves, float), *given)
    update = jax.jit(jax.vmap(learner.update))
    with jax.debug_key_reuse(False):
        for _ in range(UPDATES):
            state, metrics = update(state, stacked)
        together = [jax.tree.map(lambda leaf, i=i: leaf[i], state) for i in range(len(configs))]
    for i, (own, key) in enumerate(zip(learners, _keys(params), strict=True)):
        alone = own.init(key, params[i])
        for _ in range(UPDATES):
            alone, figures = own.update(alone)
        for one, other in zip(
            *(jax.tree.leaves(each.policies) for each in (together[i], alone)), strict=True
        ):
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(metrics["learning_rate"][i], figures["learning_rate"])
    weights = [jax.tree.leaves(each.policies)[0] for each in together]
    assert not np.allclose(weights[0], weights[1], atol=1e-3)


def _keys(params):
    return [jax.random.key(i) for i in range(len(params))]


def test_what_differs_alone_is_given():
    one, other = PPO(**PARTS), PPO(**PARTS, learning_rate=1e-2)
    learner, given = one_program([Learner(Harvest(), one), Learner(Harvest(), other)])
    assert learner.config is one
    assert [dict(each) for each in given] == [
        {"": {"learning_rate": 1e-3}},
        {"": {"learning_rate": 1e-2}},
    ]
    assert one_program([learner, learner]) == (learner, [{}, {}])


def test_roles_with_settings_of_their_own_keep_them():
    own = (("person", A2C(**SIZES)),)
    other = (("person", A2C(**SIZES, entropy=0.5)),)
    plain = Learner(Harvest(), PPO(**PARTS), own_configs=own)
    given = one_program([plain, dataclasses.replace(plain, own_configs=other)])[1]
    assert [one["person"]["entropy"] for one in given] == [0.025, 0.5]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (Learner(Harvest(), PPO(**PARTS, epochs=1)), "epochs: got 1"),
        (Learner(Harvest(), PPO(**PARTS, value_clip=1.0)), "value_clip"),
        (Learner(Harvest(), PPO(**PARTS, learning_rate=0.0)), "learning_rate, 0"),
        (Learner(Harvest(), PPO(**PARTS, entropy=((0, 1.0), (9, 0.0)))), "schedules of as many"),
        (Learner(Harvest(), A2C(**SIZES)), "the algorithm of all roles"),
        (Learner(Harvest(people=3), PPO(**PARTS)), "options of the economy"),
        (Learner(Harvest(), PPO(**PARTS), shards=2), "shards"),
    ],
)
def test_what_is_part_of_the_program_is_refused(other, words):
    with pytest.raises(ConfigurationError, match=words):
        one_program([Learner(Harvest(), PPO(**PARTS)), other])
