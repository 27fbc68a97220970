"""Policies against a pandemic, by name or from a file."""

import dataclasses
import datetime
import pathlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ....data.covid19 import load
from ....errors import ConfigurationError, require, require_whole
from ....policy import Policy
from ....reading.content import ENDINGS, read_content
from ....reading.files import ending, is_there
from ....zoo.files import read_entry
from ..entries import POLICY, PREFIX
from .forms import log_linear_of, schedule_of, tree_of
from .learned_policy import learned_of
from .level_schedule import LevelSchedule
from .tables import levels_by_day, read_csv, read_parquet, rows_of_other_days
from .threshold_rule import Threshold, ThresholdRule

if TYPE_CHECKING:
    from ....economies.pandemic import Pandemic

__all__ = ["PandemicPolicy", "constant_policy", "read_policy", "real_policy"]

#: What a policy may be, for errors.
FORMS = (
    "real, data, level=7, level=7,subsidy=20, a name of the zoo, "
    "or a file .yaml, .yml, .json, .csv or .parquet"
)

# What a file is -> what may stand beside it.
_FIELDS = {
    "level": ("subsidy",),
    "threshold": ("window", "review", "subsidy"),
    "schedule": ("subsidy",),
    "log_linear": ("subsidy",),
    "tree": ("review", "subsidy"),
    "learned": ("subsidy",),
    "table": ("cooldown",),
}
_REAL, _DATA = "real", "data"
_LONGEST_NAME = 100


@dataclasses.dataclass(frozen=True)
class PandemicPolicy:
    """A policy for all who decide.

    Attributes:
        name: what people read.
        governor, planner: who decides for these roles; None for what was reported, where the real
            epidemic takes the place of the simulated one.
        remarks: what a reader of its results has to know.
    """

    name: str
    governor: Policy | None
    planner: Policy | None
    remarks: tuple[str, ...] = ()


def read_policy(text: str, economy: "Pandemic") -> PandemicPolicy:
    """A policy from what a person typed.

    Args:
        text: `real` for the real restrictions and payments, `data` for these with the real
            epidemic and unemployment, `level=7` or `level=7,subsidy=20` for the same everywhere
            and always (`subsidy=real` for the real payments), a name of the zoo, or a file.
        economy: which it is for: its states and its days.

    Raises:
        ConfigurationError: if it is none of these or does not fit the economy.
    """
    if text == _REAL:
        return real_policy(economy)
    if text == _DATA:
        dataclasses.replace(economy, replay="data")
        return PandemicPolicy("as reported", None, None)
    path, name = pathlib.Path(text), None
    if text.startswith(PREFIX) and not is_there(path):
        path, name = read_entry(text, "policy", POLICY).path, text
    readers, kind = {".csv": read_csv, ".parquet": read_parquet}, ending(path)
    if kind in readers:
        rows = readers[kind](path)
        _check_name(text, path.stem)
        return _table(path.stem, rows, {}, economy, text)
    if kind in ENDINGS:
        found = _described(path, economy)
        if name is None:
            return found
        remarks = (*_elsewhere(name, economy), *found.remarks)
        return dataclasses.replace(found, name=name, remarks=remarks)
    if "=" in text:
        return _constant(text, economy)
    raise ConfigurationError("policy", text, FORMS)


def _elsewhere(name: str, economy: "Pandemic") -> tuple[str, ...]:
    """What to know of an entry of the zoo that is played where it was not made."""
    from ..study.worlds import WORLDS

    world = WORLDS[name.removeprefix(PREFIX).partition("-")[0]]
    rules = economy.compatibility or "default"
    here = economy.start_date, economy.horizon, rules
    if here == (world.start, world.days, world.rules):
        return ()
    return (
        f"{name}: made for {world.days} days from {world.start} on with {world.rules} rules; dates "
        "and shares of the episode mean something else here",
    )


