"""Tax schedules by name or file: what a user hands over as a planner."""

import dataclasses
import os
import pathlib
from typing import Any

from ..errors import ConfigurationError, require
from .values import with_numbers
from .yaml_values import parse_yaml

__all__ = ["PLANNERS", "NamedSchedule", "read_schedule", "schedule"]

PLANNERS = {
    "free-market": "no taxes",
    "saez": "the optimal rates by Saez's formula, from incomes and elasticity that it observes",
    "us-federal": "the seven US federal rates, 10 to 37 %, of the published experiment",
}
"""The planners that have a name, with what they are; `solon.runs.planners` builds them all."""

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


def schedule(planner: str) -> NamedSchedule:
    """The schedule behind the name of a fixed one of `PLANNERS`, or a file.

    Raises:
        ConfigurationError: if there is neither, or the file is not a schedule.
    """
    from ..economics.tax_schedules import US_FEDERAL_2018_PUBLISHED_RATES

    if planner == "free-market":
        return NamedSchedule(planner)
    if planner == "us-federal":
        return NamedSchedule(planner, US_FEDERAL_2018_PUBLISHED_RATES)
    allowed = ", ".join(PLANNERS) + ", or the path of an existing JSON or YAML file"
    looks_like_file = pathlib.Path(planner).suffix in (".json", ".yaml", ".yml")
    require(looks_like_file and os.path.isfile(planner), "planner", planner, allowed)
    return read_schedule(planner)


def read_schedule(path: str | os.PathLike[str]) -> NamedSchedule:
    """Read a file such as `{rates: [0.1, 0.3], cutoffs: [0, 50]}`.

    Raises:
        ConfigurationError: if the file can not be read, has unknown or missing keys, rates
            outside [0, 1], or brackets that do not increase from 0.
    """
    from ..economics.tax_schedules import check_cutoffs, check_rates

    path = pathlib.Path(path)
    try:
        content: Any = parse_yaml(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "this is not text"
        raise ConfigurationError("planner", str(path), f"a file to read ({reason})") from None
    except ValueError:
        raise ConfigurationError("planner", str(path), "a JSON or YAML file") from None
    whole = isinstance(content, dict) and "rates" in content
    require(whole, "planner", str(path), "a file with a mapping that has the key rates")
    for key in content:
        require(key in _KEYS, "planner", f"{path} with key {key}", "only keys " + ", ".join(_KEYS))
    name = content.get("name", path.stem)
    require(isinstance(name, str) and name != "", f"name in {path.name}", name, "text")
    cutoffs = with_numbers(content.get("cutoffs"))
    if cutoffs is not None:
        cutoffs = tuple(check_cutoffs(cutoffs, f"cutoffs in {path.name}").tolist())
    brackets = None if cutoffs is None else len(cutoffs)
    rates = check_rates(with_numbers(content["rates"]), brackets, f"rates in {path.name}")
    return NamedSchedule(name, tuple(rates.tolist()), cutoffs)
