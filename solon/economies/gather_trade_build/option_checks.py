"""Which options an economy can be built with."""

from typing import TYPE_CHECKING

from ...component import Component
from ...errors import require, require_number, require_whole
from .generated_layouts import GeneratedLayout
from .layout_set import LayoutSet, each_of
from .layouts import Layout
from .objectives import OBJECTIVES
from .placement import PLACEMENTS, check_placement

if TYPE_CHECKING:
    from .economy import GatherTradeBuild

__all__ = ["check_fit", "check_options"]

_CHOICES: dict[str, tuple[str | None, ...]] = {
    "placement": PLACEMENTS,
    "planner_objective": OBJECTIVES,
    "observation": ("pooled", "foundation"),
    "compatibility": (None, "foundation"),
}
# Options of the original's observation, and what they are for everybody else.
_OF_FOUNDATION_OBSERVATION = {
    "planner_sees_map": False,
    "workers_see_map": False,
    "flatten_observations": True,
    "flatten_masks": True,
    "scale_observations": True,
}
_FARTHEST_GROWTH = 3
_MOST_UNITS = 100


def check_options(economy: "GatherTradeBuild") -> None:
    """Raise `ConfigurationError` for an option that no economy has.

    Whether they fit together is left to `check_fit`.
    """
    layout, parts = economy.layout, economy.components
    proper = isinstance(layout, Layout | GeneratedLayout | LayoutSet)
    require(proper, "layout", layout, "a Layout, a LayoutSet or a GeneratedLayout")
    proper = isinstance(parts, tuple) and all(isinstance(part, Component) for part in parts)
    require(proper, "components", parts, "a tuple of Component instances")
    require_whole("horizon", economy.horizon, low=1, high=1_000_000)
    require_whole("view", economy.view, low=0, high=50)
    require_number("starting_coin", economy.starting_coin, low=0)
    for field, low, high in (
        ("regeneration_half_width", 0, _FARTHEST_GROWTH),
        ("source_capacity", 1, _MOST_UNITS),
    ):
        pair = getattr(economy, field)
        proper = isinstance(pair, tuple) and len(pair) == 2
        require(proper, field, pair, "two whole numbers, for stone and for wood, or one")
        for value in pair:
            require_whole(field, value, low=low, high=high)
    for field in ("several_actions", "planner_several_actions", *_OF_FOUNDATION_OBSERVATION):
        value = getattr(economy, field)
        require(isinstance(value, bool), field, value, "true or false")
    for field, known in _CHOICES.items():
        value = getattr(economy, field)
        require(value in known, field, value, ", ".join(map(str, known)))


def check_fit(economy: "GatherTradeBuild") -> None:
    """Raise `ConfigurationError` for options that do not fit together."""
    for layout in each_of(economy.layout):
        cells = int((~layout.water).sum())
        require(cells >= 2, "layout", layout.name, "a map with at least two dry cells")
        fits = type(economy.workers) is int and 2 <= economy.workers <= cells
        allowed = f"a whole number from 2 to the {cells} free cells of {layout.name}"
        require(fits, "workers", economy.workers, allowed)
    for field, usual in _OF_FOUNDATION_OBSERVATION.items():
        value = getattr(economy, field)
        fits = value == usual or economy.observation == "foundation"
        require(fits, field, value, f"{str(usual).lower()}, unless observation is 'foundation'")
    economy.check_components()
    check_placement(economy)
