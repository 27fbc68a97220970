"""Learners that differ in nothing but coefficients: one program can stand for all of them."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from ..errors import ConfigurationError, require
from .algorithm import Algorithm
from .learner import Learner
from .update import SHARED, Given

__all__ = ["one_program"]

_WORDS = {
    **{"env": "options of the economy", "learn": "roles that learn", "mesh": "devices"},
    **{"curriculum": "the curriculum", "prior": "the prior", "shards": "shards"},
}
"""What the parts of a learner are to a person."""


def one_program(learners: Sequence[Learner]) -> tuple[Learner, list[Given]]:
    """One learner, and what of each of them to hand it in the place of its own coefficients.

    Args:
        learners: at least one.

    Returns:
        The first of them, and for each of them the coefficients in which any two differ, see
        `Learner.update`.

    Raises:
        ConfigurationError: if they differ in more: the message names it.
    """
    first, *others = learners
    for other in others:
        for field in dataclasses.fields(Learner):
            if field.name not in ("config", "own_configs"):
                same = getattr(other, field.name) == getattr(first, field.name)
                _require_same(same, _WORDS[field.name])
        same = dict(first.own_configs).keys() == dict(other.own_configs).keys()
        _require_same(same, "roles with settings of their own")
    given: list[dict[str, dict[str, Any]]] = [{} for _ in learners]
    for role in (SHARED, *dict(first.own_configs)):
        configs = [_config(learner, role) for learner in learners]
        for name in _differing(configs, role):
            for own, config in zip(given, configs, strict=True):
                own.setdefault(role, {})[name] = getattr(config, name)
    return first, [dict(own) for own in given]


def _config(learner: Learner, role: str) -> Algorithm:
    return learner.config if role == SHARED else learner.config_of(role)


def _differing(configs: Sequence[Algorithm], role: str) -> list[str]:
    """The names of coefficients in which some of them differ."""
    first: Any = configs[0]
    of_role = "" if role == SHARED else f"{role}."
    names = []
    for config in configs[1:]:
        _require_same(type(config) is type(first), f"the algorithm of {role or 'all roles'}")
        _require_same(config.keeps == first.keeps, f"{of_role}learning_rate, 0 in one of them")
    for field in dataclasses.fields(first):
        values = [getattr(config, field.name) for config in configs]
        if all(value == values[0] for value in values):
            continue
        other = next(value for value in values if value != values[0])
        free = ", ".join(first.coefficient_names)
        allowed = f"{values[0]!r}, as in the others: it is a part of the program. "
        allowed += f"Params and coefficients may differ ({free})" if free else "Params may differ"
        require(field.name in first.coefficient_names, f"{of_role}{field.name}", other, allowed)
        for value in values:
            fits = _form(value) == _form(values[0])
            allowed = f"of the form of {values[0]!r}: schedules of as many points, or numbers all"
            require(fits, f"{of_role}{field.name}", value, allowed)
        names.append(field.name)
    return names


def _form(value: Any) -> Any:
    """How a value is nested: numbers are one like another."""
    if isinstance(value, tuple):
        return tuple(map(_form, value))
    return "none" if value is None else "number"


def _require_same(same: bool, what: str) -> None:
    if not same:
        allowed = f"trainings that differ in params and coefficients alone, and not in {what}"
        raise ConfigurationError("together", True, allowed)
