"""Kinds of workers, by the order of their skills."""

import jax
import numpy as np
import pytest

import solon


@pytest.mark.parametrize(
    ("workers", "sizes"), [(2, [1, 1]), (4, [1, 1, 1, 1]), (6, [2, 1, 2, 1]), (9, [3, 2, 2, 2])]
)
def test_kinds_follow_the_payment(workers, sizes):
    env = solon.make("gather-trade-build", workers=workers, layout="open-quadrant-9")
    _, timestep = jax.jit(env.reset)(jax.random.key(3), env.default_params())
    kinds = np.asarray(timestep.observation["worker"]["kind"])
    payment = np.asarray(timestep.observation["worker"]["build_payment"])
    assert env.roles["worker"].kinds == tuple(sizes)
    np.testing.assert_array_equal(np.bincount(kinds), sizes)
    assert (np.diff(kinds[np.argsort(payment)]) >= 0).all()
