"""Twenty steps of the original, whatever its random draws: orders, trades, houses, two tax days.

Three workers on a 15 x 15 map start at (0, 0), (1, 1) and (5, 0) with 20 coin each; orders last
three steps and tax periods ten, and nothing grows back. Rates are 10 to 70 percent at
first and 100 percent in the second period.
"""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.economies.gather_trade_build.gather import GatherShocks
from solon.economies.gather_trade_build.state import Shocks, World
from tests.compiling import AS_USERS, QUICKLY

# Of each worker: row, column; coin, stone, wood as (free, in escrow); labor.
# A row of the trace holds what changed: worker -> the new values.
_START = {
    0: ((0, 0), (20, 0), (0, 0), (0, 0), 0),
    1: ((1, 1), (20, 0), (0, 0), (0, 0), 0),
    2: ((5, 0), (20, 0), (0, 0), (0, 0), 0),
}
_TRACE = [
    # actions, changes, rewards of the workers, reward of the planner
    (
        (0, 0, 0),
        {
            0: ((0, 0), (20, 0), (0, 0), (1, 0), 1),
            1: ((1, 1), (20, 0), (1, 0), (0, 0), 1),
            2: ((5, 0), (20, 0), (1, 0), (0, 0), 1),
        },
        (-0.21, -0.21, -0.21),
        0,
    ),
    (
        (47, 49, 47),
        {
            0: ((0, 1), (20, 0), (0, 0), (2, 0), 3),
            1: ((2, 1), (20, 0), (1, 0), (1, 0), 3),
            2: ((5, 1), (20, 0), (1, 0), (1, 0), 3),
        },
        (-0.42, -0.42, -0.42),
        0,
    ),
    (
        (49, 0, 47),
        {
            0: ((1, 1), (20, 0), (0, 0), (2, 0), 4),
            2: ((5, 2), (20, 0), (2, 0), (1, 0), 5),
        },
        (-0.21, 0, -0.42),
        0,
    ),
    (
        (1, 39, 0),
        {1: ((2, 1), (20, 0), (1, 0), (0, 1), 3.25)},
        (0, -0.0525, 0),
        0,
    ),
    (
        (19, 5, 0),
        {1: ((2, 1), (17, 3), (1, 0), (0, 1), 3.5)},
        (0, -0.0525, 0),
        0,
    ),
    (
        (0, 0, 32),
        {
            1: ((2, 1), (21, 3), (1, 0), (0, 0), 3.5),
            2: ((5, 2), (16, 0), (2, 0), (2, 0), 5.25),
        },
        (0, 1.9655, -2.1112),
        -2.6667,
    ),
    ((47, 0, 0), {0: ((1, 2), (20, 0), (1, 0), (2, 0), 6)}, (-0.42, 0, 0), 0),
    (
        (47, 41, 30),
        {
            0: ((1, 3), (20, 0), (1, 0), (2, 0), 7),
            1: ((2, 1), (24, 0), (1, 0), (0, 0), 3.5),
            2: ((5, 2), (10, 6), (2, 0), (2, 0), 5.5),
        },
        (-0.21, 0, -0.0525),
        0,
    ),
    ((47, 0, 0), {0: ((1, 4), (20, 0), (1, 0), (2, 0), 8)}, (-0.21, 0, 0), 0),
    (
        (47, 15, 32),
        {
            0: ((1, 5), (20.1333, 0), (1, 0), (2, 0), 9),
            1: ((2, 1), (23.7333, 0), (0, 1), (0, 0), 3.75),
            2: ((5, 2), (2.1333, 14), (2, 0), (2, 0), 5.75),
        },
        (-0.1431, -0.1811, 0.0179),
        0.1333,
    ),
    (
        (47, 20, 34),
        {
            0: ((1, 6), (20.1333, 0), (1, 0), (2, 0), 10),
            2: ((5, 2), (8.1333, 8), (2, 0), (2, 0), 5.75),
        },
        (-0.21, 0, 0),
        0,
    ),
    ((1, 0, 0), {0: ((1, 6), (30.1333, 0), (0, 0), (1, 0), 20)}, (2.6727, 0, 0), 1.2),
    (
        (47, 24, 0),
        {
            1: ((2, 1), (23.7333, 0), (1, 0), (0, 0), 4),
            2: ((5, 2), (16.1333, 0), (2, 0), (2, 0), 5.75),
        },
        (0, -0.0525, 0),
        0,
    ),
    ((0, 0, 0), {}, (0, 0, 0), 0),
    ((0, 0, 0), {}, (0, 0, 0), 0),
    ((0, 0, 1), {}, (0, 0, 0), 0),
    (
        (0, 46, 47),
        {
            1: ((2, 0), (23.7333, 0), (1, 0), (1, 0), 6),
            2: ((5, 3), (16.1333, 0), (2, 0), (2, 0), 6.75),
        },
        (0, -0.42, -0.21),
        0,
    ),
    ((0, 0, 47), {2: ((5, 4), (16.1333, 0), (2, 0), (2, 0), 7.75)}, (0, 0, -0.21), 0),
    ((0, 0, 1), {2: ((5, 4), (26.1333, 0), (1, 0), (1, 0), 17.75)}, (0, 0, 2.8708), 5.8667),
    (
        (0, 0, 0),
        {
            0: ((1, 6), (26.8, 0), (0, 0), (1, 0), 20),
            1: ((2, 0), (30.4, 0), (1, 0), (1, 0), 6),
            2: ((5, 4), (22.8, 0), (1, 0), (1, 0), 17.75),
        },
        (-1.5433, 3.1244, -1.5981),
        -0.4,
    ),
]


