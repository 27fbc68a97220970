"""Linear rational expectations: known solutions, and models without one."""

import numpy as np
import pytest

from solon import ConfigurationError
from solon.economics.equilibrium import solve_linear_expectations


def new_keynesian(policy, rho=0.7, beta=0.99, sigma=1.5, kappa=0.2):
    """Natural rate, output gap, inflation, under the rule `i = policy * inflation`."""
    ahead = [(1, 0, 0), (0, 1, 1 / sigma), (0, 0, beta)]
    now = [(rho, 0, 0), (-1 / sigma, 1, policy / sigma), (0, -kappa, 1)]
    scale = 1 / ((1 - beta * rho) * sigma * (1 - rho) + kappa * (policy - rho))
    return ahead, now, np.array([[(1 - beta * rho) * scale], [kappa * scale]])


@pytest.mark.parametrize("policy", [1.05, 1.5, 4.0])
def test_three_equations_with_a_known_solution(policy):
    ahead, now, known = new_keynesian(policy)
    found = solve_linear_expectations(ahead, now, 1)
    np.testing.assert_allclose(found.policy, known)
    np.testing.assert_allclose(found.transition, [[0.7]])
    np.testing.assert_allclose(found.eigenvalues[0], 0.7)
    assert (found.eigenvalues[1:] > 1).all()


def test_a_passive_rule_leaves_many_solutions():
    ahead, now, _ = new_keynesian(0.9)
    with pytest.raises(ConfigurationError) as error:
        solve_linear_expectations(ahead, now, 1)
    assert "it has 2, so that many solutions are stable" in str(error.value)


def test_capital_that_grows_whatever_people_do():
    with pytest.raises(ConfigurationError, match="it has 0, so that no solution is stable"):
        solve_linear_expectations([(1, 0), (0, 1)], [(1.1, 0), (0.3, 2.0)], 1)


@pytest.mark.parametrize("seed", range(5))
def test_random_models_solve_their_equations(seed):
    """Models made from a known stable and a known explosive part, and mixed."""
    generator = np.random.default_rng(seed)
    n, m = generator.integers(1, 4, 2)
    stable = generator.uniform(-0.95, 0.95, n)
    explosive = generator.choice([-1, 1], m) * generator.uniform(1.1, 3, m)
    basis = generator.normal(size=(n + m, n + m))
    law = basis @ np.diag(np.concatenate([stable, explosive])) @ np.linalg.inv(basis)
    mixing = generator.normal(size=(n + m, n + m))
    found = solve_linear_expectations(mixing, mixing @ law, int(n))
    joint = np.vstack([np.eye(n), found.policy])
    np.testing.assert_allclose(law @ joint, joint @ found.transition, atol=1e-8)
    eigenvalues = np.sort(np.linalg.eigvals(found.transition).real)
    np.testing.assert_allclose(eigenvalues, np.sort(stable), atol=1e-8)


def test_a_static_equation_makes_the_left_side_singular():
    """c = 2 k holds in each period, so that A has a row of zeros."""
    found = solve_linear_expectations([(1, 0), (0, 0)], [(0.5, 0.1), (2, -1)], 1)
    np.testing.assert_allclose(found.policy, [[2.0]])
    np.testing.assert_allclose(found.transition, [[0.7]])


@pytest.mark.parametrize(
    ("ahead", "now", "predetermined", "named"),
    [
        ([(1, 0)], [(1, 0)], 1, "ahead: got (1, 2)"),
        ([(1, 0), (0, 1)], [(1, 0)], 1, "now: got (1, 2)"),
        ([(1, 0), (0, 1)], [(0.5, 0), (0, 2)], 0, "predetermined: got 0"),
        ([(1, 0), (0, np.inf)], [(0.5, 0), (0, 2)], 1, "ahead: got inf"),
        ([(1, 0), (0, 0)], [(0.5, 0), (0, 0)], 1, "ahead and now: got 'a singular pencil'"),
        # The stable direction leaves the predetermined variable where it is.
        ([(1, 0), (0, 1)], [(2.0, 0), (0, 0.5)], 1, "predetermined: got 1"),
    ],
)
def test_bad_input(ahead, now, predetermined, named):
    with pytest.raises(ConfigurationError) as error:
        solve_linear_expectations(ahead, now, predetermined)
    assert str(error.value).startswith(named)
