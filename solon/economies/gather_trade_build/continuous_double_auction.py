"""The market: a continuous double auction for stone and one for wood.

Every step each worker may post a bid and an ask for a commodity at a whole price. The coin or
the unit offered is put in escrow. Orders meet by price, then by age, then by worker; an order
that stays unfilled is returned after a while. Posting costs labor, whether it fills or not.
"""

import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from ..._plain import plain_fields
from ...component import Component, SubAction
from ...errors import require, require_number, require_whole
from .layouts import STONE, WOOD
from .state import Endowment, State
from .vectorisation import any_in_batch

if TYPE_CHECKING:
    from .economy import GatherTradeBuild

__all__ = ["AuctionParams", "ContinuousDoubleAuction", "Market", "fill_orders"]

COMMODITIES = ((STONE, "stone"), (WOOD, "wood"))
_EMPTY, _BID, _ASK = 0, 1, 2
_OPEN = -1

# What market participants remember of past prices fades by this factor a step.
_HISTORY_DECAY = 0.995


class AuctionParams(eqx.Module):
    """Numbers of the market.

    Attributes:
        order_labor: labor of posting an order.
    """

    order_labor: Float[Array, ""]


class Market(eqx.Module):
    """Memory of the market, by commodity; each worker has `max_orders` slots for each.

    Attributes:
        side: 0 for an empty slot, 1 for a bid, 2 for an ask.
        price: coin offered or asked.
        age: steps since the order was posted.
        price_history: units sold by each worker at each price, fading with time.
        bought, sold: units so far.
        bought_coin, sold_coin: coin paid and received for them.
    """

    side: Int[Array, "2 n orders"]
    price: Int[Array, "2 n orders"]
    age: Int[Array, "2 n orders"]
    price_history: Float[Array, "2 n prices"]
    bought: Int[Array, "2 n"]
    sold: Int[Array, "2 n"]
    bought_coin: Float[Array, "2 n"]
    sold_coin: Float[Array, "2 n"]


