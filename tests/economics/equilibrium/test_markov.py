"""Markov chains that stand for an autoregression."""

import numpy as np
import pytest

from solon import ConfigurationError
from solon.economics.equilibrium import MarkovChain, rouwenhorst, stationary_distribution, tauchen


def moments(chain):
    mass = chain.stationary
    mean = mass @ chain.states
    variance = mass @ (chain.states - mean) ** 2
    ahead = chain.transition @ chain.states
    return mean, variance, (mass * (chain.states - mean)) @ (ahead - mean) / variance


@pytest.mark.parametrize(("states", "rho", "sd"), [(2, 0.5, 1.0), (7, 0.6, 0.2), (15, -0.8, 3.0)])
def test_rouwenhorst_has_the_moments_of_the_process(states, rho, sd):
    chain = rouwenhorst(states, rho, sd)
    np.testing.assert_allclose(chain.transition.sum(1), 1)
    np.testing.assert_allclose(moments(chain), (0, sd**2, rho), atol=1e-12)


def test_the_states_of_the_standard_example():
    chain = rouwenhorst(7, 0.6, 0.2).exponential()
    expected = (0.600570, 0.707105, 0.832537, 0.980220, 1.154101, 1.358826, 1.599866)
    np.testing.assert_allclose(chain.states, expected, atol=6e-7)
    assert chain.mean == pytest.approx(1)


def test_tauchen_comes_close_with_many_states():
    mean, variance, rho = moments(tauchen(101, 0.6, 0.2, width=5.0))
    assert (mean, np.sqrt(variance), rho) == pytest.approx((0, 0.2, 0.6), abs=2e-4)


def test_stationary_distributions():
    np.testing.assert_allclose(stationary_distribution([(0.9, 0.1), (0.3, 0.7)]), (0.75, 0.25))
    # The first state is left for good.
    np.testing.assert_allclose(stationary_distribution([(0.5, 0.5), (0, 1)]), (0, 1), atol=1e-15)
    # A chain that alternates keeps a distribution, too.
    np.testing.assert_allclose(stationary_distribution([(0, 1), (1, 0)]), (0.5, 0.5))
    p = np.random.default_rng(0).dirichlet(np.ones(6), 6)
    np.testing.assert_allclose(stationary_distribution(p), np.linalg.matrix_power(p, 500)[0])


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: rouwenhorst(1, 0.5, 1.0), "states: got 1"),
        (lambda: rouwenhorst(3, 1.0, 1.0), "persistence: got 1.0"),
        (lambda: tauchen(3, 0.5, 0.0), "sd: got 0.0"),
        (lambda: tauchen(3, 0.5, 1.0, width=0.0), "width: got 0.0"),
        (lambda: MarkovChain.of([1, 2], [(0.5, 0.6), (0.5, 0.5)]), "transition: got 1.1"),
        (lambda: MarkovChain.of([1, 2], [(1,)]), "transition: got (1, 1)"),
        (lambda: stationary_distribution(np.eye(2)), "transition: got [[1.0, 0.0], [0.0, 1.0]]"),
    ],
)
def test_bad_input(build, named):
    with pytest.raises(ConfigurationError) as error:
        build()
    assert str(error.value).startswith(named)
