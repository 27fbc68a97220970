"""Statistics refuse scores that are not finite in one line; scores of forecasts pass NaN on."""

import inspect

import numpy as np
import pytest

import solon
from solon import evidence
from solon.applications.pandemic.calibration import scores
from solon.evidence import social_measures

SCORES = np.arange(1.0, 9.0).reshape(2, 4)
# Statistic -> how many tables of scores it takes.
REFUSING = {
    **dict.fromkeys(("conditional_value_at_risk", "interquartile_mean", "mean"), 1),
    **dict.fromkeys(("difference", "luck_correlation", "probability_of_improvement", "ratio"), 2),
}
# Not of scores: they play, or lay evaluations side by side, which hold finite numbers only.
OTHERS = {"compare", "exploitability"}


def test_every_statistic_is_here():
    functions = {name for name in evidence.__all__ if inspect.isfunction(getattr(evidence, name))}
    assert functions == {*REFUSING, *OTHERS, "regret"}


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", sorted(REFUSING))
def test_statistics_refuse_what_is_not_finite(name, value):
    statistic, count = getattr(evidence, name), REFUSING[name]
    statistic(*[SCORES] * count)
    for place in range(count):
        given = [SCORES.copy() for _ in range(count)]
        given[place][1, 2] = value
        with pytest.raises(solon.ConfigurationError) as refusal:
            statistic(*given)
        assert "\n" not in str(refusal.value)


def test_regret_is_unknown_where_a_score_is():
    known, unknown = np.array([1.0, 2.0]), np.array([3.0, np.nan])
    assert np.isnan(evidence.regret(unknown, known)).tolist() == [False, True]
    assert np.isnan(evidence.regret(known, unknown)).tolist() == [False, True]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_social_measures_refuse_coin_that_is_not_finite(value):
    with pytest.raises(solon.ConfigurationError, match="coin"):
        social_measures.social_measures(np.array([1.0, value]), np.ones(2))


def test_scores_of_forecasts_pass_nan_on():
    quantiles = np.arange(5.0)[:, None] + np.arange(3.0)
    observed = np.array([1.0, 9.0, 4.0])
    of_points = (scores.mean_absolute_error, scores.root_mean_squared_error)

    def found(quantiles, observed):
        low, middle, high = quantiles[0], quantiles[2], quantiles[4]
        return [
            scores.coverage(low, high, observed),
            np.mean(scores.interval_score(low, high, observed, alpha=0.1)),
            scores.weighted_interval_score(quantiles, observed),
            *(score(middle, observed) for score in of_points),
        ]

    assert np.isfinite(found(quantiles, observed)).all()
    assert found(quantiles, observed)[0] == pytest.approx(2 / 3)
    unknown = observed.copy()
    unknown[1] = np.nan
    assert np.isnan(found(quantiles, unknown)).all()
    for level in (0, 4):
        unknown = quantiles.copy()
        unknown[level, 1] = np.nan
        # Intervals are unknown then; the median and its error are not.
        assert np.isnan(found(unknown, observed)[:3]).all()
        assert np.isfinite(found(unknown, observed)[3:]).all()
