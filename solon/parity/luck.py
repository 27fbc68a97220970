"""The original's random draws as Solon's worlds and shocks."""

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import jax.numpy as jnp
import numpy as np

from ..economies.gather_trade_build.economy import GatherTradeBuild
from ..economies.gather_trade_build.gather import GatherShocks
from ..economies.gather_trade_build.generated_layouts import GeneratedLayout
from ..economies.gather_trade_build.layout_set import each_of
from ..economies.gather_trade_build.layouts import NO_SOURCE, STONE, WOOD
from ..economies.gather_trade_build.placement import corner_cells
from ..economies.gather_trade_build.state import Shocks, World
from ..economies.one_step.economy import OneStepEconomy
from ..luck import key_of

__all__ = ["Draws", "random_rates", "shocks", "to_shocks", "to_world", "world"]

Arrays = Mapping[str, np.ndarray]
Economy: TypeAlias = GatherTradeBuild | OneStepEconomy

# A draw above every probability.
_NEVER = 1.0


class Draws:
    """Recorded draws by the place and the function that made them.

    Args:
        where: step (-1 for a start), place, function and shape of each draw.
        values: all of them, one after the other.
    """

    def __init__(self, where: Sequence[Sequence[Any]], values: np.ndarray):
        self._by_place: dict[tuple[str, str], list[tuple[int, np.ndarray]]] = defaultdict(list)
        start = 0
        for step, place, function, shape in where:
            end = start + int(np.prod(shape))
            draw = values[start:end].reshape(shape)
            self._by_place[place, function].append((step, draw))
            start = end

    def at_start(self, place: str, function: str) -> list[np.ndarray]:
        """The draws of the start, in order."""
        return [draw for step, draw in self._by_place[place, function] if step < 0]

    def in_steps(self, place: str, function: str) -> list[np.ndarray]:
        """The draws of all steps, in order."""
        return [draw for step, draw in self._by_place[place, function] if step >= 0]

    def by_step(self, place: str, function: str) -> list[tuple[int, np.ndarray]]:
        """The draws of all steps with the step of each."""
        return [pair for pair in self._by_place[place, function] if pair[0] >= 0]


def world(economy: Economy, draws: Draws, maps: Arrays) -> dict[str, np.ndarray]:
    """The luck of a start, as arrays.

    Args:
        economy: which one.
        draws: what was recorded.
        maps: the maps of stone and wood sources, for layouts that are drawn: where sources are
            is their luck.
    """
    if isinstance(economy, OneStepEconomy):
        # Skills go by number there.
        return {}
    n, layout = economy.workers, each_of(economy.layout)[0]
    dealt = draws.at_start("assignment", "permutation")
    # The draw lists the workers by rank, from the lowest (with a split layout, from the ablest).
    order = dealt[0].astype(int) if dealt else np.arange(n)
    result: dict[str, np.ndarray] = {
        "rank": np.argsort(order[::-1] if economy.placement == "split" else order)
    }
    if isinstance(layout, GeneratedLayout):
        source = np.where(maps["stone"], STONE, np.where(maps["wood"], WOOD, NO_SOURCE))
        result["source"] = source
        order = draws.at_start("placement", "permutation")[0].astype(int)
    if economy.placement == "corners":
        cells = corner_cells(layout, n, compatibility=economy.compatibility)
        result["location"] = cells[result["rank"]]
    else:
        place = "assignment" if economy.placement == "split" else "placement"
        tried = np.array(draws.at_start(place, "randint"), int).reshape(-1, 2)
        result["location"] = _places(layout.water, tried, order)
    for name, original in (("build", "Build"), ("gather", "Gather")):
        skills = draws.at_start(original, "pareto") + draws.at_start(original, "lognormal")
        if economy.component(name) is not None:
            result[name] = np.array(skills) if skills else np.full(n, float(name == "build"))
    if "gather" in result:
        result["gather"] = np.minimum(2, result["gather"]) / 2
    return result


def _places(water: np.ndarray, tried: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Workers take the first free cell that is tried for them, one after the other."""
    free = ~water
    places = np.full((len(order), 2), -1)
    placed = 0
    for row, column in tried:
        if placed < len(order) and free[row, column]:
            free[row, column] = False
            places[order[placed]] = row, column
            placed += 1
    return places


def shocks(
    economy: Economy, draws: Draws, source: np.ndarray, gathered: np.ndarray, steps: int
) -> dict[str, np.ndarray]:
    """The luck of some steps, as arrays with the steps in front.

    Args:
        economy: which one.
        draws: what was recorded.
        source: what grows where.
        gathered: step and worker of each unit picked up, in the order of the bonus draws.
        steps: how many.
    """
    if isinstance(economy, OneStepEconomy):
        return {}
    fields = np.array(draws.in_steps("regeneration", "rand")).reshape(steps, 2, *source.shape)
    # Wood is drawn first.
    by_source = np.where(source == WOOD, fields[:, 0], fields[:, 1])
    result: dict[str, np.ndarray] = {"regrowth": by_source[:, source != NO_SOURCE]}
    if economy.component("gather") is not None:
        result["order"] = np.array(draws.in_steps("Gather", "permutation"), int)
        result["bonus"] = np.full((steps, economy.workers), _NEVER)
        step, worker = gathered.T
        result["bonus"][step, worker] = np.array(draws.in_steps("Gather", "rand"))
    return result


def random_rates(draws: Draws, brackets: int, steps: int) -> np.ndarray:
    """Rates that Saez's planner has drawn, with the steps in front; 0 where it has drawn none.

    With no `brackets`, the original may have drawn rates for taxes that are disabled.
    """
    result = np.zeros((steps, brackets))
    if not brackets:
        return result
    for step, rates in draws.by_step("PeriodicBracketTax", "uniform"):
        result[step] = rates
    return result


def to_world(economy: Economy, arrays: Arrays) -> Any:
    """What `start` takes."""
    drawn: Any = economy.draw_world(key_of(0))
    if not isinstance(drawn, World):
        return drawn
    skills = {name: jnp.asarray(arrays[name], float) for name in drawn.parts if name in arrays}
    source = arrays.get("source")
    return dataclasses.replace(
        drawn,
        source=None if source is None else jnp.asarray(source, jnp.int8),
        location=jnp.asarray(arrays["location"], drawn.location.dtype),
        rank=jnp.asarray(arrays["rank"], drawn.rank.dtype),
        parts=drawn.parts | skills,
    )


def to_shocks(economy: Economy, arrays: Arrays, steps: int) -> Any:
    """What `transition` takes, with the steps in front."""
    drawn: Any = economy.draw_shocks(key_of(0), (steps,))
    if not isinstance(drawn, Shocks):
        return drawn
    sources = arrays["regrowth"].shape[1]
    # Layouts that are drawn have slots for more sources than there are.
    assert isinstance(economy, GatherTradeBuild)
    spare = economy.layout.source_slots - sources
    regrowth = np.pad(arrays["regrowth"], [(0, 0), (0, spare)], constant_values=_NEVER)
    parts = dict(drawn.parts)
    if "order" in arrays:
        parts["gather"] = GatherShocks(
            order=jnp.asarray(arrays["order"], jnp.int32), bonus=jnp.asarray(arrays["bonus"], float)
        )
    return dataclasses.replace(drawn, regrowth=jnp.asarray(regrowth, float), parts=parts)
