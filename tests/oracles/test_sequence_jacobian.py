"""The business cycle and uninsured risk beside sequence-jacobian, which solves along paths."""

import numpy as np
import pytest
import sequence_jacobian as sj
from sequence_jacobian import grids, hetblocks

from solon.economics.equilibrium import (
    Aiyagari,
    RealBusinessCycle,
    rouwenhorst,
    saving_plan,
    wealth_distribution,
)

pytestmark = pytest.mark.filterwarnings("ignore")


@sj.simple
def firm(K, L, Z, alpha, delta):
    r = alpha * Z * (K(-1) / L) ** (alpha - 1) - delta
    w = (1 - alpha) * Z * (K(-1) / L) ** alpha
    Y = Z * K(-1) ** alpha * L ** (1 - alpha)
    return r, w, Y


@sj.simple
def household(K, L, w, gamma, chi, delta):
    C = (w / (chi * L)) ** (1 / gamma)
    I = K - (1 - delta) * K(-1)  # noqa: E741
    return C, I


@sj.simple
def clearing(r, C, Y, I, gamma, beta):  # noqa: E741
    goods = Y - C - I
    euler = C ** (-gamma) - beta * (1 + r(+1)) * C(+1) ** (-gamma)
    return goods, euler


@pytest.mark.parametrize("gamma", [1.0, 2.0, 5.0])
def test_impact_of_a_productivity_shock(gamma):
    economy = RealBusinessCycle(risk_aversion=gamma, hours=1 / 3, curvature=1.0)
    found = economy.solve()
    model = sj.create_model([firm, household, clearing])
    steady = model.steady_state(
        {
            "K": found.steady["k"], "L": found.steady["n"], "Z": 1.0, "alpha": 0.36, "beta": 0.99,
            "delta": 0.025, "gamma": gamma, "chi": found.disutility,
        }
    )  # fmt: skip
    assert abs(steady["goods"]) < 1e-10 and abs(steady["euler"]) < 1e-10
    periods = 600
    jacobian = model.solve_jacobian(steady, ["K", "L"], ["euler", "goods"], ["Z"], T=periods)
    shock = 0.95 ** np.arange(periods)
    for ours, theirs in (("c", "C"), ("n", "L"), ("y", "Y"), ("next k", "K")):
        path = jacobian[theirs]["Z"] @ shock / steady[theirs]
        assert path[0] == pytest.approx(found.coefficients(ours)[1], rel=1e-5), ours


@pytest.mark.parametrize("points", [200, 500])
def test_household_block(points):
    """The same grid, so that both make the same mistakes."""
    given = {
        "min_a": 0.0, "max_a": 200.0, "rho_e": 0.966, "sd_e": 0.5, "n_a": points, "n_e": 7,
        "w": 0.89, "r": 0.01, "beta": 0.98, "eis": 1.0,
    }  # fmt: skip
    theirs = hetblocks.hh_sim.hh_extended.steady_state(given)
    chain = rouwenhorst(7, 0.966, 0.5).exponential()
    grid = grids.asset_grid(0.0, 200.0, points)
    plan = saving_plan(0.01, 0.89 * chain.states, chain, grid, discount=0.98, risk_aversion=1.0)
    mass = wealth_distribution(plan, chain)
    assert np.sum(mass * plan.next_assets) == pytest.approx(theirs["A"], rel=1e-6)
    assert np.sum(mass * plan.consumption) == pytest.approx(theirs["C"], rel=1e-6)
    np.testing.assert_allclose(mass, theirs.internals["hh"]["D"], atol=1e-8)


def test_market_for_capital_on_their_grid():
    """What households hold at our equilibrium is what firms use, by their block as well."""
    chain = rouwenhorst(7, 0.6, 0.2).exponential()
    grid = grids.asset_grid(0.0, 100.0, 500)
    found = Aiyagari(chain, risk_aversion=3.0).equilibrium(grid)
    theirs = hetblocks.hh_sim.hh_extended.steady_state(
        {
            "min_a": 0.0, "max_a": 100.0, "rho_e": 0.6, "sd_e": 0.2, "n_a": 500, "n_e": 7,
            "w": found.wage, "r": found.interest, "beta": 0.96, "eis": 1 / 3,
        }
    )  # fmt: skip
    assert theirs["A"] == pytest.approx(found.capital, rel=3e-5)
