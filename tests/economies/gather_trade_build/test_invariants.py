"""What holds in every step of every episode, whatever is done."""

import numpy as np
import pytest

STONE, WOOD = 0, 1
BID, ASK = 1, 2


@pytest.fixture(params=["single", "several", "drawn"])
def episodes(request):
    return request.getfixturevalue(f"{request.param}_rollouts")


def market(states):
    return states.parts["continuous-double-auction"]


def at_workers(field, location):
    """The values of a map [episode, step, row, column] where the workers are."""
    episode = np.arange(field.shape[0])[:, None, None]
    step = np.arange(field.shape[1])[None, :, None]
    return field[episode, step, location[..., 0], location[..., 1]]


def test_enough_happens_for_the_other_tests_to_mean_something(episodes):
    last = episodes.states.parts
    for kind in (episodes.valid, ~episodes.valid):
        end = market(episodes.states)
        assert end.sold[kind, -1].sum(axis=(0, 2)).min() >= 10, "stone and wood are traded"
        assert last["build"].houses[kind, -1].sum() >= 10
        gathered = last["gather"].gathered[kind, -1]
        assert gathered.sum(axis=(0, 1)).min() >= 100
        assert (last["periodic-bracket-tax"].total_paid[kind, -1].sum()) > 50
    orders = market(episodes.states)
    duration = episodes.economy.component("continuous-double-auction").order_duration
    assert (orders.age == duration).any(), "orders live until they expire"
    assert (orders.side > 0).all(axis=-1).any(), "some have no slot left"
    assert (episodes.states.escrow.coin > 10).any()


def test_goods_are_conserved_for_each_worker(episodes):
    """Gathered and bought less sold and built with is what one has, free or on offer. Exactly."""
    states = episodes.states
    held = states.inventory.goods + states.escrow.goods
    orders = market(states)
    net_bought = np.moveaxis(orders.bought - orders.sold, -2, -1)
    houses = states.parts["build"].houses[..., None]
    np.testing.assert_array_equal(held, states.parts["gather"].gathered + net_bought - houses)
    np.testing.assert_array_equal(orders.bought.sum(axis=-1), orders.sold.sum(axis=-1))


def test_what_is_gathered_comes_from_the_map(episodes):
    """Who ends a move on a unit takes it: one unit leaves the map, one or two are gained."""
    before, after = episodes.before, episodes.after
    source = after.terrain.source
    stands_on = at_workers(source, after.location)
    takes = at_workers(before.terrain.resource, after.location)
    gained = after.parts["gather"].gathered - before.parts["gather"].gathered
    for commodity in (STONE, WOOD):
        takes_it = (takes > 0) & (stands_on == commodity)
        units = gained[..., commodity]
        assert ((units > 0) == takes_it).all() and units.max() <= 2
    lucky = gained.sum(axis=-1) == 2
    chance = after.parts["gather"].bonus_probability
    assert lucky.any() and (chance[lucky] > 0).all()
    assert (gained.sum(axis=-1) == 1).any()

    taken = np.zeros(source.shape, int)
    index = np.nonzero(takes)
    place = after.location[index]
    np.add.at(taken, (*index[:2], place[:, 0], place[:, 1]), 1)
    assert taken.max() == 1
    grown = after.terrain.resource - (before.terrain.resource - taken)
    assert set(np.unique(grown)) == {0, 1}
    assert (source[grown == 1] >= 0).all()


def test_coin_comes_from_building_only(episodes):
    states = episodes.states
    builders = states.parts["build"]
    made = (builders.payment * builders.houses).sum(axis=-1)
    start = 12.0 * episodes.economy.workers
    total = (states.inventory.coin + states.escrow.coin).sum(axis=-1)
    np.testing.assert_allclose(total, start + made, rtol=1e-5)


