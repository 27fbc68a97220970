"""Finite decision problems against all their policies, and against growth in closed form."""

import itertools

import numpy as np
import pytest

from solon import ConfigurationError
from solon.economics.equilibrium import BrockMirman, value_iteration
from solon.errors import NotConvergedError


@pytest.mark.parametrize(("seed", "discount"), [(0, 0.9), (1, 0.99), (2, 0.0), (3, 0.5)])
def test_random_problems_against_every_policy(seed, discount):
    generator = np.random.default_rng(seed)
    states, actions = 4, 3
    reward = generator.normal(size=(states, actions))
    reward[1, 2] = -np.inf
    transition = generator.dirichlet(np.ones(states), (states, actions))
    found = value_iteration(reward, transition, discount)
    assert found.error_bound <= 1e-9
    place = np.arange(states)
    best = np.full(states, -np.inf)
    for policy in itertools.product(range(actions), repeat=states):
        if policy[1] == 2:
            continue
        system = np.eye(states) - discount * transition[place, policy]
        best = np.maximum(best, np.linalg.solve(system, reward[place, policy]))
    np.testing.assert_allclose(found.value, best, atol=1e-9)
    options = reward + discount * transition @ best
    np.testing.assert_array_equal(found.action, options.argmax(1))


def test_growth_on_a_grid():
    """Capital on a grid: the value is below the true one, and comes closer with the grid."""
    economy = BrockMirman(0.36, 0.96)
    errors = []
    for points in (40, 160):
        k = economy.steady_capital * np.exp(np.linspace(-0.7, 0.7, points))
        c = economy.output(k, 1.0)[:, None] - k
        reward = np.where(c > 0, np.log(np.maximum(c, 1e-12)), -np.inf)
        transition = np.broadcast_to(np.eye(points), (points, points, points))
        found = value_iteration(reward, transition, 0.96)
        gap = economy.value(k, 1.0) - found.value
        assert gap.min() > -1e-8
        errors.append(gap.max())
        spacing = np.log(k[1] / k[0])
        saved = np.log(k[found.action] / economy.next_capital(k, 1.0))
        assert np.abs(saved).max() <= 3 * spacing
    assert errors[1] < errors[0] / 4 < 1e-3


def test_too_few_rounds_are_no_answer():
    with pytest.raises(NotConvergedError) as error:
        value_iteration([[1.0]], [[[1.0]]], 0.999, max_rounds=3)
    assert "value iteration did not converge in 3 rounds: its residual is" in str(error.value)


@pytest.mark.parametrize(
    ("reward", "transition", "discount", "named"),
    [
        ([[1.0]], [[[1.0]]], 1.0, "discount: got 1.0"),
        ([[1.0]], [[[1.0]]], -0.1, "discount: got -0.1"),
        ([[1.0]], [[[0.9]]], 0.9, "transition: got 0.9"),
        ([[1.0]], [[[0.5, 0.5]]], 0.9, "transition: got (1, 1, 2)"),
        ([[1.0, 2.0]], [[[1.0]]], 0.9, "reward: got (1, 2)"),
        ([[np.nan]], [[[1.0]]], 0.9, "reward: got 'nan or inf'"),
        ([[-np.inf]], [[[1.0]]], 0.9, "reward: got 'a row of -inf'"),
        ([["much"]], [[[1.0]]], 0.9, "reward: got [['much']]"),
    ],
)
def test_bad_input(reward, transition, discount, named):
    with pytest.raises(ConfigurationError) as error:
        value_iteration(reward, transition, discount)
    assert str(error.value).startswith(named)
