"""Who may build where, what it pays, and how payments and places are dealt by rank."""

import jax
import numpy as np
import pytest

import solon
from solon.economies.gather_trade_build.layouts import load
from solon.economies.gather_trade_build.placement import corner_cells

from .by_hand import PAYMENTS, RIGHT, ByHand, endow, quick, small_economy, with_house, with_params

APART = [(5, 0), (5, 2), (5, 4), (2, 3)]
ONE_EACH = {"stone": [1] * 4, "wood": [1] * 4}

# Coin a house by rank for a base payment of 10 and a multiplier of 3, as published.
PUBLISHED = {
    2: (12.8263343083, 18.8350696921),
    4: (11.331640623590097, 13.267112338979295, 16.472372947006132, 22.249614304395735),
    5: (11.0474273956, 12.4497058951, 14.4696886211, 17.7898512775, 23.3728269022),
    10: (
        10.5120657657, 11.0983258136, 11.7795471057, 12.5863315572, 13.5677948084,
        14.8045433272, 16.4420509960, 18.7679340707, 22.1584147461, 26.5724874146,
    ),
}  # fmt: skip


def allowed(timestep):
    """The mask of building: after the no-op of the first sub-action."""
    return timestep.observation["worker"]["action_mask"][:, 1].tolist()


def test_a_house_costs_a_stone_a_wood_and_labor_and_pays_its_builder(by_hand):
    params = with_params(by_hand.economy, parts={"build": {"labor": 7.5}})
    state, timestep = by_hand.start(APART, rank=[2, 0, 3, 1], params=params)
    assert allowed(timestep) == [False] * 4
    state = endow(state, stone=[2, 1, 1, 1], wood=[1, 3, 1, 1])
    state, timestep = by_hand.step(state, {i: {"build": 1} for i in range(3)})
    expected = [20 + PAYMENTS[2], 20 + PAYMENTS[0], 20 + PAYMENTS[3], 20]
    assert state.inventory.coin.tolist() == expected
    assert state.inventory.goods.tolist() == [[1, 0], [0, 2], [0, 0], [1, 1]]
    assert state.labor.tolist() == [7.5, 7.5, 7.5, 0]
    house = np.full(state.terrain.house.shape, -1)
    for owner in range(3):
        house[APART[owner]] = owner
    np.testing.assert_array_equal(state.terrain.house, house)
    assert state.parts["build"].houses.tolist() == [1, 1, 1, 0]
    assert timestep.metrics["houses"] == 3 and timestep.metrics["houses/3"] == 0
    assert state.parts["build"].payment.tolist() == [PAYMENTS[r] for r in (2, 0, 3, 1)]


@pytest.mark.parametrize(
    ("stone", "wood", "can"), [(1, 1, True), (0, 1, False), (1, 0, False), (0, 0, False)]
)
def test_both_goods_are_needed(by_hand, stone, wood, can):
    state, _ = by_hand.start(APART)
    goods = {"stone": [stone, 0, 0, 0], "wood": [wood, 0, 0, 0]}
    state, timestep = by_hand.step(endow(state, **goods))
    assert allowed(timestep)[0] == can
    state, _ = by_hand.step(state, {0: {"build": 1}})
    assert (state.terrain.house[5, 0] == 0) == can
    assert state.labor[0] == (10 if can else 0), "a refused house costs nothing"
    assert state.inventory.goods[0].tolist() == ([0, 0] if can else [stone, wood])


def test_goods_on_offer_are_not_there_to_build_with(by_hand):
    state, _ = by_hand.start(APART)
    state = endow(state, **ONE_EACH)
    state, timestep = by_hand.step(state, {0: {"sell_wood": 10}, 1: {"sell_stone": 10}})
    assert allowed(timestep) == [False, False, True, True]
    state, _ = by_hand.step(state, {i: {"build": 1} for i in range(4)})
    assert state.parts["build"].houses.tolist() == [0, 0, 1, 1]
    # Building comes before trading in a step, so what is offered in it is still at hand.
    state, _ = by_hand.start(APART)
    state, _ = by_hand.step(endow(state, **ONE_EACH), {0: {"build": 1, "sell_wood": 10}})
    assert state.parts["build"].houses[0] == 1 and state.escrow.goods[0, 1] == 0


