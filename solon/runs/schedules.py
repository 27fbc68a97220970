"""Tax schedules by name or file: what a user hands over as a planner."""

import bisect
import contextlib
import dataclasses
import json
import os
import pathlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..errors import ConfigurationError, require
from ..reading.content import ENDINGS, content_of
from ..reading.files import ending, is_there, read_text
from ..zoo import files as zoo
from .values import as_tuples

__all__ = [
    "LEARNED",
    "PLANNERS",
    "RANDOM",
    "SEARCH",
    "US_FEDERAL_PATTERN",
    "NamedSchedule",
    "on_brackets",
    "parse_schedule",
    "read_schedule",
    "schedule",
    "schedule_text",
]

PLANNERS = {
    "camelback": "seven rates with two humps, on low and on high incomes",
    "free-market": "no taxes",
    "learned": "learns rates while workers learn; see --start",
    "random": "another schedule in each episode, for workers who shall know an answer to any",
    "saez": "the optimal rates by Saez's formula, from incomes and elasticity that it observes",
    "search": "direct search for the best fixed schedule (CMA-ES) while workers learn",
    "us-federal": "the seven US federal rates, 10 to 37 %, of the published experiment",
}
"""The planners that have a name, with what they are. `solon.runs.policies` builds all but the one
that learns."""

LEARNED = "learned"
"""The planner that learns, which no schedule stands for."""

RANDOM = "random"
"""The planner that draws schedules."""

SEARCH = "search"
"""The planner that searches for a schedule."""

US_FEDERAL_PATTERN = "us-federal-YEAR-STATUS"
"""Names of the statutory schedules with their own brackets, such as us-federal-2026-single."""

_KEYS = ("name", "rates", "cutoffs")


@dataclasses.dataclass(frozen=True)
class NamedSchedule:
    """A fixed tax schedule.

    Attributes:
        name: what people call it.
        rates: marginal rates (0 to 1), lowest bracket first; None for no taxes, whatever
            brackets there are.
        cutoffs: lower edges of the brackets in coin, the first 0; None for those that the
            economy has.
    """

    name: str
    rates: tuple[float, ...] | None = None
    cutoffs: tuple[float, ...] | None = None


def schedule(planner: str, argument: str = "planner", besides: str = "") -> NamedSchedule:
    """The schedule behind the name of a fixed one of `PLANNERS`, of a US tax year, or a file.

    Args:
        planner: the name; that of an entry of the zoo under a fixed schedule; or the path of a JSON
            or YAML file.
        argument: what the user knows it as, for errors.
        besides: what else there may be, for errors.

    Raises:
        ConfigurationError: if there is neither, or the file is not a schedule.
    """
    from ..economics.tax_schedules import US_FEDERAL_2018_PUBLISHED_RATES, camelback_rates

    if planner == "free-market":
        return NamedSchedule(planner)
    if planner == "us-federal":
        return NamedSchedule(planner, US_FEDERAL_2018_PUBLISHED_RATES)
    if planner == "camelback":
        return NamedSchedule(planner, tuple(camelback_rates().tolist()))
    if planner.startswith("us-federal-"):
        return _us_federal(planner, argument)
    # The others answer to what they observe, so they are planners, but no schedules.
    fixed = [
        name
        for name in PLANNERS
        if argument == "planner" or name not in (RANDOM, "saez", SEARCH, LEARNED)
    ]
    shipped = zoo.names()
    if planner in shipped:
        return _of_the_zoo(planner, argument)
    names = ", ".join((*fixed, US_FEDERAL_PATTERN))
    close = zoo.instead(planner, fixed)
    if planner in PLANNERS:
        close = f" ({planner} sets rates as it goes: train it, and name the run)"
    allowed = (
        f"{besides}{names}, a name of the zoo (solon list zoo), or the path of an existing JSON "
        f"or YAML file{close}"
    )
    require(ending(planner) in ENDINGS and is_there(planner), argument, planner, allowed)
    return read_schedule(planner, argument)


def _of_the_zoo(name: str, argument: str) -> NamedSchedule:
    """The schedule of an entry: a fixed one, or to look at, the mean of what its planner set."""
    record = zoo.read_entry(name, argument).record
    planner, mean = record["config"].get("planner"), record.get("rates")
    if isinstance(planner, dict) and set(planner) == {"name", "rates", "cutoffs"}:
        return NamedSchedule(**as_tuples(planner))
    if mean is None or argument == "planner":
        raise ConfigurationError(argument, name, "an entry of the zoo under a fixed schedule")
    return NamedSchedule(f"{name}, mean", tuple(mean["mean"]), tuple(mean["cutoffs"]))


