"""Two consumers with up to three equilibria: all of them, against a scan of what people want."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solon import ConfigurationError
from solon.economics.equilibrium import quasi_linear_exchange

R = 2 ** (8 / 9) - 2 ** (1 / 9)


def test_exactly_three_prices():
    found = quasi_linear_exchange([(2, R), (R, 2)])
    np.testing.assert_allclose([each.price for each in found], (0.5, 1, 2), rtol=1e-12)
    assert [each.stable for each in found] == [True, False, True]
    low, middle, high = found
    np.testing.assert_allclose(
        low.allocation, [(1.691630, 0.925875), (1.080060, 1.845815)], atol=6e-7
    )
    np.testing.assert_allclose(middle.allocation, [(1.771690, 1), (1, 1.771690)], atol=6e-7)
    np.testing.assert_allclose(
        high.allocation, [(1.845815, 1.080060), (0.925875, 1.691630)], atol=6e-7
    )
    np.testing.assert_allclose(low.utilities, (1.460161, 1.778311), atol=6e-7)
    np.testing.assert_allclose(middle.utilities, (1.646690, 1.646690), atol=6e-7)
    np.testing.assert_allclose(high.utilities, (1.778311, 1.460161), atol=6e-7)


def best(utility, most):
    """Where concave functions on (0, most) are highest, by shrinking the interval."""
    low, high = 1e-12 * most, most
    for _ in range(90):
        third = (high - low) / 3
        rises = utility(low + third) < utility(high - third)
        low, high = np.where(rises, low + third, low), np.where(rises, high, high - third)
    return (low + high) / 2


def excess_demand(q, e, s):
    """Of good 1 at many prices, from what maximises utility on each budget line."""
    income = e[:, 0, None] * q + e[:, 1, None]
    second = best(lambda x: (income[0] - x) / q - x**-s / s, income[0])
    first = best(lambda x: income[1] - q * x - x**-s / s, income[1] / q)
    return (income[0] - second) / q + first - e[:, 0].sum()


@settings(max_examples=12)
@given(st.lists(st.floats(0.05, 4), min_size=4, max_size=4), st.sampled_from([0.5, 1.5, 3, 8]))
def test_random_pairs_against_a_scan(endowments, s):
    e = np.reshape(endowments, (2, 2))
    found = quasi_linear_exchange(e, curvature=s)
    prices = np.array([each.price for each in found])
    for each in found:
        np.testing.assert_allclose(each.allocation.sum(0), e.sum(0), rtol=1e-8)
        assert (each.allocation >= -1e-12).all()
    assert np.abs(excess_demand(prices, e, s)).max() < 1e-5 * e.sum()
    # A change of sign between neighbours on the grid is one equilibrium or three of them, and
    # what is found beyond that are pairs that lie between two neighbours.
    q = np.exp(np.linspace(-40, 40, 2_000))
    excess = excess_demand(q, e, s)
    places = np.searchsorted(q, prices)
    counts = np.bincount(places, minlength=q.size)[1:]
    changes = np.sign(excess[1:]) != np.sign(excess[:-1])
    np.testing.assert_array_equal(counts % 2 == 1, changes)
    for each, place in zip(found, places, strict=True):
        if counts[place - 1] == 1:
            assert each.stable == (excess[place] < 0)


def test_where_somebody_spends_all_on_one_good():
    """Consumer 1 owns too little to buy as much of good 2 as it would."""
    (found,) = quasi_linear_exchange([(0.1, 0.1), (3, 3)])
    assert found.allocation[0, 0] == 0
    np.testing.assert_allclose(found.allocation.sum(0), (3.1, 3.1))
    assert found.stable


@pytest.mark.parametrize("s", [0.01, 1000.0])
def test_extreme_curvature(s):
    for each in quasi_linear_exchange([(0.05, 0.02), (0.03, 0.04)], curvature=s):
        np.testing.assert_allclose(each.allocation.sum(0), (0.08, 0.06))


def test_a_continuum_is_not_a_list():
    with pytest.raises(ConfigurationError, match="every number is a root"):
        quasi_linear_exchange([(2, 0), (0, 2)], curvature=1)


@pytest.mark.parametrize(
    ("endowments", "options", "named"),
    [
        ([(2, -1), (1, 2)], {}, "endowments: got -1.0"),
        ([(2, 0), (1, 0)], {}, "endowments: got 0.0; allowed: some of every good"),
        ([(2, 1)], {}, "endowments: got (1, 2)"),
        ([(2, 1), (1, 2)], {"curvature": 0}, "curvature: got 0"),
    ],
)
def test_bad_input(endowments, options, named):
    with pytest.raises(ConfigurationError) as error:
        quasi_linear_exchange(endowments, **options)
    assert str(error.value).startswith(named)
