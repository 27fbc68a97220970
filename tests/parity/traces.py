"""Recorded episodes of the original, small enough to be kept: see `record.py`."""

import io
import json
import lzma
import pathlib

import numpy as np

from solon.parity.run import Recording

FOLDER = pathlib.Path(__file__).parent / "traces"
_GROUPS = ("world", "shocks", "actions", "seen")
_RATES = "random_rates"

# Small worlds and short episodes that touch every scenario and as many rules as possible.
STEPS = 80
_BUILD = {"Build": {"skill_dist": "pareto", "payment_max_skill_multiplier": 3}}
_QUICK = {"resource_regen_prob": 0.4, "starting_agent_coin": 20}
_DRAWN = {
    "starting_wood_coverage": 0.1,
    "starting_stone_coverage": 0.1,
    "wood_regen_weight": 0.5,
    "stone_regen_weight": 0.6,
    "starting_agent_coin": 20,
}
_TAX = {"PeriodicBracketTax": {"period": 8}}
_MARKET = {"ContinuousDoubleAuction": {"max_num_orders": 3, "order_duration": 5}}
_FIXED = {
    "tax_model": "fixed-bracket-rates",
    "bracket_spacing": "linear",
    "n_brackets": 3,
    "fixed_bracket_rates": [0.2, 0.9, 0.4],
    "period": 6,
    "tax_annealing_schedule": [-1, 0.3],
}
CONFIGURATIONS = {
    "open-quadrant": {
        **_QUICK,
        "scenario_name": "layout_from_file/simple_wood_and_stone",
        "fixed_four_skill_and_loc": True,
        "n_agents": 4,
        "world_size": [25, 25],
        "components": [_BUILD, _MARKET, {"Gather": {"skill_dist": "pareto"}}, _TAX],
    },
    "mixed": {
        **_QUICK,
        "scenario_name": "layout_from_file/simple_wood_and_stone",
        "env_layout_file": "env-pure_and_mixed-15x15.txt",
        "n_agents": 4,
        "world_size": [17, 16],
        "multi_action_mode_planner": False,
        "energy_warmup_constant": 10,
        "energy_warmup_method": "auto",
        "planner_reward_type": "inv_income_weighted_utility",
        "planner_gets_spatial_info": False,
        "flatten_observations": False,
        "flatten_masks": False,
        "components": [
            {"Gather": {"skill_dist": "lognormal"}},
            {"PeriodicBracketTax": {"period": 5, "bracket_spacing": "log", "rate_disc": 0.1}},
            {"Build": {"skill_dist": "lognormal", "payment_max_skill_multiplier": 4}},
            {"ContinuousDoubleAuction": {"order_duration": 2}},
        ],
    },
    "split": {
        **_QUICK,
        "scenario_name": "split_layout/simple_wood_and_stone",
        "env_layout_file": "top_wood_bottom_stone_14x14.txt",
        "n_agents": 5,
        "world_size": [14, 14],
        "multi_action_mode_agents": True,
        "skill_rank_of_top_agents": [0, 3],
        "water_row": 5,
        "components": [_BUILD, _MARKET, {"Gather": {}}, {"PeriodicBracketTax": _FIXED}],
    },
    "uniform": {
        **_DRAWN,
        "scenario_name": "uniform/simple_wood_and_stone",
        "n_agents": 3,
        "world_size": [9, 12],
        "checker_source_blocks": True,
        "wood_regen_halfwidth": 1,
        "stone_regen_halfwidth": 2,
        "wood_max_health": 3,
        "stone_max_health": 2,
        "components": [_BUILD, _MARKET, {"Gather": {}}, _TAX],
    },
    "quadrant": {
        **_DRAWN,
        "scenario_name": "quadrant/simple_wood_and_stone",
        "n_agents": 4,
        "world_size": [14, 13],
        "full_observability": True,
        "energy_warmup_constant": 1,
        "components": [
            _BUILD,
            _MARKET,
            {"Gather": {}},
            {"PeriodicBracketTax": {"disable_taxes": True, "period": 8}},
            {"WealthRedistribution": {}},
        ],
    },
    "multi-zone": {
        **_DRAWN,
        "scenario_name": "multi_zone/simple_wood_and_stone",
        "n_agents": 3,
        "world_size": [13, 13],
        "allow_observation_scaling": False,
        "mobile_agent_observation_range": 2,
        "mixing_weight_gini_vs_coin": 0.3,
        "components": [
            {"Gather": {}},
            _MARKET,
            {"Build": {"payment": 7.9}},
            {"PeriodicBracketTax": {"tax_model": "us-federal-single-filer-2018-scaled",
                                    "usd_scaling": 9000, "period": 1}},
        ],
    },
    # Hours of labor among the other things that workers can do on a map.
    "labor": {
        **_QUICK,
        "scenario_name": "layout_from_file/simple_wood_and_stone",
        "env_layout_file": "quadrant_8x8_4each_8clump.txt",
        "n_agents": 3,
        "world_size": [9, 9],
        "mobile_agent_observation_range": 2,
        "multi_action_mode_agents": True,
        "planner_gets_spatial_info": False,
        "components": [_MARKET, {"SimpleLabor": {}}, _BUILD, {"Gather": {}}, _TAX],
    },
    # 500 tax returns are there after 63 steps: then the formula sets the rates.
    "saez": {
        **_QUICK,
        "scenario_name": "layout_from_file/simple_wood_and_stone",
        "env_layout_file": "quadrant_8x8_4each_8clump.txt",
        "n_agents": 8,
        "world_size": [9, 9],
        "mobile_agent_observation_range": 1,
        "planner_gets_spatial_info": False,
        "components": [
            {"Build": {"payment_max_skill_multiplier": 3, "skill_dist": "pareto"}},
            {"ContinuousDoubleAuction": {"max_num_orders": 2, "order_duration": 3,
                                         "max_bid_ask": 4}},
            {"Gather": {}},
            {"PeriodicBracketTax": {"tax_model": "saez", "period": 1, "bracket_spacing": "linear",
                                    "n_brackets": 4, "top_bracket_cutoff": 12,
                                    "tax_annealing_schedule": [-3, 0.2]}},
        ],
    },
    "one-step": {
        "scenario_name": "one-step-economy",
        "n_agents": 5,
        "world_size": [1, 1],
        "labor_cost": 0.012,
        "components": [{"SimpleLabor": {}}, {"PeriodicBracketTax": {"period": 2}}],
    },
    "one-step-saez": {
        "scenario_name": "one-step-economy",
        "n_agents": 13,
        "world_size": [2, 3],
        "episode_length": 8,
        "multi_action_mode_agents": True,
        "flatten_observations": False,
        "agent_reward_type": "isoelastic_coin_minus_labor",
        "labor_cost": 0.3,
        "planner_reward_type": "coin_eq_times_productivity",
        "components": [
            {"SimpleLabor": {"mask_first_step": False}},
            {"PeriodicBracketTax": {"tax_model": "saez", "period": 1, "usd_scaling": 5000,
                                    "saez_fixed_elas": 0.4, "pareto_weight_type": "uniform"}},
            {"WealthRedistribution": {}},
        ],
    },
}  # fmt: skip
# Scenarios with a map.
SPATIAL = [name for name in CONFIGURATIONS if not name.startswith("one-step")]


