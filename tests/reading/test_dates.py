import datetime

import numpy as np
import pytest

from solon.applications.pandemic.calibration.known import read_origin
from solon.data.covid19 import load
from solon.economies.pandemic import Pandemic
from solon.errors import ConfigurationError
from solon.reading.dates import date_of

DAY = datetime.date(2020, 3, 22)


@pytest.mark.parametrize(
    "value",
    [
        "2020-03-22",
        DAY,
        np.datetime64("2020-03-22"),
        # As tables hold dates.
        datetime.datetime(2020, 3, 22),
    ],
)
def test_dates(value):
    found = date_of(value, "date")
    assert found == DAY and type(found) is datetime.date
    assert load().row(value) == load().row(DAY)


@pytest.mark.parametrize(
    "value",
    [
        *("20200322", 20200322, "2020-W12-7", "2020W127", "2020-082", "2020-3-22", " 2020-03-22"),
        *(
            "2020-03-22T00:00",
            "2020-03-22 10:00",
            "22.03.2020",
            "2020-02-30",
            "٢٠٢٠-٠٣-٢٢",
            "",
            None,
        ),
        datetime.datetime(2020, 3, 22, 10),
        datetime.datetime(2020, 3, 22, tzinfo=datetime.UTC),
        np.datetime64("2020-03-22T10"),
        True,
        1.5,
    ],
)
def test_what_is_no_date_is_one_line(value):
    with pytest.raises(ConfigurationError, match=r"^date: got .*allowed: a date as 2020-03-22$"):
        date_of(value, "date")
    if isinstance(value, str):
        with pytest.raises(ConfigurationError, match=r"start_date: got .*: a date from 2020-0"):
            Pandemic(states=("TX",), horizon=3, start_date=value)


@pytest.mark.parametrize(
    "month", ["202008", "2020-W3", "2020-8", "2020-08-02", "+020-08", " 2020-08"]
)
def test_months_have_one_form(month):
    assert (
        str(read_origin("2020-08", load())) == str(read_origin("2020-08-01", load())) == "2020-08"
    )
    with pytest.raises(ConfigurationError, match="origin: got"):
        read_origin(month, load())