def test_each_workers_coin_adds_up(episodes):
    states = episodes.states
    builders, orders = states.parts["build"], market(states)
    office = states.parts["periodic-bracket-tax"]
    expected = (
        12.0
        + builders.payment * builders.houses
        + (orders.sold_coin - orders.bought_coin).sum(axis=-2)
        - office.total_paid
        + office.total_transfer
    )
    np.testing.assert_allclose(states.inventory.coin + states.escrow.coin, expected, atol=2e-3)


def test_nothing_is_negative(episodes):
    states = episodes.states
    for endowment in (states.inventory, states.escrow):
        assert endowment.coin.min() >= 0 and endowment.goods.min() >= 0
    assert states.labor.min() >= 0
    office = states.parts["periodic-bracket-tax"]
    assert min(office.paid.min(), office.transfer.min(), office.total_paid.min()) >= 0


def test_escrow_is_what_open_orders_bind(episodes):
    orders, escrow = market(episodes.states), episodes.states.escrow
    bids, asks = orders.side == BID, orders.side == ASK
    np.testing.assert_array_equal(escrow.coin, np.where(bids, orders.price, 0).sum(axis=(2, 4)))
    np.testing.assert_array_equal(np.moveaxis(escrow.goods, -1, -2), asks.sum(axis=-1))


def test_books_are_in_order(episodes):
    orders = market(episodes.states)
    auction = episodes.economy.component("continuous-double-auction")
    is_open = orders.side > 0
    assert orders.side.min() >= 0 and orders.side.max() <= 2
    assert ((orders.price >= 0) & (orders.price <= auction.max_price))[is_open].all()
    assert ((orders.age >= 1) & (orders.age <= auction.order_duration))[is_open].all()
    for side in (BID, ASK):
        # A worker posts at most one a step, so no two are equally old.
        age = np.where(orders.side == side, orders.age, 0)
        counts = np.stack([(age == a).sum(axis=-1) for a in range(1, auction.order_duration + 1)])
        assert counts.max() == 1


def test_no_trade_is_left_undone(episodes):
    """After a step no bid reaches an ask of somebody else."""
    orders = market(episodes.states)
    n = episodes.economy.workers
    bid = np.where(orders.side == BID, orders.price, -1).max(axis=-1)
    ask = np.where(orders.side == ASK, orders.price, 99).min(axis=-1)
    others = ~np.eye(n, dtype=bool)
    assert not ((bid[..., :, None] >= ask[..., None, :]) & others).any()


def test_taxes_are_handed_out_again(episodes):
    office = episodes.states.parts["periodic-bracket-tax"]
    for paid, given in ((office.paid, office.transfer), (office.total_paid, office.total_transfer)):
        np.testing.assert_allclose(paid.sum(axis=-1), given.sum(axis=-1), rtol=1e-5)
        np.testing.assert_allclose(given, given[..., :1] + 0 * given, rtol=1e-6)
    assert (office.paid <= np.maximum(office.income, 0) + 1e-3).all()


def test_workers_stand_apart_on_ground_they_may_enter(episodes):
    states = episodes.states
    height, width = states.terrain.water.shape[-2:]
    row, column = states.location[..., 0], states.location[..., 1]
    assert (row >= 0).all() and (row < height).all()
    assert (column >= 0).all() and (column < width).all()
    cells = np.sort(row * width + column, axis=-1)
    assert (np.diff(cells, axis=-1) > 0).all(), "at most one worker a cell"
    assert not at_workers(states.terrain.water, states.location).any()
    owner = at_workers(states.terrain.house, states.location)
    itself = np.arange(owner.shape[-1])
    assert ((owner == -1) | (owner == itself)).all(), "nobody is in a foreign house"


def test_a_step_leads_at_most_one_cell_far_and_is_labor(episodes):
    before, after = episodes.before, episodes.after
    distance = np.abs(after.location - before.location).sum(axis=-1)
    assert set(np.unique(distance)) == {0, 1}
    assert (after.labor - before.labor)[distance == 1].min() >= 1


