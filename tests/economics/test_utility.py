"""Utility of coin and labor against closed forms."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solon.economics import (
    coin_minus_labor_cost,
    crra,
    inverse_crra,
    isoelastic_coin_minus_labor,
)
from solon.economics.utility import MARGINAL_UTILITY_FLOOR

etas = st.floats(0.0, 3.0)
coins = st.floats(1e-2, 1e4)
_crra, _inverse_crra = jax.jit(crra), jax.jit(inverse_crra)


@pytest.mark.parametrize(
    ("coin", "labor", "utility"),
    [
        (0, 0, -1.2987012987),
        (10, 0, 6.3486189007),
        (100, 50, 33.2320585003),
        (1000, 600, 137.8620707363),
    ],
)
def test_published_values(float64, coin, labor, utility):
    found = isoelastic_coin_minus_labor(coin, labor, eta=0.23, labor_cost=0.21)
    assert float(found) == pytest.approx(utility, rel=1e-10)


def test_special_cases_of_crra(float64):
    coin = jnp.array([0.25, 1.0, 4.0])
    np.testing.assert_allclose(crra(coin, 0.0), coin - 1, rtol=1e-14)
    np.testing.assert_allclose(crra(coin, 0.5), 2 * (jnp.sqrt(coin) - 1), rtol=1e-14)
    np.testing.assert_allclose(crra(coin, 1.0), jnp.log(coin), rtol=1e-14)
    np.testing.assert_allclose(crra(coin, 2.0), 1 - 1 / coin, rtol=1e-14)


def test_log_utility_is_the_limit(float64):
    coin = jnp.array([1e-3, 0.5, 3.0, 1e5])
    for distance in (1e-3, 1e-7, 1e-12):
        # The first term of the series in 1 - eta.
        slope = jnp.square(jnp.log(coin)) / 2
        error = crra(coin, 1 - distance) - jnp.log(coin) - distance * slope
        np.testing.assert_allclose(error / (1 + slope), 0, atol=5 * distance**2 + 1e-14)


def test_zero_coin():
    assert float(crra(0.0, 0.23)) == pytest.approx(-1 / 0.77)
    assert float(crra(0.0, 0.0)) == -1
    assert float(crra(0.0, 1.0)) == -np.inf
    assert float(crra(0.0, 2.0)) == -np.inf
    assert float(crra(-0.5, 0.23)) == float(crra(0.0, 0.23))


@pytest.mark.parametrize("eta", [0.0, 0.23, 1.0, 2.0])
def test_marginal_utility(float64, eta):
    marginal_utility = jax.vmap(jax.grad(crra), (0, None))
    coin = jnp.array([0.5, 1.0, 70.0])
    np.testing.assert_allclose(marginal_utility(coin, eta), coin**-eta, rtol=1e-13)
    at_zero = jax.grad(crra)(0.0, eta)
    assert float(at_zero) == pytest.approx(MARGINAL_UTILITY_FLOOR**-eta)
    curvature = jax.vmap(jax.grad(jax.grad(crra)), (0, None))
    np.testing.assert_allclose(curvature(coin, eta), -eta * coin ** (-eta - 1), rtol=1e-13)


def test_derivative_by_risk_aversion_through_the_log_case(float64):
    step = 1e-5
    coin = jnp.array([0.1, 1.0, 40.0])
    for eta in (0.0, 0.23, 0.999, 1.0, 1.001, 2.5):
        difference = (crra(coin, eta + step) - crra(coin, eta - step)) / (2 * step)
        derivative = jax.vmap(jax.grad(crra, 1), (0, None))(coin, eta)
        np.testing.assert_allclose(derivative, difference, rtol=1e-6, atol=1e-8)


@settings(max_examples=50, deadline=None)
@given(coin=coins, eta=etas)
def test_inverse_gives_the_coin_back(coin, eta):
    with jax.enable_x64(True):
        found = _inverse_crra(_crra(coin, eta), eta)
        # A very concave utility is flat: its value holds fewer digits of the coin.
        assert float(found) == pytest.approx(coin, rel=1e-13 * max(1, coin**eta))


def test_inverse_at_its_bounds():
    assert float(inverse_crra(crra(0.0, 0.23), 0.23)) == pytest.approx(0, abs=1e-6)
    assert float(inverse_crra(-5.0, 0.23)) == 0
    assert float(inverse_crra(-jnp.inf, 1.0)) == 0
    assert float(inverse_crra(-jnp.inf, 2.0)) == 0
    assert float(inverse_crra(1.5, 2.0)) == np.inf
    assert float(inverse_crra(0.7, 1.0)) == pytest.approx(np.exp(0.7), rel=1e-6)


@settings(max_examples=50, deadline=None)
@given(coin=coins, more=st.floats(0.1, 1e3), eta=etas)
def test_utility_rises_at_a_falling_rate(coin, more, eta):
    with jax.enable_x64(True):
        low, middle, high = _crra(coin + more * np.arange(3), eta)
        assert low < middle < high
        assert high - middle <= (middle - low) * (1 + 1e-6)


def test_risk_aversion_may_differ_between_workers():
    coin, eta = jnp.array([10.0, 10.0, 10.0]), jnp.array([0.0, 0.23, 1.0])
    one_by_one = [crra(c, e) for c, e in zip(coin, eta, strict=True)]
    np.testing.assert_allclose(crra(coin, eta), jnp.stack(one_by_one), rtol=1e-6)


def test_labor_supply_of_quasi_linear_workers(float64):
    """The first-order condition, wage = c k h^(k-1), at the closed-form optimum."""
    wage, cost, exponent = 1.65, 0.012, 2.5
    hours = (wage / (cost * exponent)) ** (1 / (exponent - 1))

    def utility(h):
        return coin_minus_labor_cost(wage * h, h, labor_cost=cost, labor_exponent=exponent)

    assert float(jax.grad(utility)(hours)) == pytest.approx(0, abs=1e-12)
    assert float(utility(hours)) == pytest.approx(wage * hours * (1 - 1 / exponent))
    assert float(jax.grad(utility)(0.0)) == pytest.approx(wage)


def test_gradients_are_finite_at_zero_labor_and_coin():
    gradients = jax.grad(
        lambda x: coin_minus_labor_cost(x[0], x[1], labor_cost=x[2], labor_exponent=x[3])
    )(jnp.array([0.0, 0.0, 1.0, 2.0]))
    np.testing.assert_allclose(gradients, [1, 0, 0, 0])
    gradients = jax.grad(
        lambda x: isoelastic_coin_minus_labor(x[0], x[1], eta=x[2], labor_cost=x[3])
    )(jnp.array([0.0, 0.0, 0.23, 0.21]))
    assert np.isfinite(gradients).all()


def test_compiled_and_batched_agree():
    coin = jnp.array([[0.0, 1.0, 30.0], [5.0, 0.2, 800.0]])
    plain = crra(coin, 0.23)
    np.testing.assert_allclose(jax.jit(crra)(coin, 0.23), plain, rtol=1e-6)
    looped = jnp.stack([crra(row, 0.23) for row in coin])
    batched = jax.vmap(crra, (0, None))(coin, 0.23)
    np.testing.assert_allclose(batched, looped, rtol=1e-6)


def test_precision_follows_the_input(float64):
    assert crra(jnp.ones(2, jnp.float32), 0.5).dtype == jnp.float32
    assert crra(jnp.ones(2), 0.5).dtype == jnp.float64
    assert crra(np.ones(2, int), 0.5).dtype == jnp.float64
