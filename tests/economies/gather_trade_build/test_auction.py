"""The market: the component against a slow one written with lists, and its rules one at a time."""

import dataclasses

import hypothesis
import hypothesis.strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import Phase

from solon.economies.gather_trade_build.continuous_double_auction import fill_orders

from .by_hand import STONE, WOOD, ByHand, endow, quick, small_economy, with_params

APART = [(5, 0), (5, 2), (5, 4), (2, 3)]
BID, ASK = 1, 2
DURATION, SLOTS = 3, 3


def examples(count, *phases):
    return hypothesis.settings(
        max_examples=count, deadline=None, derandomize=True, database=None, phases=phases
    )


@dataclasses.dataclass(eq=False)
class Order:
    side: int
    price: int
    age: int
    owner: int


def pair_orders(orders):
    """(bid, ask, price) of each trade: bids in line, each takes the best ask of anybody else."""
    bids = [order for order in orders if order.side == BID]
    asks = [order for order in orders if order.side == ASK]
    bids.sort(key=lambda order: (-order.price, -order.age, order.owner))
    asks.sort(key=lambda order: (order.price, -order.age, order.owner))
    trades = []
    for bid in bids:
        others = [ask for ask in asks if ask.owner != bid.owner]
        if others and bid.price >= others[0].price:
            ask = others[0]
            asks.remove(ask)
            trades.append((bid, ask, ask.price if bid.age <= ask.age else bid.price))
    return trades


class SlowMarket:
    """One commodity and coin of some workers, with lists instead of arrays."""

    def __init__(self, coin, goods):
        self.coin, self.goods = [float(c) for c in coin], [list(g) for g in goods]
        self.labor = [0.0] * len(coin)
        self.books = {STONE: [], WOOD: []}
        self.history = np.zeros((2, len(coin), 11))

    def step(self, actions):
        """`actions`: by worker, (bid, ask) for stone and for wood, as choices (0 is none)."""
        for commodity, book in self.books.items():
            for worker in range(len(self.coin)):
                self.history[commodity, worker] *= 0.995
                bid, ask = actions[worker][2 * commodity : 2 * commodity + 2]
                if bid and self._has_room(book, worker) and self.coin[worker] >= bid - 1:
                    self.coin[worker] -= bid - 1
                    self._post(book, Order(BID, bid - 1, 0, worker))
                if ask and self._has_room(book, worker) and self.goods[worker][commodity] > 0:
                    self.goods[worker][commodity] -= 1
                    self._post(book, Order(ASK, ask - 1, 0, worker))
        for commodity, book in self.books.items():
            for bid, ask, price in pair_orders(book):
                book.remove(bid)
                book.remove(ask)
                self.coin[ask.owner] += price
                self.coin[bid.owner] += bid.price - price
                self.goods[bid.owner][commodity] += 1
                self.history[commodity, ask.owner, price] += 1
            for order in list(book):
                order.age += 1
                if order.age > DURATION:
                    book.remove(order)
                    if order.side == BID:
                        self.coin[order.owner] += order.price
                    else:
                        self.goods[order.owner][commodity] += 1

    def _has_room(self, book, worker):
        return sum(order.owner == worker for order in book) < SLOTS

    def _post(self, book, order):
        book.append(order)
        self.labor[order.owner] += 0.25


@st.composite
def books(draw, workers, slots, prices=4, ages=3):
    """Side, price and age of each slot, where no worker has two orders of a side and an age."""
    slot = st.tuples(st.sampled_from([0, BID, BID, ASK, ASK]), st.integers(0, prices))
    result = np.zeros((3, 2, workers, slots), np.int64)
    active = draw(st.integers(2, workers))
    for commodity in range(2):
        for worker in range(active):
            taken = set()
            for k in range(slots):
                (side, price), age = draw(slot), draw(st.integers(0, ages))
                if side and (side, age) not in taken:
                    taken.add((side, age))
                    result[:, commodity, worker, k] = side, price, age
    return result


@pytest.fixture(scope="module")
def fill():
    def filled(side, price, age):
        return fill_orders(side, price, age, max_price=10, max_age=DURATION)

    return quick(filled)


def slowly_filled(side, price, age):
    result = np.full(side.shape, -1)
    for commodity in range(2):
        at = {}
        for worker, slot in np.argwhere(side[commodity]):
            values = (x[commodity, worker, slot] for x in (side, price, age))
            at[Order(*map(int, values), owner=int(worker))] = (commodity, worker, slot)
        for bid, ask, paid in pair_orders(list(at)):
            result[at[bid]] = result[at[ask]] = paid
    return result


