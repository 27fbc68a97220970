"""Make `us_federal_tax.csv` from the policy file in the source distribution of `taxcalc`.

Run from a checkout: `python -m solon.data.make_us_federal_tax taxcalc-6.8.0.tar.gz`. The archive is
what `pip download --no-deps --no-binary taxcalc taxcalc` brings.
"""

import csv
import io
import json
import pathlib
import sys
import tarfile
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import require
from ..runs.atomic import write_file

__all__ = ["main", "schedules"]

YEARS = range(2013, 2027)
BRACKETS = 7
# As taxcalc calls them -> as Solon does.
STATUSES = {
    "single": "single",
    "mjoint": "married-joint",
    "mseparate": "married-separate",
    "headhh": "head-of-household",
    "widow": "surviving-spouse",
}

# Year, status and number of the cutoff -> dollars in the source and by law. The source has the
# cutoff of a single filer here; the law has half of that of a joint return: Revenue Procedure
# 2022-38 of the IRS, section 3.01.
CORRECTIONS = {(2023, "married-separate", 7): (578_125, 346_875)}

_FILE = "taxcalc/policy_current_law.json"
# Where a bracket never ends, taxcalc has it end here.
_NEVER = 9e99


def schedules(policy: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of the table.

    Args:
        policy: parameters by name. `II_rt1` to `II_rt8` are rates, which hold until another year is
            listed; `II_brk1` to `II_brk7` are the upper ends of the brackets, listed for each year.

    Raises:
        ConfigurationError: if there are not seven brackets in each year, or a cutoff that is
            corrected is not the one that was found to be wrong.
    """
    rows = []
    for year in YEARS:
        for theirs, status in STATUSES.items():
            ends = [_value(policy[f"II_brk{i}"], year, theirs) for i in range(1, BRACKETS + 1)]
            require(ends[-1] == _NEVER, "II_brk7", ends[-1], "no end, so that there are 7 brackets")
            cutoffs = _corrected([0, *(round(end) for end in ends[:-1])], year, status)
            rates = [_rate(policy[f"II_rt{i}"], year) for i in range(1, BRACKETS + 1)]
            rows.append(
                {"year": year, "status": status}
                | {f"cutoff_{i}": cutoff for i, cutoff in enumerate(cutoffs, 1)}
                | {f"rate_{i}": rate for i, rate in enumerate(rates, 1)}
            )
    return rows


def _corrected(cutoffs: list[int], year: int, status: str) -> list[int]:
    cutoffs = list(cutoffs)
    for (of_year, of_status, number), (wrong, right) in CORRECTIONS.items():
        if (of_year, of_status) == (year, status):
            found = cutoffs[number - 1]
            allowed = f"{wrong}, which is corrected, or {right}"
            require(found in (wrong, right), f"II_brk{number - 1}, {year}", found, allowed)
            cutoffs[number - 1] = right
    return cutoffs


def _value(parameter: Mapping[str, Any], year: int, status: str) -> float:
    (value,) = (
        item["value"]
        for item in parameter["value"]
        if item["year"] == year and item["MARS"] == status
    )
    return value


def _rate(parameter: Mapping[str, Any], year: int) -> float:
    latest = max(item["year"] for item in parameter["value"] if item["year"] <= year)
    return next(item["value"] for item in parameter["value"] if item["year"] == latest)


def main(arguments: Sequence[str]) -> None:
    """Write the table next to this file."""
    (archive,) = arguments
    with tarfile.open(archive) as package:
        name = next(name for name in package.getnames() if name.endswith(_FILE))
        file = package.extractfile(name)
        assert file is not None
        rows = schedules(json.load(file))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_file(pathlib.Path(__file__).with_name("us_federal_tax.csv"), text.getvalue().encode())


if __name__ == "__main__":
    main(sys.argv[1:])
