"""Quantal-response equilibria: digits, games whose branches are known, other ways to count."""

import itertools

import numpy as np
import pytest
from scipy.optimize import brentq

from solon.economics.quantal_response import (
    quantal_response_branches,
    quantal_response_equilibria,
)
from solon.errors import ConfigurationError, NotConvergedError

PENNIES = np.array([[9, 0], [0, 1]]), np.array([[0, 1], [1, 0]])
STAG_HUNT = np.array([[2, 0], [1.5, 1]]), np.array([[2, 1.5], [0, 1]])
SEXES = np.array([[2, 0], [0, 1]]), np.array([[1, 0], [0, 2]])


def logistic(x):
    return 1 / (1 + np.exp(-x))


def roots_of_two_by_two(payoffs, precision):
    """All equilibria of a game of two actions each: zeros of a function of one number."""
    row, column = payoffs

    def gap(odds):
        p = logistic(odds)
        q = logistic(precision * (p * (column[0, 0] - column[0, 1])
                                  + (1 - p) * (column[1, 0] - column[1, 1])))  # fmt: skip
        return odds - precision * (q * (row[0, 0] - row[1, 0])
                                   + (1 - q) * (row[0, 1] - row[1, 1]))  # fmt: skip

    # In log-odds no two equilibria are hidden by rounding.
    furthest = 1 + precision * np.abs(payoffs).max() * 2
    grid = np.linspace(-furthest, furthest, 20_001)
    values = gap(grid)
    crossings = np.flatnonzero(np.sign(values[:-1]) != np.sign(values[1:]))
    return [logistic(brentq(gap, grid[i], grid[i + 1])) for i in crossings]


@pytest.mark.parametrize(
    ("precision", "row", "column"),
    [
        (0, 0.5, 0.5),
        (0.5, 0.830671, 0.418077),
        (1, 0.893576, 0.312780),
        (2, 0.860754, 0.191078),
        (5, 0.701984, 0.117135),
        (20, 0.554627, 0.101097),
    ],
)
def test_a_game_with_one_equilibrium_to_six_digits(precision, row, column):
    found = quantal_response_equilibria(PENNIES, precision)
    assert len(found.index) == 1
    assert found.profiles[0][0, 0] == pytest.approx(row, abs=1e-6)
    assert found.profiles[1][0, 0] == pytest.approx(column, abs=1e-6)


def test_as_many_as_a_function_of_one_probability_has_zeros():
    generator = np.random.default_rng(3)
    several = 0
    for _ in range(12):
        payoffs = generator.normal(size=(2, 2, 2))
        precision = float(np.exp(generator.uniform(0, 3)))
        expected = roots_of_two_by_two(payoffs, precision)
        found = quantal_response_equilibria(payoffs, precision, starts=20)
        np.testing.assert_allclose(np.sort(found.profiles[0][:, 0]), expected, atol=1e-7)
        several += len(expected) > 1
    assert several > 1


def test_a_pitchfork():
    """Pure coordination: at k = 2 symmetry breaks."""
    for precision, count in ((1.9, 1), (2.1, 3), (10, 3)):
        found = quantal_response_equilibria([np.eye(2)] * 2, precision)
        assert len(found.index) == count
        assert found.profiles[0][0, 0] == pytest.approx(0.5, abs=1e-9)
    principal, arms = quantal_response_branches([np.eye(2)] * 2, 10)
    assert principal.principal and not arms.principal
    np.testing.assert_allclose(principal.profiles[0], 0.5, atol=1e-9)
    assert arms.lowest == pytest.approx(2, abs=1e-3)
    ends = arms.profiles[0][[0, -1], 0]
    np.testing.assert_allclose(np.sort(ends), [4.54391424e-05, 0.999954561], atol=1e-8)


