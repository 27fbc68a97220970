"""Roots of sums of powers: those of polynomials, and those that a fine grid shows."""

import numpy as np
import pytest

from solon import ConfigurationError
from solon.economics.equilibrium import positive_roots
from solon.economics.equilibrium.roots import increasing_roots


@pytest.mark.parametrize("seed", range(8))
def test_polynomials_with_known_roots(seed):
    generator = np.random.default_rng(seed)
    positive = np.sort(generator.uniform(0.1, 5, 1 + seed % 4))
    others = -generator.uniform(0.1, 5, seed % 3)
    coefficients = np.poly(np.concatenate([positive, others]))
    found = positive_roots(coefficients, np.arange(len(coefficients))[::-1])
    np.testing.assert_allclose(found, positive, rtol=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_real_exponents_against_a_fine_grid(seed):
    generator = np.random.default_rng(100 + seed)
    c, p = generator.normal(size=5), generator.uniform(-3, 4, 5)
    x = np.exp(np.linspace(-60, 60, 400_001))
    values = (c[:, None] * x ** p[:, None]).sum(0)
    crossings = np.flatnonzero(np.diff(np.sign(values)))
    found = positive_roots(c, p)
    assert len(found) == len(crossings)
    for root, place in zip(found, crossings, strict=True):
        assert x[place] <= root <= x[place + 1]


def test_a_root_that_only_touches_zero():
    np.testing.assert_allclose(positive_roots([1, -2, 1], [2, 1, 0]), [1.0])
    np.testing.assert_allclose(positive_roots([1, -2, 1], [2.5, 1.25, 0]), [1.0])
    assert positive_roots([1, -2, 1.0001], [2, 1, 0]).size == 0
    assert positive_roots([3, 2], [2, 1]).size == 0
    assert positive_roots([3], [2]).size == 0


def test_huge_and_tiny_roots():
    np.testing.assert_allclose(positive_roots([1, -1e300], [1, 0]), [1e300])
    np.testing.assert_allclose(positive_roots([1e300, -1], [3, 0]), [1e-100])


def test_terms_that_all_cancel():
    with pytest.raises(ConfigurationError, match="every number is a root"):
        positive_roots([1, -1], [2, 2])


def test_increasing_functions_to_the_last_digit():
    targets = np.array([0.0, 1e-200, 2.0, 10.0])
    found = increasing_roots(lambda x: x**3 - targets, np.zeros(4), np.full(4, 5.0))
    np.testing.assert_allclose(found, np.cbrt(targets), rtol=1e-15)
