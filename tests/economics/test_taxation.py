"""Bracket taxation by hand, against the published values, and its properties."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solon.economics import (
    US_FEDERAL_2018_PUBLISHED_RATES,
    average_rate,
    coin_minus_labor_cost,
    collect,
    effective_rate,
    equality,
    marginal_rate,
    redistribute_equally,
    tax_due,
    us_federal_cutoffs,
)

CUTOFFS = us_federal_cutoffs()
RATES = np.asarray(US_FEDERAL_2018_PUBLISHED_RATES)

schedules = st.lists(st.floats(0.0, 1.0), min_size=7, max_size=7).map(np.asarray)
incomes = st.floats(-200.0, 1500.0)
_tax_due, _collect, _marginal = jax.jit(tax_due), jax.jit(collect), jax.jit(marginal_rate)
_average = jax.jit(average_rate)


@pytest.mark.parametrize(
    ("income", "tax", "rate"),
    [
        (-5, 0, 0),
        (0, 0, 0.10),
        (5, 0.5, 0.10),
        (9.7, 0.97, 0.12),
        (50, 6.8585, 0.22),
        (100, 18.1745, 0.24),
        (200, 45.3165, 0.32),
        (510.3, 153.7985, 0.37),
        (600, 186.9875, 0.37),
    ],
)
def test_published_values(float64, income, tax, rate):
    assert float(tax_due(income, CUTOFFS, RATES)) == pytest.approx(tax, rel=1e-12)
    assert float(marginal_rate(income, CUTOFFS, RATES)) == rate


def test_two_brackets_by_hand():
    cutoffs, rates = jnp.array([0.0, 10.0]), jnp.array([0.1, 0.5])
    income = jnp.array([-4.0, 0.0, 4.0, 10.0, 30.0])
    np.testing.assert_allclose(tax_due(income, cutoffs, rates), [0, 0, 0.4, 1, 11], rtol=1e-6)
    np.testing.assert_allclose(
        marginal_rate(income, cutoffs, rates), [0, 0.1, 0.1, 0.5, 0.5], rtol=1e-6
    )
    np.testing.assert_allclose(
        average_rate(income, cutoffs, rates), [0, 0.1, 0.1, 0.1, 11 / 30], rtol=1e-6
    )
    liquid = jnp.array([3.0, 0.0, 0.25, 50.0, 6.0])
    paid = collect(income, liquid, cutoffs, rates)
    np.testing.assert_allclose(paid, [0, 0, 0.25, 1, 6], rtol=1e-6)
    np.testing.assert_allclose(redistribute_equally(paid), np.full(5, 1.45), rtol=1e-6)
    np.testing.assert_allclose(effective_rate(paid, income), [0, 0, 0.0625, 0.1, 0.2], rtol=1e-6)


def test_flat_tax_and_full_taxation():
    income = jnp.array([0.0, 12.0, 700.0])
    np.testing.assert_allclose(
        tax_due(income, jnp.zeros(1), jnp.full(1, 0.3)), 0.3 * income, rtol=1e-6
    )
    np.testing.assert_allclose(tax_due(income, CUTOFFS, jnp.ones(7)), income, rtol=1e-6)
    np.testing.assert_allclose(tax_due(income, CUTOFFS, jnp.zeros(7)), 0 * income)


@settings(max_examples=60, deadline=None)
@given(rates=schedules, low=incomes, more=st.floats(0.0, 500.0))
def test_tax_is_monotone_and_takes_at_most_the_next_coin(rates, low, more):
    with jax.enable_x64(True):
        due = np.asarray(_tax_due(np.array([low, low + more]), CUTOFFS, rates))
        # Slopes between the rates, so it is continuous as well.
        assert -1e-9 <= due[1] - due[0] <= rates.max() * more + 1e-9


@settings(max_examples=60, deadline=None)
@given(rates=schedules, income=incomes, liquid=st.floats(0.0, 300.0))
def test_paid_is_between_zero_and_what_is_at_hand(rates, income, liquid):
    with jax.enable_x64(True):
        paid = float(_collect(income, liquid, CUTOFFS, rates))
        due = float(_tax_due(income, CUTOFFS, rates))
        assert 0 <= paid <= liquid
        # What is below the smallest normal number is taken for 0.
        assert paid == pytest.approx(min(liquid, due), rel=0, abs=1e-300)
        average = float(_average(income, CUTOFFS, rates))
        assert 0 <= average <= rates.max() + 1e-12
        assert average * max(income, 0) == pytest.approx(due, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(rates=schedules, income=incomes)
def test_marginal_rate_is_the_slope_of_the_tax(rates, income):
    with jax.enable_x64(True):
        step = 1e-4
        if np.abs(CUTOFFS - income).min() < 2 * step:
            return
        low, high = _tax_due(np.array([income - step, income + step]), CUTOFFS, rates)
        slope = float(high - low) / (2 * step)
        assert float(_marginal(income, CUTOFFS, rates)) == pytest.approx(slope, abs=1e-7)


def test_redistribution_keeps_the_total():
    paid = jnp.array([[4.0, 0.0, 2.0], [0.0, 0.0, 0.0]])
    np.testing.assert_allclose(redistribute_equally(paid), [[2, 2, 2], [0, 0, 0]])


def test_gradients(float64):
    income = jnp.array([0.0, 5.0, 50.0, 600.0])

    def revenue(income, cutoffs, rates):
        return jnp.sum(tax_due(income, cutoffs, rates))

    by_income, by_cutoffs, by_rates = jax.grad(revenue, (0, 1, 2))(income, CUTOFFS, RATES)
    np.testing.assert_allclose(by_income[1:], [0.10, 0.22, 0.37])
    assert 0 <= float(by_income[0]) <= 0.10
    # What each rate is raised on.
    bases = [min(5, 9.7) + 2 * 9.7, 2 * 29.775, 50 - 39.475 + 44.725, 76.525, 43.375, 306.2, 89.7]
    np.testing.assert_allclose(by_rates, bases, rtol=1e-12)
    # A cutoff moves two incomes' tax by the difference of the rates around it.
    expected = [0.02 * 2, 0.10 * 2, 0.02, 0.08, 0.03, 0.02]
    np.testing.assert_allclose(by_cutoffs[1:], -np.array(expected), rtol=1e-10)
    for function in (average_rate, marginal_rate):
        slope = jax.grad(lambda z, f=function: jnp.sum(f(z, CUTOFFS, RATES)))(income)
        assert np.isfinite(slope).all()


def test_shapes_compilation_and_batches():
    income = jnp.asarray(np.random.default_rng(0).uniform(-50, 700, (3, 4)), jnp.float32)
    rates = jnp.asarray(np.random.default_rng(1).uniform(0, 1, (3, 7)), jnp.float32)
    cutoffs = jnp.asarray(CUTOFFS)
    for function in (tax_due, marginal_rate, average_rate):
        looped = jnp.stack([function(z, cutoffs, r) for z, r in zip(income, rates, strict=True)])
        batched = jax.jit(jax.vmap(function, (0, None, 0)))(income, cutoffs, rates)
        np.testing.assert_allclose(batched, looped, rtol=1e-5)
        whole = function(income, cutoffs, rates[0])
        np.testing.assert_allclose(whole[1], function(income[1], cutoffs, rates[0]), rtol=1e-6)
        assert function(income[0, 0], cutoffs, rates[0]).shape == ()


@pytest.mark.parametrize(
    ("rates", "hours", "spread", "total"),
    [
        (np.zeros(7), [47, 55, 69, 94], 0.6173, 451.6),
        (RATES, [37, 43, 52, 71], 0.7144, 344.5),
    ],
)
def test_one_step_economy_under_a_schedule(float64, rates, hours, spread, total):
    """Best responses by enumeration, and the spread after taxes and transfers."""
    skills = np.array([1.128, 1.321, 1.650, 2.256])
    choices = np.arange(101.0)
    income = skills[:, None] * choices[None, :]
    net = income - tax_due(income, CUTOFFS, rates)
    utility = coin_minus_labor_cost(
        net, np.broadcast_to(choices, net.shape), labor_cost=0.012, labor_exponent=2.0
    )
    chosen = np.asarray(jnp.argmax(utility, axis=1))
    assert chosen.tolist() == hours
    earned = jnp.asarray(skills * chosen)
    paid = collect(earned, earned, CUTOFFS, rates)
    coin = earned - paid + redistribute_equally(paid)
    assert float(jnp.sum(coin)) == pytest.approx(total, abs=0.1)
    assert float(equality(coin)) == pytest.approx(spread, abs=1e-4)
