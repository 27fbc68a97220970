"""What the original's factory takes, in Solon's terms."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from ..errors import ConfigurationError, require
from .match import Match
from .options import Options
from .scenarios import MISSING_SCENARIOS, SCENARIOS

__all__ = ["match"]

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
    allowed = ", ".join([*SCENARIOS, *MISSING_SCENARIOS])
    require(isinstance(name, str), "scenario_name", name, allowed)
    if name.lower() in MISSING_SCENARIOS:
        here = ", ".join(SCENARIOS)
        raise ConfigurationError(
            "scenario_name", name, f"{here}: there is nothing that compares {name} yet"
        )
    require(name.lower() in SCENARIOS, "scenario_name", name, allowed)
    options = Options("", {k: v for k, v in configuration.items() if k != "scenario_name"})
    found = SCENARIOS[name.lower()](options)
    kept = {k: v for k, v in configuration.items() if k not in _LOGS}
    return dataclasses.replace(found, configuration=kept)
