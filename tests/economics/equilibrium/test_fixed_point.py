"""Substitution: what it finds, and that it never returns what it did not find."""

import jax.numpy as jnp
import numpy as np
import pytest

from solon import ConfigurationError
from solon.economics.equilibrium import cobb_douglas_exchange, cournot, find_fixed_point
from solon.errors import NotConvergedError


def test_a_number_that_is_its_own_cosine():
    assert find_fixed_point(jnp.cos, 1.0) == pytest.approx(0.7390851332151607, abs=1e-12)


def test_firms_that_answer_to_each_other():
    costs = np.array([10.0, 12.0, 15.0])

    def answers(q):
        return jnp.maximum((100 - costs - (jnp.sum(q) - q)) / 2, 0)

    found = find_fixed_point(answers, np.zeros(3), step=0.5)
    np.testing.assert_allclose(found, cournot(100, 1, costs).quantities, rtol=1e-9)
    # All at once, three firms overshoot for ever; the error says how far from settled they are.
    with pytest.raises(NotConvergedError) as error:
        find_fixed_point(answers, np.zeros(3), max_rounds=1000)
    assert error.value.residual > 0.1
    expected = f"its residual is {error.value.residual:.3g}, above 1e-12"
    assert str(error.value) == f"the fixed point did not converge in 1000 rounds: {expected}"


def test_value_that_moves_from_good_to_good():
    a = np.array([(0.5, 0.3, 0.2), (0.2, 0.5, 0.3), (0.25, 0.25, 0.5)])
    e = np.array([(10.0, 2, 3), (1, 8, 4), (2, 5, 12)])

    def spend(p):
        spent = (a * (e @ p)[:, None]).sum(0) / e.sum(0)
        return spent / spent.sum()

    prices = find_fixed_point(spend, np.full(3, 1 / 3))
    np.testing.assert_allclose(prices, cobb_douglas_exchange(a, e).prices, rtol=1e-10)


@pytest.mark.parametrize("function", [lambda x: 2 * x + 1, lambda x: x * jnp.nan, jnp.exp])
def test_what_has_none_or_repels(function):
    with pytest.raises(NotConvergedError):
        find_fixed_point(function, [1.0, 2.0], max_rounds=5000)


def test_bad_input():
    for options in ({"step": 0}, {"step": 1.5}, {"tolerance": 0}, {"max_rounds": 0}):
        with pytest.raises(ConfigurationError, match=f"{next(iter(options))}: got"):
            find_fixed_point(jnp.cos, 1.0, **options)


def test_maps_that_change_the_shape_and_starts_that_are_none():
    with pytest.raises(
        ConfigurationError, match=r"function: got \(\); allowed: values in the shape"
    ):
        find_fixed_point(jnp.sum, [1.0, 2.0])
    with pytest.raises(ConfigurationError, match="start: got nan"):
        find_fixed_point(jnp.cos, [1.0, np.nan])
    with pytest.raises(ConfigurationError, match="start: got 'much'"):
        find_fixed_point(jnp.cos, "much")