def real_policy(economy: "Pandemic") -> PandemicPolicy:
    """The restrictions and payments that there were, in the simulated epidemic.

    Raises:
        ConfigurationError: if the episode outlasts the data.
    """
    from ....economies.pandemic.replay import history

    real = history(dataclasses.replace(economy, replay="policy"))
    paid = LevelSchedule(real.subsidy_level[:, None])
    return PandemicPolicy("real policy", LevelSchedule(real.levels), paid)


def constant_policy(
    economy: "Pandemic", level: Any, subsidy: Any = 0, *, name: str | None = None
) -> PandemicPolicy:
    """The same level in all states on all days.

    Args:
        economy: which it is for.
        level: from 1 to 10.
        subsidy: a level from 0 to 20, or `real`.
        name: what people read.

    Raises:
        ConfigurationError: for a level that is not allowed.
    """
    level = require_whole("level", level, low=1, high=10)
    levels = np.full((economy.horizon, len(economy.state_names)), level)
    planner = _subsidies(subsidy, economy)
    text = f"level {level}" + (f", subsidy {subsidy}" if subsidy else "")
    return PandemicPolicy(name or text, LevelSchedule(levels), planner, _past_data(economy))


def _past_data(economy: "Pandemic") -> tuple[str, ...]:
    """What to know of an episode that goes on when the data have ended."""
    last = np.datetime64(economy.start_date) + np.timedelta64(economy.horizon, "D")
    end = load().dates[-1]
    if last <= end:
        return ()
    return (f"the data end on {end}: nothing later, up to {last}, can be held against them",)


def _subsidies(subsidy: Any, economy: "Pandemic") -> Policy:
    if subsidy == _REAL:
        planner = real_policy(economy).planner
        assert planner is not None
        return planner
    proper = type(subsidy) is int and 0 <= subsidy <= 20
    require(proper, "subsidy", subsidy, "a whole number from 0 to 20, or real")
    return LevelSchedule(np.full((economy.horizon, 1), subsidy))


def _constant(text: str, economy: "Pandemic") -> PandemicPolicy:
    given: dict[str, Any] = {}
    for part in text.split(","):
        key, separator, value = part.partition("=")
        known = bool(separator) and key in ("level", "subsidy") and key not in given
        require(known, "policy", text, FORMS)
        # Python refuses to read thousands of digits.
        short = value.isascii() and value.isdigit() and len(value) < 10
        given[key] = int(value) if short else value
    require("level" in given, "policy", text, FORMS)
    return constant_policy(economy, given["level"], given.get("subsidy", 0))


def _described(path: pathlib.Path, economy: "Pandemic") -> PandemicPolicy:
    """A policy from YAML or JSON."""
    content = read_content(path, "policy", plain=False)
    if isinstance(content, list):
        content = {"table": content}
    require(isinstance(content, dict), "policy", str(path), "a mapping; docs/pandemic-policies.md")
    kinds = [kind for kind in _FIELDS if kind in content]
    one = len(kinds) == 1
    require(one, f"{path}", sorted(map(str, content)), "one of " + ", ".join(_FIELDS))
    (kind,) = kinds
    fields = ("name", kind, *_FIELDS[kind])
    for key in content:
        require(key in fields, f"{path}", key, ", ".join(fields))
    name = content.get("name", path.stem)
    _check_name(f"{path}, name", name)
    if kind == "table":
        return _table(name, content["table"], content, economy, str(path))
    elsewhere = 0
    try:
        if kind == "level":
            subsidy = content.get("subsidy", 0)
            return constant_policy(economy, content["level"], subsidy, name=name)
        if kind == "threshold":
            return _thresholds(name, content, economy)
        if kind == "tree":
            governor = tree_of(content[kind], economy, content.get("review", economy.cooldown))
        elif kind == "learned":
            governor = learned_of(content[kind], path.parent, economy)
        elif kind == "schedule":
            governor, elsewhere = schedule_of(content[kind], economy)
        else:
            governor = log_linear_of(content[kind], economy)
        planner = _subsidies(content.get("subsidy", 0), economy)
        return PandemicPolicy(
            name, governor, planner, _left_aside(name, elsewhere, "date", economy)
        )
    except ConfigurationError as error:
        # How long the episode is was not said in the file.
        where = "" if error.argument == "horizon" else f"{path}, "
        raise error.renamed(where + error.argument) from None


