"""Incomes that workers prefer, for many schedules at once."""

import jax
import jax.numpy as jnp
import numpy as np

from solon.economics.labor_supply import Preferences, preferred_incomes


def test_many_schedules_at_once_are_as_each_by_itself():
    # In single precision, in which what is computed for many schedules was once another number.
    rates = np.random.default_rng(0).uniform(0, 0.9, (20_000, 3)).astype(np.float32)
    skills, cutoffs = np.float32([0.5, 1.0, 2.0, 3.0]), np.float32([0.0, 1.0, 2.0])
    elasticity = 0.5
    given = jnp.asarray(skills), jnp.asarray(cutoffs)
    preferences = Preferences(jnp.float32(elasticity), jnp.float32(0.0))
    found = jax.jit(
        jax.vmap(lambda r: preferred_incomes(*given, r, jnp.float32(0.0), preferences))
    )(jnp.asarray(rates))
    # By hand in double precision: the best income of each bracket, and the best of these.
    kept, upper = 1 - rates[:, None].astype(float), np.array([1.0, 2.0, np.inf])
    tried = np.clip(skills[None, :, None] ** 1.5 * kept**elasticity, cutoffs, upper)
    due = np.stack(
        [
            np.sum(
                rates[:, None] * np.clip(tried[..., k : k + 1] - cutoffs, 0, upper - cutoffs),
                axis=-1,
            )
            for k in range(3)
        ],
        axis=-1,
    )
    utility = tried - due - (tried / skills[None, :, None]) ** 3 / 3
    reached = np.take_along_axis(
        utility, np.abs(tried - np.asarray(found)[..., None]).argmin(axis=-1)[..., None], axis=-1
    )
    np.testing.assert_allclose(reached[..., 0], utility.max(axis=-1), atol=1e-5)
    assert np.abs(tried - np.asarray(found)[..., None]).min(axis=-1).max() < 1e-4
