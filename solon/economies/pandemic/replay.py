"""What really happened: the policies of 2020 and 2021, and the epidemic itself."""

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from ...data.covid19 import StateData, infer_epidemic, load
from ...errors import require
from .beginning import data_of
from .subsidies import LEVELS

if TYPE_CHECKING:
    from .economy import Pandemic

__all__ = ["REPLAYS", "History", "history", "longest"]

#: What can be replayed: the real policy in the model, or all that is known.
REPLAYS = ("policy", "data")


@dataclasses.dataclass(frozen=True, eq=False)
class History:
    """What is replayed in each step of an episode, the first step in row 0.

    Attributes:
        levels: stringency, of shape (steps, states).
        subsidy_level: of the nation, of shape (steps,).
        persons: name of a compartment, or `unemployed` -> persons, of shape (steps, states); None
            if the model says what follows from the policy.
    """

    levels: np.ndarray
    subsidy_level: np.ndarray
    persons: dict[str, np.ndarray] | None


def longest(data: StateData, row: int, replay: str, late: int) -> int:
    """The most steps that can be replayed from a row on."""
    if replay == "policy":
        return len(data.dates) - 1 - row + late
    known = np.isfinite(infer_epidemic(data).infected + data.deaths + data.unemployment)
    return int(np.flatnonzero(known.all(axis=1))[-1]) - row


def history(economy: "Pandemic") -> History:
    """What an economy replays."""
    data, row, steps = data_of(economy), economy.start_row, economy.horizon
    late = 0 if economy.corrects("policy-on-its-date") else 1
    days = np.arange(row + 1 - late, row + 1 - late + steps)
    persons = None
    if economy.replay == "data":
        rows = slice(row + 1, row + 1 + steps)
        epidemic, share = infer_epidemic(data), economy.labor_force_share
        found = {
            "susceptible": epidemic.susceptible[rows],
            "infected": epidemic.infected[rows],
            "recovered": epidemic.recovered[rows],
            "deaths": data.deaths[rows],
            "vaccinated": data.vaccinated[rows],
            "unemployed": data.unemployment[rows] / 100 * share * data.population,
        }
        persons = {name: np.maximum(values, 0) for name, values in found.items()}
    return History(
        levels=data.stringency[days],
        subsidy_level=_subsidy_levels(economy)[days],
        persons=persons,
    )


def _subsidy_levels(economy: "Pandemic") -> np.ndarray:
    """The real payments as levels by row: each is paid out over one interval of the planner.

    The original knows of those only that were announced since the start.
    """
    data, interval = load(), economy.subsidy_interval
    nation = data_of(dataclasses.replace(economy, states=None)).population.sum()
    one_level = 20_000 / 365 * interval * nation / LEVELS
    levels = np.zeros(len(data.dates))
    first = economy.start_row if economy.compatibility == "foundation" else 0
    for row in first + np.flatnonzero(data.federal_subsidy[first:]):
        level = np.round(data.federal_subsidy[row] / one_level)
        levels[row : row + interval] += level
    require(
        bool(levels.max() <= LEVELS), "subsidy_interval", interval, "long enough for real payments"
    )
    return levels
