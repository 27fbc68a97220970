"""The original's scenarios with a map in Solon's terms."""

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any

from ..economies.gather_trade_build import layouts
from ..economies.gather_trade_build.economy import GatherTradeBuild
from ..economies.gather_trade_build.generated_layouts import (
    MultiZoneLayout,
    QuadrantLayout,
    UniformLayout,
)
from ..economies.gather_trade_build.layouts import Layout, split
from ..errors import require
from .common_options import common_options, size
from .components import SPATIAL, read_components
from .match import Match
from .options import Options

__all__ = ["SPATIAL_SCENARIOS"]

_OBJECTIVES = {
    "coin_eq_times_productivity": "equality-times-productivity",
    "inv_income_weighted_coin_endowments": "inverse-income-weighted-coin",
    "inv_income_weighted_utility": "inverse-income-weighted-utility",
}


def _from_file(options: Options) -> Match:
    layout, regeneration = _map_and_growth(options)
    corners = options.flag("fixed_four_skill_and_loc", False)
    placement = "corners" if corners else "uniform"
    fields = {"layout": layout, "placement": placement}
    return _match(options, fields, regeneration, ranked="fixed_four_skill_and_loc" * corners)


def _split(options: Options) -> Match:
    layout, regeneration = _map_and_growth(options)
    allowed = "false: the original has no corners in this scenario"
    corners = options.flag("fixed_four_skill_and_loc", False)
    require(not corners, "fixed_four_skill_and_loc", True, allowed)
    row = options.optional_whole("water_row", low=1)
    ranks = options.take("skill_rank_of_top_agents", None)
    ranks = [0] if ranks is None else ranks
    if isinstance(ranks, int) or (isinstance(ranks, float) and math.isfinite(ranks)):
        ranks = [int(ranks)]
    listed = isinstance(ranks, (list, tuple)) and all(type(rank) is int for rank in ranks)
    require(listed, "skill_rank_of_top_agents", ranks, "a rank from 0, or a list of them")
    fields = {
        "layout": split(layout, row),
        "placement": "split",
        "top_ranks": tuple(sorted(set(ranks))),
    }
    return _match(options, fields, regeneration, ranked="scenario_name")


def _generated(kind: Any, own: Callable[[Options], dict[str, Any]]) -> Callable[[Options], Match]:
    def read(options: Options) -> Match:
        height, width = size(options)
        coverage, probability, half_width, capacity = {}, [], [], []
        for good in ("stone", "wood"):
            coverage[f"{good}_coverage"] = options.number(
                f"starting_{good}_coverage", 0.025, low=0, above=True
            )
            default = {"stone": 0.5, "wood": 0.35}[good]
            coverage[f"{good}_clumpiness"] = options.number(
                f"{good}_clumpiness", default, low=0, high=1
            )
            probability.append(options.number(f"{good}_regen_weight", 0.01, low=0, high=1))
            half_width.append(options.whole(f"{good}_regen_halfwidth", 0, low=0))
            capacity.append(options.whole(f"{good}_max_health", 1, low=1))
        layout = kind(
            height=height,
            width=width,
            checkered=options.flag("checker_source_blocks", False),
            compatibility="foundation",
            **coverage,
            **own(options),
        )
        fields = {
            "layout": layout,
            "placement": "uniform",
            "regeneration_half_width": tuple(half_width),
            "source_capacity": tuple(capacity),
        }
        return _match(options, fields, probability, ranked="")

    return read


def _gradient(options: Options) -> dict[str, Any]:
    return {"gradient_steepness": options.number("gradient_steepness", 8, low=1)}


def _zones(options: Options) -> dict[str, Any]:
    # The zones' odds replace the gradient.
    options.number("gradient_steepness", 8, low=1)
    return {
        "zone_rows": options.whole("num_partitions_row", 8, low=1),
        "zone_columns": options.whole("num_partitions_col", 8, low=1),
        "wood_zones": options.whole("num_wood_zones", 6, low=0),
        "stone_zones": options.whole("num_stone_zones", 6, low=0),
        "mixed_zones": options.whole("num_wood_and_stone_zones", 4, low=0),
    }


def _match(
    options: Options, fields: dict[str, Any], regeneration: list[float], *, ranked: str
) -> Match:
    """What all scenarios with a map have in common.

    Args:
        options: what is left of the configuration.
        fields: of the economy, from what is special about the scenario.
        regeneration: probability that a source of stone and of wood refills.
        ranked: the option that has building paid by rank, or nothing.
    """
    common = common_options(options)
    numbers, warmup = _numbers(options)
    parts, tax = _components(options)
    if ranked:
        parts = _paid_by_rank(parts, ranked)
    fields |= common | {
        "components": parts,
        "starting_coin": numbers["starting_coin"],
        "planner_objective": _objective(options),
        "view": options.whole("mobile_agent_observation_range", 5, low=0),
        "planner_sees_map": options.flag("planner_gets_spatial_info", True),
        "workers_see_map": options.flag("full_observability", False),
    }
    options.finish()
    economy = GatherTradeBuild(**fields)
    return Match({}, economy, tax, numbers | {"regeneration": regeneration}, warmup)