# Larger books leave workers without orders, so that a few sizes cover all of them.
@pytest.mark.parametrize(("workers", "slots"), [(2, 1), (3, 4), (6, 5)])
def test_orders_are_filled_as_in_the_slow_market(fill, workers, slots):
    @examples(120, Phase.generate, Phase.shrink)
    @hypothesis.given(books(workers, slots))
    def check(book):
        side, price, age = (jnp.asarray(x, jnp.int16) for x in book)
        expected = slowly_filled(*book)
        np.testing.assert_array_equal(fill(side, price, age), expected)

    check()


def test_a_batch_of_markets_is_filled_like_each_of_them(fill):
    """One finishes after no trade and another after many."""
    random = np.random.default_rng(0)
    side = random.integers(0, 3, (40, 2, 4, 3)) * (np.arange(40) > 5)[:, None, None, None]
    price = random.integers(0, 11, (40, 2, 4, 3))
    age = np.broadcast_to(np.arange(3), price.shape)
    book = [jnp.asarray(x, jnp.int16) for x in (side, price, age)]
    together = jax.jit(jax.vmap(lambda *b: fill_orders(*b, max_price=10, max_age=DURATION)))(*book)
    alone = [slowly_filled(*(np.asarray(x)[i] for x in book)) for i in range(40)]
    np.testing.assert_array_equal(together, alone)
    assert len({(x >= 0).sum() for x in alone}) > 4


@pytest.fixture(scope="module")
def market_step(by_hand):
    economy = by_hand.economy
    names = ("buy_stone", "sell_stone", "buy_wood", "sell_wood")

    def step(state, choices):
        actions = {"worker": {name: choices[:, k] for k, name in enumerate(names)}}
        return economy.component("continuous-double-auction").step(economy, state, actions, ())

    return quick(step)


choices = st.lists(
    st.tuples(*[st.one_of(st.just(0), st.integers(0, 5), st.integers(0, 11))] * 4),
    min_size=4,
    max_size=4,
)


def test_the_whole_market_against_the_slow_one(by_hand, market_step):
    """Coin, goods, labor, open orders and price history, step by step."""
    fresh, _ = by_hand.start(APART)

    # Without shrinking: where many rules meet it takes minutes.
    @examples(60, Phase.generate)
    @hypothesis.given(
        st.lists(st.integers(0, 25), min_size=4, max_size=4),
        st.lists(st.tuples(*[st.integers(0, 4)] * 2), min_size=4, max_size=4),
        st.lists(choices, min_size=1, max_size=8),
    )
    def check(coin, goods, steps):
        slow = SlowMarket(coin, goods)
        stone, wood = zip(*goods, strict=True)
        state = endow(fresh, coin=coin, stone=stone, wood=wood)
        for actions in steps:
            slow.step(actions)
            state = market_step(state, jnp.asarray(actions, jnp.int32))
            assert state.inventory.coin.tolist() == slow.coin
            assert state.inventory.goods.tolist() == slow.goods
            assert state.labor.tolist() == slow.labor
            market = state.parts["continuous-double-auction"]
            np.testing.assert_allclose(market.price_history, slow.history, rtol=1e-5)
            assert open_orders(market) == {
                (commodity, order.owner, order.side, order.price, order.age)
                for commodity, book in slow.books.items()
                for order in book
            }
            bids = [sum(o.price for b in slow.books.values() for o in b
                        if o.owner == i and o.side == BID) for i in range(4)]  # fmt: skip
            asks = [[sum(o.owner == i and o.side == ASK for o in slow.books[k]) for k in range(2)]
                    for i in range(4)]  # fmt: skip
            assert state.escrow.coin.tolist() == bids and state.escrow.goods.tolist() == asks

    check()


def open_orders(market):
    """(commodity, owner, side, price, age) of all of them."""
    side, price, age = (np.asarray(x) for x in (market.side, market.price, market.age))
    return {
        (int(k), int(i), int(side[k, i, s]), int(price[k, i, s]), int(age[k, i, s]))
        for k, i, s in np.argwhere(side)
    }