def test_nobody_builds_on_a_source_or_on_a_house(by_hand):
    # On a full source, a source just emptied, an own house, and bare ground.
    state, _ = by_hand.start([(0, 0), (4, 2), (5, 4), (5, 6)])
    state = with_house(endow(state, **ONE_EACH), 5, 4, owner=2)
    state, timestep = by_hand.step(state)
    assert allowed(timestep) == [False, False, False, True]
    state, _ = by_hand.step(state, {i: {"build": 1} for i in range(4)}, regrowth=[0, 1, 1, 1, 1, 1])
    assert state.parts["build"].houses.tolist() == [0, 0, 0, 1]
    assert state.labor.tolist() == [1, 1, 0, 10], "the first two picked up what lay there"
    assert state.terrain.house[0, 0] == -1 and state.terrain.house[4, 2] == -1
    state, _ = by_hand.step(state, {0: {"build": 1}})
    assert state.parts["build"].houses[0] == 0, "wood lies under the first again"


def test_one_builds_where_one_stands_before_the_move(by_hand):
    state, _ = by_hand.start(APART)
    state, _ = by_hand.step(endow(state, **ONE_EACH), {0: {"build": 1, "move": RIGHT}})
    assert state.terrain.house[5, 0] == 0 and state.location[0].tolist() == [5, 1]
    assert state.labor[0] == 11


@pytest.mark.parametrize("workers", sorted(PUBLISHED))
def test_published_payments(workers):
    economy = solon.make("gather-trade-build", workers=workers)
    payments = economy.default_params().parts["build"].ranked_payments
    np.testing.assert_allclose(payments, PUBLISHED[workers], rtol=1e-6)


def test_other_base_payments_scale_the_published_ones():
    economy = small_economy(build={"payment": 5.0})
    payments = economy.default_params().parts["build"].ranked_payments
    np.testing.assert_allclose(payments, np.array(PUBLISHED[4]) / 2, rtol=1e-6)


CORNERS = {
    4: [(0, 24), (24, 0), (0, 0), (24, 24)],
    5: [(0, 24), (0, 23), (24, 0), (0, 0), (24, 24)],
    10: [
        (0, 24), (0, 23), (0, 22), (24, 0), (24, 1),
        (0, 0), (0, 1), (0, 2), (24, 24), (24, 23),
    ],
}  # fmt: skip


@pytest.mark.parametrize("workers", sorted(CORNERS))
def test_corners_by_rank(workers):
    """Quarters of the ranks stand top right, bottom left, top left and bottom right."""
    assert list(map(tuple, corner_cells(load("open-quadrant"), workers))) == CORNERS[workers]


def test_corner_blocks_are_four_abreast():
    cells = corner_cells(load("open-quadrant-no-water"), 24).tolist()
    blocks = [cells[first : first + 6] for first in range(0, 24, 6)]
    assert blocks[0] == [[0, 24], [0, 23], [0, 22], [0, 21], [1, 24], [1, 23]]
    assert blocks[1] == [[24, 0], [24, 1], [24, 2], [24, 3], [23, 0], [23, 1]]
    assert blocks[2] == [[0, 0], [0, 1], [0, 2], [0, 3], [1, 0], [1, 1]]
    assert blocks[3] == [[24, 24], [24, 23], [24, 22], [24, 21], [23, 24], [23, 23]]


def test_corners_of_a_map_that_is_not_square():
    cells = corner_cells(load(("....",) * 6), 4).tolist()
    assert cells == [[0, 3], [5, 0], [0, 0], [5, 3]]


