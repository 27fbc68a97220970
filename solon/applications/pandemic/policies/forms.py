"""Schedules by state and log-linear rules as policy files describe them."""

import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...._plain import is_number, plain
from ....data.covid19 import load
from ....data.us_states import find_states
from ....errors import require, require_whole
from ....policy import Policy
from ....reading.dates import date_of
from .level_schedule import LevelSchedule
from .log_linear_rule import LINEAR_SIGNALS, LogLinearRule
from .tree_rule import TreeRule, read_tree

if TYPE_CHECKING:
    from ....economies.pandemic import Pandemic

__all__ = ["DatedLevels", "log_linear_of", "schedule_of", "tree_of"]

_RULE = ("weights", "intercepts", "review", "highest")


class DatedLevels(NamedTuple):
    """What dates with levels come to in an episode.

    Attributes:
        governor: sets them.
        elsewhere: how many dates of the states that take part are on no day that a level can be
            set on, so that they change nothing.
    """

    governor: Policy
    elsewhere: int


def schedule_of(content: Any, economy: "Pandemic") -> DatedLevels:
    """A governor from dates on which levels are set: state -> date -> level.

    A level lasts until the next date; before the first one, that of the first day of the episode
    does. What falls into a cooldown is made up for at its end.

    Raises:
        ConfigurationError: for an unknown state, a state that is missing, a level that is not
            allowed, a date that is none, comes twice, or is neither in the data nor simulated, and
            a state with dates of which none is simulated.
    """
    by_state = _by_state("schedule", content, economy)
    names, data = list(economy.state_names), load()
    start = datetime.date.fromisoformat(economy.start_date)
    end = start + datetime.timedelta(economy.horizon)
    first, last = data.dates[0].astype(object), max(end, data.dates[-1].astype(object))
    allowed = f"a date from {first} to {last}, as {first}"
    given = data.select(names, start=economy.start_date, days=1).stringency[0]
    levels = np.repeat(given[None].astype(int), economy.horizon, axis=0)
    elsewhere = 0
    for name, changes in by_state.items():
        where = f"schedule, {name}"
        require(isinstance(changes, dict), where, changes, "dates with levels")
        dated: dict[datetime.date, int] = {}
        for key, level in changes.items():
            day = date_of(key, where, allowed)
            require(first <= day <= last, where, str(key), allowed)
            require(day not in dated, where, str(key), "each day once")
            require_whole(f"{where}, {day}", level, low=1, high=10)
            dated[day] = level
        if name not in names:
            continue
        # Those up to the first day have brought about what is in force when it begins.
        simulated = {day: level for day, level in sorted(dated.items()) if start < day <= end}
        days = f"a date from {start + datetime.timedelta(1)} to {end}, the days that are simulated"
        require(not dated or bool(simulated), where, ", ".join(map(str, sorted(dated))), days)
        elsewhere += len(dated) - len(simulated)
        for day, level in simulated.items():
            levels[(day - start).days - 1 :, names.index(name)] = level
    return DatedLevels(LevelSchedule(levels, keeps_cooldown=True), elsewhere)


def log_linear_of(content: Any, economy: "Pandemic") -> Policy:
    """A governor from the weights of signals and an intercept for each state.

    Raises:
        ConfigurationError: for what is unknown, missing or no finite number.
    """
    require(isinstance(content, dict), "log_linear", content, ", ".join(_RULE))
    for key in content:
        require(key in _RULE, "log_linear", key, ", ".join(_RULE))
    for key in _RULE[:2]:
        require(key in content, "log_linear", sorted(map(str, content)), f"{key}, too")
    weights = content["weights"]
    require(isinstance(weights, dict), "weights", weights, "signals with weights")
    for signal in weights:
        require(signal in LINEAR_SIGNALS, "weights", signal, ", ".join(LINEAR_SIGNALS))
    by_state = _by_state("intercepts", content["intercepts"], economy)
    # Otherwise a review could find its state bound by the one before.
    review = content.get("review", economy.cooldown)
    require_whole("review", review, low=economy.cooldown, high=10**6)
    return LogLinearRule(
        [_number(f"weights, {name}", weights.get(name, 0)) for name in LINEAR_SIGNALS],
        [_number(f"intercepts, {name}", by_state[name]) for name in economy.state_names],
        horizon=economy.horizon,
        review=review,
        highest=content.get("highest", 10),
    )


def tree_of(content: Any, economy: "Pandemic", review: Any) -> Policy:
    """A governor from a tree of questions, the same for all states.

    Raises:
        ConfigurationError: for what is no tree, or one that is too deep.
    """
    return TreeRule(read_tree(content), horizon=economy.horizon, review=review)


def _by_state(argument: str, content: Any, economy: "Pandemic") -> dict[str, Any]:
    """With full names; states that do not take part may be there."""
    require(isinstance(content, dict), argument, content, "a mapping with an entry for each state")
    found: dict[str, Any] = {}
    for key, value in content.items():
        (name,) = find_states([str(key)], argument=argument)
        require(name not in found, argument, key, "each state once")
        found[name] = value
    for name in economy.state_names:
        require(name in found, argument, sorted(found), f"{name}, too")
    return found


def _number(argument: str, value: Any) -> float:
    found = plain(value)
    require(is_number(found), argument, value, "a finite number")
    return float(found)
