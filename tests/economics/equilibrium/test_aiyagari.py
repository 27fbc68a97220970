"""Uninsured risk and one interest rate: published digits on the grids they were computed on."""

import numpy as np
import pytest

from solon import ConfigurationError
from solon.economics.equilibrium import Aiyagari, MarkovChain, asset_grid, rouwenhorst

STANDARD = Aiyagari(rouwenhorst(7, 0.6, 0.2).exponential(), risk_aversion=3.0)
TWO = MarkovChain.of([0.1, 1.0], [(0.9, 0.1), (0.1, 0.9)])


@pytest.fixture(scope="module")
def standard():
    return STANDARD.equilibrium(asset_grid(500, 100.0))


def test_standard_example_on_500_points(standard):
    """The grid's digits of r; other values as on the finest grid, which differ by less than 0.02 %.

    `make oracles` has them on 4,000 points.
    """
    assert standard.interest == pytest.approx(0.0391190, abs=6e-8)
    for name, value, digits in (
        ("capital", 5.62915, 2e-4), ("output", 1.86277, 1e-4), ("wage", 1.19217, 1e-4),
        ("consumption", 1.41244, 1e-4), ("wealth_gini", 0.3918, 4e-3),
    ):  # fmt: skip
        assert getattr(standard, name) == pytest.approx(value, rel=digits), name
    assert standard.share_at_limit == pytest.approx(0.00243, abs=2e-5)
    assert abs(standard.excess) < 1e-6


def test_accounts_add_up(standard):
    held = standard.distribution.sum(0) @ standard.plan.assets
    assert held == pytest.approx(standard.capital, rel=1e-6)
    made = standard.output - STANDARD.depreciation * standard.capital
    assert standard.consumption == pytest.approx(made, rel=1e-6)
    paid = standard.wage * standard.labor + (standard.interest + 0.08) * standard.capital
    assert paid == pytest.approx(standard.output)
    assert standard.interest < 1 / 0.96 - 1
    assert standard.distribution.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("labor", "interest", "capital"), [(1.0, 0.0310603, 8.12847), (None, 0.0220291, 5.33260)]
)
def test_two_states_and_log_utility(labor, interest, capital):
    economy = Aiyagari(TWO, 0.33, 0.96, 0.05, 1.0, labor=labor)
    found = economy.equilibrium(asset_grid(400, 40.0))
    assert found.interest == pytest.approx(interest, abs=5e-6)
    assert found.capital == pytest.approx(capital, rel=1e-4)
    if labor is None:
        assert found.share_at_limit == pytest.approx(0.0484, abs=1e-4)


def test_discount_factor_that_makes_an_interest_rate_the_equilibrium():
    """The grid is denser at the bottom by powers: the published nine digits belong to it."""
    grid = np.geomspace(0.25, 200.25, 500) - 0.25
    grid[0] = 0
    income = rouwenhorst(7, 0.966, 0.5).exponential()
    technology = (0.11 / 0.035) ** -0.11
    assert technology == pytest.approx(0.881646, abs=6e-7)
    economy = Aiyagari(income, 0.11, 0.98, 0.025, 1.0, technology)
    assert economy.capital_demand(0.01) == pytest.approx(3.142857, abs=6e-7)
    assert economy.calibrated(0.01, grid).discount == pytest.approx(0.981952788, abs=2e-9)
    small = Aiyagari(rouwenhorst(2, 0.966, 0.5).exponential(), 0.11, 0.98, 0.025, 1.0, technology)
    ten = np.geomspace(0.25, 200.25, 10) - 0.25
    ten[0] = 0
    # A tiny example that is known: ten points reach far, but not far enough to be empty at the top.
    assert small.calibrated(0.01, ten).discount == pytest.approx(0.981374360, abs=2e-9)


def test_less_risk_brings_interest_to_the_rate_of_time_preference():
    rates = [
        Aiyagari(rouwenhorst(3, 0.5, sd).exponential(), 0.36, 0.95, 0.08, 2.0)
        .equilibrium(asset_grid(150, 60.0))
        .interest
        for sd in (0.5, 0.25, 0.1)
    ]
    assert rates[0] < rates[1] < rates[2] < 1 / 0.95 - 1 < rates[2] + 1e-3


def test_a_limit_above_what_firms_would_use():
    """Households may not hold less than 9: they hold little more, at an interest below 0."""
    found = STANDARD.equilibrium(asset_grid(100, 100.0, limit=9.0))
    assert found.capital > 9
    assert abs(found.excess) < 1e-6
    assert found.interest < 0.01


@pytest.mark.parametrize(
    ("economy", "assets", "named"),
    [
        (STANDARD, asset_grid(100, 3.0), "assets: got 3.0; allowed: a grid that goes beyond what"),
        (STANDARD, asset_grid(100, 12.0), "assets: got 12.0; allowed: a grid whose top is out of"),
        (STANDARD, [1.0, 0.5, 2.0], "assets: got [1.0, 0.5, 2.0]"),
        (STANDARD, [0.0, np.nan, 2.0], "assets: got nan"),
    ],
)
def test_grids_that_do_not_reach_the_answer(economy, assets, named):
    with pytest.raises(ConfigurationError) as error:
        economy.equilibrium(assets)
    assert str(error.value).startswith(named)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"discount": 1.0}, "discount: got 1.0"),
        ({"capital_share": 0.0}, "capital_share: got 0.0"),
        ({"depreciation": 0.0}, "depreciation: got 0.0"),
        ({"risk_aversion": -1.0}, "risk_aversion: got -1.0"),
        ({"technology": 0.0}, "technology: got 0.0"),
        ({"labor": 0.0}, "labor: got 0.0"),
        ({"income": MarkovChain.of([-0.1, 1.0], TWO.transition)}, "income: got -0.1"),
    ],
)
def test_bad_parameters(options, named):
    with pytest.raises(ConfigurationError) as error:
        Aiyagari(**({"income": TWO} | options))
    assert str(error.value).startswith(named)


def test_a_limit_that_no_discount_factor_makes_the_equilibrium():
    with pytest.raises(
        ConfigurationError, match=r"assets: got 9\.0; allowed: a lowest point below"
    ):
        STANDARD.calibrated(0.03, asset_grid(30, 50.0, limit=9.0))


def test_interest_at_which_firms_would_use_endless_capital():
    with pytest.raises(ConfigurationError, match=r"interest: got -0\.08"):
        STANDARD.calibrated(-0.08)
