"""The society under a tax with brackets: answers of workers, and what the planner sets and sees."""

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.checking import faults
from solon.economics.labor_supply import Preferences, preferred_incomes
from solon.economies.unknown_society import (
    MODELS,
    OBJECTIVES,
    behavior_of,
    relative_welfare,
    worker_incomes,
)
from solon.errors import ConfigurationError
from solon.spaces import Box, Discrete, MultiDiscrete

SKILLS = np.array([0.2, 0.8, 1.1, 2.0])
SIGNS = np.array([-1, -1, 1, 1])
ELASTICITY, CUTOFFS = 0.6, (0.0, 0.5, 1.0, 2.0)
NAMES = tuple(name for name, model in MODELS.items() if model.income_effect == 0)


@functools.partial(jax.jit, static_argnames="cutoffs")
def answers(rates, *, cutoffs):
    """Incomes under each of all models."""

    def of(model):
        given = jnp.asarray(SKILLS), jnp.asarray(ELASTICITY), rates, behavior_of(model, NAMES)
        return worker_incomes(*given, cutoffs=cutoffs)

    return jax.lax.map(of, jnp.arange(len(NAMES)))


def due(incomes, rates, cutoffs=CUTOFFS):
    """The tax, one bracket after the other."""
    upper = (*cutoffs[1:], np.inf)
    parts = zip(cutoffs, upper, rates, strict=True)
    return sum(rate * np.clip(incomes - low, 0, high - low) for low, high, rate in parts)


def utility(incomes, skill, rates, elasticity=ELASTICITY):
    exponent = 1 + 1 / elasticity
    return incomes - due(incomes, rates) - (incomes / skill) ** exponent / exponent


@pytest.mark.parametrize("rate", [0.0, 0.29, 0.6])
def test_brackets_of_one_rate_are_the_linear_tax(float64, rate):
    linear = answers(jnp.asarray(rate), cutoffs=())
    brackets = answers(jnp.full(4, rate), cutoffs=CUTOFFS)
    np.testing.assert_allclose(brackets, linear, rtol=1e-6)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_so_is_what_they_are_worth(float64, objective):
    @jax.jit
    def both(rate):
        given = jnp.asarray(SKILLS), jnp.asarray(ELASTICITY), MODELS["cost-of-working"]
        brackets = relative_welfare(objective, jnp.full(4, rate), *given, cutoffs=CUTOFFS)
        return relative_welfare(objective, rate, *given), brackets

    linear, brackets = both(jnp.asarray(0.4))
    assert float(brackets) == pytest.approx(float(linear), rel=1e-6)


# Rates that rise, at whose edges workers stay, and that fall, over whose edges they jump.
@pytest.mark.parametrize("rates", [(0.0, 0.2, 0.5, 0.6), (0.6, 0.5, 0.2, 0.0)])
def test_no_other_income_is_better_for_a_worker(float64, rates):
    found = dict(zip(NAMES, np.asarray(answers(jnp.array(rates), cutoffs=CUTOFFS)), strict=True))
    tried = np.linspace(1e-3, 6, 40_001)
    own = {"standard": [ELASTICITY] * 4, "abler-more-elastic": ELASTICITY * (1 + 0.6 * SIGNS)}
    for model, elasticities in own.items():
        for income, skill, e in zip(found[model], SKILLS, elasticities, strict=True):
            best = utility(tried, skill, rates, e)
            assert income == pytest.approx(tried[np.argmax(best)], abs=2e-4)


def test_models_answer_brackets_each_in_its_way(float64):
    rates = (0.0, 0.3, 0.6, 0.7)
    found = dict(zip(NAMES, np.asarray(answers(jnp.array(rates), cutoffs=CUTOFFS)), strict=True))
    standard = found["standard"]
    # Of income as a whole, and not of the next coin, 70 % has to be left.
    kept = 1 - due(standard, rates) / standard
    assert kept.min() < 0.7 < kept.max() and rates[2] > 0.3
    np.testing.assert_allclose(found["reservation"], np.where(kept < 0.7, 0, standard))
    gain = utility(standard, SKILLS, rates)
    assert gain.min() < 0.05 < gain.max()
    np.testing.assert_allclose(found["cost-of-working"], np.where(gain < 0.05, 0, standard))