@dataclasses.dataclass(frozen=True)
class ContinuousDoubleAuction(Component["GatherTradeBuild", State]):
    """Trade stone and wood for coin.

    Attributes:
        max_price: prices are the whole numbers from 0 to this.
        order_duration: steps after the one in which it was posted that an order stays open.
        max_orders: open orders (bids and asks together) of a worker for a commodity.
        order_labor: labor of posting an order.
    """

    name: ClassVar[str] = "continuous-double-auction"

    max_price: int = 10
    order_duration: int = 50
    max_orders: int = 5
    order_labor: float = 0.25

    def __post_init__(self):
        plain_fields(self)
        require_whole("max_price", self.max_price, low=1, high=100)
        require_whole("order_duration", self.order_duration, low=1, high=10_000)
        require_whole("max_orders", self.max_orders, low=1, high=1_000)
        require_number("order_labor", self.order_labor, low=0)

    def validate(self, economy: "GatherTradeBuild") -> None:
        # Price, age and owner of an order make up one 32-bit number that ranks it.
        most = 2**31 // ((self.max_price + 1) * economy.workers) - 1
        allowed = f"at most {most} with {economy.workers} workers and prices to {self.max_price}"
        require(
            self.order_duration <= most, f"{self.name}.order_duration", self.order_duration, allowed
        )

    def default_params(self, economy: "GatherTradeBuild") -> AuctionParams:
        return AuctionParams(order_labor=jnp.asarray(self.order_labor, float))

    def sub_actions(self, economy: "GatherTradeBuild", role: str) -> tuple[SubAction, ...]:
        if role != "worker":
            return ()
        return tuple(
            SubAction(f"{verb}_{commodity}", self.max_price + 1)
            for _, commodity in COMMODITIES
            for verb in ("buy", "sell")
        )

    def start(self, economy: "GatherTradeBuild", state: State, luck: Any) -> State:
        n = economy.workers
        slots = (2, n, self.max_orders)
        market = Market(
            side=jnp.zeros(slots, jnp.int8),
            price=jnp.zeros(slots, jnp.int8),
            age=jnp.zeros(slots, jnp.int16),
            price_history=jnp.zeros((2, n, self.max_price + 1)),
            bought=jnp.zeros((2, n), jnp.int32),
            sold=jnp.zeros((2, n), jnp.int32),
            bought_coin=jnp.zeros((2, n)),
            sold_coin=jnp.zeros((2, n)),
        )
        return dataclasses.replace(state, parts=state.parts | {self.name: market})

    def step(self, economy: "GatherTradeBuild", state: State, actions: Any, luck: Any) -> State:
        market: Market = state.parts[self.name]
        market = dataclasses.replace(market, price_history=market.price_history * _HISTORY_DECAY)
        state = self._book(state, market, actions["worker"])
        state = self._trade(state)
        return self._expire(state)

    def _book(self, state: State, market: Market, actions: dict[str, Int[Array, " n"]]) -> State:
        """Post the orders of this step: for each commodity a bid, then an ask.

        Workers do not touch each other's endowments here, so all of them post at once. An order
        that its owner cannot cover, or for which there is no slot, is dropped at no cost.
        """
        labor_per_order = state.params.parts[self.name].order_labor
        free, bound, labor = state.inventory, state.escrow, state.labor
        side, price = market.side, market.price

        for commodity, name in COMMODITIES:
            bid, ask = actions[f"buy_{name}"], actions[f"sell_{name}"]

            offer = (bid - 1).astype(free.coin.dtype)
            fits = jnp.any(side[commodity] == _EMPTY, axis=-1)
            posts = (bid > 0) & fits & (free.coin >= offer)
            side, price = self._place(side, price, commodity, posts, _BID, bid - 1)
            coin = jnp.where(posts, offer, 0)
            free = dataclasses.replace(free, coin=free.coin - coin)
            bound = dataclasses.replace(bound, coin=bound.coin + coin)
            labor = labor + jnp.where(posts, labor_per_order, 0)

            fits = jnp.any(side[commodity] == _EMPTY, axis=-1)
            posts = (ask > 0) & fits & (free.goods[:, commodity] > 0)
            side, price = self._place(side, price, commodity, posts, _ASK, ask - 1)
            units = posts.astype(free.goods.dtype)
            free = dataclasses.replace(free, goods=free.goods.at[:, commodity].add(-units))
            bound = dataclasses.replace(bound, goods=bound.goods.at[:, commodity].add(units))
            labor = labor + jnp.where(posts, labor_per_order, 0)

        market = dataclasses.replace(market, side=side, price=price)
        parts = state.parts | {self.name: market}
        return dataclasses.replace(state, inventory=free, escrow=bound, labor=labor, parts=parts)

    def _place(
        self,
        side: Int[Array, "2 n orders"],
        price: Int[Array, "2 n orders"],
        commodity: int,
        posts: Bool[Array, " n"],
        kind: int,
        prices: Int[Array, " n"],
    ) -> tuple[Int[Array, "2 n orders"], Int[Array, "2 n orders"]]:
        """Put an order into the first empty slot of each worker that `posts`. Its age is 0."""
        empty = side[commodity] == _EMPTY
        first = jnp.argmax(empty, axis=-1)[:, None] == jnp.arange(self.max_orders)[None]
        here = first & posts[:, None]
        side = side.at[commodity].set(jnp.where(here, kind, side[commodity]).astype(side.dtype))
        new = jnp.where(here, prices[:, None], price[commodity]).astype(price.dtype)
        return side, price.at[commodity].set(new)

    def _trade(self, state: State) -> State:
        """Fill orders, and hand over the coin and the goods."""
        market: Market = state.parts[self.name]
        filled = fill_orders(
            market.side, market.price, market.age, max_price=self.max_price,
            max_age=self.order_duration,
        )  # fmt: skip
        traded = filled != _OPEN
        bids = traded & (market.side == _BID)
        asks = traded & (market.side == _ASK)
        coin_type = state.inventory.coin.dtype

        paid = jnp.sum(jnp.where(bids, filled, 0), axis=-1, dtype=coin_type)
        released = jnp.sum(jnp.where(bids, market.price, 0), axis=-1, dtype=coin_type)
        received = jnp.sum(jnp.where(asks, filled, 0), axis=-1, dtype=coin_type)
        bought = jnp.sum(bids, axis=-1, dtype=jnp.int32)
        sold = jnp.sum(asks, axis=-1, dtype=jnp.int32)

        inventory = Endowment(
            coin=state.inventory.coin + jnp.sum(released - paid + received, axis=0),
            goods=state.inventory.goods + bought.T,
        )
        escrow = Endowment(
            coin=state.escrow.coin - jnp.sum(released, axis=0),
            goods=state.escrow.goods - sold.T,
        )
        at_price = asks[..., None] & jax.nn.one_hot(filled, self.max_price + 1, dtype=bool)
        market = dataclasses.replace(
            market,
            side=jnp.where(traded, _EMPTY, market.side).astype(market.side.dtype),
            price_history=market.price_history + jnp.sum(at_price, axis=-2),
            bought=market.bought + bought,
            sold=market.sold + sold,
            bought_coin=market.bought_coin + paid,
            sold_coin=market.sold_coin + received,
        )
        parts = state.parts | {self.name: market}
        return dataclasses.replace(state, inventory=inventory, escrow=escrow, parts=parts)

    def _expire(self, state: State) -> State:
        """Let open orders age, and return what the expired ones had bound."""
        market: Market = state.parts[self.name]
        age = market.age + 1
        expired = (market.side != _EMPTY) & (age > self.order_duration)
        coin_type = state.inventory.coin.dtype
        coin = jnp.where(expired & (market.side == _BID), market.price, 0)
        coin = jnp.sum(coin, axis=(0, 2), dtype=coin_type)
        goods = jnp.sum(expired & (market.side == _ASK), axis=-1, dtype=jnp.int32).T
        side = jnp.where(expired, _EMPTY, market.side).astype(market.side.dtype)
        market = dataclasses.replace(market, side=side, age=jnp.where(side == _EMPTY, 0, age))
        return dataclasses.replace(
            state,
            inventory=Endowment(
                coin=state.inventory.coin + coin, goods=state.inventory.goods + goods
            ),
            escrow=Endowment(coin=state.escrow.coin - coin, goods=state.escrow.goods - goods),
            parts=state.parts | {self.name: market},
        )

    def observe(self, economy: "GatherTradeBuild", state: State) -> dict[str, dict[str, Array]]:
        """Prices paid lately, and open orders by price: one's own and those of all others."""
        market: Market = state.parts[self.name]
        at_price = jax.nn.one_hot(market.price, self.max_price + 1, dtype=bool)
        asks = jnp.sum((market.side == _ASK)[..., None] & at_price, axis=2)
        bids = jnp.sum((market.side == _BID)[..., None] & at_price, axis=2)
        all_asks, all_bids = jnp.sum(asks, axis=1), jnp.sum(bids, axis=1)

        history = jnp.sum(market.price_history, axis=1)
        prices = jnp.arange(self.max_price + 1, dtype=history.dtype)
        rate = history @ prices / jnp.maximum(0.001, jnp.sum(history, axis=-1))
        worker, planner = {}, {}
        for commodity, name in COMMODITIES:
            shared = {
                f"market_rate_{name}": rate[commodity],
                f"price_history_{name}": history[commodity] * economy.observation_scale,
            }
            for field, value in shared.items():
                worker[field] = jnp.broadcast_to(value, (economy.workers, *value.shape))
                planner[field] = value[None]
            worker |= {
                f"available_asks_{name}": all_asks[commodity][None] - asks[commodity],
                f"available_bids_{name}": all_bids[commodity][None] - bids[commodity],
                f"my_asks_{name}": asks[commodity],
                f"my_bids_{name}": bids[commodity],
            }
            planner |= {
                f"full_asks_{name}": all_asks[commodity][None],
                f"full_bids_{name}": all_bids[commodity][None],
            }
        as_float = jax.tree.map(lambda leaf: leaf.astype(float), {"w": worker, "p": planner})
        return {"worker": as_float["w"], "planner": as_float["p"]}

    def mask(self, economy: "GatherTradeBuild", state: State) -> dict[str, dict[str, Array]]:
        market: Market = state.parts[self.name]
        prices = jnp.arange(self.max_price + 1)[None]
        affordable = prices <= state.inventory.coin[:, None]
        masks = {}
        for commodity, name in COMMODITIES:
            slot = jnp.any(market.side[commodity] == _EMPTY, axis=-1)[:, None]
            owns = state.inventory.goods[:, commodity, None] > 0
            masks[f"buy_{name}"] = slot & affordable
            masks[f"sell_{name}"] = jnp.broadcast_to(slot & owns, affordable.shape)
        return {"worker": masks}

    def metrics(self, economy: "GatherTradeBuild", state: State) -> dict[str, Array]:
        market: Market = state.parts[self.name]
        result = {}
        for commodity, name in COMMODITIES:
            result[f"trades/{name}"] = jnp.sum(market.sold[commodity])
            result[f"sales/{name}"] = jnp.sum(market.sold_coin[commodity])
        return result


