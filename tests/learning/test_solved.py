"""Learning where the answer is known."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.learning import PPO, Learner
from solon.planning import FixedSchedule
from tests.learning.economies import Chain, LaborSupply, MaskedBandit, Meeting, Rare

CONFIG = PPO(
    environments=32,
    unroll=8,
    epochs=4,
    minibatches=4,
    learning_rate=((0, 1e-2), (20_000, 1e-3)),
    entropy=((0, 0.05), (15_000, 0.0)),
    discount=0.9,
    hidden=(32,),
)


def train(learner, updates, planners=None, seed=0):
    params = learner.env.default_params()
    state = learner.init(jax.random.key(seed), params, planners or {})
    history = []
    for _ in range(updates):
        state, metrics = learner.update(state)
        history.append(metrics)
    return state, {name: np.array([float(m[name]) for m in history]) for name in history[0]}


def test_a_masked_bandit_is_played_at_its_best():
    learner = Learner(MaskedBandit(), CONFIG)
    _, history = train(learner, 80)
    assert history["worker/reward"][-10:].mean() > 0.97 * MaskedBandit.best
    # A single barred choice would have cost 100 and shown in the mean.
    assert history["worker/reward"].min() > 0


def test_workers_answer_to_the_tax_rate_as_theory_says():
    """Under every rate a worker chooses (1 - rate) x wage hours; its gain is half their square."""
    learner = Learner(LaborSupply(), CONFIG, learn=("worker",))
    for rate in (0.0, 0.5):
        state, history = train(learner, 80, {"planner": FixedSchedule([rate])})
        net = (1 - rate) * np.array(LaborSupply.wages)
        assert history["worker/reward"][-10:].mean() > 0.95 * (net**2 / 2).mean()
        income = np.array(LaborSupply.wages) * net
        revenue = history["planner/episode_return"][-10:].mean() / learner.env.horizon
        np.testing.assert_allclose(revenue, rate * income.sum(), rtol=0.1)


def test_two_roles_learn_to_meet():
    learner = Learner(Meeting(), CONFIG)
    _, history = train(learner, 60)
    # Meeting anywhere for sure is an equilibrium; meeting by chance is worth 2/3.
    assert history["buyer/reward"][-10:].mean() > 0.95


@pytest.mark.parametrize("truncate", [False, True])
def test_the_critic_finds_the_value_of_a_chain(truncate):
    """A reward of 1 a step: (1 - d^left) / (1 - d) if the end is final, else 1 / (1 - d)."""
    discount = 0.8
    config = PPO(
        environments=16,
        unroll=4,
        epochs=4,
        minibatches=4,
        learning_rate=((0, 2e-2), (9_000, 1e-3)),
        discount=discount,
        hidden=(16,),
    )
    learner = Learner(Chain(horizon=8, truncate=truncate), config)
    state, _ = train(learner, 200)
    policy = state.policies["worker"]
    times = {"time": jnp.eye(9)[: 1 if truncate else 8]}
    _, values = policy(policy.encoding.encode(times))
    left = 8 - np.arange(8)
    worth = 1 / (1 - discount) if truncate else (1 - discount**left) / (1 - discount)
    np.testing.assert_allclose(values, np.broadcast_to(worth, values.shape), atol=0.15)


def test_a_rare_decision_is_credited_with_what_comes_of_it():
    """The pay comes three steps after the decision, while nobody acts."""
    learner = Learner(Rare(), CONFIG)
    _, history = train(learner, 40)
    assert history["planner/reward"][-5:].mean() > 0.95 / Rare.period
    assert history["planner/entropy"][-1] < 0.3
