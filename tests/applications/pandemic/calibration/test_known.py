"""Rows that were not there yet reach nobody."""

import dataclasses

import numpy as np
import pytest

from solon.applications.pandemic.calibration.known import (
    HORIZONS,
    ORIGINS,
    cut,
    deaths_after,
    read_origin,
    unemployment_in,
)
from solon.data.covid19 import load
from solon.errors import ConfigurationError


@pytest.fixture(scope="module")
def data():
    return load()


def test_rows_before_the_origin(data):
    known = cut(data, "2020-08")
    assert known.dates[-1] == np.datetime64("2020-07-31")
    assert len(known.deaths) == len(known.stringency) == len(known.vaccinated) == len(known.dates)
    np.testing.assert_array_equal(known.deaths[-1], data.deaths[data.row("2020-07-31")])
    assert not hasattr(known, "smoothed_deaths")


def test_unemployment_is_a_month_late(data):
    late, known = cut(data, "2020-08"), cut(data, "2020-08", month_known=True)
    assert (str(late.months[-1]), str(known.months[-1])) == ("2020-06", "2020-07")
    np.testing.assert_array_equal(late.unemployment[-1], data.unemployment[data.row("2020-06-15")])


def test_later_rows_are_not_in_it(data):
    rows = data.row("2020-10-01")
    changed = {}
    for field in dataclasses.fields(data):
        values = getattr(data, field.name)
        if field.name not in ("dates", "states", "population"):
            values = values.copy()
            values[rows:] = 7
        changed[field.name] = values
    # The rate of September is published in October.
    changed["unemployment"][data.row("2020-09-01") : rows] = 7
    one, other = cut(data, "2020-10"), cut(type(data)(**changed), "2020-10")
    for field in dataclasses.fields(one):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))


def test_what_happened(data):
    month = np.datetime64("2021-02")
    new = deaths_after(data, month, 4)
    whole = data.deaths[data.row("2021-05-31")] - data.deaths[data.row("2021-01-31")]
    np.testing.assert_array_equal(new, whole)
    assert deaths_after(data, month, 5) is None
    np.testing.assert_array_equal(
        unemployment_in(data, month, 1), data.unemployment[data.row("2021-02-28")]
    )
    assert unemployment_in(data, month, 4) is None, "May 2021 is not in the data"
    # All that is scored is there, but for this one.
    missing = [
        (origin, months)
        for origin in ORIGINS
        for months in HORIZONS
        if deaths_after(data, np.datetime64(origin), months) is None
        or unemployment_in(data, np.datetime64(origin), months) is None
    ]
    assert missing == [("2021-02", 4)]


@pytest.mark.parametrize(
    "origin", ["2020-07", "2021-06", "2022-01", "soon", "2020-13", "2020-08-15"]
)
def test_unknown_origins(data, origin):
    with pytest.raises(ConfigurationError, match=r"origin: got .* allowed: a month from 2020-08"):
        read_origin(origin, data)


def test_months_and_their_first_days(data):
    assert read_origin("2020-08-01", data) == read_origin("2020-08", data)
