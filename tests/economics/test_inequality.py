"""Gini, Lorenz and Atkinson against cases by hand, axioms and the original's formula."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax.test_util import check_grads

from solon.economics import (
    atkinson_index,
    equality,
    equally_distributed_equivalent,
    gini,
    lorenz_curve,
)

# A few sizes only, on either side of the change from pairs to sorting: each size compiles apart.
amounts_of_some = (
    st.sampled_from([2, 5, 35])
    .flatmap(lambda n: st.lists(st.floats(0.0, 1e4), min_size=n, max_size=n))
    .filter(lambda x: sum(x) > 1)
)
INDICES = {
    "gini": jax.jit(gini),
    "atkinson 0.5": jax.jit(lambda x: atkinson_index(x, 0.5)),
    "atkinson 1": jax.jit(lambda x: atkinson_index(x, 1.0)),
}


def exact(values):
    return jnp.asarray(values, jnp.float64)


def test_gini_by_hand(float64):
    # Two members: the difference over the sum.
    assert float(gini(exact([1, 3]))) == pytest.approx(0.5)
    # Pairs of 1, 2, 3, 4 differ by 10 in sum: 2 * 10 / (2 * 4 * 10) * 4 / 3.
    assert float(gini(exact([1, 2, 3, 4]))) == pytest.approx(1 / 3)
    assert float(equality(exact([4, 1, 3, 2]))) == pytest.approx(2 / 3)


@pytest.mark.parametrize("n", [2, 4, 29, 30, 100])
def test_gini_at_its_bounds(float64, n):
    assert float(gini(jnp.full(n, 7.7))) == pytest.approx(0, abs=1e-14)
    assert float(gini(jnp.zeros(n).at[n // 2].set(50.0))) == pytest.approx(1, abs=1e-14)
    assert float(gini(jnp.zeros(n))) == 0
    # Pairs of 1, ..., n differ by n (n^2 - 1) / 3 in sum.
    assert float(gini(jnp.arange(1.0, n + 1))) == pytest.approx(1 / 3)


def test_gini_of_one():
    assert float(gini(jnp.array([5.0]))) == 0
    assert float(gini(jnp.array([5.0]), compatibility="foundation")) == 0


def test_gini_of_uniform_and_exponential_populations(float64):
    quantiles = (jnp.arange(20_000) + 0.5) / 20_000
    assert float(gini(quantiles)) == pytest.approx(1 / 3, abs=1e-4)
    assert float(gini(-jnp.log1p(-quantiles))) == pytest.approx(1 / 2, abs=2e-4)


def test_gini_sorted_and_pairwise_agree(float64):
    """Fifteen twice over: each pair counts four times, and n / (n - 1) is another."""
    few = exact(np.random.default_rng(0).lognormal(3, 1, 15))
    many = jnp.concatenate([few, few])
    assert float(gini(many)) * 29 / 30 == pytest.approx(float(gini(few)) * 14 / 15, rel=1e-13)


# Found by running version 1.7.1 of the original framework.
FOUNDATION_EQUALITY = [
    (np.arange(1, 5), 0.6666666667),
    (np.arange(1, 41), 0.6829268292682),
    (np.zeros(4), 1.0),
    (np.zeros(29), 1.0),
    (np.zeros(30), 0.0),
    (np.eye(30)[3] * 50, 2 / 31),
    (np.eye(100)[3] * 50, 2 / 101),
    (np.full(40, 7.7), 1.0),
]


@pytest.mark.parametrize(("amounts", "found"), FOUNDATION_EQUALITY)
def test_foundation_equality(float64, amounts, found):
    assert float(equality(exact(amounts), compatibility="foundation")) == pytest.approx(
        found, rel=1e-10, abs=1e-10
    )


def test_foundation_equality_of_one_owner_is_not_quite_zero(float64):
    one_owner = equality(exact([0, 0, 50, 0]), compatibility="foundation")
    assert float(one_owner) == pytest.approx(1e-10 / 400, rel=1e-3)


@pytest.mark.parametrize("n", [2, 4, 10, 29, 30, 100])
def test_foundation_equality_is_the_literal_formula(float64, n):
    x = np.random.default_rng(n).lognormal(3, 1, n)
    if n < 30:
        pairs = np.abs(x[:, None] - x[None, :]).sum()
        expected = 1 - pairs / (2 * n * x.sum() + 1e-10) * n / (n - 1)
    else:
        expected = 2 / (n + 1) * (np.cumsum(np.sort(x)) / (x.sum() + 1e-10)).sum()
    found = equality(exact(x), compatibility="foundation")
    assert float(found) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("name", INDICES)
@settings(max_examples=60, deadline=None)
@given(amounts=amounts_of_some, scale=st.floats(0.01, 100.0))
def test_axioms_of_relative_inequality(name, amounts, scale):
    with jax.enable_x64(True):
        x, index = np.asarray(amounts), INDICES[name]
        value = float(index(x))
        assert -1e-12 <= value <= 1 + 1e-12
        assert float(index(scale * x)) == pytest.approx(value, abs=1e-9)
        assert float(index(x[::-1].copy())) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("name", INDICES)
@settings(max_examples=60, deadline=None)
@given(amounts=amounts_of_some, share=st.floats(0.01, 0.99))
def test_a_transfer_from_rich_to_poor_lowers_inequality(name, amounts, share):
    with jax.enable_x64(True):
        x, index = np.asarray(amounts), INDICES[name]
        richest, poorest = np.argmax(x), np.argmin(x)
        transfer = share * (x[richest] - x[poorest]) / 2
        after = x.copy()
        after[richest] -= transfer
        after[poorest] += transfer
        before = float(index(x))
        assert float(index(after)) <= before + 1e-9
        # With nothing at all for somebody, aversion 1 finds it as bad as can be.
        if transfer > 1e-3 * x.sum() and x.min() > 0.1:
            assert float(index(after)) < before


def test_lorenz_curve_by_hand():
    population, owned = lorenz_curve(jnp.array([6.0, 1.0, 3.0, 0.0]))
    np.testing.assert_allclose(population, [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(owned, [0, 0, 0.1, 0.4, 1], rtol=1e-6)
    population, owned = lorenz_curve(jnp.zeros(4))
    np.testing.assert_allclose(owned, population)


def test_gini_is_twice_the_area_under_the_diagonal(float64):
    x = exact(np.random.default_rng(1).lognormal(2, 1, 12))
    population, owned = lorenz_curve(x)
    area = 0.5 - np.trapezoid(owned, population)
    assert float(gini(x)) == pytest.approx(2 * area * 12 / 11, rel=1e-12)


def test_equally_distributed_equivalent_by_hand(float64):
    x = exact([1, 4])
    assert float(equally_distributed_equivalent(x, 0.0)) == pytest.approx(2.5)
    assert float(equally_distributed_equivalent(x, 0.5)) == pytest.approx(2.25)
    assert float(equally_distributed_equivalent(x, 1.0)) == pytest.approx(2.0)
    assert float(equally_distributed_equivalent(x, 2.0)) == pytest.approx(1.6)
    assert float(atkinson_index(x, 1.0)) == pytest.approx(0.2)


def test_atkinson_index_of_a_log_normal_population(float64):
    """1 - exp(-aversion sigma^2 / 2)."""
    quantiles = (jnp.arange(100_000) + 0.5) / 100_000
    population = jnp.exp(3 + 0.5 * jax.scipy.stats.norm.ppf(quantiles))
    for aversion in (0.5, 1.0, 1.5):
        expected = 1 - np.exp(-aversion * 0.5**2 / 2)
        assert float(atkinson_index(population, aversion)) == pytest.approx(expected, abs=2e-5)


def test_atkinson_index_without_coin():
    assert float(atkinson_index(jnp.zeros(3), 0.5)) == 0
    assert float(atkinson_index(jnp.array([0.0, 1.0]), 0.5)) == pytest.approx(0.5)
    assert float(atkinson_index(jnp.array([0.0, 1.0]), 1.0)) == 1
    assert float(equally_distributed_equivalent(jnp.zeros(3), 1.0)) == 0


def test_atkinson_index_is_smooth_through_aversion_one(float64):
    x = exact([1, 5, 20])
    around = [float(atkinson_index(x, 1 + d)) for d in (-1e-4, -1e-9, 0.0, 1e-9, 1e-4)]
    slope = (around[-1] - around[0]) / 2e-4
    np.testing.assert_allclose(around[1:4], around[2] + slope * np.array([-1e-9, 0, 1e-9]), 1e-12)
    assert float(jax.grad(atkinson_index, 1)(x, 1.0)) == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize("n", [4, 40])
@pytest.mark.parametrize("compatibility", [None, "foundation"])
def test_gini_gradients(float64, n, compatibility):
    # Well apart, since the index has a kink where two are equal.
    x = exact(np.random.default_rng(2).permutation(np.arange(1, n + 1) ** 1.5))
    check_grads(lambda y: gini(y, compatibility=compatibility), (x,), order=1, modes=("rev",))
    for special in (jnp.zeros(n), jnp.ones(n), jnp.zeros(n).at[0].set(9.0)):
        slope = jax.grad(lambda y: gini(y, compatibility=compatibility))(special)
        assert np.isfinite(slope).all()


@pytest.mark.parametrize("aversion", [0.5, 1.0, 2.0])
def test_atkinson_gradients_at_zero(aversion):
    for special in (jnp.zeros(4), jnp.ones(4), jnp.zeros(4).at[0].set(9.0)):
        assert np.isfinite(jax.grad(atkinson_index)(special, aversion)).all()
        slope = jax.grad(equally_distributed_equivalent)(special, aversion)
        assert np.isfinite(slope).all()


@pytest.mark.parametrize("n", [4, 40])
def test_compiled_and_batched_agree(n):
    x = jnp.asarray(np.random.default_rng(3).lognormal(2, 1, (5, n)), jnp.float32)
    for function in (
        gini,
        lambda y: equality(y, compatibility="foundation"),
        lambda y: atkinson_index(y, 0.5),
    ):
        looped = jnp.stack([function(row) for row in x])
        np.testing.assert_allclose(jax.jit(jax.vmap(function))(x), looped, rtol=1e-5)
        np.testing.assert_allclose(jax.jit(function)(x), looped, rtol=1e-5)