@pytest.mark.parametrize(
    ("first", "second", "price"),
    [
        ({0: {"sell_wood": 4}}, {1: {"buy_wood": 7}}, 4),
        ({1: {"buy_wood": 7}}, {0: {"sell_wood": 4}}, 7),
        ({0: {"sell_wood": 4}, 1: {"buy_wood": 7}}, {}, 4),
    ],
    ids=["the ask is older", "the bid is older", "posted together"],
)
def test_the_older_order_makes_the_price(by_hand, first, second, price):
    state, _ = by_hand.start(APART)
    state = endow(state, wood=[1, 0, 0, 0])
    state, _ = by_hand.step(state, first)
    state, timestep = by_hand.step(state, second)
    assert state.inventory.coin.tolist() == [20 + price, 20 - price, 20, 20]
    assert state.inventory.goods[:, WOOD].tolist() == [0, 1, 0, 0]
    assert not state.escrow.coin.any() and not state.escrow.goods.any()
    assert state.labor.tolist() == [0.25, 0.25, 0, 0], "trading itself is no labor"
    market = state.parts["continuous-double-auction"]
    assert market.bought[WOOD].tolist() == [0, 1, 0, 0] and not market.bought[STONE].any()
    assert market.sold_coin[WOOD].tolist() == [price, 0, 0, 0]
    assert market.bought_coin[WOOD].tolist() == [0, price, 0, 0]
    assert timestep.metrics["trades/wood"] == 1 and timestep.metrics["sales/wood"] == price
    assert timestep.metrics["trades/stone"] == timestep.metrics["sales/stone"] == 0


def test_an_order_takes_part_in_one_matching_more_than_its_duration(by_hand):
    start, _ = by_hand.start(APART)
    start = endow(start, stone=[1, 1, 0, 0])
    state, _ = by_hand.step(start, {0: {"sell_stone": 3}, 2: {"buy_stone": 1}})
    for _ in range(DURATION - 1):
        state, _ = by_hand.step(state)
        assert state.escrow.goods[0, STONE] == 1 and state.escrow.coin[2] == 1
    # The last step in which it can trade is also the one at whose end it is returned.
    traded, _ = by_hand.step(state, {3: {"buy_stone": 3}})
    assert traded.inventory.goods[3, STONE] == 1 and traded.inventory.coin[0] == 23
    returned, _ = by_hand.step(state)
    assert returned.inventory.goods[0, STONE] == 1 and returned.inventory.coin[2] == 20
    assert not returned.escrow.goods.any() and not returned.escrow.coin.any()
    late, _ = by_hand.step(returned, {3: {"buy_stone": 3}})
    assert late.inventory.goods[3, STONE] == 0 and late.escrow.coin[3] == 3
    assert returned.labor[0] == 0.25, "labor of posting is lost"


def test_bids_and_asks_share_the_slots_of_a_commodity(by_hand):
    state, _ = by_hand.start(APART)
    state = endow(state, stone=[5] * 4, wood=[5] * 4)
    for _ in range(2):
        state, _ = by_hand.step(state, {0: {"sell_stone": 9}})
    # One slot is left, and the bid comes before the ask.
    full, timestep = by_hand.step(state, {0: {"buy_stone": 1, "sell_stone": 9, "sell_wood": 9}})
    assert full.escrow.goods[0].tolist() == [2, 1] and full.escrow.coin[0] == 1
    assert full.labor[0] == pytest.approx(4 * 0.25)
    mask = timestep.observation["worker"]["action_mask"][0]
    assert not mask[3:14].any() and not mask[15:26].any(), "no slot for stone"
    assert mask[27:38].all() and mask[39:50].all(), "but for wood"
    refused, _ = by_hand.step(full, {0: {"sell_stone": 9, "buy_stone": 9}})
    assert refused.labor[0] == full.labor[0], "a refused order costs nothing"


def test_stone_orders_are_booked_before_wood_orders_see_the_coin(by_hand):
    state, _ = by_hand.start(APART)
    state = endow(state, coin=[10] * 4, wood=[0, 1, 0, 0])
    both = {"buy_stone": 7, "buy_wood": 7}
    state, _ = by_hand.step(state, {0: both, 1: both | {"sell_wood": 3}, 2: {"buy_wood": 4}})
    # All orders are booked before any is filled, so the proceeds come too late for the wood bid.
    assert state.escrow.coin.tolist() == [7, 7, 0, 0]
    assert state.inventory.coin.tolist() == [3, 6, 7, 10]
    assert state.inventory.goods[:, WOOD].tolist() == [0, 0, 1, 0]


