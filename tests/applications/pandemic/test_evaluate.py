"""Policies in the economy against its own replay of them."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.applications.pandemic.evaluate import evaluate_policies, reported
from solon.applications.pandemic.policies.files import read_policy
from solon.data.covid19 import load
from solon.economies.pandemic import Pandemic
from solon.errors import ConfigurationError
from solon.runs.build import build_recipe

SMALL = {"states": ("TX", "OH"), "horizon": 30}


def test_the_real_policy_is_what_the_economy_replays():
    for compatibility in (None, "foundation"):
        economy = Pandemic(compatibility=compatibility, **SMALL)
        (outcome,) = evaluate_policies(economy, [read_policy("real", economy)])
        replay = dataclasses.replace(economy, replay="policy")
        nothing = {"governor": jnp.zeros(2, int), "planner": jnp.zeros(1, int)}

        def day(state, _, replay=replay, nothing=nothing):
            state, timestep = replay.transition(state, nothing, ())
            return state, (timestep.reward["planner"][0], state.compartments.deaths)

        start, _ = replay.start((), replay.default_params())
        _, (rewards, deaths) = jax.lax.scan(day, start, length=30)
        np.testing.assert_allclose(outcome.federal_welfare, [np.sum(rewards)], rtol=1e-5)
        np.testing.assert_allclose(outcome.deaths[0, 1:], deaths, rtol=1e-5)


def test_draws_are_side_by_side():
    economy = Pandemic(**SMALL)
    params = economy.default_params()
    draws = jax.tree.map(lambda leaf: jnp.stack([leaf, leaf]), params)
    epidemic = dataclasses.replace(
        draws.epidemic, intercept=draws.epidemic.intercept * jnp.array([[1.0, 1.0], [1.1, 1.1]])
    )
    draws = dataclasses.replace(draws, epidemic=epidemic)
    policy = read_policy("level=5", economy)
    (both,) = evaluate_policies(economy, [policy], draws)
    (one,) = evaluate_policies(economy, [policy])
    np.testing.assert_allclose(both.deaths[0], one.deaths[0], rtol=1e-5)
    assert (both.deaths[1, -1] > both.deaths[0, -1]).all()


def test_what_was_reported_ends_with_the_data():
    economy = Pandemic(states=("TX",), start_date="2021-04-25", horizon=60)
    found, data = reported(economy), load().select(["TX"])
    assert found.deaths.shape == (61, 1)
    row = data.row("2021-04-28")
    week = (data.deaths[row, 0] - data.deaths[row - 7, 0]) / 7 / data.population[0] * 1e6
    assert found.deaths[3, 0] == week
    assert np.isnan(found.stringency[-1, 0]) and np.isfinite(found.stringency[0, 0])


def test_a_role_of_the_pandemic_is_given_a_policy_by_name():
    options = {"states": ["TX", "OH"], "horizon": 28}
    small = {"environments": 2, "unroll": 28, "minibatches": 1}

    def given(role, policy):
        text = {role: f"against-pandemic:policy={policy}"}
        made = build_recipe("pandemic", options, policies=text, steps=56, settings=small)
        return made.given()[role]

    levels = np.asarray(given("governor", "level=7").levels)
    assert levels.shape == (28, 2) and (levels == 7).all()
    assert np.asarray(given("planner", "real").levels).shape == (28, 1)
    for bad, words in (("level=11", "level: got 11"), ("x.yaml", "a name of the zoo")):
        with pytest.raises(ConfigurationError, match=words):
            given("governor", bad)
