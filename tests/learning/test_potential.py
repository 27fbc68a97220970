"""What is known of coming rewards: it helps a critic and changes no advantage of a perfect one."""

import jax
import jax.numpy as jnp
import numpy as np

from solon.agents.encoding import Encoded
from solon.learning.batch import targets
from solon.learning.gae import generalized_advantages
from solon.learning.rollout import Experience


def experience(reward, value, potential):
    shape = reward.shape
    return Experience(
        observation=Encoded(jnp.zeros((*shape, 1)), {}, jnp.ones((*shape, 1), bool)),
        choices=jnp.zeros((*shape, 1), jnp.int32),
        log_probability=jnp.zeros(shape),
        value=value,
        potential=potential,
        reward=reward,
        acting=jnp.ones(shape, bool),
    )


def batch(reward, value, final, potential, final_potential, terminated):
    return targets(
        experience(reward, value, potential),
        jnp.zeros((2, 1, 0)),
        final + final_potential,
        terminated,
        jnp.zeros_like(terminated),
        discount=0.9,
        gae_lambda=0.7,
    )


def test_it_is_shaping_by_a_potential():
    """The advantages are those of rewards r + discount x F(s') - F(s) under the critic alone."""
    keys = jax.random.split(jax.random.key(0), 5)
    shape = (6, 2, 1)
    reward, value, potential = (jax.random.normal(k, shape) for k in keys[:3])
    final, final_potential = (jax.random.normal(k, shape[1:]) for k in keys[3:])
    terminated = jnp.zeros(shape[:2], bool).at[3, 0].set(True)
    found = batch(reward, value, final, potential, final_potential, terminated)

    following = jnp.concatenate([potential[1:], final_potential[None]])
    following = jnp.where(terminated[..., None], 0, following)
    ends = jnp.broadcast_to(terminated[..., None], shape)
    expected, target = generalized_advantages(
        reward + 0.9 * following - potential,
        value,
        final,
        terminated=ends,
        truncated=jnp.zeros(shape, bool),
        acting=jnp.ones(shape, bool),
        discount=0.9,
        gae_lambda=0.7,
    )
    standard = (expected - expected.mean()) / (expected.std() + 1e-8)
    np.testing.assert_allclose(found.advantage, standard, atol=1e-5)
    np.testing.assert_allclose(found.target, target, atol=1e-5)


def test_a_perfect_critic_gains_nothing():
    """What is moved from the critic into the potential changes no advantage."""
    keys = jax.random.split(jax.random.key(1), 4)
    shape = (5, 2, 1)
    reward, value, part = (jax.random.normal(k, shape) for k in keys[:3])
    final = jax.random.normal(keys[3], shape[1:])
    never = jnp.zeros(shape[:2], bool)
    nothing = jnp.zeros(shape)
    all_by_critic = batch(reward, value, final, nothing, nothing[0], never)
    shared = batch(reward, value - part, final - part[0], part, part[0], never)
    np.testing.assert_allclose(all_by_critic.advantage, shared.advantage, atol=1e-5)
