"""What the learned planner gains by changing its rates within the year."""

import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from ....evidence.run import evaluate_players
from ....evidence.statistics import difference
from ....runs.atomic import write_file
from ....runs.players import under_schedule
from ....runs.schedules import schedule
from ....zoo import load
from ..outcomes import Evaluation
from .cells import EPISODES, parquet

__all__ = ["adapting"]

_PRODUCT = "equality_times_productivity"


def adapting(config: Mapping[str, Any], folder: pathlib.Path) -> dict[str, Any]:
    """An entry of the zoo with its planner, and in the same years under its mean schedule.

    Workers are the same, and are not trained again.

    Args:
        config: of the cell: `entry`, `episodes`, and `seed` of the years.
        folder: of the cell.

    Returns:
        Mean equality x coin of both, and by how much the planner is ahead, with a 95 % interval
        over paired years.
    """
    entry = load(config["entry"])
    columns: dict[str, np.ndarray] = {}
    mean = schedule(config["entry"], "schedule")
    for name, players in (("planner", entry), ("mean", under_schedule(entry, mean))):
        years = evaluate_players(players, episodes=config["episodes"], seed=config["seed"])
        assert isinstance(years, Evaluation)
        columns[name] = years.episodes[_PRODUCT]
    write_file(folder / EPISODES, parquet(columns))
    ahead = difference(columns["planner"][None], columns["mean"][None])
    return {
        "means": {name: float(np.mean(values)) for name, values in columns.items()},
        "ahead": [ahead.value, ahead.low, ahead.high],
    }
