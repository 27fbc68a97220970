"""The federal schedules have the properties that the law gives them, whatever their source says."""

import itertools

import numpy as np
import pytest

from solon import ConfigurationError
from solon.data import make_us_federal_tax
from solon.economics import FILING_STATUSES, us_federal_schedule, us_federal_years

LAWS = (range(2013, 2018), range(2018, 2027))


def table():
    return {
        (year, status): np.array(us_federal_schedule(year, status, usd_scaling=1.0)[0])
        for year, status in itertools.product(us_federal_years(), FILING_STATUSES)
    }


def faults(cutoffs):
    """Year, property and numbers of the cutoffs that break it."""
    found = []

    def note(year, name, broken):
        if np.any(broken):
            found.append((year, name, (np.flatnonzero(broken) + 1).tolist()))

    for year in us_federal_years():
        single, joint, separate, head, spouse = (cutoffs[year, each] for each in FILING_STATUSES)
        note(year, "separate is half of joint", 2 * separate != joint)
        note(year, "a surviving spouse has the joint return's", spouse != joint)
        doubled = 3 if year < 2018 else 6
        note(year, "joint is twice single", joint[:doubled] != 2 * single[:doubled])
        note(year, "joint is at most twice single", joint > 2 * single)
        note(year, "joint is at least single", joint < single)
        note(year, "head of household is between", (head < single - 25) | (head > joint))
        for status in FILING_STATUSES:
            note(year, f"{status} increases", np.diff(cutoffs[year, status], prepend=-1) <= 0)
            note(year, f"{status} is in steps of 25 dollars", cutoffs[year, status] % 25 != 0)
    for law, status in itertools.product(LAWS, FILING_STATUSES):
        for before, year in itertools.pairwise(law):
            old, new = cutoffs[before, status][1:], cutoffs[year, status][1:]
            growth = np.median(new / old)
            assert 1 <= growth <= 1.08, (year, status)
            off = new - growth * old
            if year == 2026:
                # The law of 2025 lets the two lowest brackets grow by a year of inflation more.
                off[:2] -= 0.0175 * old[:2] * (np.abs(off[:2] / old[:2] - 0.0175) < 0.0025)
            note(year, f"{status} is indexed alike", np.append(False, np.abs(off) > 100))
    return found


def test_the_schedules_of_the_package_have_all_properties():
    assert faults(table()) == []


def test_rates_rise_and_change_with_the_law_only():
    for law in LAWS:
        rates = {us_federal_schedule(y, s)[1] for y, s in itertools.product(law, FILING_STATUSES)}
        (only,) = rates
        assert (np.diff(only) > 0).all() and only[0] > 0 and only[-1] < 0.4


def test_the_properties_find_what_was_wrong_in_the_source():
    """578,125 dollars, as for a single filer, where the law has half of 693,750."""
    cutoffs = table()
    assert cutoffs[2023, "married-separate"].tolist() == [
        *(0, 11_000, 44_725, 95_375, 182_100, 231_250, 346_875)
    ]
    cutoffs[2023, "married-separate"][6] = 578_125
    assert faults(cutoffs) == [
        (2023, "separate is half of joint", [7]),
        (2023, "married-separate is indexed alike", [7]),
        (2024, "married-separate is indexed alike", [7]),
    ]


@pytest.mark.parametrize("status", FILING_STATUSES)
@pytest.mark.parametrize("number", range(2, 8))
def test_a_slip_in_any_cutoff_is_found(status, number):
    for year in (2015, 2021):
        cutoffs = table()
        cutoffs[year, status][number - 1] *= 1.02
        assert faults(cutoffs), (year, status, number)


def source(changes=()):
    """A policy file of the form of the source's, with the cutoffs of the table."""
    names = {ours: theirs for theirs, ours in make_us_federal_tax.STATUSES.items()}
    policy = {f"II_rt{i}": {"value": [{"year": 2013, "value": i / 10}]} for i in range(1, 8)}
    cutoffs = table() | dict(changes)
    for i in range(1, 8):
        policy[f"II_brk{i}"] = {
            "value": [
                {"year": y, "MARS": names[s], "value": 9e99 if i == 7 else float(edges[i])}
                for (y, s), edges in cutoffs.items()
            ]
        }
    return policy


def test_making_the_table_again_keeps_the_correction():
    key = 2023, "married-separate"
    right = table()[key]
    wrong = np.append(right[:6], 578_125)
    for given in (right, wrong):
        rows = make_us_federal_tax.schedules(source({key: given}))
        (row,) = (row for row in rows if (row["year"], row["status"]) == key)
        assert [row[f"cutoff_{i}"] for i in range(1, 8)] == right.tolist()
    with pytest.raises(ConfigurationError, match="II_brk6, 2023: got 400000; allowed: 578125"):
        make_us_federal_tax.schedules(source({key: np.append(right[:6], 400_000)}))
