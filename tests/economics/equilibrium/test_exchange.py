"""Exchange economies: their digits, and markets that clear when somebody else solves them."""

import numpy as np
import pytest
from scipy.optimize import minimize, root

from solon import ConfigurationError
from solon.economics.equilibrium import cobb_douglas_exchange

SHARES = [(0.5, 0.3, 0.2), (0.2, 0.5, 0.3), (0.25, 0.25, 0.5)]
ENDOWMENTS = [(10, 2, 3), (1, 8, 4), (2, 5, 12)]


def test_three_consumers_and_three_goods():
    found = cobb_douglas_exchange(SHARES, ENDOWMENTS)
    np.testing.assert_allclose(found.prices, (0.381057, 0.343920, 0.275023), atol=6e-7)
    np.testing.assert_allclose(found.incomes, (5.323478, 4.232508, 5.781993), atol=6e-7)
    allocation = [
        (6.985150, 4.643652, 3.871291),
        (2.221458, 6.153337, 4.616889),
        (3.793393, 4.203011, 10.511820),
    ]
    np.testing.assert_allclose(found.allocation, allocation, atol=6e-7)
    np.testing.assert_allclose(found.utilities, (5.491828, 4.604556, 6.478673), atol=1e-6)
    np.testing.assert_allclose(found.autarky_utilities, (4.849905, 4.287094, 6.160141), atol=6e-7)


@pytest.mark.parametrize("seed", range(5))
def test_random_economies_against_a_root_finder(seed):
    generator = np.random.default_rng(seed)
    consumers, goods = generator.integers(2, 6, 2)
    a = generator.dirichlet(np.ones(goods), consumers)
    e = generator.exponential(size=(consumers, goods))

    def excess(logs):
        p = np.exp(np.append(logs, 0))
        return ((a * (e @ p)[:, None] / p).sum(0) - e.sum(0))[:-1]

    other = root(excess, np.zeros(goods - 1), tol=1e-12)
    assert other.success
    found = cobb_douglas_exchange(a, e)
    np.testing.assert_allclose(found.prices / found.prices[-1], np.exp(np.append(other.x, 0)))
    np.testing.assert_allclose(found.allocation.sum(0), e.sum(0))
    # Everybody trades voluntarily.
    assert (found.utilities >= found.autarky_utilities * (1 - 1e-12)).all()


def test_demand_is_what_a_consumer_likes_best():
    found = cobb_douglas_exchange(SHARES, ENDOWMENTS)
    for shares, income, bundle in zip(SHARES, found.incomes, found.allocation, strict=True):

        def loss(spending, shares=shares, income=income):
            spent = np.append(spending, income - spending.sum())
            return -np.sum(shares * np.log(np.maximum(spent, 1e-9) / found.prices))

        best = minimize(loss, np.full(2, income / 3), method="Nelder-Mead", tol=1e-10).x
        np.testing.assert_allclose(best / found.prices[:2], bundle[:2], rtol=1e-4)


@pytest.mark.parametrize(
    ("shares", "endowments", "named"),
    [
        ([(0.5, 0.4)], [(1, 1)], "shares: got 0.9"),
        ([(0.5, 0.5)], [(1, -1)], "endowments: got -1.0; allowed: finite numbers of at least 0"),
        ([(0.5, 0.5)], [(1, 0)], "endowments: got 0.0; allowed: some of every good"),
        ([(0.5, 0.5)], [(1, np.nan)], "endowments: got nan"),
        (
            [(0.5, 0.5)],
            [(1, 1, 1)],
            "endowments: got (1, 3); allowed: numbers in an array of shape (1, 2)",
        ),
        ([(0.5, 0.5), (1,)], [(1, 1)], "shares: got [(0.5, 0.5), (1,)]"),
        ("much", [(1, 1)], "shares: got 'much'"),
        # Each consumer owns and wants a good of its own: what they cost each other is open.
        ([(1, 0), (0, 1)], [(1, 0), (0, 1)], "shares: got 0.0"),
    ],
)
def test_economies_without_an_equilibrium(shares, endowments, named):
    with pytest.raises(ConfigurationError) as error:
        cobb_douglas_exchange(shares, endowments)
    assert str(error.value).startswith(named)
