"""What the original rejects, what it breaks on, and what is not compared: one line that says so."""

import copy
import math
import pathlib

import pytest

import solon.parity
from solon.errors import ConfigurationError
from solon.parity.configuration import match
from solon.parity.table import rows

BASE = {
    "scenario_name": "layout_from_file/simple_wood_and_stone",
    "n_agents": 4,
    "world_size": [25, 25],
    "components": [
        {"Build": {"skill_dist": "pareto"}},
        {"ContinuousDoubleAuction": {}},
        {"Gather": {}},
        {"PeriodicBracketTax": {}},
    ],
}


def with_tax(**options):
    return {"components": [{"Gather": {}}, {"PeriodicBracketTax": options}]}


ONE_STEP = {
    "scenario_name": "one-step-economy",
    "components": [{"SimpleLabor": {}}, {"PeriodicBracketTax": {"period": 2}}],
}

SPLIT = {"scenario_name": "split_layout/simple_wood_and_stone"}
UNIFORM = {"scenario_name": "uniform/simple_wood_and_stone"}


# Changes to a configuration that works -> what the line names.
CASES = [
    # What the original rejects.
    ({"scenario_name": None}, ("scenario_name", "None", "quadrant/simple_wood_and_stone")),
    ({"scenario_name": "layout_from_file"}, ("scenario_name", "layout_from_file")),
    ({"agents": 4}, ("agents", "n_agents")),
    ({"n_agents": 1}, ("n_agents", "1", "2")),
    ({"n_agents": 2.5}, ("n_agents", "2.5")),
    ({"world_size": 25}, ("world_size", "25", "height, width")),
    ({"episode_length": 0}, ("episode_length", "0")),
    ({"seed": 0}, ("seed", "0")),
    ({"components": {"Gather": {}}}, ("components", "list")),
    ({"components": [{"Gather": None}]}, ("components", "Gather", "mapping")),
    ({"components": [{"Gather": {}, "Build": {}}]}, ("components", "Gather")),
    ({"components": [{"Gathr": {}}]}, ("components", "Gathr", "Gather")),
    ({"components": [{"Gather": {"speed": 2}}]}, ("Gather.speed", "2", "move_labor")),
    ({"components": [{"Gather": {"skill_dist": "normal"}}]}, ("Gather.skill_dist", "normal")),
    ({"components": [{"Build": {"payment_max_skill_multiplier": 0}}]}, ("Build.payment_max", "0")),
    ({"env_layout_file": "quadrant"}, ("env_layout_file", "quadrant", "no_water.txt")),
    ({"resource_regen_prob": 1.5}, ("resource_regen_prob", "1.5", "0 to 1")),
    ({"energy_warmup_method": "linear"}, ("energy_warmup_method", "linear", "auto")),
    (
        {"planner_reward_type": "inv_income_weighted_coin_endowment"},
        ("planner_reward", "endowments"),
    ),
    ({"planner_gets_spatial_obs": True}, ("planner_gets_spatial_obs", "planner_gets_spatial_info")),
    ({"fixed_four_skill_and_loc": True, **with_tax()}, ("fixed_four_skill_and_loc", "Build")),
    (with_tax(tax_model="flat"), ("PeriodicBracketTax.tax_model", "flat", "model_wrapper")),
    (with_tax(rate_disc=0), ("rate_disc", "0")),
    (with_tax(rate_max=0.2, rate_disc=0.5), ("rate_disc", "0.5", "two rates")),
    (with_tax(rate_min=0.5, rate_max=0.4), ("rate_min", "0.5", "0.4")),
    (with_tax(n_brackets=1), ("n_brackets", "1")),
    (with_tax(top_bracket_cutoff=5), ("top_bracket_cutoff", "5", "10")),
    (with_tax(tax_model="fixed-bracket-rates"), ("fixed_bracket_rates", "None", "7")),
    (
        with_tax(tax_model="us-federal-single-filer-2018-scaled", bracket_spacing="log"),
        ("tax_model", "us-federal"),
    ),
    (with_tax(tax_annealing_schedule=[1]), ("tax_annealing_schedule", "[1]")),
    (with_tax(rate_disc=1e-15), ("rate_disc", "1e-15", "0.001")),
    (
        {**SPLIT, "skill_rank_of_top_agents": math.nan},
        ("skill_rank_of_top_agents", "nan", "a rank"),
    ),
    (
        {**UNIFORM, "starting_wood_coverage": 0.4, "starting_stone_coverage": 0.3},
        ("starting_wood_coverage", "0.4", "starting_stone_coverage"),
    ),
    # What it accepts and then breaks on.
    ({"world_size": [25, 20]}, ("world_size", "[25, 20]", "[25, 25]")),
    (
        {**UNIFORM, "scenario_name": "quadrant/simple_wood_and_stone", "world_size": [40, 11]},
        ("world_size", "11", "width", "height of 40"),
    ),
    ({"components": [{"Build": {"payment": 10**400}}]}, ("Build.payment", "10000", "up to")),
    (with_tax(tax_annealing_schedule=[math.nan, 0.1]), ("tax_annealing_schedule", "nan")),
    (with_tax(tax_annealing_schedule=[0, 10**400]), ("tax_annealing_schedule", "10000")),
    ({"world_size": [25, 10**9]}, ("world_size", "1000000000", "1000")),
    ({"isoelastic_eta": 1}, ("isoelastic_eta", "1", "logarithm")),
    ({"collate_agent_step_and_reset_data": True}, ("collate", "key error")),
    ({"components": [{"ContinuousDoubleAuction": {}}]}, ("components", "houses")),
    ({"components": [{"Build": {"payment": 0}}]}, ("Build.payment", "0")),
    (with_tax(usd_scaling=100_000), ("bracket_spacing", "names them")),
    (
        {"fixed_four_skill_and_loc": True, "n_agents": 4, "world_size": [25, 40]},
        ("n_agents", "4", "corners"),
    ),
    (with_tax(tax_model="saez", pareto_weight_type="rawls"), ("pareto_weight_type", "rawls")),
    (with_tax(tax_model="saez", saez_fixed_elas=-1), ("saez_fixed_elas", "-1")),
    (with_tax(bracket_spacing="log", n_brackets=4.0), ("n_brackets", "4.0", "log")),
    ({"mobile_agent_observation_range": 60}, ("mobile_agent_observation_range", "60", "50")),
    ({"seed": 2**40}, ("seed", "1099511627776")),
    # The one-step economy.
    ({**ONE_STEP, "components": [{"PeriodicBracketTax": {}}]}, ("components", "SimpleLabor")),
    ({**ONE_STEP, "components": [{"SimpleLabor": {}}, {"Gather": {}}]}, ("components", "Gather")),
    ({**ONE_STEP, "agent_reward_type": "isoelastic"}, ("agent_reward_type", "isoelastic")),
    ({**ONE_STEP, "planner_reward_type": "utility"}, ("planner_reward_type", "utility")),
    ({**ONE_STEP, "labor_exponent": 1}, ("labor_exponent", "1", "above 1")),
    (
        {**ONE_STEP, "agent_reward_type": "isoelastic_coin_minus_labor", "isoelastic_eta": 1},
        ("isoelastic_eta", "1", "logarithm"),
    ),
    ({**ONE_STEP, "energy_cost": 0.2}, ("energy_cost", "labor_cost")),
    (
        {**ONE_STEP, "components": [{"SimpleLabor": {"mask_first_step": 1}}]},
        ("SimpleLabor.mask_first_step", "1"),
    ),
    (
        {**ONE_STEP, "components": [{"SimpleLabor": {"pareto_param": 0}}]},
        ("SimpleLabor.pareto_param", "0"),
    ),
    # What is not compared.
    ({"scenario_name": "CovidAndEconomySimulation"}, ("scenario_name", "Covid")),
]


