"""Scores against cases that were worked out by hand."""

import numpy as np
import pytest

from solon.applications.pandemic.calibration.scores import (
    coverage,
    interval_score,
    mean_absolute_error,
    root_mean_squared_error,
    weighted_interval_score,
)


def test_errors():
    forecast, observed = np.array([1.0, 4.0]), np.array([2.0, 1.0])
    assert mean_absolute_error(forecast, observed) == 2
    assert root_mean_squared_error(forecast, observed) == pytest.approx(np.sqrt(5))


def test_coverage_counts_the_ends():
    low, high = np.zeros(4), np.ones(4)
    assert coverage(low, high, np.array([0.0, 1.0, 1.5, -0.1])) == 0.5


def test_interval_score():
    low, high = np.full(3, 2.0), np.full(3, 6.0)
    # Inside: the width. 1 below: 4 + 2/0.5 · 1. 3 above: 4 + 2/0.5 · 3.
    found = interval_score(low, high, np.array([4.0, 1.0, 9.0]), alpha=0.5)
    np.testing.assert_allclose(found, [4, 8, 16])


def test_weighted_interval_score():
    quantiles = np.array([[0.0], [2.0], [3.0], [6.0], [10.0]])
    # 7: half the distance to the median is 2. Of 50 %: 0.25 · (4 + 4 · 1) = 2. Of 90 %:
    # 0.05 · 10 = 0.5. Together 4.5, over 2.5.
    assert weighted_interval_score(quantiles, np.array([7.0])) == pytest.approx(1.8)
    # 12: 4.5; 0.25 · (4 + 4 · 6) = 7; 0.05 · (10 + 20 · 2) = 2.5. Together 14, over 2.5.
    assert weighted_interval_score(quantiles, np.array([12.0])) == pytest.approx(5.6)


def test_without_intervals_it_is_the_absolute_error():
    quantiles = np.full((5, 2), 3.0)
    assert weighted_interval_score(quantiles, np.array([1.0, 7.0])) == pytest.approx(3)