def test_labor_is_the_sum_of_what_was_done(episodes):
    before, after = episodes.before, episodes.after
    moved = np.abs(after.location - before.location).sum(axis=-1)
    took = (after.parts["gather"].gathered > before.parts["gather"].gathered).any(axis=-1)
    built = after.parts["build"].houses - before.parts["build"].houses
    assert set(np.unique(built)) == {0, 1}
    without_orders = moved + took + 10 * built
    orders = (after.labor - before.labor - without_orders) / 0.25
    np.testing.assert_allclose(orders, np.round(orders), atol=1e-3)
    most = 4 if episodes.economy.several_actions else 1
    assert np.round(orders).min() == 0 and np.round(orders).max() == most
    assert (after.labor >= before.labor).all()


def test_houses_stay_and_are_never_on_a_source(episodes):
    before, after = episodes.before, episodes.after
    house, was = after.terrain.house, before.terrain.house
    assert (house[was >= 0] == was[was >= 0]).all()
    assert (after.terrain.source[house >= 0] == -1).all()
    assert not after.terrain.water[house >= 0].any()
    for worker in range(episodes.economy.workers):
        on_map = (house == worker).sum(axis=(-2, -1))
        np.testing.assert_array_equal(on_map, after.parts["build"].houses[..., worker])


def test_resources_lie_on_sources_only(episodes):
    terrain = episodes.states.terrain
    for commodity, capacity in zip((STONE, WOOD), episodes.economy.source_capacity, strict=True):
        lying = terrain.resource[terrain.source == commodity]
        assert set(np.unique(lying)) == set(range(capacity + 1))
    assert not terrain.resource[terrain.source < 0].any()
    assert not terrain.resource[terrain.water].any()
    np.testing.assert_array_equal(terrain.resource[:, 0], terrain.source[:, 0] >= 0)
    np.testing.assert_array_equal(terrain.source, terrain.source[:, :1] + 0 * terrain.source)


def test_the_map_is_the_layouts_or_the_one_that_was_drawn(episodes):
    layout, source = episodes.economy.layout, episodes.states.terrain.source[:, 0]
    drawn = episodes.worlds.source
    if drawn is None:
        np.testing.assert_array_equal(source, layout.source[None] + 0 * source)
        return
    np.testing.assert_array_equal(source, drawn)
    assert len(np.unique(source.reshape(len(source), -1), axis=0)) == len(source), "each its own"
    assert (episodes.states.terrain.water == layout.water).all()
    cells = episodes.states.terrain.source_cells[:, 0]
    for episode in range(len(source)):
        there = np.flatnonzero(source[episode].ravel() >= 0)
        np.testing.assert_array_equal(cells[episode][: len(there)], there)
        assert (cells[episode][len(there) :] == source[episode].size).all()


def test_episodes_end_at_the_horizon(episodes):
    horizon = episodes.economy.horizon
    steps = np.arange(horizon + 1)
    np.testing.assert_array_equal(episodes.states.step, steps[None] + 0 * episodes.states.step)
    assert (episodes.timesteps.terminated == (steps >= horizon)).all()
    assert not episodes.timesteps.truncated.any()


def test_rewards_add_up_to_what_was_gained(episodes):
    states, reward = episodes.states, episodes.timesteps.reward
    gained = np.cumsum(reward["worker"], axis=1)
    np.testing.assert_allclose(gained, states.utility - states.utility[:, :1], atol=1e-3)
    welfare = np.cumsum(reward["planner"][..., 0], axis=1)
    np.testing.assert_allclose(welfare, states.welfare - states.welfare[:, :1], atol=1e-3)
    assert not reward["worker"][:, 0].any() and not reward["planner"][:, 0].any()


def test_parameters_stay_as_they_were(episodes):
    states = episodes.states
    for name in ("risk_aversion", "labor_cost", "regeneration", "productive_steps"):
        given = np.asarray(getattr(episodes.params, name))
        assert (getattr(states.params, name) == given).all()


def test_nothing_that_is_shown_is_missing_or_infinite(episodes):
    for fields in episodes.timesteps.observation.values():
        for name, leaf in fields.items():
            assert np.isfinite(leaf).all(), name