@pytest.mark.parametrize("payoffs", [STAG_HUNT, SEXES])
def test_a_detached_branch_begins_where_two_zeros_do(payoffs):
    principal, detached = quantal_response_branches(payoffs, 15)
    assert principal.lowest == 0 and principal.precision[-1] == 15
    assert len(roots_of_two_by_two(payoffs, detached.lowest - 0.01)) == 1
    assert len(roots_of_two_by_two(payoffs, detached.lowest + 0.01)) == 3
    # Every point is an equilibrium.
    row, column = payoffs
    for k, p, q in zip(detached.precision, *detached.profiles, strict=True):
        assert p[0] == pytest.approx(logistic(k * (row @ q) @ [1, -1]), abs=1e-8)
        assert q[0] == pytest.approx(logistic(k * (p @ column) @ [1, -1]), abs=1e-8)


def test_three_actions_with_one_symmetry():
    """Pure coordination on one of three: 7 Nash equilibria, and folds before symmetry breaks.

    With one action at x and the others even, x = e / (e + 2) for e = exp(k (3 x - 1) / 2), so that
    k = 2 ln(2 x / (1 - x)) / (3 x - 1), whose least value is where the folds are.
    """
    x = np.linspace(0.34, 0.99, 100_001)
    fold = (2 * np.log(2 * x / (1 - x)) / (3 * x - 1)).min()
    for precision, count in ((fold - 0.02, 1), (fold + 0.02, 7), (3.2, 7), (8, 7)):
        found = quantal_response_equilibria([np.eye(3)] * 2, precision)
        assert len(found.index) == count
        assert found.index.sum() == 1
    principal, *others = quantal_response_branches([np.eye(3)] * 2, 8)
    np.testing.assert_allclose(principal.profiles[0], 1 / 3, atol=1e-9)
    assert len(others) == 3
    for branch in others:
        assert branch.lowest == pytest.approx(fold, abs=1e-6)


def test_three_players():
    payoff = np.zeros((2, 2, 2))
    payoff[0, 0, 0], payoff[1, 1, 1] = 1, 2
    principal, detached = quantal_response_branches([payoff] * 3, 12)
    # All play alike: a function of one probability again.
    p = logistic(np.linspace(-12, 12, 400_001))
    k = np.log(p / (1 - p)) / (p**2 - 2 * (1 - p) ** 2)
    fold = k[(p > 0.6) & (k > 0)].min()
    assert detached.lowest == pytest.approx(fold, abs=1e-5)
    for profile in (principal.profiles, detached.profiles):
        for one, other in itertools.pairwise(profile):
            np.testing.assert_allclose(one, other, atol=1e-7)


def test_what_is_missing_is_said(monkeypatch):
    from solon.economics import quantal_response

    monkeypatch.setattr(
        quantal_response, "_starts", lambda system, *_: np.full((1, system.size), 9.0)
    )
    with pytest.raises(NotConvergedError, match="indices of the 2 that were found sum to 0"):
        quantal_response_equilibria([np.eye(2)] * 2, 5)


@pytest.mark.parametrize(
    ("payoffs", "precision", "line"),
    [
        (PENNIES, -1, "precision: got -1; .*at least 0"),
        ([np.eye(2)], 1, "players: got 1; allowed: 2 to 20"),
        ([np.eye(2), np.eye(3)], 1, r"shape of payoffs: got \(3, 3\)"),
        ([[1, 2], [3, 4]], 1, r"shape of payoffs: got \(2,\); allowed: 2 axes"),
        ([np.eye(2), [[1, np.nan], [0, 1]]], 1, "payoffs: .*finite numbers"),
        ([["a"], ["b"]], 1, "payoffs: .*one array of numbers a player"),
        (3, 1, "payoffs: got 3; allowed: one array"),
    ],
)
def test_bad_input_is_one_line(payoffs, precision, line):
    with pytest.raises(ConfigurationError, match=line) as caught:
        quantal_response_equilibria(payoffs, precision)
    assert "\n" not in str(caught.value)
