"""Schedules by state and log-linear rules as policy files describe them."""

import datetime
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.covid19 import load
from ..data.us_states import find_states
from ..errors import ConfigurationError, require, require_whole
from .level_schedule import LevelSchedule
from .log_linear_rule import LINEAR_SIGNALS, LogLinearRule
from .planner import Planner
from .tree_rule import TreeRule, read_tree

if TYPE_CHECKING:
    from ..economies.pandemic import Pandemic

__all__ = ["log_linear_of", "schedule_of", "tree_of"]

_RULE = ("weights", "intercepts", "review", "highest")


def schedule_of(content: Any, economy: "Pandemic") -> Planner:
    """A governor from dates on which levels are set: state -> date -> level.

    A level lasts until the next date; before the first one, that of the first day of the episode
    does. What falls into a cooldown is made up for at its end.

    Raises:
        ConfigurationError: for an unknown state, a state that is missing, and a date or a level
            that is not allowed.
    """
    by_state = _by_state("schedule", content, economy)
    names = list(economy.state_names)
    start = datetime.date.fromisoformat(economy.start_date)
    given = load().select(names, start=economy.start_date, days=1).stringency[0]
    levels = np.repeat(given[None].astype(int), economy.horizon, axis=0)
    for i, name in enumerate(names):
        changes = by_state[name]
        require(isinstance(changes, dict), f"schedule, {name}", changes, "dates with levels")
        dated = {_date(f"schedule, {name}", day): level for day, level in changes.items()}
        for day, level in sorted(dated.items()):
            require_whole(f"schedule, {name}, {day}", level, low=1, high=10)
            # Those before the episode have brought about what is in force when it starts.
            if day > start:
                levels[(day - start).days - 1 :, i] = level
    return LevelSchedule(levels, keeps_cooldown=True)


def log_linear_of(content: Any, economy: "Pandemic") -> Planner:
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
    return LogLinearRule(
        [_number(f"weights, {name}", weights.get(name, 0)) for name in LINEAR_SIGNALS],
        [_number(f"intercepts, {name}", by_state[name]) for name in economy.state_names],
        horizon=economy.horizon,
        review=content.get("review", economy.cooldown),
        highest=content.get("highest", 10),
    )


def tree_of(content: Any, economy: "Pandemic", review: Any) -> Planner:
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


def _date(argument: str, value: Any) -> datetime.date:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        raise ConfigurationError(argument, str(value), "a date as 2020-03-22") from None


def _number(argument: str, value: Any) -> float:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    require(number and math.isfinite(value), argument, value, "a finite number")
    return float(value)
