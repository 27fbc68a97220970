"""Planners by name: what a user hands over to drive the role `planner`."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from .._plain import is_number
from ..agents import RateLevels
from ..applications.taxation.policies import FixedSchedule, RandomSchedules, Saez
from ..applications.taxation.search.candidate_schedules import CandidateSchedules
from ..applications.taxation.search.schedule_search import CANDIDATES, SearchSettings
from ..environment import Environment
from ..errors import ConfigurationError, require
from ..policy import Policy
from ..spaces import Box
from .schedules import NamedSchedule, schedule
from .values import as_tuples

__all__ = [
    "NamedPlanner",
    "build_planner",
    "planner_from_config",
    "planner_named",
    "random_stand_in",
    "search_settings",
]

_TAX = "periodic-bracket-tax"
_OPTIONS: dict[str, tuple[str, ...]] = {
    "random": (),
    "search": tuple(field.name for field in dataclasses.fields(SearchSettings)),
    "saez": ("elasticity", "welfare_weights", "capacity", "compatibility"),
}
"""The options of planners that are more than a schedule."""


@dataclasses.dataclass(frozen=True)
class NamedPlanner:
    """A planner that is more than a schedule.

    Attributes:
        name: what people call it.
        options: its options by name.
    """

    name: str
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def planner_named(
    planner: str, options: Mapping[str, Any] | None = None
) -> NamedSchedule | NamedPlanner:
    """The planner behind a name of `PLANNERS` or a schedule file.

    Raises:
        ConfigurationError: if there is neither, the file is not a schedule, or an option is
            unknown. Values of options are checked when the planner is built.
    """
    given = {name.replace("-", "_"): value for name, value in (options or {}).items()}
    known = _OPTIONS.get(planner, ())
    for name, value in given.items():
        allowed = f"one of the options of {planner}: {', '.join(known) or 'it has none'}"
        require(name in known, f"{planner}.{name}", value, allowed)
    return NamedPlanner(planner, given) if planner in _OPTIONS else schedule(planner)


def planner_from_config(config: Mapping[str, Any]) -> NamedSchedule | NamedPlanner:
    """The planner that `run.json` describes.

    Raises:
        ConfigurationError: if a value is not of the kind that stands there.
    """
    name = config["name"]
    require(isinstance(name, str), "planner.name", name, "a name")
    if "options" in config:
        options = config["options"]
        require(isinstance(options, Mapping), "planner.options", options, "values by name")
        return NamedPlanner(**as_tuples(config))
    for field in ("rates", "cutoffs"):
        value = config.get(field)
        numbers = isinstance(value, list | tuple) and all(map(is_number, value))
        require(value is None or numbers, f"planner.{field}", value, "numbers, or null")
    return NamedSchedule(**as_tuples(config))


def build_planner(named: NamedSchedule | NamedPlanner, env: Environment) -> Policy:
    """The planner for an economy.

    Raises:
        ConfigurationError: if the economy has no role for it or other brackets, or a value of an
            option is not allowed.
    """
    name = named.name
    role = env.roles.get("planner")
    require(role is not None, "planner", name, "none, as the economy has no role planner")
    assert role is not None
    space = role.action
    sets_rates = isinstance(space, Box) and len(space.shape) == 1
    require(sets_rates, "planner", name, "a schedule only where the planner hands over rates")
    assert isinstance(space, Box)
    brackets = space.shape[0]
    if isinstance(named, NamedPlanner):
        if named.name == "random":
            return RandomSchedules(brackets, rate_max=space.high)
        if named.name == "search":
            settings = search_settings(named)
            return CandidateSchedules(settings.generations, CANDIDATES, brackets)
        return _saez(named, env, space)
    if named.rates is None:
        return FixedSchedule.free_market(brackets)
    fits = len(named.rates) == brackets
    allowed = f"{brackets} rates, as many as the economy has brackets"
    allowed += "" if named.cutoffs is not None else ", or cutoffs beside the rates"
    require(fits, "planner", f"{name} with {len(named.rates)} rates", allowed)
    highest = max(named.rates)
    allowed = f"rates of at most {space.high:g}, the highest that the economy allows (rate_max)"
    require(highest <= space.high, "planner", f"{name} with a rate of {highest:g}", allowed)
    return FixedSchedule(named.rates)


def search_settings(named: NamedPlanner) -> SearchSettings:
    """How the planner `search` searches.

    Raises:
        ConfigurationError: for a value that is not allowed.
    """
    try:
        return SearchSettings(**named.options)
    except ConfigurationError as error:
        argument = f"{named.name}.{error.argument}"
        raise error.renamed(argument) from None


def random_stand_in(env: Any, role: str, share: float) -> Policy:
    """Random schedules for the share of the copies in which a planner does not set rates itself.

    Raises:
        ConfigurationError: if the role does not set rates.
    """
    tax: Any = getattr(env, "component", lambda name: None)(_TAX)
    fits = role == "planner" and tax is not None
    require(fits, f"{role}.stand_in", share, "0, as the role does not set tax rates")
    drawn = RandomSchedules(len(tax.edges), rate_max=tax.rate_max)
    return RateLevels(drawn, tax.levels(env)) if tax.set_by == "levels" else drawn


def _saez(named: NamedPlanner, env: Any, space: Box) -> Saez:
    component = getattr(env, "component", lambda name: None)
    tax: Any = component(_TAX)
    require(tax is not None, "planner", named.name, f"a schedule, as the economy has no {_TAX}")
    usual = {"compatibility": getattr(env, "compatibility", None)}
    try:
        return Saez(
            tax.edges, rate_min=space.low, rate_max=space.high, **{**usual, **named.options}
        )
    except ConfigurationError as error:
        raise error.renamed(f"{named.name}.{error.argument}") from None
