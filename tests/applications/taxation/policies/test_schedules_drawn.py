"""Schedules that change from episode to episode: random ones, candidates, and levels of rates."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon import ConfigurationError
from solon.agents import RateLevels
from solon.applications.taxation.policies import FixedSchedule, RandomSchedules
from solon.applications.taxation.policies.random_schedules import random_rates
from solon.applications.taxation.search.candidate_schedules import CandidateSchedules


def test_random_rates_lie_all_over_the_range():
    drawn = np.asarray(
        jax.vmap(lambda k: random_rates(k, 7))(jax.random.split(jax.random.key(0), 2000))
    )
    assert drawn.min() >= 0
    assert drawn.max() <= 1
    means, slopes = drawn.mean(axis=1), drawn[:, -1] - drawn[:, 0]
    # Near-free markets and near-confiscation, progressive and regressive schedules.
    assert (means < 0.15).mean() > 0.05
    assert (means > 0.85).mean() > 0.05
    assert (slopes > 0.4).mean() > 0.1
    assert (slopes < -0.4).mean() > 0.1


def test_a_random_schedule_holds_for_an_episode():
    planner = RandomSchedules(3, rate_max=0.5)
    memory = planner.init(jax.random.key(0))
    seen = []
    for step in range(9):
        memory = planner.begin(memory) if step % 3 == 0 else memory
        rates, memory = planner.act(memory, {}, jax.random.fold_in(jax.random.key(1), step))
        seen.append(np.asarray(rates[0]))
    years = np.array(seen).reshape(3, 3, 3)
    assert (years == years[:, :1]).all()
    assert len(np.unique(years[:, 0], axis=0)) == 3
    assert years.max() <= 0.5


def test_a_candidate_takes_effect_with_the_next_episode():
    planner = CandidateSchedules(2, 12, 2)
    memory = planner.init(jax.random.key(0))
    memory = type(memory)(memory.rates, jnp.array([0.1, 0.2]), memory.begins)
    rates, memory = planner.act(memory, {}, jax.random.key(1))
    np.testing.assert_allclose(rates, [[0.1, 0.2]])
    memory = type(memory)(memory.rates, jnp.array([0.5, 0.6]), memory.begins)
    rates, memory = planner.act(memory, {}, jax.random.key(2))
    np.testing.assert_allclose(rates, [[0.1, 0.2]])
    memory = planner.begin(memory)
    rates, _ = planner.act(memory, {}, jax.random.key(3))
    np.testing.assert_allclose(rates, [[0.5, 0.6]])


@pytest.mark.parametrize("rules", [None, "foundation"])
@pytest.mark.parametrize("cap", [1.0, 0.5])
def test_levels_stand_for_the_nearest_rates_under_the_cap(rules, cap):
    tax = {"set_by": "levels", "period": 5}
    env = solon.make("one-step-economy", horizon=10, compatibility=rules, periodic_bracket_tax=tax)
    params = env.default_params()
    name = "periodic-bracket-tax"
    params = eqx.tree_at(lambda p: p.parts[name].rate_cap, params, jnp.asarray(cap))
    grid = env.component(name).levels(env)
    wanted = np.array([0.0, 0.12, 0.2, 0.33, 0.49, 0.71, 1.0])
    planner = RateLevels(FixedSchedule(wanted), grid)
    state, timestep = jax.jit(env.reset)(jax.random.key(0), params)
    transition = jax.jit(env.step)
    for step in range(3):
        key = jax.random.fold_in(jax.random.key(1), step)
        levels, _ = planner.act((), timestep.observation["planner"], key)
        actions = {"planner": levels, "worker": jnp.zeros(4, jnp.int32)}
        state, timestep = transition(key, state, actions)
    rates = np.asarray(state.parts[name].rates)
    np.testing.assert_allclose(rates, wanted * cap, atol=0.0251)
    assert set(np.round(rates / 0.05, 3) % 1) <= {0.0}


def test_what_can_not_be_is_refused():
    with pytest.raises(ConfigurationError, match="rate_max"):
        RandomSchedules(7, rate_max=1.5)
    with pytest.raises(ConfigurationError, match="generations"):
        CandidateSchedules(0, 12, 7)
