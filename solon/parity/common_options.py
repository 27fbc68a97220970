"""Options that all scenarios of the original take."""

from typing import Any

from ..errors import require
from .options import Options

__all__ = ["common_options", "size"]

# What generated layouts take, too; the original allocates whatever is asked for.
_LARGEST = 1_000


def size(options: Options) -> tuple[int, int]:
    """Height and width of the world."""
    given = options.take("world_size")
    fits = isinstance(given, (list, tuple)) and len(given) == 2
    fits = fits and all(type(v) is int and 0 < v <= _LARGEST for v in given)
    allowed = f"a list of two integers from 1 to {_LARGEST}: height, width"
    require(fits, "world_size", given, allowed)
    return given[0], given[1]


def common_options(options: Options) -> dict[str, Any]:
    """Fields of an economy that all scenarios set; components are left to them."""
    workers = options.take("n_agents")
    require(type(workers) is int and workers >= 2, "n_agents", workers, "an integer of at least 2")
    collate = options.flag("collate_agent_step_and_reset_data", False)
    allowed = "false: the original fails with a key error here when it is true"
    require(not collate, "collate_agent_step_and_reset_data", True, allowed)
    options.optional_whole("dense_log_frequency", low=1)
    options.whole("world_dense_log_frequency", 50, low=1)
    seed = options.optional_whole("seed", low=1)
    fits = seed is None or seed < 2**32
    require(fits, "seed", seed, "a whole number from 1 to 4294967295")
    return {
        "workers": workers,
        "horizon": options.whole("episode_length", 1000, low=1),
        "several_actions": options.flag("multi_action_mode_agents", False),
        "planner_several_actions": options.flag("multi_action_mode_planner", True),
        "flatten_observations": options.flag("flatten_observations", True),
        "flatten_masks": options.flag("flatten_masks", True),
        "scale_observations": options.flag("allow_observation_scaling", True),
        "observation": "foundation",
        "compatibility": "foundation",
    }
