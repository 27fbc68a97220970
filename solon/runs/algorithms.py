"""Algorithms by name: those of Solon, and classes in a user's file."""

import dataclasses
import importlib
from collections.abc import Mapping
from typing import Any

from .. import registry
from ..errors import ConfigurationError, EconomyError, did_you_mean, require
from ..learning.algorithm import Algorithm
from ..own_code import failure
from .named import NamedAlgorithm, is_own
from .values import as_tuples

__all__ = [
    "ALGORITHMS",
    "SHARED",
    "algorithm_class",
    "build_algorithm",
    "checked_settings",
    "typed_settings",
]

ALGORITHMS = {
    "ppo": "solon.learning.config:PPO",
    "a2c": "solon.learning.a2c:A2C",
    "mappo": "solon.learning.mappo:MAPPO",
    "pqn": "solon.learning.pqn:PQN",
    "td3": "solon.learning.td3:TD3",
}
"""Solon's own, by module and attribute."""

SHARED = "ppo"
"""That by which roles learn whose algorithm is not named, and whose settings all of them share."""


def algorithm_class(name: str, argument: str) -> type[Algorithm]:
    """The class behind a name of `ALGORITHMS` or `FILE.py:CLASS`.

    Raises:
        ConfigurationError: if there is none.
    """
    if is_own(name):
        kind: Any = registry.load_own(name, argument)
        proper = isinstance(kind, type) and issubclass(kind, Algorithm)
        proper = proper and dataclasses.is_dataclass(kind)
        allowed = "a dataclass that is a solon.learning.Algorithm"
        require(proper, argument, name, allowed)
        return kind
    allowed = f"{', '.join(ALGORITHMS)}, or FILE.py:CLASS{did_you_mean(name, ALGORITHMS)}"
    require(name in ALGORITHMS, argument, name, allowed)
    module, _, attribute = ALGORITHMS[name].partition(":")
    found: type[Algorithm] = getattr(importlib.import_module(module), attribute)
    return found


def typed_settings(name: str) -> str:
    """The settings of one of `ALGORITHMS`, with defaults as they are typed: `epochs=3, ...`."""

    def typed(value: Any) -> str:
        if isinstance(value, tuple):
            return f"[{', '.join(map(typed, value))}]"
        if value is None or isinstance(value, bool):
            return "null" if value is None else str(value).lower()
        return str(value)

    kind: Any = algorithm_class(name, "algorithm")
    return ", ".join(f"{field.name}={typed(field.default)}" for field in dataclasses.fields(kind))


def checked_settings(kind: type[Any], settings: Mapping[str, Any], prefix: str = "") -> Any:
    """Settings of an algorithm as it takes them.

    Raises:
        ConfigurationError: if one is unknown.
    """
    known = [field.name for field in dataclasses.fields(kind)]
    for name, value in settings.items():
        allowed = f"one of the learner's settings {', '.join(known)}"
        require(name in known, f"{prefix}{name}", value, allowed)
    return as_tuples(settings)


def build_algorithm(named: NamedAlgorithm, role: str, shared: Algorithm) -> Algorithm:
    """An algorithm with its settings, and with the sizes that all roles share.

    Raises:
        ConfigurationError: for a setting that is unknown or not allowed.
        EconomyError: if the class fails.
    """
    kind: Any = algorithm_class(named.name, role)
    known = [field.name for field in dataclasses.fields(kind)]
    sizes = {n: getattr(shared, n) for n in ("environments", "unroll") if n in known}
    settings = sizes | checked_settings(kind, named.settings, f"{role}.")
    try:
        made: Algorithm = kind(**settings)
    except ConfigurationError as error:
        raise error.renamed(f"{role}.{error.argument}") from None
    except (Exception, SystemExit) as error:
        told = failure(error, known_own=True)
        raise EconomyError(f"algorithm {named.name} of the {role} fails: {told}") from error
    return made