def _us_federal(name: str, argument: str) -> NamedSchedule:
    from ..economics.us_federal import FILING_STATUSES, us_federal_schedule, us_federal_years

    years = us_federal_years()
    match = re.fullmatch(r"us-federal-(\d{4})-([a-z-]+)", name)
    fits = match is not None and int(match[1]) in years and match[2] in FILING_STATUSES
    allowed = (
        f"{US_FEDERAL_PATTERN} with a year from {years[0]} to {years[-1]} and one of "
        + ", ".join(FILING_STATUSES)
    )
    require(fits, argument, name, allowed)
    assert match is not None
    cutoffs, rates = us_federal_schedule(int(match[1]), match[2])
    return NamedSchedule(name, rates, cutoffs)


def on_brackets(
    named: NamedSchedule, usual: Sequence[float], argument: str = "schedule"
) -> NamedSchedule:
    """The same tax, written with as many brackets as an economy has.

    On the economy's own brackets where they can say it, since those are the ones that workers know;
    otherwise the last bracket is cut into pieces of one rate.

    Args:
        named: of at most so many brackets.
        usual: lower edges of the economy's brackets (coin).
        argument: what the user knows it as, for errors.

    Raises:
        ConfigurationError: for more brackets, or rates without brackets that are not as many.
    """
    rates, cutoffs, usual = named.rates, named.cutoffs, tuple(map(float, usual))
    if rates is None:
        return NamedSchedule(named.name, (0.0,) * len(usual), usual)
    if cutoffs is None:
        shown = f"{named.name} with {len(rates)} rates and no cutoffs"
        allowed = f"cutoffs beside the rates, or {len(usual)} rates for the economy's own brackets"
        require(len(rates) == len(usual), argument, shown, allowed)
        return NamedSchedule(named.name, rates, usual)
    if set(cutoffs) <= set(usual):
        rates = tuple(rates[bisect.bisect(cutoffs, edge) - 1] for edge in usual)
        return NamedSchedule(named.name, rates, usual)
    shown = f"{named.name} with {len(cutoffs)} brackets"
    allowed = f"{len(usual)} brackets, as many as the economy has, or fewer"
    require(len(cutoffs) <= len(usual), argument, shown, allowed)
    while len(cutoffs) < len(usual):
        cutoffs, rates = (*cutoffs, max(100.0, 2 * cutoffs[-1])), (*rates, rates[-1])
    return NamedSchedule(named.name, rates, cutoffs)


def schedule_text(named: NamedSchedule) -> str:
    """A schedule as the text of a YAML file, with a line for each bracket, that people can diff."""
    require(named.rates is not None, "schedule", named.name, "one with rates of its own")
    assert named.rates is not None
    lines = [f"name: {json.dumps(named.name)}"]
    for key, values in (("cutoffs", named.cutoffs), ("rates", named.rates)):
        if values is not None:
            lines += [f"{key}:", *(f"- {value!r}" for value in map(float, values))]
    return "\n".join(lines) + "\n"


def read_schedule(path: str | os.PathLike[str], argument: str = "planner") -> NamedSchedule:
    """Read a file such as `{rates: [0.1, 0.3], cutoffs: [0, 50]}`.

    Args:
        path: the file.
        argument: what the user knows it as, for errors.

    Raises:
        ConfigurationError: if the file cannot be read, has unknown or missing keys, rates
            outside [0, 1], or brackets that do not increase from 0.
    """
    return parse_schedule(read_text(path, argument), path, argument)


def parse_schedule(
    text: str, source: str | os.PathLike[str], argument: str = "planner"
) -> NamedSchedule:
    """Read the text of a schedule file.

    Args:
        text: JSON or YAML.
        source: the file's name, for errors and for a schedule without a name.
        argument: what the user knows it as, for errors.

    Raises:
        ConfigurationError: as `read_schedule`.
    """
    from ..economics.tax_schedules import check_cutoffs, check_rates

    path = pathlib.Path(source)
    lines: dict[tuple[Any, ...], int] = {}
    content: Any = content_of(text, path, argument, lines=lines)
    whole = isinstance(content, dict) and "rates" in content
    require(whole, argument, str(path), "a file with a mapping that has the key rates")
    for key in content:
        require(key in _KEYS, argument, f"{path} with key {key}", "only keys " + ", ".join(_KEYS))
    name = content.get("name", path.stem)
    printable = isinstance(name, str) and name.strip() != "" and name.isprintable()
    require(printable, f"name in {path.name}", name, "text in one line")
    cutoffs = content.get("cutoffs")
    if cutoffs is not None:
        with _in_line("cutoffs", path, lines):
            cutoffs = tuple(check_cutoffs(cutoffs).tolist())
    brackets = None if cutoffs is None else len(cutoffs)
    with _in_line("rates", path, lines):
        rates = check_rates(content["rates"], brackets)
    return NamedSchedule(name, tuple(rates.tolist()), cutoffs)


@contextlib.contextmanager
def _in_line(key: str, path: pathlib.Path, lines: Mapping[tuple[Any, ...], int]) -> Iterator[None]:
    """Say in which file and line it is that something is wrong with."""
    try:
        yield
    except ConfigurationError as error:
        line = lines.get((key, error.item), lines.get((key,)))
        where = f"{key} in {path.name}" + ("" if line is None else f", line {line}")
        raise error.renamed(where) from None
