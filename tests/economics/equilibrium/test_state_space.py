"""Moments of linear models: closed forms, the filter written as a matrix, and simulations."""

import numpy as np
import pytest

from solon import ConfigurationError
from solon.economics.equilibrium import StateSpace


def autoregression(rho, sd=1.0):
    return StateSpace(np.array([[rho]]), np.array([[sd]]), np.eye(1), ("y",))


def test_an_autoregression():
    found = autoregression(0.9, 2.0).moments()
    assert found.of("y") == pytest.approx(2 / np.sqrt(1 - 0.81))
    assert found.autocorrelation[0] == pytest.approx(0.9)
    np.testing.assert_allclose(autoregression(0.9, 2.0).response(3)[:, 0], (2, 1.8, 1.62))


@pytest.mark.parametrize(("rho", "smoothing"), [(0.0, 1600), (0.95, 1600), (0.7, 6.25)])
def test_filter_against_its_matrix(rho, smoothing):
    """In the middle of a long sample the filter is what it is in an infinite one."""
    size = 701
    second = np.diff(np.eye(size), 2, axis=0)
    trend = np.linalg.inv(np.eye(size) + smoothing * second.T @ second)
    weights = np.eye(size)[350:352] - trend[350:352]
    lags = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    covariance = weights @ (rho**lags / (1 - rho**2)) @ weights.T
    found = autoregression(rho).filtered_moments(smoothing)
    assert found.sd[0] == pytest.approx(np.sqrt(covariance[0, 0]), rel=1e-9)
    expected = covariance[0, 1] / covariance[0, 0]
    assert found.autocorrelation[0] == pytest.approx(expected, rel=1e-8, abs=1e-9)


def test_correlations_against_a_simulation():
    transition, impact = np.array([[0.8, 0.3], [0.0, 0.5]]), np.array([[0.2, 0.0], [0.5, 1.0]])
    model = StateSpace(transition, impact, np.array([[1.0, 0.0], [1.0, -1.0]]), ("a", "b"))
    generator = np.random.default_rng(0)
    states = np.zeros((40_000, 2))
    for t, eps in enumerate(generator.normal(size=(len(states) - 1, 2))):
        states[t + 1] = transition @ states[t] + impact @ eps
    series = states[1000:] @ model.output.T
    found = model.moments()
    np.testing.assert_allclose(found.sd, series.std(0), rtol=0.03)
    assert found.between("a", "b") == pytest.approx(np.corrcoef(series.T)[0, 1], abs=0.03)


def test_what_explodes_has_no_moments():
    with pytest.raises(ConfigurationError, match=r"transition: got 1\.0"):
        autoregression(1.0)
    with pytest.raises(ConfigurationError, match="smoothing: got 0"):
        autoregression(0.5).filtered_moments(0)
    with pytest.raises(ConfigurationError, match=r"transition: got 0\.99999;"):
        autoregression(0.99999).filtered_moments()
    with pytest.raises(ConfigurationError, match="periods: got 0"):
        autoregression(0.5).response(0)
