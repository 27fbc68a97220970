"""What several files of this folder share: each of these compiles once for all of them."""

import pytest

from .by_hand import ByHand, small_economy


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
