"""Advantages against the definition, written out slowly."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.learning.gae import generalized_advantages

STEPS, BATCH, DISCOUNT, GAE_LAMBDA = 23, 6, 0.9, 0.7


def case(seed=0, ends=True):
    rng = np.random.default_rng(seed)
    flags = {name: rng.random((STEPS, BATCH)) < 0.12 * ends for name in ("terminated", "truncated")}
    return {
        "rewards": rng.normal(size=(STEPS, BATCH)),
        "values": rng.normal(size=(STEPS, BATCH)),
        "final_values": rng.normal(size=BATCH),
        "acting": np.ones((STEPS, BATCH), bool),
        **flags,
    }


def slow(rewards, values, final_values, terminated, truncated, acting):
    """Each decision's sum over all later differences, discounted and weighted, one at a time."""
    following = np.concatenate([values[1:], final_values[None]])
    advantages = np.zeros_like(rewards)
    for t, b in zip(*np.nonzero(acting), strict=True):
        decision, at, weight, ended = t, t, 1.0, False
        while at < STEPS and not ended:
            # What comes until the next decision, an end, or the end of the data.
            gain, factor = 0.0, 1.0
            while True:
                gain += factor * rewards[at, b]
                factor *= DISCOUNT
                ended = terminated[at, b] or truncated[at, b]
                at += 1
                if ended or at == STEPS or acting[at, b]:
                    break
            if not terminated[at - 1, b]:
                gain += factor * following[at - 1, b]
            advantages[t, b] += weight * (gain - values[decision, b])
            decision, weight = at, weight * factor * GAE_LAMBDA
    return advantages


def fast(arrays):
    arrays = {k: jnp.asarray(v, None if v.dtype == bool else float) for k, v in arrays.items()}
    return jax.jit(lambda a: generalized_advantages(**a, discount=DISCOUNT, gae_lambda=GAE_LAMBDA))(
        arrays
    )


@pytest.mark.parametrize("ends", [False, True])
def test_agrees_with_the_definition(ends):
    arrays = case(ends=ends)
    advantages, targets = fast(arrays)
    np.testing.assert_allclose(advantages, slow(**arrays), atol=1e-5)
    np.testing.assert_allclose(targets, slow(**arrays) + arrays["values"], atol=1e-5)


def test_decisions_are_credited_with_all_that_follows_until_the_next_one():
    arrays = case(seed=1)
    arrays["acting"] = np.random.default_rng(2).random((STEPS, BATCH)) < 0.3
    advantages, _ = fast(arrays)
    acting = arrays["acting"]
    np.testing.assert_allclose(np.asarray(advantages)[acting], slow(**arrays)[acting], atol=1e-5)


def test_values_where_nobody_decided_do_not_matter():
    arrays = case(seed=1, ends=False)
    arrays["acting"] = np.random.default_rng(2).random((STEPS, BATCH)) < 0.3
    before, _ = fast(arrays)
    arrays["values"] = np.where(arrays["acting"], arrays["values"], 1e3)
    after, _ = fast(arrays)
    np.testing.assert_array_equal(
        np.asarray(before)[arrays["acting"]], np.asarray(after)[arrays["acting"]]
    )


@pytest.mark.parametrize(("truncated", "worth"), [(True, 1 / (1 - DISCOUNT)), (False, 1.0)])
def test_the_last_step_bootstraps_if_cut_off_and_not_if_terminal(truncated, worth):
    """One state, a reward of 1 a step: worth 1 / (1 - discount) if it goes on."""
    lasting = 1 / (1 - DISCOUNT)
    shape = (5, 1)
    last = np.arange(5)[:, None] == 4
    _, targets = fast(
        {
            "rewards": np.ones(shape),
            "values": np.full(shape, lasting),
            "final_values": np.full(1, lasting),
            "terminated": last & (not truncated),
            "truncated": last & truncated,
            "acting": np.ones(shape, bool),
        }
    )
    np.testing.assert_allclose(targets[-1], worth, rtol=1e-5)