def test_a_bid_skips_the_bidders_own_ask(by_hand):
    state, _ = by_hand.start(APART)
    state = endow(state, stone=[1, 1, 0, 0])
    own, _ = by_hand.step(state, {0: {"sell_stone": 2, "buy_stone": 9}})
    assert own.escrow.coin[0] == 9 and own.escrow.goods[0, STONE] == 1
    state, _ = by_hand.step(own, {1: {"sell_stone": 5}})
    # The other's ask is dearer than his own, and his bid is older, so he pays what he bid.
    assert state.inventory.coin[:2].tolist() == [11, 29]
    assert state.inventory.goods[0, STONE] == 1 and state.escrow.goods[0, STONE] == 1


def test_price_zero_and_the_highest_price_are_legal(by_hand):
    state, _ = by_hand.start(APART)
    state = endow(state, coin=[0, 10, 0, 0], stone=[1, 1, 0, 0])
    state, _ = by_hand.step(state, {0: {"sell_stone": 0}, 2: {"buy_stone": 0}})
    assert state.inventory.goods[2, STONE] == 1
    assert state.parts["continuous-double-auction"].price_history[STONE, 0, 0] == 1
    state, _ = by_hand.step(state, {1: {"buy_stone": 10}, 2: {"sell_stone": 10}})
    assert state.inventory.coin.tolist() == [0, 0, 10, 0]


def test_price_history_is_the_sellers_and_fades(by_hand):
    state, _ = by_hand.start(APART)
    state = endow(state, stone=[2, 0, 0, 0], wood=[0, 1, 0, 0])
    sell, buy = {"sell_stone": 4}, {"buy_stone": 4}
    state, timestep = by_hand.step(state, {0: sell, 2: buy, 1: {"sell_wood": 8}})
    np.testing.assert_allclose(timestep.observation["worker"]["market_rate_stone"], 4, rtol=1e-6)
    for _ in range(2):
        state, _ = by_hand.step(state)
    state, timestep = by_hand.step(state, {0: {"sell_stone": 10}, 2: {"buy_stone": 10}})
    history = np.asarray(state.parts["continuous-double-auction"].price_history)
    expected = np.zeros((2, 4, 11))
    expected[STONE, 0, 4], expected[STONE, 0, 10] = 0.995**3, 1
    np.testing.assert_allclose(history, expected, rtol=1e-5)
    rate = (4 * 0.995**3 + 10) / (0.995**3 + 1)
    for role in ("worker", "planner"):
        shown = timestep.observation[role]
        np.testing.assert_allclose(shown["market_rate_stone"], rate, rtol=1e-5)
        np.testing.assert_allclose(shown["market_rate_wood"], 0)
        np.testing.assert_allclose(shown["price_history_stone"][0], 0.01 * history[STONE, 0])


def test_labor_of_orders(by_hand):
    params = with_params(by_hand.economy, parts={"continuous-double-auction": {"order_labor": 0.5}})
    state, _ = by_hand.start(APART, params=params)
    state = endow(state, stone=[1] * 4, wood=[1] * 4)
    everything = {"buy_stone": 1, "sell_stone": 9, "buy_wood": 1, "sell_wood": 9}
    state, _ = by_hand.step(state, {0: everything, 1: {"sell_stone": 9}})
    assert state.labor.tolist() == [2, 0.5, 0, 0]


def test_one_thing_at_a_time_has_the_published_numbers():
    """1 builds, then come prices for buying and selling stone, then wood, then directions."""
    economy = small_economy(several_actions=False)
    numbers = ByHand(economy).worker_actions(
        {0: {"buy_stone": 0}, 1: {"sell_stone": 10}, 2: {"buy_wood": 3}, 3: {"sell_wood": 4}}
    )
    assert numbers.tolist() == [2, 23, 27, 39]
    world = ByHand(economy).world(APART)

    def book(actions):
        state, _ = economy.start(world, economy.default_params())
        state = endow(state, stone=[1] * 4, wood=[1] * 4)
        handed_in = {"worker": actions, "planner": jnp.zeros((1, 7))}
        return economy.transition(state, handed_in, ByHand(economy).shocks())[0].parts

    market = quick(book)(jnp.asarray(numbers, jnp.int32))["continuous-double-auction"]
    assert open_orders(market) == {
        (STONE, 0, BID, 0, 1), (STONE, 1, ASK, 10, 1), (WOOD, 2, BID, 3, 1), (WOOD, 3, ASK, 4, 1),
    }  # fmt: skip
