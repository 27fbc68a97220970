"""Who gets a cell, what is picked up, what it costs, and how it grows back."""

import dataclasses
import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.economies.gather_trade_build.gather import GatherShocks
from solon.economies.gather_trade_build.regeneration import regenerate

from .by_hand import (
    DOWN,
    LEFT,
    MAP,
    RIGHT,
    STONE,
    UP,
    WOOD,
    ByHand,
    quick,
    small_economy,
    with_house,
    with_params,
)

# Bare ground, away from each other.
APART = ((5, 0), (5, 2), (5, 4), (2, 3))
HERE = APART[0]


def places(state):
    return [tuple(place) for place in state.location.tolist()]


@pytest.mark.parametrize("first", [0, 1])
def test_who_moves_first_gets_the_cell(by_hand, first):
    state, _ = by_hand.start([(5, 2), (5, 4), (0, 4), (2, 3)])
    order = [3, first, 2, 1 - first]
    state, _ = by_hand.step(state, {0: {"move": RIGHT}, 1: {"move": LEFT}}, order=order)
    expected = {0: (5, 2), 1: (5, 4)} | {first: (5, 3)}
    assert places(state)[:2] == [expected[0], expected[1]]
    assert state.labor.tolist()[:2] == [first == 0, first == 1], "who stays has no labor of moving"


def test_a_cell_left_earlier_in_the_step_can_be_entered(by_hand):
    start = [(5, 0), (5, 1), (5, 2), (0, 4)]
    march = {i: {"move": RIGHT} for i in range(3)}
    state, _ = by_hand.start(start)
    front_first, _ = by_hand.step(state, march, order=[2, 1, 3, 0])
    assert places(front_first)[:3] == [(5, 1), (5, 2), (5, 3)]
    rear_first, _ = by_hand.step(state, march, order=[0, 1, 3, 2])
    assert places(rear_first)[:3] == [(5, 0), (5, 1), (5, 3)]
    # Those who face each other cannot change places, whoever is first.
    for order in ([0, 1, 2, 3], [1, 0, 2, 3]):
        crossed, _ = by_hand.step(state, {0: {"move": RIGHT}, 1: {"move": LEFT}}, order=order)
        assert places(crossed) == start and not crossed.labor.any()


def test_directions(by_hand):
    state, _ = by_hand.start([(4, 4), (2, 2), (2, 4), (4, 1)])
    state, _ = by_hand.step(
        state, {0: {"move": LEFT}, 1: {"move": RIGHT}, 2: {"move": UP}, 3: {"move": DOWN}}
    )
    assert places(state) == [(4, 3), (2, 3), (1, 4), (5, 1)]


@pytest.mark.parametrize(
    ("place", "direction"),
    [
        ((5, 0), LEFT), ((5, 0), DOWN), ((0, 6), UP), ((0, 6), RIGHT),
        ((1, 0), RIGHT), ((0, 1), DOWN), ((2, 3), DOWN), ((5, 3), LEFT),
    ],
)  # fmt: skip
def test_edge_water_and_others_stop_a_worker(by_hand, place, direction):
    state, _ = by_hand.start([place, (5, 2), (3, 6), (3, 5)])
    state, _ = by_hand.step(state, {0: {"move": direction}})
    assert places(state)[0] == place
    assert state.labor[0] == 0


def test_only_its_owner_walks_over_a_house(by_hand):
    state, _ = by_hand.start([(5, 2), (5, 4), (0, 4), (3, 5)])
    state = with_house(state, 5, 3, owner=1)
    state, _ = by_hand.step(state, {0: {"move": RIGHT}})
    assert places(state)[0] == (5, 2) and state.labor[0] == 0
    state, _ = by_hand.step(state, {1: {"move": LEFT}})
    assert places(state)[1] == (5, 3) and state.labor[1] == 1
    state, _ = by_hand.step(state, {1: {"move": UP}})
    assert places(state)[1] == (4, 3)


