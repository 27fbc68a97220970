"""The statutory schedules against what the law says, and the schedule with two humps."""

import numpy as np
import pytest

from solon import ConfigurationError
from solon.data import make_us_federal_tax
from solon.economics import (
    FILING_STATUSES,
    US_FEDERAL_2018_PUBLISHED_CUTOFFS,
    US_FEDERAL_2018_PUBLISHED_RATES,
    camelback_rates,
    check_schedule,
    tax_due,
    us_federal_schedule,
    us_federal_years,
)


def test_all_years_and_statuses_are_proper_schedules():
    assert us_federal_years() == tuple(range(2013, 2027))
    for year in us_federal_years():
        for status in FILING_STATUSES:
            cutoffs, rates = us_federal_schedule(year, status)
            check_schedule(cutoffs, rates)
            assert len(rates) == 7 and (np.diff(rates) > 0).all()
            assert rates[-1] == (0.396 if year < 2018 else 0.37)


def test_known_schedules():
    # Revenue Procedures 2016-55, 2018-57 and 2023-34 of the IRS.
    for year, status, dollars in (
        (2017, "single", (0, 9_325, 37_950, 91_900, 191_650, 416_700, 418_400)),
        (2018, "single", (0, 9_525, 38_700, 82_500, 157_500, 200_000, 500_000)),
        (2024, "married-joint", (0, 23_200, 94_300, 201_050, 383_900, 487_450, 731_200)),
        (2024, "head-of-household", (0, 16_550, 63_100, 100_500, 191_950, 243_700, 609_350)),
    ):
        cutoffs, _ = us_federal_schedule(year, status, usd_scaling=1.0)
        assert cutoffs == dollars, (year, status)
    # What the published experiment has is the law of 2019.
    cutoffs, rates = us_federal_schedule(2019, usd_scaling=1.0)
    assert cutoffs == US_FEDERAL_2018_PUBLISHED_CUTOFFS
    assert rates == US_FEDERAL_2018_PUBLISHED_RATES


def test_tax_on_an_income(float64):
    # 10 % of 9,325, 15 % of the next 28,625, and 25 % of the rest of 50,000.
    cutoffs, rates = us_federal_schedule(2017, "single")
    assert float(tax_due(50.0, np.array(cutoffs), np.array(rates))) == pytest.approx(
        (0.1 * 9_325 + 0.15 * 28_625 + 0.25 * 12_050) / 1000
    )


@pytest.mark.parametrize(
    ("year", "status", "scaling", "named"),
    [
        (2012, "single", 1000.0, "year.*2013"),
        (2027, "single", 1000.0, "2026"),
        (2020, "widow", 1000.0, "filing_status.*surviving-spouse"),
        (2020, "single", 0.0, "usd_scaling"),
    ],
)
def test_other_years_and_statuses_are_refused(year, status, scaling, named):
    with pytest.raises(ConfigurationError, match=named):
        us_federal_schedule(year, status, usd_scaling=scaling)


def test_the_script_reads_brackets_by_year_and_rates_until_they_change():
    """Its input is not in the repository: a small one of the same form."""
    statuses = make_us_federal_tax.STATUSES
    policy = {
        f"II_rt{i}": {"value": [{"year": 2013, "value": i / 100}, {"year": 2018, "value": i / 200}]}
        for i in range(1, 9)
    }
    for i in range(1, 8):
        policy[f"II_brk{i}"] = {
            "value": [
                {"year": year, "MARS": status, "value": 9e99 if i == 7 else 100.0 * i + year}
                for year in make_us_federal_tax.YEARS
                for status in statuses
            ]
        }
    # What is corrected must be what the source has there.
    for item in policy["II_brk6"]["value"]:
        if (item["year"], item["MARS"]) == (2023, "mseparate"):
            item["value"] = 578_125.0
    rows = make_us_federal_tax.schedules(policy)
    assert len(rows) == 70
    first, last = rows[0], rows[-1]
    assert (first["year"], first["status"], first["cutoff_1"]) == (2013, "single", 0)
    assert (first["cutoff_2"], first["rate_7"]) == (2113, 0.07)
    assert (last["status"], last["cutoff_7"], last["rate_1"]) == ("surviving-spouse", 2626, 0.005)
    policy["II_brk7"]["value"][0]["value"] = 1e6
    with pytest.raises(ConfigurationError, match="7 brackets"):
        make_us_federal_tax.schedules(policy)


def test_a_camelback_has_two_humps():
    for brackets in (7, 12):
        steps = np.sign(np.diff(camelback_rates(brackets)))
        steps = steps[steps != 0]
        turns = steps[np.flatnonzero(np.diff(steps, prepend=0))]
        assert turns.tolist() == [1, -1, 1, -1], brackets
    with pytest.raises(ConfigurationError, match="camelback rates"):
        camelback_rates(humps=(0.4, 2.0))
