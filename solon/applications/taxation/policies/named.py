"""Policies that set tax rates, by the names under which people choose them."""

import dataclasses
from typing import Any

from ....agents import RateLevels
from ....environment import Environment
from ....errors import ConfigurationError, require
from ....policy import Policy
from ....runs.named import NamedPolicy
from ....runs.policies import PolicyMaker
from ....runs.schedules import NamedSchedule
from ....spaces import Box
from ..search.candidate_schedules import CandidateSchedules
from ..search.schedule_search import CANDIDATES, ScheduleSearch, SearchSettings
from .fixed_schedule import FixedSchedule
from .random_schedules import RandomSchedules
from .saez import Saez

__all__ = ["RANDOM", "SAEZ", "SCHEDULE", "SEARCH"]

_TAX = "periodic-bracket-tax"


def _rates(named: Any, role: str, env: Environment) -> Box:
    """The space of a role that sets the rates of brackets.

    Raises:
        ConfigurationError: if the role does something else.
    """
    # The short form names a planner also where there is none.
    space = env.roles[role].action if role in env.roles else None
    sets_rates = isinstance(space, Box) and len(space.shape) == 1
    require(sets_rates, role, named.name, f"a schedule only where the {role} hands over rates")
    assert isinstance(space, Box)
    return space


class _Schedule(PolicyMaker):
    summary = "a fixed schedule"

    def make(self, named: NamedSchedule, role: str, env: Environment) -> Policy:
        space = _rates(named, role, env)
        name, (brackets,) = named.name, space.shape
        if named.rates is None:
            return FixedSchedule.free_market(brackets)
        fits = len(named.rates) == brackets
        allowed = f"{brackets} rates, as many as the economy has brackets"
        allowed += "" if named.cutoffs is not None else ", or cutoffs beside the rates"
        require(fits, role, f"{name} with {len(named.rates)} rates", allowed)
        highest = max(named.rates)
        allowed = f"rates of at most {space.high:g}, the highest that the economy allows (rate_max)"
        require(highest <= space.high, role, f"{name} with a rate of {highest:g}", allowed)
        return FixedSchedule(named.rates)


class _Random(PolicyMaker):
    summary = "another tax schedule in each episode"

    def make(self, named: NamedPolicy, role: str, env: Environment) -> Policy:
        space = _rates(named, role, env)
        return RandomSchedules(space.shape[0], rate_max=space.high)

    def stand_in(self, role: str, env: Environment, share: float) -> Policy:
        tax = _tax(env)
        fits = role == "planner" and tax is not None
        require(fits, f"{role}.stand_in", share, "0, as the role does not set tax rates")
        drawn = RandomSchedules(len(tax.edges), rate_max=tax.rate_max)
        return RateLevels(drawn, tax.levels(env)) if tax.set_by == "levels" else drawn


class _Saez(PolicyMaker):
    options = ("elasticity", "welfare_weights", "capacity", "compatibility")
    summary = "the optimal tax rates by Saez's formula"

    def make(self, named: NamedPolicy, role: str, env: Environment) -> Policy:
        space, tax = _rates(named, role, env), _tax(env)
        allowed = f"a schedule, as the economy has no {_TAX}"
        require(tax is not None, role, named.name, allowed)
        options = {"compatibility": getattr(env, "compatibility", None), **named.options}
        try:
            return Saez(tax.edges, rate_min=space.low, rate_max=space.high, **options)
        except ConfigurationError as error:
            raise error.renamed(f"{named.name}.{error.argument}") from None


class _Search(PolicyMaker):
    options = tuple(field.name for field in dataclasses.fields(SearchSettings))
    summary = "direct search for the best tax schedule (CMA-ES) while others learn"

    def make(self, named: NamedPolicy, role: str, env: Environment) -> Policy:
        space = _rates(named, role, env)
        return CandidateSchedules(_settings(named).generations, CANDIDATES, space.shape[0])

    def sized(self, named: NamedPolicy, env: Environment, learner: Any, steps: int) -> Any:
        update, horizon = learner.environments * learner.unroll, env.horizon
        search = SearchSettings.within(steps, update, max(1, horizon // learner.unroll), horizon)
        # Rates above are cut, so that a search could not tell them apart.
        role = env.roles.get("planner")
        high = role.action.high if role is not None and isinstance(role.action, Box) else 1.0
        search = dataclasses.replace(search, highest=high, start=min(search.start, high))
        least = search.steps(update, horizon)
        allowed = f"at least {least:,}, the shortest search, or options of a shorter one"
        require(bool(named.options) or least <= steps, "steps", steps, allowed)
        options = dataclasses.asdict(search) | dict(named.options)
        named = dataclasses.replace(named, options=options)
        searching = _settings(named)
        allowed = f"at most {high:g}, the highest rate that the economy allows (rate_max)"
        require(searching.highest <= high, "search.highest", searching.highest, allowed)
        # What scores take is no experience of the workers', but the same budget.
        return named, update * searching.training_updates

    def trainer(self, named: NamedPolicy, learner: Any) -> Any:
        return ScheduleSearch(learner, _settings(named))


def _settings(named: NamedPolicy) -> SearchSettings:
    try:
        return SearchSettings(**named.options)
    except ConfigurationError as error:
        raise error.renamed(f"{named.name}.{error.argument}") from None


def _tax(env: Any) -> Any:
    return getattr(env, "component", lambda name: None)(_TAX)


RANDOM = _Random()
SAEZ = _Saez()
SCHEDULE = _Schedule()
SEARCH = _Search()
