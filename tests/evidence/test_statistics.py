"""Statistics against cases that are worked out by hand."""

import itertools

import numpy as np
import pytest

from solon import ConfigurationError
from solon.evidence.bootstrap import bootstrap
from solon.evidence.comparison import compare
from solon.evidence.statistics import (
    conditional_value_at_risk,
    difference,
    interquartile_mean,
    luck_correlation,
    mean,
    probability_of_improvement,
    ratio,
    regret,
)


def exact_means(scores, same_luck):
    """The mean of every possible draw of the hierarchical bootstrap, all equally likely."""
    seeds, episodes = scores.shape
    found = []
    for rows in itertools.product(range(seeds), repeat=seeds):
        drawn = list(itertools.product(range(episodes), repeat=episodes))
        for columns in itertools.product(drawn, repeat=1 if same_luck else seeds):
            columns = columns * seeds if same_luck else columns
            picked = [scores[r, list(c)] for r, c in zip(rows, columns, strict=True)]
            found.append(np.mean(picked))
    return np.array(found)


@pytest.mark.parametrize("same_luck", [False, True])
def test_the_bootstrap_draws_seeds_and_then_episodes(same_luck):
    # 2 x 2 scores have 64 draws (16 with shared episodes): their deviation is known exactly.
    scores = np.array([[0.0, 2.0], [10.0, 16.0]])
    expected = exact_means(scores, same_luck)
    drawn = []

    def keep(values):
        drawn.append(values.mean(axis=(1, 2)))
        return drawn[-1]

    found = bootstrap(keep, scores, same_luck=same_luck, draws=200_000)
    draws = np.concatenate(drawn[:-1])
    assert found.value == 7
    assert draws.mean() == pytest.approx(expected.mean(), abs=0.03)
    assert draws.std() == pytest.approx(expected.std(), rel=0.01)
    np.testing.assert_allclose(np.unique(draws), np.unique(expected))
    # The quantiles of a distribution, which holds nothing between its values.
    low, high = np.percentile(expected, [2.5, 97.5], method="inverted_cdf")
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


def test_an_interval_covers_as_often_as_it_says():
    # Ten seeds with effects of deviation 1, twenty episodes with deviation 1. The percentile
    # bootstrap over ten seeds is somewhat narrow, as it is known to be: about 90 %.
    generator = np.random.default_rng(1)
    hits = 0
    for trial in range(200):
        scores = generator.normal(size=(10, 1)) + generator.normal(size=(10, 20))
        found = mean(scores, draws=400, seed=trial)
        hits += found.low <= 0 <= found.high
    assert 0.85 <= hits / 200 <= 0.97


def test_one_seed_and_one_episode_have_an_interval_of_no_width():
    assert mean(np.array([[3.0]])).low == 3


def test_pairing_removes_the_luck_that_is_shared():
    generator = np.random.default_rng(0)
    luck = 10 * generator.normal(size=(5, 40))
    baseline = luck + generator.normal(size=(5, 40))
    better = luck + 2 + generator.normal(size=(5, 40))
    paired = difference(better, baseline, draws=2000)
    apart = difference(better, baseline, paired=False, draws=2000)
    assert paired.value == pytest.approx(apart.value)
    assert paired.high - paired.low < 0.3 * (apart.high - apart.low)
    assert paired.low > 0 > apart.low
    assert luck_correlation(better, baseline) > 0.95


def test_differences_ratios_and_correlation_by_hand():
    a, b = np.array([[2.0, 4.0], [6.0, 8.0]]), np.array([[1.0, 3.0], [4.0, 2.0]])
    assert difference(a, b).value == 2.5
    assert ratio(a, b).value == 2
    # +1 in the first seed, -1 in the second.
    assert luck_correlation(a, b) == pytest.approx(0)
    assert luck_correlation(a, 3 * a - 1) == pytest.approx(1)
    assert luck_correlation(a, np.ones((2, 2))) is None
    # The mean of seven times 0.55 is another number.
    assert luck_correlation(np.full((1, 7), 0.55), np.full((1, 7), 0.55)) is None


def test_a_ratio_of_what_changes_sign_is_refused():
    with pytest.raises(ConfigurationError, match=r"scores.*-1.*change sign"):
        ratio(np.array([[-1.0, 2.0]]), np.array([[1.0, 2.0]]))
    with pytest.raises(ConfigurationError, match="baseline"):
        ratio(np.array([[1.0, 2.0]]), np.array([[0.0, 2.0]]))
    assert compare(np.array([[-1.0, 2.0]]), np.array([[1.0, 2.0]])).ratio is None


def test_interquartile_mean_by_hand():
    # Of 8 the middle four; of 4 the middle two; of 6 a quarter is one and a half.
    for values, expected in (
        ([0, 1, 2, 3, 4, 5, 6, 100], 3.5),
        ([9, -50, 1, 3], 2),
        ([0, 2, 4, 6, 8, 1000], (0.5 * 2 + 4 + 6 + 0.5 * 8) / 3),
        ([5], 5),
    ):
        scores = np.array(values, float)[:, None] * np.ones(3)
        assert interquartile_mean(scores, draws=10).value == pytest.approx(expected)


def test_probability_of_improvement_by_hand():
    # Means over episodes 1, 3, 5 against 2, 3: of six pairs 2 + 1 win (5 > 2, 5 > 3, 3 > 2), 1 is
    # equal.
    a, b = np.array([[0.0, 2.0], [3.0, 3.0], [4.0, 6.0]]), np.array([[2.0], [3.0]])
    found = probability_of_improvement(a, b, paired=False)
    assert found.value == pytest.approx(3.5 / 6)
    assert 0 <= found.low < found.value < found.high <= 1
    assert probability_of_improvement(b, a, paired=False).value == pytest.approx(2.5 / 6)


def test_regret_and_its_worst_share_by_hand():
    lost = regret(np.array([1.0, 5.0, 9.0, 4.0]), np.array([10.0, 5.0, 8.0, 6.0]))
    assert lost.tolist() == [9, 0, -1, 2]
    assert conditional_value_at_risk(lost, 0.25) == 9
    assert conditional_value_at_risk(lost, 0.5) == 5.5
    # One and a half of four: 9 in full and half of 2.
    assert conditional_value_at_risk(lost, 0.375) == pytest.approx(10 / 1.5)
    assert conditional_value_at_risk(lost, 1.0) == 2.5


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: mean(np.zeros(3)), "scores.*table"),
        (lambda: mean(np.array([[np.nan]])), "finite"),
        (lambda: mean(np.zeros((0, 3))), "table"),
        (lambda: mean(np.zeros((1, 1)), seed=-1), "seed"),
        (lambda: difference(np.zeros((2, 3)), np.zeros((2, 4))), "one shape"),
        (lambda: compare(np.zeros((2, 3)), np.zeros((3, 2))), "shape"),
        (lambda: conditional_value_at_risk(np.zeros(3), 0.0), "share"),
        (lambda: conditional_value_at_risk(np.array([1.0, np.nan])), "finite"),
        (lambda: mean(np.zeros((1, 1)), draws=0), "draws"),
    ],
)
def test_what_can_not_be_summed_up_is_refused(call, named):
    with pytest.raises(ConfigurationError, match=named):
        call()