def fill_orders(
    side: Int[Array, "2 n orders"],
    price: Int[Array, "2 n orders"],
    age: Int[Array, "2 n orders"],
    *,
    max_price: int,
    max_age: int,
) -> Int[Array, "2 n orders"]:
    """Match bids with asks, for each commodity (first axis) on its own.

    Bids are served in the order of price (highest first), age (oldest first) and worker (lowest
    number first). Each takes the first ask, by price (lowest first), age and worker, that is
    not its own bidder's, if the bid covers it. The price is that of the older order, and of
    the ask if they came in the same step.

    Args:
        side: 0 for an empty slot, 1 for a bid, 2 for an ask.
        price: coin, from 0 to `max_price`.
        age: steps since posting, from 0 to `max_age`.
        max_price: the highest price.
        max_age: the highest age.

    Returns:
        The coin at which each order is filled, or -1 where it is not.
    """
    n = side.shape[1]
    owner = jnp.arange(n, dtype=jnp.int32)[None, :, None]
    price, age = price.astype(jnp.int32), age.astype(jnp.int32)

    def priority(goodness: Int[Array, "2 n orders"]) -> Int[Array, "2 n orders"]:
        # One number that sorts by goodness of the price, then age, then worker. No two orders
        # on a side share it, since a worker posts at most one order a side in a step.
        return (goodness * (max_age + 1) + age) * n + (n - 1 - owner)

    bid_priority = jnp.where(side == _BID, priority(price), -1)
    ask_priority = jnp.where(side == _ASK, priority(max_price - price), -1)

    def next_trade(filled):
        """The first bid in line that can trade, and its ask.

        A bid that is passed over stays so, since asks only become fewer while orders are filled.
        """
        bids = jnp.where(filled == _OPEN, bid_priority, -1)
        asks = jnp.where(filled == _OPEN, ask_priority, -1)

        # The best ask of anybody else is the best of all, or the second-best owner's for the
        # worker who posted the best one.
        own_best = jnp.max(asks, axis=-1)
        best = jnp.max(own_best, axis=-1, keepdims=True)
        second = jnp.max(jnp.where(own_best == best, -1, own_best), axis=-1, keepdims=True)
        others_best = jnp.where(own_best == best, second, best)
        ask_price = max_price - others_best // ((max_age + 1) * n)

        crosses = (bids >= 0) & (others_best >= 0)[..., None] & (price >= ask_price[..., None])
        first = jnp.max(jnp.where(crosses, bids, -1), axis=(-2, -1), keepdims=True)
        is_bid = crosses & (bids == first)
        taken = jnp.max(
            jnp.where(jnp.any(is_bid, axis=-1), others_best, -1), axis=-1, keepdims=True
        )[..., None]
        is_ask = (asks == taken) & (taken >= 0)
        return is_bid, is_ask

    def of(chosen, values):
        picked = jnp.where(chosen, values, 0)
        return jnp.sum(picked, axis=(-2, -1), keepdims=True, dtype=jnp.int32)

    def body(carry):
        filled, _ = carry
        is_bid, is_ask = next_trade(filled)
        at_ask = of(is_bid, age) <= of(is_ask, age)
        traded_at = jnp.where(at_ask, of(is_ask, price), of(is_bid, price))
        filled = jnp.where(is_bid | is_ask, traded_at, filled)
        return filled, jnp.any(is_bid)

    # Carrying on once more changes nothing where no trade is left, so a batch of markets can run
    # until the last of them is done without selecting between old and new books.
    open_book = jnp.full(side.shape, _OPEN, jnp.int32)
    crossing = jnp.any(side == _BID, axis=(-2, -1)) & jnp.any(side == _ASK, axis=(-2, -1))
    filled, _ = jax.lax.while_loop(
        lambda carry: any_in_batch(carry[1]), body, (open_book, jnp.any(crossing))
    )
    return filled
