"""Gaussian tracking: closed forms, published digits, and a search over signals."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize

from solon.economics.rational_inattention import (
    Target,
    impulse_responses,
    solve_static_tracking,
    solve_tracking,
)
from solon.errors import ConfigurationError, NotConvergedError

# Sims (2010), with the cost of Afrouzi and Yang, omega = lambda / 2.
SIMS = Target(np.diag([0.95, 0.4]), np.diag(np.sqrt([0.0975, 0.86])), np.ones((2, 1)))


def objective(signals, target, omega):
    """Loss and cost a period, from a Riccati equation for what noisy signals tell."""
    n = len(target.transition)
    signals = signals.reshape(n, -1)
    posterior = target.shocks @ target.shocks.T
    for _ in range(120):
        prior = target.transition @ posterior @ target.transition.T
        prior = prior + target.shocks @ target.shocks.T
        variance = signals.T @ prior @ signals + np.eye(signals.shape[1])
        seen = prior @ signals
        posterior = prior - seen @ np.linalg.solve(variance, seen.T)
    loss = np.trace(target.loading.T @ posterior @ target.loading)
    return loss + omega * np.linalg.slogdet(variance)[1]


@pytest.mark.parametrize(
    ("variance", "cost", "left", "slope", "noise", "nats", "total"),
    [
        (1, 0.5, 0.25, 0.75, 0.1875, 0.693147, 0.596574),
        (4, 1, 0.5, 0.875, 0.4375, 1.039721, 1.539721),
        (0.2, 0.5, 0.2, 0, 0, 0, 0.2),
    ],
)
def test_one_number_learned_once(variance, cost, left, slope, noise, nats, total):
    found = solve_static_tracking([[variance]], [[1]], cost=cost)
    assert found.posterior[0, 0] == pytest.approx(left, abs=1e-9)
    assert found.gain[0, 0] == pytest.approx(slope, abs=1e-9)
    # The action is the slope times the state and its noise.
    action = found.gain[0, 0] ** 2 * variance
    assert variance - left - action == pytest.approx(noise, abs=1e-9)
    assert found.information == pytest.approx(nats, abs=1e-6)
    assert found.loss + cost * found.information == pytest.approx(total, abs=1e-6)


def test_reverse_water_filling_of_independent_parts():
    """So many nats are spread so that what is left is the same of all that are learned at all."""
    variances = np.array([4.0, 1.0, 0.1])
    for nats in (0.2, 1.0, 5.0):
        found = solve_static_tracking(np.diag(variances), np.eye(3), information=nats)
        left = np.diag(found.posterior)
        level = found.cost / 2
        np.testing.assert_allclose(left, np.minimum(variances, level), rtol=1e-9)
        assert found.information == pytest.approx(nats, rel=1e-9)
        again = solve_static_tracking(np.diag(variances), np.eye(3), cost=found.cost)
        np.testing.assert_allclose(again.posterior, found.posterior, atol=1e-9)


@pytest.mark.parametrize("discount", [0.0, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("persistence", [0.3, 0.95, 1.0])
def test_an_autoregression_has_a_closed_form(persistence, discount):
    variance, omega = 0.7, 0.4
    target = Target([[persistence]], [[math.sqrt(variance)]], [[1]])
    found = solve_tracking(target, cost=2 * omega, discount=discount)
    squared = persistence**2
    slope = variance - omega * squared * (1 - discount)
    left = (-slope + math.sqrt(slope**2 + 4 * squared * omega * variance)) / (2 * squared)
    prior = squared * left + variance
    if left < prior:
        assert found.posterior[0, 0] == pytest.approx(left, rel=1e-8)
        assert found.information == pytest.approx(0.5 * math.log(prior / left), rel=1e-8)
    else:
        assert found.information == 0


@pytest.mark.parametrize(
    ("omega", "discount", "published"),
    [
        (1.0, 0.9, (0.359213, -0.177025, 0.794584)),
        (0.1, 0.9, (0.319919, -0.304142, 0.386163)),
        (1.0, 0.0, (0.495403, -0.152171, 0.808939)),
        (1.0, 1.0, (0.337666, -0.178019, 0.799701)),
    ],
)
def test_sims_2010_as_published(omega, discount, published):
    """The published iteration stopped at 1e-4."""
    found = solve_tracking(SIMS, cost=2 * omega, discount=discount)
    left = found.posterior
    np.testing.assert_allclose((left[0, 0], left[0, 1], left[1, 1]), published, atol=4e-4)


@pytest.mark.parametrize(
    ("transition", "impact", "omega", "published"),
    [
        ([[1.5, -0.9, 0.1], [1, 0, 0], [0, 1, 0]], [1, 0, 0], 10.8, (-0.475, 0.05349220551890679)),
        ([[1.3, -0.4, -0.1], [1, 0, 0], [0, 0, 0]], [0.5, 0, 1], 1.79, (-0.275, -0.0687478067895)),
    ],
)
def test_the_signals_of_mackowiak_matejka_and_wiederholt(transition, impact, omega, published):
    target = Target(transition, np.array(impact)[:, None], np.eye(3)[:, :1])
    found = solve_tracking(target, cost=2 * omega)
    assert (found.precision > 0).sum() == 1
    weights = found.signals[:, 0] / found.signals[0, 0]
    assert weights[1] == pytest.approx(published[0], abs=5e-4)
    assert weights[2] == pytest.approx(published[1], abs=1e-6)


def test_no_other_signals_do_better():
    """At a discount factor of 1 the steady state minimizes loss and cost a period."""
    generator = np.random.default_rng(2)
    transition = generator.normal(size=(3, 3))
    transition *= 0.9 / np.abs(np.linalg.eigvals(transition)).max()
    cases = [
        (Target(transition, generator.normal(size=(3, 3)), generator.normal(size=(3, 2))), 0.4, 2),
        (SIMS, 0.7, 1),
    ]
    for target, omega, signals in cases:
        found = solve_tracking(target, cost=2 * omega)
        least = found.loss + 2 * omega * found.information
        assert (found.precision > 1e-9).sum() <= signals
        others = [
            minimize(
                objective,
                generator.normal(size=signals * len(target.transition)),
                args=(target, omega),
                method="BFGS",
                options={"gtol": 1e-7},
            ).fun
            for _ in range(2)
        ]
        assert least == pytest.approx(min(others), rel=1e-6)
        assert least <= min(others) + 1e-9


def test_nats_and_cost_are_two_ways_to_say_the_same():
    target = Target([[1, 0.9], [0, 0.9]], [[0.1], [0.1]], [[1], [0]])
    nats = 0.62 * math.log(2)
    found = solve_tracking(target, information=nats)
    assert found.information == pytest.approx(nats, rel=1e-9)
    again = solve_tracking(target, cost=found.cost)
    np.testing.assert_allclose(again.posterior, found.posterior, rtol=1e-6)


def test_a_state_that_is_known_exactly_costs_nothing():
    """A singular covariance: the second state is the first, the third never moves."""
    transition = np.diag([0.9, 0.9, 0.5])
    target = Target(transition, [[1.0], [1.0], [0.0]], [[0.5], [0.5], [1.0]])
    found = solve_tracking(target, cost=0.6)
    alone = solve_tracking(Target([[0.9]], [[1.0]], [[1.0]]), cost=0.6)
    assert found.information == pytest.approx(alone.information, rel=1e-8)
    np.testing.assert_allclose(found.posterior[:2, :2], alone.posterior[0, 0], rtol=1e-8)


def test_the_mean_action_lags_behind():
    target = Target([[0.9]], [[1.0]], [[1.0]])
    found = solve_tracking(target, cost=0.6)
    state, action = impulse_responses(target, found, 8)
    gain = found.gain[0, 0]
    expected = 0.9 ** np.arange(8) * (1 - (1 - gain) ** np.arange(1, 9))
    np.testing.assert_allclose(action[:, 0, 0], expected, rtol=1e-9)
    np.testing.assert_allclose(state[:, 0, 0], 0.9 ** np.arange(8), rtol=1e-12)


def test_a_batch_of_costs_is_one_call():
    costs = np.array([0.2, 0.5, 2.0])
    together = solve_tracking(SIMS, cost=costs, discount=0.9)
    assert together.posterior.shape == (3, 2, 2)
    for i, cost in enumerate(costs):
        alone = solve_tracking(SIMS, cost=cost, discount=0.9)
        np.testing.assert_allclose(together.posterior[i], alone.posterior, rtol=1e-7)
    assert (np.diff(together.information) < 0).all()


@pytest.mark.parametrize(
    ("target", "options", "line"),
    [
        (SIMS, {"cost": -1}, "cost: got -1.0; allowed: numbers above 0"),
        (SIMS, {"cost": 0}, "cost: got 0.0; allowed: numbers above 0"),
        (SIMS, {}, "cost and information: got 'neither'; allowed: one of the two"),
        (SIMS, {"cost": 1, "information": 1}, "cost and information: got 'both'"),
        (SIMS, {"cost": 1, "discount": 1.1}, "discount: got 1.1; .* at most 1"),
        (
            SIMS._replace(transition=np.diag([1.2, 0.4])),
            {"cost": 1},
            "largest eigenvalue of transition: got 1.2; .*must not explode",
        ),
        (SIMS._replace(loading=np.ones((3, 1))), {"cost": 1}, "rows of loading: got 3; allowed: 2"),
        (SIMS._replace(transition=np.ones((2, 3))), {"cost": 1}, "shape of transition"),
        (SIMS._replace(shocks=[[np.inf], [1]]), {"cost": 1}, "shocks: got inf"),
    ],
)
def test_bad_input_is_one_line(target, options, line):
    with pytest.raises(ConfigurationError, match=line) as caught:
        solve_tracking(target, **options)
    assert "\n" not in str(caught.value)


def test_what_is_no_covariance():
    with pytest.raises(ConfigurationError, match=r"covariance: .*; allowed: a symmetric matrix"):
        solve_static_tracking([[1, 0.5], [0, 1]], np.eye(2), cost=1)
    with pytest.raises(ConfigurationError, match="eigenvalue of covariance: got -1"):
        solve_static_tracking([[1, 2], [2, 1]], np.eye(2), cost=1)


def test_a_random_walk_that_nobody_tracks_has_no_steady_state():
    target = Target(np.diag([1.0, 0.5]), np.eye(2), [[0.0], [1.0]])
    with pytest.raises(NotConvergedError, match="tracking did not converge: the change in a step"):
        solve_tracking(target, cost=1)
