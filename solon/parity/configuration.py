"""What the original's factory takes, in Solon's terms."""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from ..errors import ConfigurationError, require
from .match import Match
from .one_step import one_step
from .options import Options
from .scenarios import SPATIAL_SCENARIOS

__all__ = ["match"]

_SCENARIOS = {**SPATIAL_SCENARIOS, "one-step-economy": one_step}

# What the original logs changes nothing but its speed.
_LOGS = ("dense_log_frequency", "world_dense_log_frequency")

# What Solon calls options that it checks itself, and the original's names.
_NAMES = {
    "brackets": "n_brackets",
    "height": "world_size",
    "horizon": "episode_length",
    "max_orders": "max_num_orders",
    "max_price": "max_bid_ask",
    "mixed_zones": "num_wood_and_stone_zones",
    "rate_step": "rate_disc",
    "regeneration_half_width": "wood_regen_halfwidth, stone_regen_halfwidth",
    "source_capacity": "wood_max_health, stone_max_health",
    "stone_coverage": "starting_stone_coverage",
    "stone_zones": "num_stone_zones",
    "top_cutoff": "top_bracket_cutoff",
    "top_ranks": "skill_rank_of_top_agents",
    "view": "mobile_agent_observation_range",
    "width": "world_size",
    "wood_coverage": "starting_wood_coverage",
    "wood_zones": "num_wood_zones",
    "workers": "n_agents",
    "zone_columns": "num_partitions_col",
    "zone_rows": "num_partitions_row",
}


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
    try:
        found = _SCENARIOS[name.lower()](options)
    except ConfigurationError as error:
        option = error.argument.rpartition(".")[2]
        argument = _NAMES.get(option, error.argument)
        raise ConfigurationError(argument, error.value, _renamed(error.allowed)) from None
    kept = {k: v for k, v in configuration.items() if k not in _LOGS}
    return dataclasses.replace(found, configuration=kept)


def _renamed(text: str) -> str:
    """What is allowed, with the original's names of options that it mentions.

    Names of one word are words of the sentence, too, and stay.
    """
    for own, original in _NAMES.items():
        if "_" in own:
            text = re.sub(rf"\b{own}\b", original, text)
    return text