@pytest.fixture
def economy():
    return solon.make(
        "gather-trade-build",
        workers=3,
        layout="pure-and-mixed-15",
        horizon=20,
        starting_coin=20.0,
        placement="uniform",
        compatibility="foundation",
        observation="foundation",
        build={"skills": "equal"},
        gather={"skills": "equal"},
        continuous_double_auction={"order_duration": 3},
        periodic_bracket_tax={"period": 10, "set_by": "levels"},
    )


def _start(economy):
    params = dataclasses.replace(economy.default_params(), regeneration=jnp.zeros(2))
    drawn = jax.jit(economy.draw_world)(jax.random.key(0))
    places = jnp.array([place for place, *_ in _START.values()], jnp.int32)
    world = World(location=places, rank=jnp.arange(3, dtype=jnp.int32), parts=drawn.parts)
    return jax.jit(economy.start)(world, params)


def _shocks(economy):
    drawn = jax.jit(economy.draw_shocks)(jax.random.key(1))
    luck = GatherShocks(order=jnp.arange(3, dtype=jnp.int32), bonus=jnp.ones(3))
    return Shocks(regrowth=drawn.regrowth, parts=drawn.parts | {"gather": luck})


def _planner_action(step):
    levels = {1: [3, 5, 7, 9, 11, 13, 15], 11: [21] * 7}.get(step, [0] * 7)
    return jnp.array([levels], jnp.int32)


@pytest.mark.parametrize("options", [QUICKLY, AS_USERS], ids=["quickly", "as users"])
def test_golden_trace(economy, float64, options):
    state, timestep = _start(economy)
    shocks = _shocks(economy)
    transition = jax.jit(economy.transition, compiler_options=options)
    expected = dict(_START)
    for step, (actions, changes, worker_rewards, planner_reward) in enumerate(_TRACE, start=1):
        handed_in = {
            "worker": jnp.array(actions, jnp.int32),
            "planner": _planner_action(step),
        }
        state, timestep = transition(state, handed_in, shocks)
        expected |= changes
        for i, (place, coin, stone, wood, labor) in expected.items():
            seen = (
                tuple(state.location[i].tolist()),
                (float(state.inventory.coin[i]), float(state.escrow.coin[i])),
                (int(state.inventory.goods[i, 0]), int(state.escrow.goods[i, 0])),
                (int(state.inventory.goods[i, 1]), int(state.escrow.goods[i, 1])),
                float(state.labor[i]),
            )
            assert seen[0] == place, (step, i)
            np.testing.assert_allclose(seen[1], coin, atol=5.1e-5, err_msg=f"{step}, {i}")
            assert seen[2:] == (stone, wood, labor), (step, i)
        np.testing.assert_allclose(timestep.reward["worker"], worker_rewards, atol=5.1e-5)
        np.testing.assert_allclose(timestep.reward["planner"], [planner_reward], atol=5.1e-5)
        assert bool(timestep.terminated) == (step == 20)
        if step == 10:
            tax = state.parts["periodic-bracket-tax"]
            np.testing.assert_allclose(tax.income, [0, 4, -4])
            np.testing.assert_allclose(tax.paid, [0, 0.4, 0])
            np.testing.assert_allclose(tax.transfer, 0.4 / 3)
    houses = np.argwhere(np.asarray(state.terrain.house) >= 0).tolist()
    assert houses == [[1, 6], [5, 4]]
    np.testing.assert_allclose(tax_of(state).income, [10, 0, 10], atol=1e-12)
    np.testing.assert_allclose(tax_of(state).transfer, 20 / 3)


def tax_of(state):
    return state.parts["periodic-bracket-tax"]


def test_starting_utility_is_the_baseline(economy, float64):
    state, timestep = _start(economy)
    expected = (20 ** (1 - 0.23) - 1) / (1 - 0.23)
    np.testing.assert_allclose(state.utility, expected, rtol=1e-12)
    assert not timestep.reward["worker"].any()
