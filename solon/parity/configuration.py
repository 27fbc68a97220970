"""What the original's factory takes, in Solon's terms."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from ..errors import require
from .match import Match
from .one_step import one_step
from .options import Options
from .scenarios import SPATIAL_SCENARIOS

__all__ = ["match"]

_SCENARIOS = {**SPATIAL_SCENARIOS, "one-step-economy": one_step}

# What the original logs changes nothing but its speed.
_LOGS = ("dense_log_frequency", "world_dense_log_frequency")


def match(configuration: Any) -> Match:
    """Translate a configuration.

    Args:
        configuration: the arguments of the original's factory by name, `scenario_name` among them.

    Raises:
        ConfigurationError: for what the original rejects, for what it accepts and then breaks
            on, and for what Solon does not have.
    """
    mapping = isinstance(configuration, Mapping)
    require(mapping, "config", configuration, "a mapping with scenario_name, components, ...")
    named = all(isinstance(name, str) for name in configuration)
    require(named, "config", list(configuration), "names of options")
    name = configuration.get("scenario_name")
    known = isinstance(name, str) and name.lower() in _SCENARIOS
    require(known, "scenario_name", name, ", ".join(_SCENARIOS))
    options = Options("", {k: v for k, v in configuration.items() if k != "scenario_name"})
    found = _SCENARIOS[name.lower()](options)
    kept = {k: v for k, v in configuration.items() if k not in _LOGS}
    return dataclasses.replace(found, configuration=kept)
