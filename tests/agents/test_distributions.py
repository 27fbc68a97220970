"""Masked choices: never taken, exactly improbable, without a gradient."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.agents import MultiCategorical

SIZES = (5, 1, 3)
sample = jax.jit(lambda distribution, uniform: distribution.sample(uniform))
evaluate = jax.jit(lambda distribution, action: distribution.evaluate(action))


@pytest.fixture
def distribution():
    logits = 3 * jax.random.normal(jax.random.key(0), (64, 9))
    mask = jax.random.bernoulli(jax.random.key(1), 0.5, (64, 9))
    mask = mask.at[:, jnp.array([0, 5, 6])].set(True)
    return MultiCategorical(logits, mask, SIZES)


def test_probabilities_are_a_softmax_over_the_allowed_choices(distribution):
    probabilities = np.asarray(distribution.probabilities())
    mask, logits = np.asarray(distribution.mask), np.asarray(distribution.logits, float)
    assert (probabilities[~mask] == 0).all()
    for start, end in itertools.pairwise((0, 5, 6, 9)):
        weights = np.exp(logits[:, start:end]) * mask[:, start:end]
        np.testing.assert_allclose(
            probabilities[:, start:end], weights / weights.sum(1, keepdims=True), rtol=1e-5
        )


def test_log_probability_and_entropy_agree_with_the_sum_over_all_actions(distribution):
    blocks = [range(size) for size in SIZES]
    total, entropy = 0.0, 0.0
    for action in itertools.product(*blocks):
        actions = jnp.broadcast_to(jnp.array(action), (64, 3))
        log_probability = np.asarray(evaluate(distribution, actions)[0], float)
        allowed = np.asarray(distribution.mask)[:, np.array([0, 5, 6]) + np.array(action)].all(1)
        assert (np.isneginf(log_probability) == ~allowed).all()
        p = np.exp(log_probability)
        total += p
        entropy -= np.where(p > 0, p * np.where(p > 0, log_probability, 0), 0)
    np.testing.assert_allclose(total, 1, rtol=1e-5)
    np.testing.assert_allclose(distribution.entropy(), entropy, rtol=1e-4, atol=1e-5)
    evaluated = evaluate(distribution, jnp.zeros((64, 3), jnp.int32))
    np.testing.assert_allclose(evaluated[1], distribution.entropy(), rtol=1e-5)


def test_gradients_are_finite_and_vanish_on_masked_choices(distribution):
    actions = jnp.zeros((64, 3), jnp.int32)

    @jax.jit
    @jax.grad
    def slope(logits):
        log_probability, entropy = MultiCategorical(logits, distribution.mask, SIZES).evaluate(
            actions
        )
        return jnp.sum(log_probability + entropy)

    # Logits that a diverging network might give.
    for logits in (distribution.logits, 1e4 * distribution.logits):
        gradient = np.asarray(slope(logits))
        assert np.isfinite(gradient).all()
        assert (gradient[~np.asarray(distribution.mask)] == 0).all()
    assert np.abs(gradient).max() > 0


def test_samples_follow_the_probabilities():
    logits = jnp.array([0.5, -1.0, 2.0, 0.0])
    mask = jnp.array([True, False, True, True])
    count = 20_000
    spread = MultiCategorical(
        jnp.broadcast_to(logits, (count, 4)), jnp.broadcast_to(mask, (count, 4)), (4,)
    )
    uniform = (jnp.arange(count) + 0.5)[:, None] / count
    share = np.bincount(np.asarray(spread.sample(uniform))[:, 0], minlength=4) / count
    # A grid of uniforms inverts the cumulative distribution up to one grid step.
    np.testing.assert_allclose(share, np.asarray(spread.probabilities())[0], atol=1.5 / count)


@pytest.mark.parametrize("uniform", [0.0, 1e-45, 2.0**-24, 0.5, 1 - 2.0**-24, 1.0])
def test_no_uniform_number_finds_a_masked_choice(uniform):
    """Also where the cumulative sum stays below 1 and where it does not move by rounding."""
    for size, scale in ((2, 1.0), (50, 1.0), (50, 40.0), (211, 10.0)):
        keys = jax.random.split(jax.random.key(3))
        logits = scale * jax.random.normal(keys[0], (2000, size))
        mask = jax.random.bernoulli(keys[1], 0.2, (2000, size))
        only_one = jax.nn.one_hot(jnp.arange(2000) % size, size, dtype=bool)
        mask |= only_one
        for allowed in (mask, only_one):
            drawn = sample(MultiCategorical(logits, allowed, (size,)), jnp.full((2000, 1), uniform))
            assert bool(jnp.take_along_axis(allowed, drawn, axis=1).all())


def test_random_uniform_numbers_find_no_masked_choice():
    keys = jax.random.split(jax.random.key(5), 3)
    logits = 4 * jax.random.normal(keys[0], (200_000, 50))
    mask = jax.random.bernoulli(keys[1], 0.5, logits.shape).at[:, 0].set(True)
    drawn = sample(MultiCategorical(logits, mask, (50,)), jax.random.uniform(keys[2], (200_000, 1)))
    assert bool(jnp.take_along_axis(mask, drawn, axis=1).all())


def test_a_mask_without_any_choice_is_ignored():
    distribution = MultiCategorical(jnp.zeros((2, 4)), jnp.zeros((2, 4), bool), (4,))
    np.testing.assert_allclose(distribution.probabilities(), 0.25)
    actions = jnp.array([[3], [0]])
    np.testing.assert_allclose(distribution.log_probability(actions), np.log(0.25), rtol=1e-6)
    assert distribution.sample(jnp.full((2, 1), 0.6)).tolist() == [[2], [2]]
