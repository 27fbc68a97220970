"""Hours, pay, tax and what everyone gets of it, against numbers that are known."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.component import Component
from solon.economies.mechanisms import PeriodicBracketTax
from solon.economies.one_step import OneStepEconomy, SimpleLabor

from .society import (
    SKILLS,
    TAX,
    US_RATES,
    equilibrium,
    go,
    society,
    start,
    to_second_step,
    with_params,
    work,
)

ENV = society()
FREE = [0.0] * 7
LABOR = "simple-labor"


def zeros(env):
    return jnp.zeros(env.workers, jnp.int32)


@pytest.mark.parametrize(
    ("rates", "hours", "equality", "total"),
    [(FREE, [47, 55, 69, 94], 0.6173, 451.6), (US_RATES, [37, 43, 52, 71], 0.7144, 344.5)],
)
def test_best_responses_and_what_they_come_to(rates, hours, equality, total):
    found, _, timestep = equilibrium(ENV, ENV.default_params(), rates)
    assert found.tolist() == hours
    assert float(timestep.metrics["equality"]) == pytest.approx(equality, abs=1e-4)
    assert float(timestep.metrics["productivity"]) == pytest.approx(total, abs=0.05)
    assert float(timestep.metrics["labor"]) == sum(hours)
    assert float(timestep.metrics["production"]) == pytest.approx(np.dot(hours, SKILLS), rel=1e-6)
    assert bool(timestep.terminated)


def test_at_the_originals_labor_cost_everyone_works_an_hour():
    params = with_params(ENV, labor_cost=1.0)
    hours, *_ = equilibrium(ENV, params, FREE)
    assert hours.tolist() == [1, 1, 1, 1]
    original = society(compatibility="foundation").default_params()
    assert float(original.labor_cost) == 1.0
    assert float(ENV.default_params().labor_cost) == pytest.approx(0.012)


def test_an_isoelastic_worker_follows_its_first_order_condition():
    env = society(worker_utility="isoelastic-coin-minus-labor")
    hours, state, _ = equilibrium(env, env.default_params(), FREE)
    # s (s h)^-eta = lambda, up to the nearest hour and to the hours there are.
    skills = np.asarray(SKILLS)
    expected = np.minimum((skills**0.77 / 0.5) ** (1 / 0.23), 100)
    assert np.abs(np.asarray(hours) - expected).max() <= 1
    coin = np.asarray(state.coin, float)
    utility = (coin**0.77 - 1) / 0.77 - 0.5 * np.asarray(state.labor)
    np.testing.assert_allclose(state.utility, utility, rtol=1e-5)


def test_rewards_are_the_changes_of_utility_and_objective():
    _, state, timestep = equilibrium(ENV, ENV.default_params(), US_RATES)
    skill = np.asarray(SKILLS)[np.asarray(state.rank)]
    hours = np.asarray(state.labor)
    production = skill * hours
    tax = np.asarray(state.parts[TAX].paid)
    coin = production - tax + tax.mean()
    np.testing.assert_allclose(state.coin, coin, rtol=1e-6)
    utility = coin - 0.012 * hours**2
    np.testing.assert_allclose(timestep.reward["worker"], utility, rtol=1e-5)
    # Those who produce less before tax weigh more.
    weight = 1 / production / (1 / production).sum()
    np.testing.assert_allclose(timestep.reward["planner"][0], weight @ utility, rtol=1e-5)
    np.testing.assert_allclose(
        timestep.metrics["inverse_income_weighted_utility"], weight @ utility, rtol=1e-5
    )


@pytest.mark.parametrize("weight", [1.0, 0.25])
def test_the_objective_equality_times_productivity(weight):
    env = society(planner_objective="equality-times-productivity")
    params = with_params(env, equality_weight=weight)
    *_, timestep = equilibrium(env, params, US_RATES)
    equality, total = (float(timestep.metrics[k]) for k in ("equality", "productivity"))
    expected = total / 4 * (weight * equality + 1 - weight)
    assert float(timestep.reward["planner"][0]) == pytest.approx(expected, rel=1e-5)
    # The same society: utility does not depend on what the planner wants.
    _, _, other = equilibrium(ENV, ENV.default_params(), US_RATES)
    np.testing.assert_allclose(timestep.reward["worker"], other.reward["worker"], rtol=1e-6)


def test_nobody_works_before_the_rates_are_known():
    state, timestep = start(ENV, jax.random.key(0), ENV.default_params())
    assert not timestep.observation["worker"]["action_mask"][:, 1:].any()
    assert timestep.observation["worker"]["action_mask"][:, 0].all()
    assert not timestep.acting["worker"].any() and timestep.acting["planner"].all()
    actions = {"worker": jnp.full(4, 60), "planner": jnp.asarray([US_RATES])}
    state, timestep = go(ENV, jax.random.key(1), state, actions)
    assert not state.labor.any() and not state.coin.any()
    assert not timestep.reward["worker"].any() and not timestep.reward["planner"].any()
    assert timestep.observation["worker"]["action_mask"].all()
    assert timestep.acting["worker"].all() and not timestep.acting["planner"].any()
    # What the planner hands over now comes too late.
    actions["planner"] = jnp.ones((1, 7))
    state, _ = go(ENV, jax.random.key(1), state, actions)
    np.testing.assert_allclose(state.parts[TAX].rates, US_RATES, rtol=1e-6)
    assert state.labor.tolist() == [60.0] * 4


def test_the_first_step_can_be_a_working_one():
    env = society(simple_labor={"mask_first_step": False}, horizon=1, components=[LABOR])
    assert list(env.roles) == ["worker"]
    state, timestep = start(env, jax.random.key(0), env.default_params())
    assert timestep.observation["worker"]["action_mask"].all()
    state, timestep = go(env, jax.random.key(1), state, {"worker": jnp.full(4, 10)})
    np.testing.assert_allclose(jnp.sort(state.coin), np.multiply(SKILLS, 10), rtol=1e-6)
    assert bool(timestep.terminated)


def two_days_of_work(env):
    """Hours 30 and 20 in two steps, without tax."""
    state, _ = start(env, jax.random.key(0), env.default_params())
    for hours in (30, 20, 0):
        state, _ = go(env, jax.random.key(1), state, {"worker": jnp.full(4, hours)})
    return state


def test_labor_of_several_steps_adds_up_and_in_the_original_replaces_what_was():
    options = {"horizon": 3, "components": [LABOR], "simple_labor": {"mask_first_step": False}}
    own = two_days_of_work(society(**options))
    original = two_days_of_work(society(compatibility="foundation", **options))
    assert own.labor.tolist() == [50.0] * 4
    assert original.labor.tolist() == [20.0] * 4
    np.testing.assert_allclose(jnp.sort(own.coin), jnp.sort(original.coin))
    np.testing.assert_allclose(jnp.sort(own.coin), np.multiply(SKILLS, 50), rtol=1e-6)


def test_in_the_original_the_mask_of_the_first_step_is_advice():
    env = society(compatibility="foundation")
    state, timestep = start(env, jax.random.key(0), env.default_params())
    assert not timestep.observation["worker"]["action_mask"][:, 1:].any()
    actions = {"worker": jnp.full(4, 60), "planner": jnp.zeros((1, 7))}
    state, _ = go(env, jax.random.key(1), state, actions)
    np.testing.assert_allclose(state.coin, np.multiply(SKILLS, 60), rtol=1e-6)


def test_luck_deals_out_the_skills_and_in_the_original_the_index_does():
    ranks = {tuple(ENV.draw_world(jax.random.key(i)).rank.tolist()) for i in range(8)}
    assert len(ranks) > 1
    assert all(sorted(rank) == [0, 1, 2, 3] for rank in ranks)
    original = society(compatibility="foundation")
    assert original.draw_world(jax.random.key(3)).rank.tolist() == [0, 1, 2, 3]
    state, _ = start(ENV, jax.random.key(5), ENV.default_params())
    np.testing.assert_allclose(state.parts[LABOR].skill, jnp.asarray(SKILLS)[state.rank])


def test_ranked_skills_are_expected_order_statistics():
    skills = solon.make("one-step-economy").default_params().parts[LABOR].skills
    # min(3, 1 + 2 s) of Lomax(4) draws s: their means over many societies.
    assert (np.diff(skills) > 0).all() and skills[0] > 1 and skills[-1] < 3
    np.testing.assert_allclose(skills, [1.133, 1.327, 1.647, 2.225], rtol=0.02)
    capped = solon.make("one-step-economy", simple_labor={"max_skill_multiplier": 1.0})
    np.testing.assert_allclose(capped.default_params().parts[LABOR].skills, 1.0)


def test_income_that_follows_the_tax_escapes_it():
    env = society(components=[PeriodicBracketTax(period=2), SimpleLabor(skills=tuple(SKILLS))])
    state, _ = to_second_step(env, env.default_params(), jnp.ones(7))
    state, _ = work(env, state, jnp.full(4, 50), jnp.ones(7))
    np.testing.assert_allclose(jnp.sort(state.coin), np.multiply(SKILLS, 50), rtol=1e-6)


def test_a_thousand_workers_with_skills_of_their_own():
    skills = tuple(np.exp(np.random.default_rng(0).normal(0, 0.4, 1000)).tolist())
    env = solon.make(
        "one-step-economy",
        workers=1000,
        simple_labor={"skills": skills, "hours": 500},
        periodic_bracket_tax={"cutoffs": [0, 50]},
    )
    rates = [0.2, 0.4]
    hours, state, _ = equilibrium(env, env.default_params(), rates)
    # c l^2 has the first-order condition s (1 - t) = 2 c l; at the kink people bunch.
    skill = np.asarray(skills)
    low, high = (np.round(skill * (1 - t) / 0.024) for t in rates)
    expected = np.where(low * skill <= 50, low, np.where(high * skill >= 50, high, 50 / skill))
    assert np.abs(np.asarray(hours) - np.clip(expected, 0, 500)).max() <= 1
    np.testing.assert_allclose(
        float(jnp.sum(state.coin)), float(np.asarray(hours) @ skill), rtol=1e-5
    )


def test_batches_and_loops_agree():
    rates = jnp.asarray([US_RATES])
    params = ENV.default_params()
    hours = jnp.asarray([[10, 20, 30, 40], [50, 60, 70, 80], [0, 100, 101, -3]])

    def episode(key, hours):
        state, _ = start(ENV, key, params)
        for worked in (zeros(ENV), hours):
            state, timestep = go(ENV, key, state, {"worker": worked, "planner": rates})
        return state, timestep

    keys = jax.random.split(jax.random.key(4), 3)
    with jax.debug_key_reuse(False):
        batched = jax.jit(jax.vmap(episode))(keys, hours)
        looped = [episode(k, h) for k, h in zip(keys, hours, strict=True)]
    for i, one in enumerate(looped):
        for a, b in zip(jax.tree.leaves(batched), jax.tree.leaves(one), strict=True):
            np.testing.assert_allclose(a[i], b, rtol=1e-6)
    # What is no number of hours is no work.
    assert batched[0].labor[2].tolist() == [0, 100, 0, 0]


def test_params_are_traced():
    traces = []

    @jax.jit
    def total(params):
        traces.append(1)
        state, _ = start(ENV, jax.random.key(0), params)
        return state.utility.sum()

    for cost in (0.01, 0.02):
        total(with_params(ENV, labor_cost=cost))
    assert len(traces) == 1


@dataclasses.dataclass(frozen=True)
class Bonus(Component):
    name = "bonus"

    def default_params(self, economy):
        return jnp.asarray(7.0)

    def step(self, economy, state, actions, luck):
        coin = state.inventory.coin + state.params.parts[self.name]
        return dataclasses.replace(state, inventory=dataclasses.replace(state.inventory, coin=coin))


def test_components_of_ones_own_fit_in():
    env = society(components=[LABOR, Bonus()])
    state, _ = start(env, jax.random.key(0), env.default_params())
    for _ in range(2):
        state, _ = go(env, jax.random.key(1), state, {"worker": zeros(env)})
    assert state.coin.tolist() == [14.0] * 4


def test_it_is_registered_and_can_be_hashed():
    again = society()
    assert isinstance(ENV, OneStepEconomy)
    assert again == ENV and hash(ENV) == hash(again)
    assert ENV.rules == "one-step-economy@1" and ENV.horizon == 2
