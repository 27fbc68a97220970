"""Equilibria of those who track what depends on all of them."""

import math

import numpy as np
import pytest

from solon.economics.rational_inattention import (
    Target,
    impulse_responses,
    solve_feedback_tracking,
    solve_tracking,
)
from solon.economics.rational_inattention.feedback import shock_history
from solon.errors import ConfigurationError

LAGS = 40


def demand(persistence, lags=LAGS):
    """Nominal demand, whose growth persists, as weights on the sum of all shocks so far."""
    return persistence ** np.arange(lags)[:, None]


@pytest.mark.parametrize(
    ("persistence", "complementarity", "omega", "discount"),
    [(0.6, 0.8, 0.2, 0.99), (0.6, 0.8, 0.001, 0.99), (0.3, -0.5, 0.05, 0.9), (0.9, 0.85, 0.08, 1)],
)
def test_prices_lead_to_the_prices_that_they_are_the_answer_to(
    persistence, complementarity, omega, discount, float64
):
    """By what a shock does, period by period, which knows no equation of the solver's."""
    fundamental = (1 - complementarity) * demand(persistence)
    found = solve_feedback_tracking(
        fundamental, complementarity, deviations=0.1, cost=2 * omega, discount=discount,
        lasting=True,
    )  # fmt: skip
    transition, shocks = map(np.asarray, shock_history(np.array([0.1]), np.array([1.0]), LAGS))
    target = Target(transition, shocks, found.target[:, None])
    alone = solve_tracking(target, cost=2 * omega, discount=discount)
    np.testing.assert_allclose(alone.posterior, found.tracking.posterior, atol=1e-8)
    wanted, done = impulse_responses(target, alone, LAGS)
    money = 0.1 * np.cumsum(demand(persistence))
    expected = (1 - complementarity) * money + complementarity * done[:, 0, 0]
    np.testing.assert_allclose(wanted[:, 0, 0], expected, atol=1e-6)
    np.testing.assert_allclose(0.1 * np.cumsum(found.mean_action), done[:, 0, 0], atol=1e-6)


def test_the_published_capacity_of_an_equilibrium():
    """Price setting of Mackowiak, Matejka and Wiederholt, as DRIPs.jl has it at 1e-4."""
    found = solve_feedback_tracking(
        0.15 * demand(0.9), 0.85, deviations=0.1, cost=0.16, lasting=True
    )
    assert found.tracking.information / math.log(2) == pytest.approx(0.5830085573, abs=5e-4)


def test_without_feedback_it_is_tracking(float64):
    weights = np.linspace(1, 0, 21)[:, None]
    found = solve_feedback_tracking(weights, 0, deviations=0.01, cost=6.16e-4)
    transition, shocks = map(np.asarray, shock_history(np.array([0.01]), np.array([0.0]), 21))
    alone = solve_tracking(Target(transition, shocks, weights), cost=6.16e-4)
    np.testing.assert_allclose(found.target, weights[:, 0], rtol=1e-12)
    assert found.tracking.information == pytest.approx(alone.information, rel=1e-6)


def test_complements_make_prices_slower_and_substitutes_faster():
    shares = np.array([-0.5, 0.0, 0.5, 0.8])
    fundamental = (1 - shares)[:, None, None] * demand(0.6)
    found = solve_feedback_tracking(
        fundamental, shares, deviations=0.1, cost=0.2, discount=0.99, lasting=True
    )
    at_once = found.mean_action[:, 0]
    assert (np.diff(at_once) < 0).all()
    assert (np.diff(found.tracking.information) < 0).all()


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"cost": -1}, "cost: got -1.0"),
        ({"complementarity": 1}, "complementarity: got 1.0; allowed: numbers below 1"),
        ({"complementarity": 2}, "complementarity: got 2.0"),
        ({"deviations": [1, 2]}, "deviations: .*; allowed: 1, one a shock"),
        ({"deviations": 0}, "deviations: got 0.0; allowed: numbers above 0"),
        ({"fundamental": [1, 2]}, "fundamental: .*at least 2 axes"),
        ({"lasting": [True, False]}, "lasting: .* allowed: one answer or 1"),
    ],
)
def test_bad_input_is_one_line(options, line):
    given = {"fundamental": demand(0.5, 4), "complementarity": 0.5, "deviations": 1, "cost": 1}
    given |= options
    with pytest.raises(ConfigurationError, match=line) as caught:
        solve_feedback_tracking(**given)
    assert "\n" not in str(caught.value)
