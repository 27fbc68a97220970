"""Learning where the answer is known."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.agents import ActorCritic
from solon.applications.taxation.policies import FixedSchedule
from solon.learning import PPO, Learner
from tests.learning.economies import (
    Chain,
    LaborSupply,
    MaskedBandit,
    Meeting,
    Opposites,
    Rare,
    Remember,
    Targets,
    Unequal,
    Watched,
)

CONFIG = PPO(
    environments=32,
    unroll=8,
    epochs=4,
    minibatches=4,
    learning_rate=((0, 1e-2), (20_000, 1e-3)),
    entropy=((0, 0.05), (10_000, 0.0)),
    discount=0.9,
    hidden=(32,),
)


@pytest.fixture
def compilations():
    """The names of functions that were compiled or read from the cache, one entry each time."""
    names = []

    def listen(event, seconds, **details):
        if event == "/jax/core/compile/jaxpr_to_mlir_module_duration":
            names.append(details["fun_name"])

    jax.monitoring.register_event_duration_secs_listener(listen)
    yield names
    jax.monitoring.unregister_event_duration_listener(listen)


def train(learner, updates, policies=None, **params):
    given = learner.env.default_params() | {name: jnp.asarray(v) for name, v in params.items()}
    state = learner.init(jax.random.key(0), given, policies or {})
    history = []
    for _ in range(updates):
        state, metrics = learner.update(state)
        history.append(metrics)
    return state, {name: np.array([float(m[name]) for m in history]) for name in history[0]}


def test_a_masked_bandit_is_played_at_its_best():
    _, history = train(Learner(MaskedBandit(), CONFIG), 80)
    assert history["worker/reward"][-10:].mean() > 0.97 * MaskedBandit.best
    # A single barred choice would have cost 100 and shown in the mean.
    assert history["worker/reward"].min() > 0
    assert history["worker/kl"].max() > 1e-4


@pytest.mark.parametrize("bounded", [True, False])
def test_numbers_are_chosen_where_they_are_best(bounded):
    """What is handed in comes to lie where each member sees its goal."""
    # Where deviations are small, larger steps throw means away that were found.
    rate, entropy = ((0, 3e-3), (20_000, 3e-4)), ((0, 0.01), (10_000, 0.0))
    config = dataclasses.replace(CONFIG, learning_rate=rate, entropy=entropy, discount=0.0)
    state, history = train(Learner(Targets(bounded=bounded), config), 80)
    assert history["worker/reward"][-10:].mean() > -0.01
    policy = state.policies["worker"]
    goals = jnp.array([[[0.3, 0.6], [-0.4, 0.8]], [[-0.2, -0.4], [-0.4, 0.8]]])
    distribution, _ = policy(policy.encoding.encode({"goal": goals}))
    found = policy.encoding.decode(distribution.mode())
    np.testing.assert_allclose(found, goals, atol=0.08)


def test_workers_answer_to_the_tax_rate_as_theory_says(compilations):
    """Under every rate a worker chooses (1 - rate) x wage hours; its gain is half their square."""
    learner = Learner(LaborSupply(), CONFIG, learn=("worker",))
    for rate in (0.0, 0.5):
        planner = FixedSchedule([rate])
        _, history = train(learner, 80, {"planner": planner})
        assert float(planner.rates[0]) == rate
        net = (1 - rate) * np.array(LaborSupply.wages)
        assert history["worker/reward"][-10:].mean() > 0.95 * (net**2 / 2).mean()
        revenue = history["planner/episode_return"][-10:].mean() / learner.env.horizon
        income = net @ np.array(LaborSupply.wages)
        np.testing.assert_allclose(revenue, rate * income, rtol=0.1)
    assert compilations.count("jit(first_state)") == 1
    assert compilations.count("jit(updated)") == 1


def test_two_roles_learn_to_meet():
    state, history = train(Learner(Meeting(), CONFIG), 60)
    assert list(state.policies) == ["buyer", "seller"]
    # Meeting anywhere for sure is an equilibrium; meeting by chance is worth 2/3.
    assert history["buyer/reward"][-10:].mean() > 0.95
    np.testing.assert_array_equal(history["buyer/reward"], history["seller/reward"])


@pytest.mark.parametrize("by_kind", [True, False])
def test_small_gains_count_beside_large_ones_within_a_kind(by_kind):
    config = dataclasses.replace(CONFIG, network_per="role", standardize_by_kind=by_kind)
    state, _ = train(Learner(Unequal(), config), 30)
    policy = state.policies["worker"]
    chances, _ = policy(policy.encoding.encode({"kind": jnp.zeros((1,), jnp.int8)}))
    assert (chances.probabilities()[0, 1] > 0.95) == by_kind


@pytest.mark.parametrize(("blind", "per"), [(False, "kind"), (False, "role"), (True, "member")])
def test_members_learn_what_suits_their_kind_or_themselves(blind, per):
    config = dataclasses.replace(CONFIG, network_per=per)
    _, history = train(Learner(Opposites(blind=blind), config), 30)
    assert history["worker/reward"][-5:].mean() > 0.95


REMEMBERING = dataclasses.replace(
    CONFIG, unroll=4, learning_rate=1e-2, entropy=0.0, discount=0.5, recurrent=True
)


@pytest.mark.parametrize("per", ["role", "kind"])
def test_a_sign_is_remembered_beyond_the_unroll_in_which_it_was_seen(per):
    """What was known is kept with the experience, or the later half would be chance."""
    learner = Learner(Remember(), dataclasses.replace(REMEMBERING, network_per=per))
    state, history = train(learner, 60)
    assert history["worker/reward"][-10:].mean() > 0.95

    # As one that no longer learns it remembers too, and forgets when an episode ends.
    policies = {"worker": state.policies["worker"]}
    listener = Learner(Watched(), CONFIG, learn=("planner",))
    _, seen = train(listener, 4, policies)
    assert seen["worker/episode_return"][1:].mean() > 0.95 * 8


def test_without_memory_a_sign_is_forgotten():
    config = dataclasses.replace(REMEMBERING, recurrent=False)
    _, history = train(Learner(Remember(), config), 60)
    assert history["worker/reward"][-10:].mean() < 0.65


DISCOUNT = 0.8
CRITIC = Learner(
    Chain(horizon=8),
    PPO(
        environments=16,
        unroll=4,
        epochs=4,
        minibatches=4,
        learning_rate=((0, 2e-2), (9_000, 1e-3)),
        discount=DISCOUNT,
        hidden=(16,),
    ),
)


@pytest.mark.parametrize("cut", [False, True])
def test_the_critic_finds_the_value_of_a_chain(cut):
    """A reward of 1 a step: (1 - d^left) / (1 - d) if the end is final, else 1 / (1 - d)."""
    state, _ = train(CRITIC, 200, cut=cut)
    policy = state.policies["worker"]
    _, values = policy(policy.encoding.encode({"time": jnp.eye(9)[: 1 if cut else 8]}))
    left = 8 - np.arange(8)
    worth = [1 / (1 - DISCOUNT)] if cut else (1 - DISCOUNT**left) / (1 - DISCOUNT)
    np.testing.assert_allclose(values, worth, atol=0.15)


def test_a_rare_decision_is_credited_with_what_comes_of_it():
    """The pay comes three steps after the decision, while nobody acts."""
    _, history = train(Learner(Rare(), CONFIG), 40)
    assert history["planner/reward"][-5:].mean() > 0.95 / Rare.period
    assert history["planner/entropy"][-1] < 0.3


def test_a_network_rests_on_steps_that_are_not_its_own_and_learns_the_same(monkeypatch):
    """Known beforehand or not, how often a role decides makes no difference to what it learns."""
    rows = []
    evaluate = ActorCritic.evaluate

    def counted(self, network, encoded, memory, acting):
        jax.debug.callback(lambda _: rows.append(encoded.mask.shape[:-1]), network.value_head.bias)
        return evaluate(self, network, encoded, memory, acting)

    monkeypatch.setattr(ActorCritic, "evaluate", counted)
    config = dataclasses.replace(CONFIG, epochs=1, minibatches=1)
    weights = []
    for every in (1, Rare.period):
        rows.clear()
        learner = Learner(Rare(every=every), config)
        state = learner.init(jax.random.key(0), learner.env.default_params())
        for _ in range(3):
            state, _ = learner.update(state)
        jax.effects_barrier()
        weights.append(state.policies["planner"].network)
        steps, copies = CONFIG.unroll // every, CONFIG.environments
        # In each update: once a decision, once for the value at the end, once to learn.
        assert rows.count((1, copies, 1)) == 3 * (steps + 1)
        assert rows.count((1, steps * copies, 1)) == 3
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6), *weights)
