"""Priors: what is drawn, who has which world, and which mistakes are told."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats

import solon
from solon import ConfigurationError
from solon.learning import PPO, Learner, Prior, play
from solon.learning.distribution import Distribution
from solon.luck import WORLDS, worlds_key
from tests.learning.economies import Chain

SMALL = PPO(environments=8, unroll=2, minibatches=2, epochs=1, hidden=(8,))
BONUS = {"params": {"bonus": {"uniform": [2.0, 3.0]}}}


@dataclasses.dataclass(frozen=True)
class Many(Chain):
    """With params of several shapes and types."""

    def default_params(self):
        more = {"rates": jnp.zeros(3), "count": jnp.zeros((), jnp.int32), "parts": {"a-tax": {}}}
        more["parts"]["a-tax"]["cap"] = jnp.ones(())
        return super().default_params() | more


@pytest.mark.parametrize(
    ("content", "truth"),
    [
        ({"uniform": [0.8, 1.3]}, scipy.stats.uniform(0.8, 0.5)),
        ({"log_uniform": [0.1, 10]}, scipy.stats.loguniform(0.1, 10)),
        ({"normal": [2, 3]}, scipy.stats.norm(2, 3)),
        ({"lognormal": [-1, 0.5]}, scipy.stats.lognorm(0.5, scale=np.exp(-1))),
    ],
)
def test_draws_follow_the_distribution(content, truth):
    drawn = Distribution.of(content, "it").draw(jax.random.key(1), (4000,))
    assert scipy.stats.kstest(np.asarray(drawn, float), truth.cdf).pvalue > 0.01


def test_a_choice_is_uniform_and_a_constant_constant():
    drawn = np.asarray(
        Distribution.of({"choice": [1, 4, 9]}, "it").draw(jax.random.key(0), (3000,))
    )
    counts = [(drawn == value).sum() for value in (1, 4, 9)]
    assert sum(counts) == 3000
    assert scipy.stats.chisquare(counts).pvalue > 0.01
    for content in (7, {"constant": 7}):
        assert set(np.asarray(Distribution.of(content, "it").draw(jax.random.key(0), (9,)))) == {7}


def test_a_draw_depends_on_nothing_but_its_place():
    env, key = Many(), jax.random.key(3)
    few = Prior.of({"params": {"parts.a-tax.cap": {"normal": [0, 1]}}}, env)
    more = {"rates": {"uniform": [0, 1]}, "parts.a-tax.cap": {"normal": [0, 1]}, "count": 4}
    many = Prior.of({"params": more}, env)
    params = [p.draw(key, env.default_params()) for p in (few, many)]
    assert params[0]["parts"]["a-tax"]["cap"] == params[1]["parts"]["a-tax"]["cap"] != 1
    assert len(set(params[1]["rates"].tolist())) == 3
    assert params[1]["count"] == 4
    assert params[1]["count"].dtype == jnp.int32
    assert params[0]["rates"].tolist() == [0, 0, 0]
    assert Prior.of(many.content(), env) == many


def test_each_copy_of_a_training_has_its_own_params_and_a_new_episode_others():
    learner = Learner(Chain(horizon=4), SMALL, prior=Prior.of(BONUS, Chain()))
    state = learner.init(jax.random.key(0), Chain().default_params())
    seen = [np.asarray(state.economies.states.params["bonus"])]
    for _ in range(4):
        state, _ = learner.update(state)
        seen.append(np.asarray(state.economies.states.params["bonus"]))
    assert ((np.array(seen) >= 2) & (np.array(seen) < 3)).all()
    assert len(set(seen[0])) == 8
    # Two groups of four take turns in starting anew, and keep their params in between.
    for update in range(4):
        anew = np.arange(8) // 4 == update % 2
        np.testing.assert_array_equal(seen[update + 1] != seen[update], anew)
    # What is not drawn is as it was, and so is what the training began with.
    assert not state.economies.states.params["sudden"].any()
    assert float(state.params["bonus"]) == 0


def test_a_curriculum_changes_what_is_not_drawn():
    def rising(params, steps):
        return params | {"bonus": params["bonus"] + 9, "rates": params["rates"] + 1}

    prior = Prior.of(BONUS, Many())
    learner = Learner(Many(horizon=4), SMALL, prior=prior, curriculum=rising)
    params = learner.init(jax.random.key(0), Many().default_params()).economies.states.params
    assert (np.asarray(params["rates"]) == 1).all()
    assert (np.asarray(params["bonus"]) < 3).all()


def bonuses(states, timesteps):
    return states.params["bonus"]


def test_training_choosing_and_scoring_have_disjoint_worlds():
    env, prior = Chain(horizon=4), Prior.of(BONUS, Chain())
    learner = Learner(env, SMALL, prior=prior)
    state = learner.init(jax.random.key(0), env.default_params())
    training = set(np.asarray(state.economies.states.params["bonus"]).tolist())
    for _ in range(6):
        state, _ = learner.update(state)
        training |= set(np.asarray(state.economies.states.params["bonus"]).tolist())
    played = {
        purpose: set(
            np.asarray(
                play(
                    env,
                    state.policies,
                    jax.random.key(0),
                    env.default_params(),
                    episodes=40,
                    record=bonuses,
                    prior=prior,
                    purpose=purpose,
                )[0]
            ).tolist()
        )
        for purpose in WORLDS
    }
    assert len(training) == 8 + 6 * 4
    assert all(len(found) == 40 for found in played.values())
    assert not training & played["choosing"]
    assert not training & played["scoring"]
    assert not played["choosing"] & played["scoring"]


def test_no_key_of_a_purpose_is_one_that_a_key_splits_into():
    key = jax.random.key(0)
    folded = [jax.random.key_data(worlds_key(key, purpose)) for purpose in WORLDS]
    split = np.asarray(jax.random.key_data(jax.random.split(key, 5000)))
    assert len({tuple(np.asarray(f)) for f in folded}) == len(WORLDS)
    for one in folded:
        assert not (split == np.asarray(one)).all(axis=1).any()
    with pytest.raises(ConfigurationError, match="purpose"):
        worlds_key(key, "cheating")


def test_episodes_that_are_played_keep_their_worlds():
    env = Chain(horizon=4)
    policies = Learner(env, SMALL).init(jax.random.key(0), env.default_params()).policies
    prior = Prior.of(BONUS, env)

    def worlds(prior):
        given = (policies, jax.random.key(5), env.default_params())
        return np.asarray(play(env, *given, episodes=6, record=bonuses, prior=prior))

    drawn = worlds(prior)
    assert (drawn == drawn[0]).all()
    assert len(set(drawn[0])) == 6
    assert (worlds(None) == 0).all()


CONSTANT = Prior.of({"params": {"bonus": 0}}, Chain())


def test_a_prior_that_draws_what_is_there_changes_nothing():
    """Neither the luck of the economy nor that of the policies depends on it, bit for bit."""
    ends = []
    for prior in (None, CONSTANT):
        learner = Learner(Chain(horizon=4), SMALL, prior=prior)
        state = learner.init(jax.random.key(1), Chain().default_params())
        for _ in range(3):
            state, _ = learner.update(state)
        ends.append(state)
    assert jax.tree.structure(ends[0]) == jax.tree.structure(ends[1])
    for a, b in zip(*map(jax.tree.leaves, ends), strict=True):
        assert (a == b).all()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (3, ("prior", "3")),
        ({}, ("prior", "params")),
        ({"params": {}}, ("prior.params", "{}")),
        ({"params": {"bonus": 1}, "shows": {}}, ("prior", "shows", "did you mean shown")),
        ({"params": {"bonos": 1}}, ("prior.params", "bonos", "did you mean bonus")),
        ({"params": {"bonus.T": 1}}, ("prior.params", "bonus.T")),
        ({"params": {3: 1}}, ("prior.params", "3")),
        ({"params": {"parts": 1}}, ("prior.params", "parts", "number")),
        ({"params": {"sudden": 1}}, ("prior.params", "sudden", "number")),
        ({"params": {"count": {"uniform": [0, 3]}}}, ("prior.count", "whole")),
        ({"params": {"count": {"choice": [1, 2.5]}}}, ("prior.count", "whole")),
        ({"params": {"count": 2**24 + 1}}, ("prior.count", "16777217", "up to 16777216")),
        ({"params": {"bonus": {"unifrom": [0, 1]}}}, ("prior.bonus", "did you mean uniform")),
        ({"params": {"bonus": {"uniform": [0, 1], "normal": [0, 1]}}}, ("prior.bonus", "one of")),
        ({"params": {"bonus": {"uniform": [1, 1]}}}, ("prior.bonus.uniform", "[1, 1]", "below")),
        ({"params": {"bonus": {"uniform": [1]}}}, ("prior.bonus.uniform", "two numbers")),
        ({"params": {"bonus": {"log_uniform": [0, 1]}}}, ("prior.bonus.log_uniform", "above 0")),
        ({"params": {"bonus": {"normal": [0, -1]}}}, ("prior.bonus.normal", "[0, -1]", "above 0")),
        ({"params": {"bonus": {"normal": [0, float("nan")]}}}, ("prior.bonus.normal", "nan")),
        ({"params": {"bonus": {"lognormal": [90, 1]}}}, ("prior.bonus.lognormal", "60")),
        ({"params": {"bonus": {"choice": []}}}, ("prior.bonus.choice", "at least one")),
        ({"params": {"bonus": {"choice": [True]}}}, ("prior.bonus.choice", "True")),
        ({"params": {"bonus": {"constant": "much"}}}, ("prior.bonus.constant", "much")),
        ({"params": {"bonus": "much"}}, ("prior.bonus", "much")),
        ({"params": {"bonus": 1}, "shown": {"worker": ["count"]}}, ("prior.shown.worker", "bonus")),
        ({"params": {"bonus": 1}, "shown": {"firm": ["bonus"]}}, ("prior.shown", "firm", "worker")),
        ({"params": {"bonus": 1}, "shown": {"worker": [["bonus"]]}}, ("shown.worker", "drawn")),
        ({"params": {"bonus": 1}, "shown": ["bonus"]}, ("prior.shown", "mapping")),
        ({"params": {"bonus": 1}, "shown": 0}, ("prior.shown", "mapping")),
        ({"params": {"bonus": 1}, "shown": {"worker": 3}}, ("prior.shown.worker", "3", "list")),
        ({"params": {"bonus": 1}, "episodes_per_world": 0}, ("prior.episodes_per_world", "0")),
        ({"params": {"bonus": 1}, "episodes_per_world": 1.5}, ("prior.episodes_per_world", "1.5")),
    ],
)
def test_mistakes_are_told_in_one_line(content, words):
    with pytest.raises(ConfigurationError) as caught:
        Prior.of(content, Many())
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_a_learner_refuses_the_prior_of_another_economy():
    with pytest.raises(ConfigurationError, match="count"):
        Learner(Chain(horizon=4), SMALL, prior=Prior.of({"params": {"count": 1}}, Many()))


@pytest.mark.parametrize(
    ("economy", "place", "distribution", "words"),
    [
        ("gather-trade-build", "labor_cost", {"uniform": [-0.1, 0.3]}, "numbers from 0 to 1e.09"),
        ("gather-trade-build", "risk_aversion", 1e30, "numbers from 0 to 20"),
        ("gather-trade-build", "regeneration", {"choice": [0.1, 2]}, "numbers from 0 to 1"),
        ("one-step-economy", "labor_exponent", {"normal": [2, 0.5]}, "numbers from 1 to 100"),
        ("labor-supply", "preferences.elasticity", 0, "numbers from 0.001 to 100"),
        (
            "gather-trade-build",
            "parts.periodic-bracket-tax.rate_cap",
            {"lognormal": [0, 0.1]},
            "numbers from 0 to 1",
        ),
    ],
)
def test_what_an_economy_cannot_have_is_not_drawn(economy, place, distribution, words):
    with pytest.raises(ConfigurationError, match=words) as caught:
        Prior.of({"params": {place: distribution}}, solon.make(economy))
    assert caught.value.argument == f"prior.{place}"
    Prior.of({"params": {"labor_cost": {"normal": [1, 0.15]}}}, solon.make("gather-trade-build"))