def test_skill_and_corner_go_together_and_are_dealt_at_random():
    economy = solon.make("gather-trade-build", workers=4)
    params = economy.default_params()

    def deal(key):
        world = economy.draw_world(key)
        return world.rank, economy.start(world, params)[0]

    rank, state = quick(jax.vmap(deal))(jax.random.split(jax.random.key(3), 2_400))
    rank, payment = np.asarray(rank), np.asarray(state.parts["build"].payment)
    np.testing.assert_allclose(payment, np.array(PUBLISHED[4])[rank], rtol=1e-6)
    np.testing.assert_array_equal(state.location, np.array(CORNERS[4])[rank])
    orders, counts = np.unique(rank, axis=0, return_counts=True)
    assert len(orders) == 24, "every deal happens"
    assert np.abs(counts - 100).max() < 4.5 * 10


def test_uniform_places_are_dry_distinct_and_everywhere():
    economy = small_economy(workers=7, build={"skills": "equal"})
    draw = quick(jax.vmap(lambda key: economy.draw_world(key).location))
    location = np.asarray(draw(jax.random.split(jax.random.key(0), 4_000)))
    cell = location[..., 0] * economy.layout.width + location[..., 1]
    assert all(len(set(row)) == 7 for row in cell)
    dry = ~economy.layout.water.ravel()
    counts = np.stack([np.bincount(cell[:, i], minlength=dry.size) for i in range(7)])
    assert not counts[:, ~dry].any()
    expected = 4_000 / dry.sum()
    assert np.abs(counts[:, dry] - expected).max() < 5 * np.sqrt(expected)


def test_a_users_own_skills_are_dealt_at_random():
    """Payments in any order: ranks go from the lowest to the highest."""
    economy = small_economy(workers=3, build={"skills": (30, 5.5, 12)})
    assert economy.default_params().parts["build"].ranked_payments.tolist() == [5.5, 12, 30]
    deal = quick(jax.vmap(lambda key: economy.reset(key, economy.default_params())[0].parts))
    payments = np.asarray(deal(jax.random.split(jax.random.key(1), 200))["build"].payment)
    assert {tuple(row) for row in payments.tolist()} == {
        (a, b, c) for a in (5.5, 12, 30) for b in (5.5, 12, 30) for c in (5.5, 12, 30)
        if len({a, b, c}) == 3
    }  # fmt: skip


@pytest.mark.parametrize("skills", ["equal", "pareto", "lognormal"])
def test_drawn_skills(skills):
    """Payments are capped: payment * min(m, (m - 1) * skill + 1), apart from equal ones."""
    economy = small_economy(build={"skills": skills, "payment": 20.0, "max_skill_multiplier": 1.5})
    build = economy.component("build")
    keys = jax.random.split(jax.random.key(4), 10_000)
    skill = quick(jax.vmap(lambda key: build.draw_world(economy, key)))(keys)

    def pay(skill):
        world = ByHand(economy).world(APART)
        world.parts["build"] = skill
        return economy.start(world, economy.default_params())[0].parts["build"].payment

    payment = np.asarray(quick(jax.vmap(pay))(skill))
    skill = np.asarray(skill)
    if skills == "equal":
        assert (skill == 1).all() and (payment == 20).all()
        return
    np.testing.assert_allclose(payment, 20 * np.minimum(1.5, 0.5 * skill + 1), rtol=1e-6)
    assert payment.max() == 30 and payment.min() >= 20
    if skills == "pareto":
        np.testing.assert_allclose((skill > 1).mean(), 2.0**-4, atol=0.005)
        np.testing.assert_allclose(np.median(skill), 2**0.25 - 1, rtol=0.03)
    else:
        np.testing.assert_allclose(np.log(skill).mean(), -1, atol=0.01)
        np.testing.assert_allclose(np.log(skill).std(), 0.5, atol=0.01)
