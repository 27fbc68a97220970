"""What must hold of the table of states and days, but for the faults that the datasheet lists."""

import numpy as np
import pytest

from solon.data.covid19 import load, load_calibration
from solon.data.us_states import POSTAL_CODES


@pytest.fixture(scope="module")
def data():
    return load()


def known(values):
    return values[np.isfinite(values)]


def test_days_are_consecutive_and_states_are_all_there(data):
    assert (np.diff(data.dates) == np.timedelta64(1, "D")).all()
    assert (str(data.dates[0]), str(data.dates[-1])) == ("2020-01-01", "2021-06-01")
    assert data.states == tuple(POSTAL_CODES)


def test_people_are_counted_in_persons(data):
    assert data.population.min() == data.population[data.states.index("Wyoming")]
    assert data.population.max() == data.population[data.states.index("California")]
    assert ((data.population > 5e5) & (data.population < 4e7)).all()


def test_counts_lie_between_nobody_and_everybody(data):
    # Deaths of 3 per 1,000 persons are those of the state that had most, New Jersey.
    for values, most in ((data.deaths, 0.003), (data.smoothed_deaths, 0.003)):
        assert known(values).min() == 0
        assert np.nanmax(values / data.population) < most
    share = data.vaccinated / data.population
    assert share.min() == 0
    over = {(data.states[column], str(data.dates[row])) for row, column in np.argwhere(share > 1)}
    # The straight lines that run from one state into the next.
    assert over == {(s, "2021-01-12") for s in ("District of Columbia", "Vermont", "West Virginia")}
    assert ((share[-1] > 0.25) & (share[-1] < 0.6)).all()


def test_smoothed_deaths_are_those_reported(data):
    """A kernel of 30 days moves deaths in time and makes none: it stays between its neighbours."""
    days = np.flatnonzero(np.isfinite(data.smoothed_deaths).all(axis=1))
    inside = days[(days >= 30) & np.isfinite(data.deaths[np.minimum(days + 30, 517)]).all(axis=1)]
    reported = np.nan_to_num(data.deaths)
    for row in inside:
        around = reported[row - 30 : row + 31]
        smooth = data.smoothed_deaths[row]
        assert (smooth >= around.min(axis=0) - 1).all() and (smooth <= around.max(axis=0) + 1).all()


def test_unemployment_is_one_rate_a_month_in_percent(data):
    rates = data.unemployment
    months = data.dates.astype("datetime64[M]")
    for month in np.unique(months):
        of_month = rates[months == month]
        assert (of_month == of_month[0]).all() or np.isnan(of_month).all()
    assert ((known(rates) >= 1.5) & (known(rates) <= 30)).all()
    worst = np.unravel_index(np.nanargmax(rates), rates.shape)
    assert (data.states[worst[1]], str(data.dates[worst[0]])) == ("Nevada", "2020-04-01")
    changes = np.abs(np.diff(rates, axis=0))
    first_wave = data.dates[1:] == np.datetime64("2020-04-01")
    assert np.nanmax(changes[~first_wave]) < 10 < np.nanmax(changes[first_wave])


def test_levels_and_payments(data):
    assert data.stringency.min() == 1 and data.stringency.max() == 9
    assert (data.stringency[data.dates < np.datetime64("2020-02-01")] <= 2).all()
    assert data.federal_subsidy.sum() == 802e9


def test_the_calibration_is_within_the_bounds_of_what_it_stands_for():
    found = load_calibration()
    by_state = found.by_state
    assert (np.diff(found.time_constants) > 0).all()
    for values in (*by_state.values(), found.unemployment_weights):
        assert np.isfinite(values).all()
    # Transmission falls with the level and stays positive up to the highest that occurred, 9.
    lowest = by_state["transmission_intercept"] + 9 * by_state["transmission_slope"]
    assert (by_state["transmission_intercept"] < 0.25).all() and (lowest > 0).all()
    assert ((by_state["unemployment_bias"] > 1) & (by_state["unemployment_bias"] < 6)).all()
    weights = by_state["health_weight"]
    assert ((weights > 0) & (weights < 1)).all()
    assert weights.min() < found.nation["health_weight"] < weights.max()
    for kind in ("health", "economic"):
        low, high = by_state[f"{kind}_index_low"], by_state[f"{kind}_index_high"]
        assert (low < high).all()
        assert low.min() <= found.nation[f"{kind}_index_low"] <= low.max()
        assert high.min() <= found.nation[f"{kind}_index_high"] <= high.max()
    # Deaths lower the health index, income a day raises the economic one.
    assert (by_state["health_index_high"] < 0).all() and (by_state["economic_index_low"] > 0).all()