def test_many_schedules_at_once_are_answered_as_each_alone():
    rates = np.random.default_rng(0).random((10_000, 4)).astype(np.float32)
    wants = Preferences(jnp.asarray(ELASTICITY, jnp.float32), jnp.zeros((), jnp.float32))
    skills, edges = jnp.asarray(SKILLS, jnp.float32), jnp.asarray(CUTOFFS, jnp.float32)

    @jax.jit
    def many(rates):
        given = skills, jnp.asarray(ELASTICITY, jnp.float32)
        answer = functools.partial(worker_incomes, cutoffs=CUTOFFS)
        return jax.vmap(lambda each: answer(*given, each, MODELS["standard"]))(rates)

    @jax.jit
    def few(rates):
        def one(each):
            return preferred_incomes(skills, edges, each, jnp.zeros(()), wants)

        return jax.lax.map(one, rates)

    # Who is indifferent between two incomes up to rounding may take either.
    off = np.abs(np.asarray(many(rates)) - np.asarray(few(rates))) > 1e-3
    assert off.mean() < 1e-3


def test_the_planner_sets_and_sees_a_rate_for_each_bracket():
    env = solon.make("unknown-society", cutoffs=[0, 1, 2], remembered=2)
    role = env.roles["planner"]
    assert role.action == MultiDiscrete((20, 20, 20))
    assert role.observation["rate"].shape == (3,) and role.observation["kept"].shape == (6,)
    assert not faults(env)
    state, _ = jax.jit(env.start)(env.draw_world(jax.random.key(3)), env.default_params())
    step = jax.jit(env.transition)
    for levels in ([0, 4, 10], [2, 2, 2], [1, 0, 19]):
        action = {"planner": jnp.array([levels])}
        state, shown = step(state, action, env.draw_shocks(jax.random.key(0)))
    seen = shown.observation["planner"]
    np.testing.assert_allclose(seen["rate"][0], [0.05, 0, 0.95], rtol=1e-6)
    # The third year takes the place of the first.
    kept = np.log([0.95, 1, 0.05, 0.9, 0.9, 0.9])
    np.testing.assert_allclose(seen["kept"][0], kept, rtol=1e-5, atol=1e-7)
    assert float(shown.metrics["rate/2"]) == pytest.approx(0.95)
    any_rate = dataclasses.replace(env, set_by="rate")
    assert any_rate.roles["planner"].action == Box((3,), 0.0, 1.0)
    assert not faults(any_rate)
    with pytest.raises(ConfigurationError, match=r"^shape of rate: got \(2,\); .*\(3,\): one rate"):
        any_rate.transition(
            state, {"planner": jnp.zeros((1, 2))}, env.draw_shocks(jax.random.key(0))
        )


def test_without_cutoffs_the_tax_is_linear():
    env = solon.make("unknown-society")
    assert env.cutoffs == () and env.rates == ()
    assert env.roles["planner"].action == Discrete(20)
    given = jax.eval_shape(env.draw_world, jax.random.key(3)), env.default_params()
    state, shown = jax.eval_shape(env.start, *given)
    assert state.rate.shape == () and state.files.kept.shape == (1,)
    assert shown.observation["planner"]["rate"].shape == (1, 1)


@pytest.mark.parametrize(
    "cutoffs", ["0,1", None, 3, [1, 2], [0, 2, 1], [0, 1, 1], [0, "a"], [0, float("nan")]]
)
def test_cutoffs_that_are_none_are_refused_in_one_line(cutoffs):
    with pytest.raises(ConfigurationError, match=r"^cutoffs: got .*; allowed: ") as refused:
        solon.make("unknown-society", cutoffs=cutoffs)
    assert "\n" not in str(refused.value)


def test_income_effects_are_refused_beside_brackets():
    with pytest.raises(ConfigurationError, match=r"^models: got .*; allowed: models without"):
        solon.make("unknown-society", cutoffs=[0, 1], models=["income-effects"])