@pytest.mark.parametrize(("changes", "named"), CASES, ids=str)
def test_one_line_names_what_is_wrong(changes, named):
    configuration = copy.deepcopy(BASE) | changes
    with pytest.raises(ConfigurationError) as caught:
        match(configuration)
    line = str(caught.value)
    assert "\n" not in line
    for word in named:
        assert word in line


def test_whatever_is_no_mapping():
    for given in (None, 3, "text", [BASE], {1: 2}):
        with pytest.raises(ConfigurationError, match="config"):
            match(given)


def test_configurations_are_left_alone():
    before = copy.deepcopy(BASE)
    match(BASE)
    assert before == BASE


def test_the_list_of_configurations_can_be_read():
    """They are compared by `solon parity --table all`; here they only have to make sense."""
    listed = rows("all")
    assert len({(row.name, str(row.configuration)) for row in listed}) == len(listed) > 50
    for row in listed:
        found = match(row.configuration)
        assert found.economy.workers == row.configuration["n_agents"]
        assert found.economy.compatibility == found.economy.observation == "foundation"


def test_the_original_is_pinned():
    text = pathlib.Path(solon.parity.__file__).with_name("requirements.txt").read_text()
    pins = [line for line in text.splitlines() if line and line[0] not in "# "]
    assert all("==" in pin for pin in pins)
    assert "ai-economist==1.7.1 \\" in pins
    assert text.count("--hash=sha256:") >= len(pins) and "://" not in text
