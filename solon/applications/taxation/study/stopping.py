"""What the ablest worker gains by doing nothing in the second half of the year.

Workers who are kept as they are answer to a tax as they learned to. Where the ablest has more
utility if it stops, they are not in equilibrium under that tax, and what the tax comes to is not
what it would come to with workers who went on learning.
"""

import dataclasses
import pathlib
from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ....economies.gather_trade_build import GatherTradeBuild
from ....economies.gather_trade_build.state import Shocks, State
from ....environment import TimeStep
from ....evidence.run import evaluate_players
from ....evidence.statistics import difference
from ....runs.atomic import write_file
from ..outcomes import Evaluation
from ..policies import Saez
from .cells import EPISODES, parquet, trained

__all__ = ["FRESH", "Stopping", "stopping"]

FRESH = 30_000
"""Seed of these years. Nothing was chosen by them, as the tuned formula's elasticity was by the
years of the other cells."""

_PRODUCT = "equality_times_productivity"


@dataclasses.dataclass(frozen=True)
class Stopping(GatherTradeBuild):
    """The economy, where the worker of the highest rank does nothing from some step on.

    Who that is differs between episodes, so `solon.learning.deviation.Deviation`, where one
    member deviates, does not say it. Everybody else acts as before and sees what follows.

    Attributes:
        after: steps of the year in which all is as it was.
    """

    after: int = 0

    def transition(
        self, state: State, actions: Mapping[str, Array], shocks: Shocks
    ) -> tuple[State, TimeStep]:
        stops = (state.rank == self.workers - 1) & (state.step >= self.after)
        worker = actions["worker"]
        stops = stops.reshape(-1, *[1] * (worker.ndim - 1))
        actions = {**actions, "worker": jnp.where(stops, 0, worker)}
        return super().transition(state, actions, shocks)


def stopping(
    config: Mapping[str, Any],
    found: Mapping[str, Any],
    start: pathlib.Path,
    place: pathlib.Path,
    folder: pathlib.Path,
) -> dict[str, Any]:
    """Years as they are, and the same years in which the ablest stops.

    Args:
        config: of the cell, with the configuration of the `regime`, and `mean` if its mean schedule
            stands for it as a law.
        found: what became of the regime.
        start: policies of the workers.
        place: of the regime's cell. A training that is gone is done again.
        folder: of the cell.

    Returns:
        Means of the ablest's utility and of the social outcome in both, the gain with its interval
        over paired years, and what elasticities the formula remembers, if there is one.
    """
    own, rates = config["regime"], config["regime"].get("rates")
    if config.get("mean", False):
        # It changes nothing, and neither do the workers.
        own = {**own, "planner": f"{own['planner']}, mean", "steps": 1}
        # As they were before they were numbers of half the length: 0.6, the highest allowed.
        place, rates = folder, [round(rate, 4) for rate in found["mean_rates"]]
    players = trained(own, start, place, rates)
    fields = {f.name: getattr(players.env, f.name) for f in dataclasses.fields(GatherTradeBuild)}
    halted = dataclasses.replace(players, env=Stopping(**fields, after=config["after"]))
    columns: dict[str, np.ndarray] = {}
    for name, those in (("", players), ("stopped_", halted)):
        years = evaluate_players(those, episodes=config["episodes"], seed=FRESH)
        assert isinstance(years, Evaluation)
        columns |= {
            f"{name}utility": years.workers["utility"][:, -1],
            f"{name}labor": years.workers["labor"][:, -1],
            **{
                f"{name}{one}": years.episodes[one]
                for one in ("productivity", "equality", _PRODUCT)
            },
        }
    write_file(folder / EPISODES, parquet(columns))
    gain = difference(columns["stopped_utility"][None], columns["utility"][None])
    outcome: dict[str, Any] = {
        "means": {name: float(np.mean(values)) for name, values in columns.items()},
        "gain": [gain.value, gain.low, gain.high],
    }
    planner = players.policies.get("planner")
    if isinstance(planner, Saez):
        # One for each copy of the economy that it was trained in.
        known = np.asarray(players.memories["planner"].elasticity, float)
        outcome["elasticities"] = np.sort(known).round(4).tolist()
    return outcome
