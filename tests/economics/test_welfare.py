"""Welfare functions by hand and against the published values."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.economics import (
    atkinson_index,
    atkinson_welfare,
    equality_times_productivity,
    inverse_income_weighted_coin,
    inverse_income_weighted_utility,
    inverse_income_weights,
    isoelastic_coin_minus_labor,
    productivity,
    rawlsian_welfare,
    utilitarian_welfare,
)


def test_published_values(float64):
    coin = jnp.array([1.0, 2.0, 3.0, 4.0])
    utility = isoelastic_coin_minus_labor(coin, jnp.full(4, 10.0), eta=0.23, labor_cost=0.21)
    for compatibility in (None, "foundation"):
        welfare = equality_times_productivity(coin, compatibility=compatibility)
        assert float(welfare) / 4 == pytest.approx(1.6666666667, rel=1e-10)
    assert float(inverse_income_weighted_coin(coin)) == pytest.approx(1.92)
    found = inverse_income_weighted_utility(utility, coin)
    assert float(found) == pytest.approx(-1.3064393352, rel=1e-10)


def test_two_persons_by_hand():
    coin = jnp.array([2.0, 6.0])
    # Equality 1 - 4/8; weights 1/2 and 1/6, that is 3/4 and 1/4.
    assert float(productivity(coin)) == 8
    assert float(equality_times_productivity(coin)) == pytest.approx(4)
    assert float(equality_times_productivity(coin, equality_weight=0.0)) == pytest.approx(8)
    assert float(equality_times_productivity(coin, equality_weight=0.25)) == pytest.approx(7)
    assert float(utilitarian_welfare(coin)) == 8
    assert float(rawlsian_welfare(coin)) == 2
    np.testing.assert_allclose(inverse_income_weights(coin), [0.75, 0.25], rtol=1e-6)
    assert float(inverse_income_weighted_coin(coin)) == pytest.approx(3)
    found = inverse_income_weighted_utility(jnp.array([1.0, 5.0]), coin)
    assert float(found) == pytest.approx(2)
    assert float(atkinson_welfare(jnp.array([1.0, 4.0]), 0.5)) == pytest.approx(2.25)
    assert float(atkinson_welfare(jnp.array([1.0, 4.0]), 1.0)) == pytest.approx(2)


def test_incomes_below_one_coin_weigh_the_same():
    weights = inverse_income_weights(jnp.array([-3.0, 0.0, 0.9, 2.0]))
    np.testing.assert_allclose(weights, np.array([2, 2, 2, 1]) / 7, rtol=1e-6)


@pytest.mark.parametrize("aversion", [0.5, 1.0])
def test_atkinson_welfare_is_the_mean_less_inequality(float64, aversion):
    coin = jnp.array([3.0, 10.0, 0.5, 200.0])
    expected = jnp.mean(coin) * (1 - atkinson_index(coin, aversion))
    assert float(atkinson_welfare(coin, aversion)) == pytest.approx(float(expected))


WELFARE = {
    "equality x productivity": equality_times_productivity,
    "utilitarian": utilitarian_welfare,
    "rawlsian": rawlsian_welfare,
    "inverse income": inverse_income_weighted_coin,
    "atkinson": lambda coin: atkinson_welfare(coin, 1.0),
}


@pytest.mark.parametrize("name", WELFARE)
def test_batches_gradients_and_compilation(name):
    function = WELFARE[name]
    coin = jnp.asarray(np.random.default_rng(0).lognormal(3, 1, (6, 4)), jnp.float32)
    looped = jnp.stack([function(row) for row in coin])
    np.testing.assert_allclose(function(coin), looped, rtol=1e-5)
    np.testing.assert_allclose(jax.jit(jax.vmap(function))(coin), looped, rtol=1e-5)
    assert np.isfinite(jax.grad(function)(jnp.zeros(4))).all()