def configuration(name: str) -> dict:
    """Of a trace: two episodes, or some short ones."""
    return {"episode_length": STEPS // 2, **CONFIGURATIONS[name]}


def save(name: str, recordings: list[Recording]) -> None:
    arrays, heads = {}, []
    for number, recording in enumerate(recordings):
        heads.append([dict(recording.facts), recording.completed, recording.first_step])
        for group in _GROUPS:
            for field, values in getattr(recording, group).items():
                arrays[f"{number}|{group}|{field}"] = _small(values)
        arrays[f"{number}|{_RATES}|"] = recording.random_rates
    arrays["heads"] = np.frombuffer(json.dumps(heads).encode(), np.uint8)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    (FOLDER / f"{name}.npz.xz").write_bytes(lzma.compress(buffer.getvalue(), preset=9))


def load(name: str) -> list[Recording]:
    content = lzma.decompress((FOLDER / f"{name}.npz.xz").read_bytes())
    with np.load(io.BytesIO(content)) as file:
        arrays = {key: file[key] for key in file.files}
    heads = json.loads(arrays.pop("heads").tobytes())
    groups: list[dict] = [{group: {} for group in _GROUPS} for _ in heads]
    for key, values in arrays.items():
        number, group, field = key.split("|")
        if group == _RATES:
            groups[int(number)][_RATES] = values
        else:
            groups[int(number)][group][field] = values
    return [Recording(*head, **group) for head, group in zip(heads, groups, strict=True)]


def _small(values: np.ndarray) -> np.ndarray:
    """Whole numbers in as few bits as they need."""
    for kind in (np.int8, np.int16):
        limits = np.iinfo(kind)
        inside = np.all(np.isfinite(values)) and np.all(
            (values >= limits.min) & (values <= limits.max)
        )
        if inside and np.array_equal(values.astype(kind), values):
            return values.astype(kind)
    return values