def test_picking_up_is_automatic_and_each_kind_of_labor_has_its_price(by_hand):
    """Whoever ends a move on a unit has it: after a step, a failed one, or none."""
    costs = {"gather": {"move_labor": 2.0, "collect_labor": 0.5}}
    params = with_params(by_hand.economy, parts=costs)
    state, _ = by_hand.start([(0, 0), (0, 3), (2, 0), (5, 5)], params=params)
    state, _ = by_hand.step(state, {0: {"move": LEFT}, 1: {"move": LEFT}})
    assert state.inventory.goods.tolist() == [[0, 1], [1, 0], [1, 0], [0, 0]]
    assert state.labor.tolist() == [0.5, 2.5, 0.5, 0]
    resource = np.asarray(state.terrain.resource)
    assert resource[0, 0] == resource[0, 2] == resource[2, 0] == 0
    assert resource.sum() == 6 - 3, "the others still lie there"
    again, _ = by_hand.step(state)
    assert again.inventory.goods.tolist() == state.inventory.goods.tolist()
    assert again.labor.tolist() == state.labor.tolist()


def test_a_bonus_unit_is_free(by_hand):
    """It costs no labor, is not taken from the map, and comes if the draw is below the chance."""
    start = [(0, 0), (0, 2), (2, 0), (5, 5)]
    chances = [0.5, 0.5, 0.0, 1.0]
    state, _ = by_hand.start(start, bonus_probability=chances)
    state, timestep = by_hand.step(state, bonus=[0.49, 0.5, 0.0, 0.0])
    assert state.inventory.goods.tolist() == [[0, 2], [1, 0], [1, 0], [0, 0]]
    assert state.labor.tolist() == [1, 1, 1, 0]
    assert int(np.asarray(state.terrain.resource).min()) == 0
    assert state.parts["gather"].gathered.tolist() == [[0, 2], [1, 0], [1, 0], [0, 0]]
    assert (timestep.metrics["gathered/stone"], timestep.metrics["gathered/wood"]) == (2, 2)


def test_each_source_grows_by_its_own_draw_and_chance(by_hand):
    cells = [(r, c) for r, row in enumerate(MAP) for c, symbol in enumerate(row) if symbol in "SW"]
    kinds = [WOOD if MAP[r][c] == "W" else STONE for r, c in cells]
    params = with_params(by_hand.economy, regeneration=[0.25, 0.75])
    state, _ = by_hand.start(APART, params=params)
    terrain = state.terrain
    bare = dataclasses.replace(terrain, resource=jnp.zeros_like(terrain.resource))
    state = dataclasses.replace(state, terrain=bare)

    draws = [0.2, 0.3, 0.5, 0.25, 0.74, 0.75]
    grown, _ = by_hand.step(state, regrowth=draws)
    expected = np.zeros((len(MAP), len(MAP[0])), int)
    for cell, kind, draw in zip(cells, kinds, draws, strict=True):
        expected[cell] = draw < (0.25, 0.75)[kind]
    assert 0 < expected.sum() < 6
    np.testing.assert_array_equal(grown.terrain.resource, expected)
    full, _ = by_hand.step(grown, regrowth=0.0)
    np.testing.assert_array_equal(full.terrain.resource, terrain.source >= 0)


def test_a_source_grows_under_the_worker_on_it(by_hand):
    state, _ = by_hand.start([(0, 0), *APART[1:]])
    state, _ = by_hand.step(state, regrowth=0.0)
    assert state.inventory.goods[0, WOOD] == 1 and state.terrain.resource[0, 0] == 1
    state, _ = by_hand.step(state, regrowth=0.0)
    assert state.inventory.goods[0, WOOD] == 2, "picked up in the next step without moving"