def _map_and_growth(options: Options) -> tuple[Layout, list[float]]:
    """A map from a file, and the probabilities that its sources refill."""
    layout = _layout(options.take("env_layout_file", _DEFAULT_MAP), *size(options))
    probability = options.number("resource_regen_prob", 0.01, low=0, high=1)
    return layout, [probability, probability]


def _paid_by_rank(parts: tuple[Any, ...], option: str) -> tuple[Any, ...]:
    fits = any(part.name == "build" and part.skills == "pareto" for part in parts)
    allowed = "a Build with skill_dist pareto among the components"
    require(fits, "components", [part.name for part in parts], f"{allowed}, for {option}")
    return tuple(
        dataclasses.replace(part, skills="ranked") if part.name == "build" else part
        for part in parts
    )


def _numbers(options: Options) -> tuple[dict[str, float], float]:
    """Fields of `Params`, and the episodes over which the labor cost is phased in."""
    eta = options.number("isoelastic_eta", 0.23, low=0, high=1)
    require(eta < 1, "isoelastic_eta", 1, "below 1: the original fails where it takes a logarithm")
    method = options.choice("energy_warmup_method", "decay", ("decay", "auto"))
    constant = options.number("energy_warmup_constant", 0, low=0)
    numbers = {
        "risk_aversion": eta,
        "labor_cost": options.number("energy_cost", 0.21, low=0),
        "starting_coin": options.number("starting_agent_coin", 0.0, low=0),
        "equality_weight": 1 - options.number("mixing_weight_gini_vs_coin", 0.0, low=0, high=1),
        "warmup_constant": constant if method == "auto" else 0.0,
    }
    return numbers, constant if method == "decay" else 0.0


def _objective(options: Options) -> str:
    value = options.take("planner_reward_type", next(iter(_OBJECTIVES)))
    name = str(value).lower()
    require(name in _OBJECTIVES, "planner_reward_type", value, ", ".join(_OBJECTIVES))
    return _OBJECTIVES[name]


def _components(options: Options) -> tuple[tuple[Any, ...], Any]:
    parts, tax = read_components(options.take("components"), SPATIAL)
    names = [part.name for part in parts]
    movable = bool({"build", "gather"} & set(names))
    allowed = "Build or Gather among them: without houses the original fails when it shows the map"
    require(movable, "components", names, allowed)
    return parts, tax


def _layout(file: Any, height: int, width: int) -> Layout:
    """A shipped map by the name of the original's file, in a world that may be larger."""
    known = isinstance(file, str) and file in _MAPS
    require(known, "env_layout_file", file, ", ".join(_MAPS))
    found = layouts.load(_MAPS[file])
    fits = height >= found.height and width >= found.width
    allowed = f"at least [{found.height}, {found.width}], the size of {file}"
    require(fits, "world_size", [height, width], allowed)
    rows = [row.ljust(width, ".") for row in found.rows]
    return Layout((*rows, *["." * width] * (height - found.height)), found.name)


_DEFAULT_MAP = "quadrant_25x25_20each_30clump.txt"

# The original's files and Solon's names.
_MAPS = {
    _DEFAULT_MAP: "open-quadrant",
    "quadrant_25x25_20each_30clump_no_water.txt": "open-quadrant-no-water",
    "closed_quadrant_25x25_20each_30clump.txt": "closed-quadrant",
    "quadrant_40x40_50each.txt": "open-quadrant-40",
    "quadrant_40x40_50each_no_water.txt": "open-quadrant-40-no-water",
    "quadrant_8x8_4each_8clump.txt": "open-quadrant-9",
    "env-pure_and_mixed-15x15.txt": "pure-and-mixed-15",
    "env-pure_and_mixed-25x25.txt": "pure-and-mixed-25",
    "env-pure_and_mixed-40x40.txt": "pure-and-mixed-40",
    "uniform_25x25_25each_65clump.txt": "uniform-25",
    "top_wood_bottom_stone_14x14.txt": "top-wood-bottom-stone-14",
}

#: How to read a configuration, by the name of the original's scenario.
SPATIAL_SCENARIOS: Mapping[str, Callable[[Options], Match]] = {
    "layout_from_file/simple_wood_and_stone": _from_file,
    "split_layout/simple_wood_and_stone": _split,
    "uniform/simple_wood_and_stone": _generated(UniformLayout, _gradient),
    "quadrant/simple_wood_and_stone": _generated(QuadrantLayout, _gradient),
    "multi_zone/simple_wood_and_stone": _generated(MultiZoneLayout, _zones),
}
