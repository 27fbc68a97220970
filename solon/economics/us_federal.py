"""Schedules of the US federal income tax from 2013 to 2026, by filing status."""

import csv
import functools
import pathlib

from ..errors import require, require_number, require_whole

__all__ = ["FILING_STATUSES", "us_federal_schedule", "us_federal_years"]

_TABLE = pathlib.Path(__file__).parents[1] / "data" / "us_federal_tax.csv"

FILING_STATUSES = (
    "single",
    "married-joint",
    "married-separate",
    "head-of-household",
    "surviving-spouse",
)

Brackets = tuple[tuple[float, ...], tuple[float, ...]]


def us_federal_schedule(
    year: int, filing_status: str = "single", *, usd_scaling: float = 1000.0
) -> Brackets:
    """The seven brackets of a tax year.

    Args:
        year: 2013 to 2026.
        filing_status: one of `FILING_STATUSES`.
        usd_scaling: dollars that one coin stands for, above 0.

    Returns:
        Lower edges of the brackets in coin, and marginal rates.

    Raises:
        ConfigurationError: for a year or a status without a schedule.

    Source:
        Tax-Calculator 6.8.0, one cutoff corrected; see `solon/data/us_federal_tax.md`.
    """
    table = _table()
    years = us_federal_years()
    year = require_whole("year", year, low=years[0], high=years[-1])
    known = filing_status in FILING_STATUSES
    require(known, "filing_status", filing_status, ", ".join(FILING_STATUSES))
    usd_scaling = require_number("usd_scaling", usd_scaling, low=0, above=True)
    cutoffs, rates = table[year, filing_status]
    return tuple(cutoff / usd_scaling for cutoff in cutoffs), rates


def us_federal_years() -> tuple[int, ...]:
    """The tax years that there are schedules for."""
    return tuple(sorted({year for year, _ in _table()}))


@functools.cache
def _table() -> dict[tuple[int, str], Brackets]:
    found = {}
    with _TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            cutoffs, rates = (
                tuple(float(row[f"{name}_{i}"]) for i in range(1, 8)) for name in ("cutoff", "rate")
            )
            found[int(row["year"]), row["status"]] = cutoffs, rates
    return found
