"""The labor-supply economy against theory: what workers do, and what the planner is told."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon import ConfigurationError
from solon.economics import marginal_rate, optimal_linear_tax, tax_due
from solon.economics.society import social_weights
from solon.economies.labor_supply import RationalWorkers
from solon.economies.labor_supply.skills import skill_quantiles

CUTOFFS = [0.0, 20.0, 60.0]


def small(**options):
    tax = {"cutoffs": CUTOFFS, **options.pop("tax", {})}
    return solon.make("labor-supply", workers=30, periodic_bracket_tax=tax, **options)


@jax.jit(static_argnums=0)
def year(env, workers, params, rates):
    """State and timestep after each step of a year under a schedule."""
    seen = []
    state, timestep = env.reset(jax.random.key(0), params)
    seen.append((state, timestep))
    for key in jax.random.split(jax.random.key(1), env.horizon):
        act_key, step_key = jax.random.split(key)
        labor, _ = workers.act((), timestep.observation["worker"], act_key)
        state, timestep = env.step(step_key, state, {"planner": rates[None], "worker": labor})
        seen.append((state, timestep))
    return seen


def test_a_year_under_the_optimal_rates_of_theory():
    env = small()
    workers, params = RationalWorkers(env), env.default_params()
    rates = jnp.array([0.1, 0.3, 0.5])
    (_, first), (_, second), (state, last) = year(env, workers, params, rates)
    assert not first.acting["worker"].any() and first.acting["planner"].all()
    assert second.acting["worker"].all() and not second.acting["planner"].any()
    assert not second.reward["planner"].any() and not second.reward["worker"].any()
    assert bool(last.terminated) and not last.truncated
    # The economy comes to what the theory computes without it.
    outcome = env.society().respond(jnp.array(CUTOFFS), rates)
    np.testing.assert_allclose(state.coin, outcome.consumption, rtol=1e-5)
    np.testing.assert_allclose(state.labor, outcome.labor, rtol=1e-5)
    np.testing.assert_allclose(last.reward["worker"], outcome.utility, rtol=1e-5)
    welfare = env.society().welfare(jnp.array(CUTOFFS), rates)
    # The planner's reward is the utility that, if all had it, were worth as much: e^(mean of ln u).
    worth = float(jnp.exp(welfare))
    assert float(last.reward["planner"][0]) == pytest.approx(worth, rel=1e-5)
    assert float(last.metrics["planner_welfare"]) == pytest.approx(float(welfare), rel=1e-5)
    # Coin is neither made nor lost by the tax.
    assert float(state.coin.sum()) == pytest.approx(float(outcome.income.sum()), rel=1e-5)
    assert float(last.metrics["tax/collected"]) > 0


@pytest.mark.parametrize("utility", ["quasi-linear", "isoelastic"])
def test_nobody_gains_by_earning_something_else(utility):
    env = small(worker_utility=utility)
    workers, params = RationalWorkers(env), env.default_params()
    rates = jnp.array([0.2, 0.6, 0.3])  # falling at the top, so that there are two local optima
    *_, (state, _) = year(env, workers, params, rates)
    transfer = state.parts["periodic-bracket-tax"].transfer
    skills = np.asarray(params.skills, float)
    for share in (0.0, 0.3, 0.8, 0.95, 1.05, 1.3, 3.0):
        income = jnp.asarray(share * state.labor * skills)
        coin = income - tax_due(income, jnp.array(CUTOFFS), rates) + transfer
        other = params.preferences.utility(coin, income / skills)
        assert bool((other <= state.utility + 1e-4 * jnp.abs(state.utility)).all()), share


def test_bunching_and_jumps_at_the_edges_of_brackets():
    env = solon.make("labor-supply", workers=2000, skills="uniform")
    skills = jnp.asarray(env.skill_values)
    society = env.society()
    rising = society.respond(jnp.array([0.0, 60.0]), jnp.array([0.1, 0.5]))
    # Where the rate rises many stay at the edge, in theory those between two skills.
    z0 = skills**1.5
    stays = (z0 * 0.9**0.5 >= 60) & (z0 * 0.5**0.5 <= 60)
    np.testing.assert_array_equal(jnp.isclose(rising.income, 60.0), stays)
    assert stays.sum() > 100
    # Where it falls nobody is near it.
    falling = society.respond(jnp.array([0.0, 60.0]), jnp.array([0.5, 0.1])).income
    assert not bool(((falling > 52) & (falling < 68)).any())


def test_the_income_elasticity_is_what_it_is_called():
    for elasticity in (0.2, 1.0):
        env = small(elasticity=elasticity, skills="pareto")
        low, high = (
            env.society().respond(jnp.zeros(1), jnp.array([rate])).income for rate in (0.3, 0.2)
        )
        slope = jnp.log(high / low) / jnp.log(0.8 / 0.7)
        np.testing.assert_allclose(slope, elasticity, rtol=1e-3)


def test_a_transfer_makes_isoelastic_workers_work_less():
    env = small(worker_utility="isoelastic", risk_aversion=1.0)
    society = env.society()
    cutoffs = jnp.array([0.0, 15.0])
    lump_sum = society.respond(cutoffs, jnp.array([0.0, 0.5]))
    untaxed = society.respond(cutoffs, jnp.zeros(2))
    assert lump_sum.transfer > 0
    poor = lump_sum.income < 14
    assert poor.any() and bool((lump_sum.income[poor] < untaxed.income[poor]).all())


def test_social_weights():
    utility, one = jnp.array([1.0, 2.0, 4.0]), jnp.ones(3)
    logs = social_weights(utility, one, jnp.array(1.0), "concave")
    np.testing.assert_allclose(logs, np.array([4, 2, 1]) * 3 / 7, rtol=1e-6)
    worst = social_weights(utility, one, jnp.array(1.0), "worst-off")
    np.testing.assert_allclose(worst, [3, 0, 0])
    flat = social_weights(-utility, one, jnp.array(0.0), "concave")
    np.testing.assert_allclose(flat, one)


def test_skills_are_quantiles_of_their_distribution():
    assert skill_quantiles("four-atoms", 8).tolist() == [1, 1, 2, 2, 3, 3, 4, 4]
    pareto = skill_quantiles("pareto", 1000, 2.0)
    assert np.mean(pareto > 2) == pytest.approx(0.25, abs=1e-3)
    normal = np.log(skill_quantiles("log-normal", 1000, 0.7))
    assert (normal.mean(), normal.std()) == pytest.approx((0, 0.7), abs=2e-3)
    uniform = skill_quantiles("uniform", 1000, 3.0)
    assert uniform.mean() == pytest.approx(2) and uniform.max() < 3
    env = solon.make("labor-supply", workers=3, skills=[2.0, 1.0, 5.0])
    assert env.skill_values.tolist() == [2, 1, 5]


def test_params_change_nothing_that_is_compiled():
    env = small()
    params = env.default_params()
    other = dataclasses.replace(params, skills=2 * params.skills)
    workers, rates = RationalWorkers(env), jnp.zeros(3)
    before = year._cache_size()
    (*_, (one, _)), (*_, (two, _)) = (year(env, workers, each, rates) for each in (params, other))
    np.testing.assert_allclose(two.coin, 2**1.5 * one.coin, rtol=1e-5)
    assert year._cache_size() - before <= 1


def test_the_marginal_rate_shown_is_that_of_the_income():
    env = small()
    rates = jnp.array([0.1, 0.3, 0.5])
    *_, (state, _) = year(env, RationalWorkers(env), env.default_params(), rates)
    office = state.parts["periodic-bracket-tax"]
    expected = marginal_rate(office.income, jnp.array(CUTOFFS), rates)
    np.testing.assert_allclose(office.marginal_rate, expected)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"workers": 1}, "workers"),
        ({"skills": "gamma"}, "skills.*log-normal"),
        ({"skills": [1.0, 2.0]}, "skills"),
        ({"workers": 2, "skills": [0.0, 2.0]}, "skills"),
        ({"skills": "pareto", "skill_spread": 0.5}, "spread"),
        ({"elasticity": 0.0}, "elasticity"),
        ({"worker_utility": "linear"}, "worker_utility.*isoelastic"),
        ({"planner_objective": "revenue"}, "planner_objective.*worst-off"),
        ({"inequality_aversion": -1.0}, "inequality_aversion"),
        ({"labor_choice": {"most": 0}}, "most"),
        ({"hours": 5}, "hours.*skills"),
    ],
)
def test_what_is_not_allowed_is_named(options, named):
    with pytest.raises(ConfigurationError, match=named):
        solon.make("labor-supply", **options)


def test_the_default_society_gains_from_a_tax():
    env = solon.make("labor-supply")
    found = optimal_linear_tax(env.skill_values, elasticity=env.elasticity)
    assert 0.2 < found.rates[0] < 0.5
    assert found.attainable_gain > 0.01
    assert env.workers >= 1000