def _check_name(argument: str, name: Any) -> None:
    """Names become headings and legends: what cannot be printed has no place there."""
    proper = isinstance(name, str) and name.strip() != "" and name.isprintable()
    short = proper and len(name) <= _LONGEST_NAME
    require(short, argument, name, f"a name of 1 to {_LONGEST_NAME} letters that can be printed")


def _thresholds(name: str, content: Mapping[str, Any], economy: "Pandemic") -> PandemicPolicy:
    given = content["threshold"]
    given = [given] if isinstance(given, dict) else given
    listed = isinstance(given, list) and all(isinstance(one, dict) for one in given)
    require(listed, "threshold", given, "a mapping or a list of mappings")
    fields = [field.name for field in dataclasses.fields(Threshold)]
    thresholds = []
    for one in given:
        for key in one:
            require(key in fields, "threshold", key, ", ".join(fields))
        for key in ("signal", "upper", "lower"):
            require(key in one, "threshold", sorted(one), f"{key}, too")
        thresholds.append(Threshold(**one))
    rule = ThresholdRule(
        thresholds,
        states=len(economy.state_names),
        window=content.get("window", 14),
        review=content.get("review", 1),
        labor_force_share=economy.labor_force_share,
    )
    return PandemicPolicy(name, rule, _subsidies(content.get("subsidy", 0), economy))


def _table(
    name: str, rows: Any, content: Mapping[str, Any], economy: "Pandemic", argument: str
) -> PandemicPolicy:
    cooldown = content.get("cooldown", False)
    require(type(cooldown) is bool, f"{argument}, cooldown", cooldown, "true or false")
    start = datetime.date.fromisoformat(economy.start_date)
    days = [start + datetime.timedelta(k) for k in range(1, economy.horizon + 1)]
    data = load()
    known = (data.dates[0].astype(object), data.dates[-1].astype(object))
    names = list(economy.state_names)
    levels, subsidy = levels_by_day(rows, names, days, argument=argument, known=known)
    paid = np.zeros(len(days)) if subsidy is None else subsidy
    given = data.select(names, start=economy.start_date, days=1).stringency
    soon = 0 if cooldown else _within_cooldown(np.vstack([given, levels]), economy.cooldown)
    remarks = _left_aside(name, rows_of_other_days(rows, names, days), "row", economy)
    if soon:
        changes = f"{soon} change{'s' * (soon > 1)} of level come{'s' * (soon == 1)}"
        remarks += (
            f"{name}: {changes} less than {economy.cooldown} days after the one before; they are "
            "carried out all the same, as the real ones are",
        )
    governor = LevelSchedule(levels, keeps_cooldown=cooldown)
    return PandemicPolicy(name, governor, LevelSchedule(paid[:, None]), remarks)


def _left_aside(name: str, count: int, what: str, economy: "Pandemic") -> tuple[str, ...]:
    """What to know of dates that change nothing here, though they are in the data."""
    if not count:
        return ()
    last = np.datetime64(economy.start_date) + np.timedelta64(economy.horizon, "D")
    are, their = ("is", "its day is") if count == 1 else ("are", "their days are")
    return (
        f"{name}: {count:,} {what}{'s' * (count > 1)} {are} left aside, since {their} not "
        f"simulated; the days from {economy.start_date} to {last} are",
    )


def _within_cooldown(levels: np.ndarray, cooldown: int) -> int:
    """Changes that no governor could make who keeps to the cooldown, after the first row."""
    found = 0
    for column in levels.T:
        (changes,) = np.nonzero(np.diff(column))
        found += int((np.diff(changes) < cooldown).sum())
    return found
