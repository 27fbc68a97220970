"""Level-k thinking and cognitive hierarchies, to the digit and by hand."""

import math

import numpy as np
import pytest

from solon.economics.level_k import cognitive_hierarchy, guessing_game, level_k, poisson_shares
from solon.errors import ConfigurationError

PENNIES = np.array([[9, 0], [0, 1]]), np.array([[0, 1], [1, 0]])


def test_guesses_of_two_thirds_of_the_mean():
    guesses, mean = guessing_game(1.5)
    expected = [50, 33.333333, 26.666667, 23.908046, 22.837536]
    np.testing.assert_allclose(guesses[:5], expected, atol=1e-6)
    assert mean == pytest.approx(33.499778, abs=1e-6)


def test_shares_are_poisson():
    shares = poisson_shares(1.5, 30)
    expected = [math.exp(-1.5) * 1.5**k / math.factorial(k) for k in range(31)]
    np.testing.assert_allclose(shares, expected, atol=1e-12)
    np.testing.assert_array_equal(poisson_shares(0, 2), [1, 0, 0])
    assert poisson_shares(500, 100).sum() == pytest.approx(1)


def test_levels_chase_each_other():
    """Level 1 answers chance: row 1 and, with chance the same to the other, both columns."""
    found = level_k(PENNIES, 4)
    np.testing.assert_array_equal(found.strategies[0][:, 0], [0.5, 1, 1, 0, 0])
    np.testing.assert_array_equal(found.strategies[1][:, 0], [0.5, 0.5, 0, 0, 1])
    np.testing.assert_array_equal(found.frequencies[0], [0, 1])


def test_a_hierarchy_answers_all_lower_levels():
    """Level 2 of columns expects row 1 with the odds of levels 0 and 1, and goes for the other."""
    found = cognitive_hierarchy(PENNIES, 1.5, highest=3)
    np.testing.assert_array_equal(found.strategies[1][2], [0, 1])
    # Level 3 of rows: columns of levels 0, 1, 2 in the shares 1, 1.5, 1.125.
    first = (1 * 0.5 + 1.5 * 0.5) / (1 + 1.5 + 1.125)
    assert 9 * first > 1 - first
    np.testing.assert_array_equal(found.strategies[0][3], [1, 0])
    total = np.array([1, 1.5, 1.125, 0.5625])
    np.testing.assert_allclose(found.shares, total / total.sum())
    by_hand = found.shares @ np.array([0.5, 1, 1, 1])
    assert found.frequencies[0][0] == pytest.approx(by_hand)


def test_noisy_answers_are_logit():
    found = level_k(PENNIES, 1, precision=0.3)
    assert found.strategies[0][1, 0] == pytest.approx(1 / (1 + math.exp(-0.3 * (4.5 - 0.5))))
    still = cognitive_hierarchy(PENNIES, 1.5, precision=0)
    np.testing.assert_allclose(np.concatenate(still.frequencies), 0.5)


def test_players_without_anyone_below_answer_chance():
    found = cognitive_hierarchy(PENNIES, 0, highest=2)
    np.testing.assert_array_equal(found.frequencies[0], [0.5, 0.5])
    np.testing.assert_array_equal(found.strategies[0][1:, 0], [1, 1])


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda: cognitive_hierarchy(PENNIES, -1), "mean_level: got -1"),
        (lambda: cognitive_hierarchy(PENNIES, 1, highest=101), "highest: got 101"),
        (lambda: level_k(PENNIES, 2, precision=-1), "precision: got -1"),
        (lambda: level_k([np.eye(2), np.eye(3)], 1), "shape of payoffs"),
        (lambda: guessing_game(1.5, share=1.2), "share: got 1.2"),
    ],
)
def test_bad_input_is_one_line(call, line):
    with pytest.raises(ConfigurationError, match=line):
        call()
