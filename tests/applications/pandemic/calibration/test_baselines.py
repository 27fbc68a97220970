"""Baselines on rows for which the answer is known."""

import dataclasses

import numpy as np
import pytest

from solon.applications.pandemic.calibration import baselines
from solon.applications.pandemic.calibration.known import cut
from solon.applications.pandemic.calibration.scores import LEVELS
from solon.data.covid19 import load


@pytest.fixture(scope="module")
def known():
    return cut(load(), "2020-08")


def straight(known, daily):
    """As if so many had died each day and state from the first day on."""
    days = np.arange(1, len(known.dates) + 1)[:, None]
    return dataclasses.replace(known, deaths=days * daily[None, :])


def test_naive_and_mean_reverting(known):
    daily = np.linspace(0, 50, len(known.states))
    known = straight(known, daily)
    np.testing.assert_allclose(baselines.naive_deaths(known, 1), 31 * daily)
    nation = daily.sum() * known.population / known.population.sum()
    # August and September: day k of the first 60 keeps 1 - k/60 of the state's own rate.
    own = sum(1 - k / 60 for k in range(1, 61))
    expected = own * daily + (61 - own) * nation
    np.testing.assert_allclose(baselines.mean_reverting_deaths(known, 2), expected)
    # The nation's total is that of N, whatever the states do.
    total = baselines.naive_deaths(known, 4).sum()
    assert baselines.mean_reverting_deaths(known, 4).sum() == pytest.approx(total)


def test_mean_since_start(known):
    # Everybody died on the first day: recent rates are 0, the mean is not.
    deaths = np.full_like(known.deaths, 132.0)
    found = baselines.mean_reverting_deaths(
        dataclasses.replace(known, deaths=deaths), 1, to="since-start"
    )
    # 132 days from 2020-03-22 to 2020-07-31: each state's share of one death a day and state.
    share = len(known.states) * known.population / known.population.sum()
    np.testing.assert_allclose(found, sum(k / 60 for k in range(1, 32)) * share)


@pytest.mark.parametrize("method", ["N", "M", "M since start"])
def test_dressed_keeps_the_forecast_in_the_middle(known, method):
    found = baselines.dressed(known, 2, method, LEVELS)
    to = "since-start" if method == "M since start" else "recent"
    point = baselines.mean_reverting_deaths(known, 2, to=to)
    if method == "N":
        point = baselines.naive_deaths(known, 2)
    np.testing.assert_allclose(found[2], point, atol=1e-9)
    assert (np.diff(found, axis=0) >= 0).all()
    assert (found[4] > point).all()


def test_unemployment(known):
    # June is the last one known in August: August is two steps ahead.
    june, may = known.unemployment[-1], known.unemployment[-2]
    np.testing.assert_array_equal(baselines.persistence(known, 1), june)
    np.testing.assert_allclose(baselines.drift(known, 1), june + 2 * (june - may))


def test_recovery_that_is_exact(known):
    usual = np.full_like(known.unemployment, 4.0)
    gap = 10 * 0.8 ** np.arange(len(known.months))
    known = dataclasses.replace(known, unemployment=usual)
    known.unemployment[2:] += gap[2:, None]
    # Four months from August on are November, five steps after June.
    expected = 4 + gap[-1] * 0.8**5
    np.testing.assert_allclose(baselines.pooled_recovery(known, 4), expected)
    middle = (expected + known.unemployment[-1]) / 2
    np.testing.assert_allclose(baselines.mean_with_recovery(known, 4), middle)
