"""Bertrand with goods that differ: digits, and no firm that could do better."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize, minimize_scalar

from solon import ConfigurationError
from solon.economics.equilibrium import LogitMarket, linear_bertrand, linear_collusion

CALVANO = LogitMarket((2.0, 2.0), (1.0, 1.0), 0.25)


def test_two_equal_firms_under_logit_demand():
    nash, together = CALVANO.nash(), CALVANO.collusion()
    for found, price, share, profit in (
        (nash, 1.472927, 0.471377, 0.222927),
        (together, 1.924981, 0.364862, 0.337490),
    ):
        np.testing.assert_allclose(found.prices, price, atol=6e-7)
        np.testing.assert_allclose(found.quantities, share, atol=6e-7)
        np.testing.assert_allclose(found.profits, profit, atol=6e-7)
    np.testing.assert_allclose(CALVANO.collusion_index(nash.profits), 0, atol=1e-12)
    np.testing.assert_allclose(CALVANO.collusion_index(together.profits), 1)


def test_unequal_costs():
    found = LogitMarket((2.0, 2.0), (1.0, 1.2), 0.25).nash()
    np.testing.assert_allclose(found.prices, (1.531688, 1.609039), atol=6e-7)
    np.testing.assert_allclose(found.quantities, (0.529799, 0.388811), atol=6e-7)
    np.testing.assert_allclose(found.profits, (0.281688, 0.159039), atol=6e-7)


@pytest.mark.parametrize("seed", range(6))
def test_nobody_gains_by_another_price(seed):
    generator = np.random.default_rng(seed)
    firms = 1 + seed % 4
    market = LogitMarket(
        tuple(generator.uniform(0, 3, firms).tolist()),
        tuple(generator.uniform(0, 2, firms).tolist()),
        float(generator.uniform(0.05, 1)),
        float(generator.uniform(-1, 1)),
    )
    nash, together = market.nash(), market.collusion()
    for i in range(firms):

        def loss(price, i=i):
            prices = nash.prices.copy()
            prices[i] = price
            return -market.profits(prices)[i]

        best = minimize_scalar(loss, bounds=(0, 20), method="bounded", options={"xatol": 1e-10})
        assert nash.profits[i] >= -best.fun * (1 - 1e-9)
    joint = minimize(lambda prices: -market.profits(prices).sum(), together.prices + 0.1, tol=1e-12)
    assert together.profits.sum() >= -joint.fun * (1 - 1e-9)
    assert together.profits.sum() >= nash.profits.sum() * (1 - 1e-12)


def test_without_an_outside_good():
    market = LogitMarket((1.0, 1.0), (0.5, 0.5), 0.3, -math.inf)
    found = market.nash()
    # Each firm has half the market, so that the markup is 2 mu.
    np.testing.assert_allclose(found.prices, 0.5 + 2 * 0.3)
    with pytest.raises(ConfigurationError, match="outside: got -inf; allowed: a finite number"):
        market.collusion()


def test_pure_equilibria_on_a_grid_of_prices():
    grid = np.linspace(1.30, 2.05, 16)
    profit = np.array([[CALVANO.profits((p, q))[0] for q in grid] for p in grid])
    best = profit >= profit.max(0) - 1e-12
    pairs = np.argwhere(best & best.T)
    np.testing.assert_allclose(grid[pairs], [(1.45, 1.45), (1.50, 1.50)])
    np.testing.assert_allclose(profit[tuple(pairs.T)], (0.213189, 0.234155), atol=6e-7)


def test_linear_demand():
    found = linear_bertrand(10, 2, 1, (1, 1))
    np.testing.assert_allclose(found.prices, 4)
    np.testing.assert_allclose(found.quantities, 6)
    np.testing.assert_allclose(found.profits, 18)
    np.testing.assert_allclose(linear_collusion(10, 2, 1, (1, 1)).prices, 5.5)


@pytest.mark.parametrize("seed", range(4))
def test_linear_demand_at_other_parameters(seed):
    generator = np.random.default_rng(seed)
    a, b = generator.uniform(5, 20), generator.uniform(1, 3)
    d = generator.uniform(-0.9, 0.9) * b
    costs = tuple(generator.uniform(0, 1, 2))

    def profits(p):
        q = a - b * p + d * p[::-1]
        return (p - costs) * q

    found = linear_bertrand(a, b, d, costs)
    for i in range(2):
        others = found.prices.copy()
        for change in (-1e-3, 1e-3):
            others[i] = found.prices[i] + change
            assert profits(others)[i] < found.profits[i]
    joint = minimize(lambda p: -profits(p).sum(), found.prices, tol=1e-12)
    np.testing.assert_allclose(linear_collusion(a, b, d, costs).prices, joint.x, rtol=1e-5)


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: LogitMarket((2.0,), (1.0, 1.0), 0.25), "costs: got (2,)"),
        (lambda: LogitMarket((2.0,), (1.0,), 0.0), "scale: got 0.0"),
        (lambda: LogitMarket((2.0,), (1.0,), 0.1, math.nan), "outside: got nan"),
        (lambda: LogitMarket((2.0,), (1.0,), 0.1, -math.inf), "outside: got -inf"),
        (lambda: linear_bertrand(10, 2, 2, (1, 1)), "cross: got 2"),
        (lambda: linear_bertrand(10, 2, 1, (50, 1)), "costs: got [50.0, 1.0]"),
    ],
)
def test_markets_without_an_equilibrium(build, named):
    with pytest.raises(ConfigurationError) as error:
        build()
    assert str(error.value).startswith(named)
