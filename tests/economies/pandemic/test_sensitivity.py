"""Ensembles around parameters that come without one."""

import jax.numpy as jnp
import numpy as np

from solon.economies.pandemic import Pandemic
from solon.economies.pandemic.sensitivity import (
    Spread,
    perturbed,
    scaled_transmission,
    with_vaccines,
)


def test_an_ensemble_around_the_published_parameters():
    params = Pandemic(states=("TX", "NY"), horizon=30).default_params()
    draws = perturbed(params, 2000, seed=1)
    line, before = draws.epidemic, params.epidemic
    at_pivot = np.asarray(line.intercept + 5 * line.slope)
    factor = np.log(at_pivot / np.asarray(before.intercept + 5 * before.slope))
    # Five percent of all states alike and five of each: a correlation of a half.
    np.testing.assert_allclose(factor.std(axis=0), 0.05 * np.sqrt(2), rtol=0.06)
    np.testing.assert_allclose(np.corrcoef(factor.T)[0, 1], 0.5, atol=0.05)
    steeper = np.log(np.asarray(line.slope) / np.asarray(before.slope)) - factor
    np.testing.assert_allclose(steeper.std(axis=0), 0.05, rtol=0.06)
    response = np.log(np.asarray(draws.unemployment.factor))
    np.testing.assert_allclose(response.std(), 0.1, rtol=0.06)
    assert draws.population.shape == (2000, 2)


def test_luck_is_that_of_the_seed_and_no_spread_is_none():
    params = Pandemic(states=("TX", "NY"), horizon=30).default_params()
    one, again, other = (perturbed(params, 3, seed=seed).epidemic.slope for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.isclose(one, other).any()
    still = perturbed(params, 2, seed=1, spread=Spread(0, 0, 0, 0))
    np.testing.assert_allclose(still.epidemic.intercept[1], params.epidemic.intercept, rtol=1e-6)


def test_transmission_and_vaccines_of_draws():
    draws = perturbed(Pandemic(states=("TX",), horizon=30).default_params(), 2, seed=0)
    scaled = scaled_transmission(draws, jnp.asarray([1.0, 1.3])).epidemic
    np.testing.assert_allclose(scaled.intercept_factor, [1, 1.3], rtol=1e-6)
    assert with_vaccines(draws, -60).vaccination.begins.tolist() == [236, 236]
