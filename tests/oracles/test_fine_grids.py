"""Uninsured risk on grids too fine for the tests of every day: the published digits."""

import pytest

from solon.economics.equilibrium import Aiyagari, MarkovChain, asset_grid, rouwenhorst

STANDARD = Aiyagari(rouwenhorst(7, 0.6, 0.2).exponential(), risk_aversion=3.0)
TWO = MarkovChain.of([0.1, 1.0], [(0.9, 0.1), (0.1, 0.9)])


@pytest.mark.parametrize(("points", "interest"), [(1000, 0.0391271), (2000, 0.0391289)])
def test_interest_on_finer_grids(points, interest):
    assert STANDARD.equilibrium(asset_grid(points)).interest == pytest.approx(interest, abs=6e-8)


def test_the_finest_grid():
    found = STANDARD.equilibrium(asset_grid(4000))
    assert found.interest == pytest.approx(0.0391294, abs=6e-8)
    for name, value in (
        ("capital", 5.62915), ("output", 1.86277), ("wage", 1.19217), ("consumption", 1.41244),
        ("share_at_limit", 0.00243),
    ):  # fmt: skip
        assert getattr(found, name) == pytest.approx(value, abs=6e-6), name
    assert found.wealth_gini == pytest.approx(0.3918, abs=6e-5)


@pytest.mark.parametrize(
    ("labor", "interest", "capital"), [(1.0, 0.0310603, 8.12847), (None, 0.0220291, 5.33260)]
)
def test_two_states_on_a_fine_grid(labor, interest, capital):
    economy = Aiyagari(TWO, 0.33, 0.96, 0.05, 1.0, labor=labor)
    found = economy.equilibrium(asset_grid(4000, 40.0))
    assert found.interest == pytest.approx(interest, abs=2e-7)
    assert found.capital == pytest.approx(capital, abs=3e-5)