def test_how_often_sources_grow(by_hand):
    """By default each empty source refills with a chance of one percent a step."""
    economy = by_hand.economy
    state, _ = by_hand.start([(0, 0), (0, 2), (2, 0), (4, 2)])
    state, _ = by_hand.step(state)
    empty = (state.terrain.source >= 0) & (state.terrain.resource == 0)
    assert empty.sum() == 4

    def grow(key):
        return regenerate(economy, state, economy.draw_shocks(key).regrowth).terrain.resource

    keys = jax.random.split(jax.random.key(5), 20_000)
    share = np.asarray(quick(jax.vmap(grow))(keys)).mean(axis=0)
    standard_error = np.sqrt(0.01 * 0.99 / 20_000)
    assert np.all(np.abs(share[empty] - 0.01) < 4 * standard_error)
    assert np.all(share[(state.terrain.source >= 0) & ~empty] == 1)
    assert np.all(share[state.terrain.source < 0] == 0)


@pytest.mark.parametrize("workers", [4, 7])
def test_every_order_of_moves_is_as_likely(workers):
    economy = small_economy(workers=workers, build={"skills": "equal"})
    draws = 24_000
    gather = economy.component("gather")
    luck = gather.draw_shocks(economy, jax.random.key(2), (draws,))
    order = np.asarray(luck.order)
    np.testing.assert_array_equal(np.sort(order, axis=1), np.arange(workers) + 0 * order)
    if workers == 4:
        table = list(itertools.permutations(range(4)))
        counts = np.array([(order == np.array(row)).all(axis=1).sum() for row in table])
        assert np.abs(counts - draws / 24).max() < 4.5 * np.sqrt(draws / 24)
    counts = np.array([(order == i).sum(axis=0) for i in range(workers)])
    assert np.abs(counts - draws / workers).max() < 4.5 * np.sqrt(draws / workers)
    assert np.asarray(luck.bonus).min() >= 0 and np.asarray(luck.bonus).max() < 1
    np.testing.assert_allclose(np.asarray(luck.bonus).mean(axis=0), 0.5, atol=0.01)


def test_many_movers_follow_the_order_too():
    """From six workers on the order is walked through by another loop."""
    economy = small_economy(workers=7, build={"skills": "equal"})
    world = ByHand(economy).world([(4, 0), *((5, column) for column in range(1, 7))])
    start = quick(lambda world: economy.start(world, economy.default_params())[0])

    def march(state, order):
        luck = GatherShocks(order=order, bonus=jnp.ones(7))
        actions = {"worker": {"move": jnp.full(7, LEFT)}}
        return economy.component("gather").step(economy, state, actions, luck).location

    march, state = quick(march), start(world)
    everybody = march(state, jnp.arange(7, dtype=jnp.int32))
    assert everybody[:, 1].tolist() == [0, 0, 1, 2, 3, 4, 5]
    only_the_first = march(state, jnp.arange(7, dtype=jnp.int32)[::-1])
    assert only_the_first[:, 1].tolist() == [0, 0, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("skills", ["equal", "pareto", "lognormal"])
def test_bonus_skills(skills):
    economy = small_economy(gather={"skills": skills})
    keys = jax.random.split(jax.random.key(0), 10_000)
    draw = jax.jit(jax.vmap(lambda key: economy.component("gather").draw_world(economy, key)))
    chance = np.asarray(draw(keys)).ravel()
    assert chance.min() >= 0 and chance.max() <= 1
    if skills == "equal":
        assert not chance.any()
    elif skills == "pareto":
        # Half the mean of a Lomax(3) draw that is cut off at 2: (1 - 3^-2) / 2 / 2.
        np.testing.assert_allclose(chance.mean(), 2 / 9, atol=4 * chance.std() / 200)
        np.testing.assert_allclose((chance == 1).mean(), 3.0**-3, atol=4 * 0.19 / 200)
    else:
        np.testing.assert_allclose(np.median(chance), np.exp(-2.022) / 2, rtol=0.03)
        logs = np.log(2 * chance[chance < 1])
        np.testing.assert_allclose(logs.std(), 0.938, rtol=0.02)
