"""What several files of this folder share: each of these compiles once for all of them."""

import pytest

import solon

from .by_hand import ByHand, small_economy, with_params
from .rollouts import roll_out


@pytest.fixture(scope="session")
def by_hand():
    """Several actions a step, planner sets rates, pooled observations."""
    return ByHand(small_economy())


@pytest.fixture(scope="session")
def original_by_hand():
    """The original's rules, observations and way to act; planner sets levels."""
    economy = small_economy(
        several_actions=False,
        compatibility="foundation",
        observation="foundation",
        planner_sees_map=True,
        planner_objective="inverse-income-weighted-utility",
        periodic_bracket_tax={"period": 5, "set_by": "levels"},
    )
    return ByHand(economy)


@pytest.fixture(scope="session")
def single_rollouts():
    """One thing at a time, at Solon's own rules; sources grow quickly and houses cost little."""
    economy = solon.make(
        "gather-trade-build",
        workers=4,
        layout="open-quadrant-9",
        horizon=40,
        starting_coin=12.0,
        planner_objective="inverse-income-weighted-coin",
        view=3,
        continuous_double_auction={"order_duration": 4, "max_orders": 3},
        periodic_bracket_tax={"period": 8},
    )
    params = with_params(economy, regeneration=[0.3, 0.3])
    return roll_out(economy, params, seed=7)


@pytest.fixture(scope="session")
def several_rollouts():
    """Many things at a time, at the original's rules, with enough workers for the other loops."""
    economy = solon.make(
        "gather-trade-build",
        workers=6,
        layout="open-quadrant-9",
        horizon=40,
        starting_coin=12.0,
        several_actions=True,
        compatibility="foundation",
        observation="foundation",
        planner_sees_map=True,
        placement="uniform",
        view=2,
        build={"skills": "pareto"},
        gather={"skills": "lognormal"},
        continuous_double_auction={"order_duration": 4, "max_orders": 3},
        periodic_bracket_tax={"period": 8, "set_by": "levels"},
    )
    params = with_params(economy, regeneration=[0.3, 0.3], warmup_constant=20.0)
    return roll_out(economy, params, seed=8)


@pytest.fixture(scope="session")
def drawn_rollouts():
    """A map for each episode, sources that hold several units, and neighbourhoods for growth."""
    economy = solon.make(
        "gather-trade-build",
        workers=4,
        layout={"kind": "quadrant", "height": 9, "width": 11, "stone_coverage": 9,
                "wood_coverage": 9},
        horizon=40,
        starting_coin=12.0,
        placement="uniform",
        regeneration_half_width=(1, 2),
        source_capacity=(2, 3),
        view=3,
        continuous_double_auction={"order_duration": 4, "max_orders": 3},
        periodic_bracket_tax={"period": 8},
    )  # fmt: skip
    params = with_params(economy, regeneration=[0.9, 0.9])
    return roll_out(economy, params, seed=9)
