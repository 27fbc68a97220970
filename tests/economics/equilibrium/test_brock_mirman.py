"""Stochastic growth in closed form: digits, and the Bellman equation solved by search."""

import numpy as np
import pytest
from scipy.linalg import solve_discrete_lyapunov
from scipy.optimize import minimize

from solon import ConfigurationError
from solon.economics.equilibrium import BrockMirman

ECONOMY = BrockMirman(capital_share=0.36, discount=0.96, persistence=0.9, shock_sd=0.02)


def test_numbers_of_the_standard_example():
    k = ECONOMY.steady_capital
    assert ECONOMY.saving_rate == pytest.approx(0.345600)
    assert k == pytest.approx(0.190117, abs=6e-7)
    assert ECONOMY.output(k, 1) == pytest.approx(0.550108, abs=6e-7)
    assert ECONOMY.consumption(k, 1) == pytest.approx(0.359990, abs=6e-7)
    assert ECONOMY.gross_return(k, 1) == pytest.approx(1 / 0.96)
    assert ECONOMY.wage(k, 1) == pytest.approx(0.64 * 0.550108, abs=6e-7)
    expected = (-24.628676, 0.550122, 11.236157)
    np.testing.assert_allclose(ECONOMY.value_coefficients, expected, atol=6e-7)
    assert ECONOMY.value(k, 1) == pytest.approx(-25.541942, abs=6e-7)
    assert ECONOMY.mean_log_capital == pytest.approx(-1.660114, abs=6e-7)
    assert ECONOMY.sd_log_capital == pytest.approx(0.068828, abs=6e-7)
    assert ECONOMY.sd_log_productivity == pytest.approx(0.045883, abs=6e-7)
    response = (0.020000, 0.025200, 0.025272, 0.023678, 0.021646)
    np.testing.assert_allclose(ECONOMY.capital_response(5), response, atol=6e-7)
    assert ECONOMY.next_capital(0.1, 1.05) == pytest.approx(0.158403, abs=6e-7)
    assert ECONOMY.consumption(0.1, 1.05) == pytest.approx(0.299939, abs=6e-7)
    assert ECONOMY.value(0.1, 1.05) == pytest.approx(-25.347166, abs=6e-7)


def test_hours_that_never_change():
    working = BrockMirman(0.36, 0.96, disutility=1.0)
    assert working.hours == pytest.approx(0.988936, abs=6e-7)
    assert working.steady_capital == pytest.approx(0.188014, abs=6e-7)


@pytest.mark.parametrize(
    "economy",
    [
        BrockMirman(0.36, 0.96, 0.9, 0.02, disutility=1.0),
        BrockMirman(0.5, 0.8, 0.5, 0.3, disutility=3.0, curvature=0.5),
        BrockMirman(0.2, 0.99, 0.0, 0.1, disutility=0.5, curvature=4.0),
    ],
)
def test_bellman_equation(economy):
    """No other hours and savings are worth more, and the best are worth the value."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(15)
    weights = weights / weights.sum()
    for k, z in ((0.05, 0.8), (economy.steady_capital, 1.0), (0.6, 1.3)):
        z_next = z**economy.persistence * np.exp(economy.shock_sd * nodes)

        def loss(x, k=k, z=z, z_next=z_next):
            share, hours = 1 / (1 + np.exp(-x[0])), np.exp(x[1])
            y = z * k**economy.capital_share * hours ** (1 - economy.capital_share)
            power = 1 + economy.curvature
            now = np.log((1 - share) * y) - economy.disutility * hours**power / power
            later = weights @ economy.value(np.full(15, share * y), z_next)
            return -(now + economy.discount * later)

        best = minimize(
            loss, (0.0, 0.0), method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-14}
        )
        assert -best.fun == pytest.approx(economy.value(k, z), rel=1e-9)
        assert 1 / (1 + np.exp(-best.x[0])) == pytest.approx(economy.saving_rate, abs=1e-5)
        assert np.exp(best.x[1]) == pytest.approx(economy.hours, abs=1e-5)


def test_spread_of_capital_from_its_law_of_motion():
    for alpha, rho, sd in ((0.36, 0.9, 0.02), (0.6, 0.6, 0.1), (0.1, 0.0, 1.0)):
        law = np.array([[alpha, 1.0], [0.0, rho]])
        variance = solve_discrete_lyapunov(law, np.diag([0, sd**2]))
        found = BrockMirman(alpha, 0.9, rho, sd)
        assert found.sd_log_capital == pytest.approx(np.sqrt(variance[0, 0]))
        path = [np.linalg.matrix_power(law, t)[0] @ (0, sd) for t in range(1, 6)]
        np.testing.assert_allclose(found.capital_response(5), path)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"discount": 1.0}, "discount: got 1.0"),
        ({"discount": 0.0}, "discount: got 0.0"),
        ({"capital_share": 1.0}, "capital_share: got 1.0"),
        ({"persistence": 1.0}, "persistence: got 1.0"),
        ({"shock_sd": -0.1}, "shock_sd: got -0.1"),
        ({"disutility": -1.0}, "disutility: got -1.0"),
    ],
)
def test_bad_parameters(options, named):
    with pytest.raises(ConfigurationError) as error:
        BrockMirman(**({"capital_share": 0.36, "discount": 0.96} | options))
    assert str(error.value).startswith(named)


def test_negative_wealth():
    with pytest.raises(ConfigurationError, match=r"capital: got -1\.0"):
        ECONOMY.value([1.0, -1.0], 1.0)
