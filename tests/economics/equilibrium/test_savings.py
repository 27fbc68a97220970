"""Saving plans: closed forms, Euler equations off the grid, and wealth against eigenvectors."""

import numpy as np
import pytest

from solon import ConfigurationError
from solon.economics.equilibrium import (
    MarkovChain,
    SavingPlan,
    asset_grid,
    rouwenhorst,
    saving_plan,
    wealth_distribution,
)
from solon.errors import NotConvergedError

CERTAIN = MarkovChain.of([1.0], [[1.0]])
RISKY = rouwenhorst(3, 0.6, 0.4).exponential()


def test_somebody_without_risk_and_without_impatience():
    """With beta (1 + r) = 1 wealth stays, and its interest is consumed."""
    grid = asset_grid(50, 10.0)
    found = saving_plan(0.04, [1.5], CERTAIN, grid, discount=1 / 1.04, risk_aversion=2.0)
    np.testing.assert_allclose(found.consumption[0], 1.5 + 0.04 * grid, rtol=1e-8)
    np.testing.assert_allclose(found.next_assets[0], grid, atol=1e-7)


def test_somebody_impatient_ends_at_the_limit():
    grid = asset_grid(300, 10.0)
    found = saving_plan(0.0, [1.0], CERTAIN, grid, discount=0.9, risk_aversion=1.0)
    assert (found.next_assets[0, 1:] < grid[1:]).all()
    # Wealth that is eaten in one, two, ... periods: consumption falls by beta each time, until in
    # the last of them it lies between 1, which is earned, and 1 / beta.
    for periods in range(1, 8):
        path = (1 + 1 / 0.9) / 2 / 0.9 ** np.arange(periods)
        wealth = path.sum() - periods
        assert np.interp(wealth, grid, found.consumption[0]) == pytest.approx(path[-1], rel=1e-4)
    mass = wealth_distribution(found, CERTAIN)
    assert mass[0, 0] == pytest.approx(1)


@pytest.mark.parametrize(("mu", "interest"), [(1.0, 0.03), (3.0, 0.03), (5.0, -0.02)])
def test_euler_equation_between_the_points(mu, interest):
    grid = asset_grid(400, 60.0)
    found = saving_plan(interest, RISKY.states, RISKY, grid, discount=0.95, risk_aversion=mu)
    between = (grid[:-120] + grid[1:-119]) / 2
    chosen = np.array([np.interp(between, grid, row) for row in found.next_assets])
    consumed = (1 + interest) * between + RISKY.states[:, None] - chosen
    later = (1 + interest) * chosen[:, None, :] + RISKY.states[None, :, None]
    kept = np.array([[np.interp(row, grid, plan) for plan in found.next_assets] for row in chosen])
    worth = 0.95 * (1 + interest) * np.einsum("ij,ija->ia", RISKY.transition, (later - kept) ** -mu)
    wanted = worth ** (-1 / mu)
    free = chosen > grid[5]
    np.testing.assert_allclose(wanted[free], consumed[free], rtol=3e-3)
    limited = chosen == 0
    assert limited.any() == (interest < 0 or mu < 5)
    assert (wanted[limited] >= consumed[limited] * (1 - 2e-3)).all()


def test_histogram_against_an_eigenvector():
    grid = asset_grid(40, 8.0)
    plan = saving_plan(0.02, RISKY.states, RISKY, grid, discount=0.93, risk_aversion=2.0)
    mass = wealth_distribution(plan, RISKY)
    law = np.zeros((3, 40, 3, 40))
    for e, i in np.ndindex(3, 40):
        chosen = plan.next_assets[e, i]
        j = min(np.searchsorted(grid, chosen, side="right") - 1, 38)
        share = (grid[j + 1] - chosen) / (grid[j + 1] - grid[j])
        law[e, i, :, j] += share * RISKY.transition[e]
        law[e, i, :, j + 1] += (1 - share) * RISKY.transition[e]
    law = law.reshape(120, 120)
    np.testing.assert_allclose(mass.ravel() @ law, mass.ravel(), atol=1e-12)
    values, vectors = np.linalg.eig(law.T)
    vector = vectors[:, np.argmax(values.real)].real
    np.testing.assert_allclose(mass.ravel(), vector / vector.sum(), atol=1e-9)
    np.testing.assert_allclose(mass.sum(1), RISKY.stationary)
    # What people hold today is what they chose yesterday.
    assert np.sum(mass * plan.next_assets) == pytest.approx(mass.sum(0) @ grid)


def test_debt_up_to_a_limit():
    grid = asset_grid(200, 20.0, limit=-1.0)
    found = saving_plan(0.03, RISKY.states, RISKY, grid, discount=0.9, risk_aversion=2.0)
    assert found.next_assets.min() == pytest.approx(-1)
    assert wealth_distribution(found, RISKY)[:, 0].sum() > 0.05


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"discount": 1.0}, "discount: got 1.0"),
        ({"discount": 0.0}, "discount: got 0.0"),
        ({"risk_aversion": 0.0}, "risk_aversion: got 0.0"),
        ({"interest": -1.0}, "interest: got -1.0"),
        ({"earnings": [1.0]}, "earnings: got (1,)"),
        ({"earnings": [-1.0, 1.0, 1.0]}, "earnings: got -1.0"),
        ({"assets": [0.0, 0.0, 1.0]}, "assets: got [0.0, 0.0, 1.0]; allowed: a rising grid"),
        ({"assets": [0.0, 1.0]}, "assets: got [0.0, 1.0]"),
        # The interest on such a debt is more than the lowest earnings.
        ({"assets": [-50.0, 0.0, 1.0]}, "assets: got -50.0; allowed: a lowest point"),
        ({"max_rounds": 0}, "max_rounds: got 0"),
    ],
)
def test_bad_input(options, named):
    given = {
        "interest": 0.03, "earnings": RISKY.states, "income": RISKY, "assets": asset_grid(50),
        "discount": 0.9, "risk_aversion": 2.0,
    } | options  # fmt: skip
    with pytest.raises(ConfigurationError) as error:
        saving_plan(**given)
    assert str(error.value).startswith(named)


def test_too_few_rounds_are_no_answer():
    grid = asset_grid(50)
    given = {"discount": 0.95, "risk_aversion": 2.0}
    with pytest.raises(
        NotConvergedError, match="the saving plan did not converge in 4 rounds: its residual is"
    ):
        saving_plan(0.03, RISKY.states, RISKY, grid, max_rounds=4, **given)


def test_plans_and_chains_that_do_not_belong_together():
    grid = asset_grid(50)
    plan = saving_plan(0.0, [1.0], CERTAIN, grid, discount=0.9, risk_aversion=1.0)
    with pytest.raises(ConfigurationError, match="income: got '3 states'; allowed: the chain of"):
        wealth_distribution(plan, RISKY)
    with pytest.raises(ConfigurationError, match="start: got 'a plan on another grid'"):
        saving_plan(0.0, RISKY.states, RISKY, grid, discount=0.9, risk_aversion=1.0, start=plan)


def test_a_plan_that_keeps_every_distribution():
    grid = asset_grid(20, 10.0)
    plan = SavingPlan(grid, np.ones((1, 20)), grid[None], 0.0)
    with pytest.raises(ConfigurationError, match="plan: got 'one that keeps"):
        wealth_distribution(plan, CERTAIN)


@pytest.mark.parametrize("options", [{"points": 2}, {"top": 0.0}, {"power": 0.5}, {"limit": 200}])
def test_grids_that_are_none(options):
    with pytest.raises(ConfigurationError):
        asset_grid(**options)
