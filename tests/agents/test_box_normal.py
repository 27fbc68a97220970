import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.integrate

from solon import Box, ConfigurationError, Discrete
from solon.agents import Encoding
from solon.agents.distributions import BoxNormal, in_box
from solon.environment import Role

OUTPUTS = jnp.array([0.3, -0.7, -0.2, 0.4])
INFINITE = (-float("inf"), float("inf"))


def density(action, mean, log_deviation, low, high):
    """Of one number, by the change of variables from a normal one."""
    share = 2 * (action - low) / (high - low) - 1
    normal = np.arctanh(share)
    slope = (high - low) / 2 * (1 - share**2)
    score = (normal - mean) / np.exp(log_deviation)
    return np.exp(-0.5 * score**2) / (np.sqrt(2 * np.pi) * np.exp(log_deviation)) / slope


def test_the_density_is_that_of_the_action_and_its_entropy_the_integral():
    low, high = -1.0, 3.0
    for mean, log_deviation in ((0.3, -0.2), (-0.7, 0.4), (2.0, -1.0)):
        one = BoxNormal(jnp.array([mean, log_deviation]), low, high)
        numbers = jnp.linspace(-1.5, 2.0, 7)[:, None]
        many = BoxNormal(jnp.broadcast_to(one.outputs, (7, 2)), low, high)
        actions = np.asarray(in_box(numbers, low, high))[:, 0]
        expected = density(actions, mean, log_deviation, low, high)
        np.testing.assert_allclose(np.exp(many.log_probability(numbers)), expected, rtol=2e-4)

        def inside(u, mean=mean, log_deviation=log_deviation):
            p = density(low + (high - low) * (1 + np.tanh(u)) / 2, mean, log_deviation, low, high)
            return -np.log(p) * p * (high - low) / 2 / np.cosh(u) ** 2

        exact = scipy.integrate.quad(inside, -7, 7)[0]
        assert float(one.entropy()) == pytest.approx(exact, abs=0.01)


def test_without_bounds_it_is_the_normal_distribution():
    one = BoxNormal(OUTPUTS, *INFINITE)
    drawn = np.asarray(
        BoxNormal(jnp.broadcast_to(OUTPUTS, (20_000, 4)), *INFINITE).draw(jax.random.key(0))
    )
    np.testing.assert_allclose(drawn.mean(axis=0), [0.3, -0.7], atol=0.04)
    np.testing.assert_allclose(drawn.std(axis=0), np.exp([-0.2, 0.4]), rtol=0.03)
    expected = np.sum(np.array([-0.2, 0.4]) + 0.5 * np.log(2 * np.pi * np.e))
    assert float(one.entropy()) == pytest.approx(expected, rel=1e-5)


def test_what_is_far_out_stays_a_number():
    one = BoxNormal(jnp.array([50.0, -60.0, 40.0, -40.0]), 0.0, 1.0)
    value, gradient = jax.value_and_grad(
        lambda outputs: BoxNormal(outputs, 0.0, 1.0).log_probability(jnp.array([60.0, -70.0]))
    )(one.outputs)
    assert np.isfinite(value) and np.isfinite(gradient).all()
    assert np.isfinite(one.entropy())


@pytest.mark.parametrize(
    "action", [Box((2,), 0), Box((0,)), Box((2,), 0, 3, "integer"), Box((1,), 1, 1)]
)
def test_numbers_that_no_network_chooses(action):
    with pytest.raises(ConfigurationError, match="action of worker"):
        Encoding.of("worker", Role(1, action, {"x": Box((1,))}))


def test_a_mask_over_numbers_is_refused():
    seen = {"x": Box((1,)), "action_mask": Box((2,), 0, 1, "boolean")}
    with pytest.raises(ConfigurationError, match="real numbers are not masked"):
        Encoding.of("worker", Role(1, Box((2,), 0, 1), seen))
    assert Encoding.of("worker", Role(1, Discrete(2), seen)).outputs == 2
    assert Encoding.of("worker", Role(1, Box((2, 3), 0, 1), {"x": Box((1,))})).outputs == 12
