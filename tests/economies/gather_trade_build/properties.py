"""What holds in every step of every episode, whatever is done: a truth value for each property.

They are functions of one economy's step, to be mapped over batches: the tests of invariants map
them over recorded episodes, and `tests/fuzz.py` over millions of steps of random economies.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Bool

STONE, WOOD = 0, 1
BID, ASK = 1, 2
AUCTION, TAX, WEALTH = "continuous-double-auction", "periodic-bracket-tax", "wealth-redistribution"


@dataclasses.dataclass(frozen=True)
class Step:
    """A step: the economy, its state before and after, and what it showed after."""

    economy: Any
    before: Any
    after: Any
    timestep: Any

    def part(self, name: str) -> Any:
        """A component's memory after the step, or None."""
        return self.after.parts.get(name)

    @property
    def gained(self) -> Array:
        """Units that each worker gathered."""
        gather = self.part("gather")
        if gather is None:
            return jnp.zeros_like(self.after.inventory.goods)
        return gather.gathered - self.before.parts["gather"].gathered

    @property
    def houses(self) -> Array:
        """Houses of each worker."""
        build = self.part("build")
        return jnp.zeros_like(self.after.rank) if build is None else build.houses


def at_workers(field: Array, state: Any) -> Array:
    """The values of a map where workers are."""
    return field[state.location[:, 0], state.location[:, 1]]


def close(one: Array, other: Any, tolerance: float) -> Bool[Array, ""]:
    """Whether numbers agree to a share of their size, or of 1."""
    size = jnp.maximum(1.0, jnp.maximum(jnp.abs(one), jnp.abs(other)))
    return jnp.all(jnp.abs(one - other) <= tolerance * size)


def goods_are_conserved(step: Step) -> Bool[Array, ""]:
    """Gathered and bought less sold and built with is what one has, free or on offer. Exactly."""
    after, market, gather = step.after, step.part(AUCTION), step.part("gather")
    held = after.inventory.goods + after.escrow.goods
    expected = -step.houses[:, None] + (0 if gather is None else gather.gathered)
    if market is None:
        return jnp.all(held == expected)
    traded = (market.bought - market.sold).T
    balanced = jnp.all(market.bought.sum(axis=-1) == market.sold.sum(axis=-1))
    return jnp.all(held == expected + traded) & balanced


def what_is_gathered_comes_from_the_map(step: Step) -> Bool[Array, ""]:
    """Who ends a move on a unit takes it: one unit leaves the map, one or two are gained.

    The rest of the map stays, or grows by one unit a source.
    """
    before, after = step.before, step.after
    source, resource = after.terrain.source, before.terrain.resource
    kinds = jnp.array([STONE, WOOD])
    takes = (at_workers(resource, after) > 0) & (step.part("gather") is not None)
    of_kind = takes[:, None] & (at_workers(source, after)[:, None] == kinds[None])
    units = step.gained
    right = ((units > 0) == of_kind).all() & (units.max() <= 2)
    if step.part("gather") is not None:
        lucky = step.part("gather").bonus_probability > 0
        right &= (lucky | (units.sum(axis=-1) <= 1)).all()
    taken = jnp.zeros_like(resource)
    taken = taken.at[after.location[:, 0], after.location[:, 1]].add(takes.astype(resource.dtype))
    grown = after.terrain.resource - (resource - taken)
    return right & ((grown == 0) | ((grown == 1) & (source >= 0))).all()


def coin_comes_from_building_only(step: Step) -> Bool[Array, ""]:
    """All coin is what there was at the start and what houses paid."""
    after, build = step.after, step.part("build")
    made = 0.0 if build is None else jnp.sum(build.payment * build.houses)
    start = step.economy.workers * after.params.starting_coin
    return close(jnp.sum(after.coin), start + made, 1e-5)


def each_workers_coin_adds_up(step: Step) -> Bool[Array, ""]:
    """Payments, sales less purchases, transfers less taxes; without full redistribution."""
    after = step.after
    if step.economy.component(WEALTH) is not None:
        return jnp.ones((), bool)
    expected = jnp.full(step.economy.workers, after.params.starting_coin)
    if (build := step.part("build")) is not None:
        expected += build.payment * build.houses
    if (market := step.part(AUCTION)) is not None:
        expected += (market.sold_coin - market.bought_coin).sum(axis=0)
    if (office := step.part(TAX)) is not None:
        expected += office.total_transfer - office.total_paid
    return close(after.coin, expected, 2e-4)


def nothing_is_negative(step: Step) -> Bool[Array, ""]:
    after = step.after
    amounts = [after.inventory.coin, after.inventory.goods, after.escrow.coin]
    amounts += [after.escrow.goods, after.labor]
    if (office := step.part(TAX)) is not None:
        amounts += [office.paid, office.transfer, office.total_paid, office.rates]
    return jnp.stack([jnp.min(amount) >= 0 for amount in amounts]).all()


def escrow_is_what_open_orders_bind(step: Step) -> Bool[Array, ""]:
    escrow, orders = step.after.escrow, step.part(AUCTION)
    if orders is None:
        return (escrow.coin == 0).all() & (escrow.goods == 0).all()
    bids, asks = orders.side == BID, orders.side == ASK
    coin = jnp.where(bids, orders.price, 0).sum(axis=(0, 2))
    return (escrow.coin == coin).all() & (asks.sum(axis=-1) == escrow.goods.T).all()


def books_are_in_order(step: Step) -> Bool[Array, ""]:
    """Prices and ages are possible, and a worker's bids (and its asks) differ in age."""
    orders, auction = step.part(AUCTION), step.economy.component(AUCTION)
    if orders is None:
        return jnp.ones((), bool)
    free = orders.side == 0
    right = (orders.side >= 0) & (orders.side <= 2)
    right &= free | ((orders.price >= 0) & (orders.price <= auction.max_price))
    right &= free | ((orders.age >= 1) & (orders.age <= auction.order_duration))
    key = jnp.where(free, -jnp.arange(free.shape[-1]) - 1, 2 * orders.age + orders.side - 1)
    distinct = jnp.diff(jnp.sort(key, axis=-1), axis=-1) > 0
    return right.all() & distinct.all()


def no_trade_is_left_undone(step: Step) -> Bool[Array, ""]:
    """After a step no bid reaches an ask of somebody else."""
    orders = step.part(AUCTION)
    if orders is None:
        return jnp.ones((), bool)
    bid = jnp.where(orders.side == BID, orders.price, -1).max(axis=-1)
    ask = jnp.where(orders.side == ASK, orders.price, 10_000).min(axis=-1)
    others = ~jnp.eye(step.economy.workers, dtype=bool)
    return ~((bid[:, :, None] >= ask[:, None, :]) & others[None]).any()


def taxes_are_handed_out_again(step: Step) -> Bool[Array, ""]:
    """What is collected equals the transfers, which are equal; nobody pays more than it earned."""
    office = step.part(TAX)
    if office is None:
        return jnp.ones((), bool)
    right = jnp.ones((), bool)
    for paid, given in ((office.paid, office.transfer), (office.total_paid, office.total_transfer)):
        right &= close(jnp.sum(paid), jnp.sum(given), 1e-5)
        right &= close(given, given[0], 1e-6)
    return right & (office.paid <= jnp.maximum(office.income, 0) * (1 + 1e-5) + 1e-4).all()


def workers_stand_apart_on_ground_they_may_enter(step: Step) -> Bool[Array, ""]:
    after = step.after
    height, width = after.terrain.water.shape
    row, column = after.location[:, 0], after.location[:, 1]
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    cells = jnp.sort(row * width + column)
    owner, itself = at_workers(after.terrain.house, after), jnp.arange(step.economy.workers)
    dry = ~at_workers(after.terrain.water, after)
    own = (owner == -1) | (owner == itself)
    return inside.all() & (jnp.diff(cells) > 0).all() & dry.all() & own.all()


def labor_is_the_sum_of_what_was_done(step: Step) -> Bool[Array, ""]:
    """At most one move, one unit picked up and one house; the rest of the labor is whole orders."""
    before, after = step.before, step.after
    moved = jnp.abs(after.location - before.location).sum(axis=-1)
    took = (step.gained > 0).any(axis=-1)
    built = step.houses - Step(step.economy, before, before, None).houses
    numbers = after.params.parts
    known = jnp.zeros_like(after.labor)
    if "gather" in numbers:
        known += numbers["gather"].move_labor * moved + numbers["gather"].collect_labor * took
    if "build" in numbers:
        known += numbers["build"].labor * built
    rest = after.labor - before.labor - known
    right = (moved <= 1).all() & (built >= 0).all() & (built <= 1).all()
    if AUCTION not in numbers:
        return right & close(rest, 0.0, 1e-3)
    orders = rest / numbers[AUCTION].order_labor
    most = 4 if step.economy.several_actions else 1
    whole = jnp.round(orders)
    return right & close(orders, whole, 1e-2) & ((whole >= 0) & (whole <= most)).all()


def houses_stay_and_are_never_on_a_source(step: Step) -> Bool[Array, ""]:
    house, was = step.after.terrain.house, step.before.terrain.house
    terrain = step.after.terrain
    right = ((was < 0) | (house == was)) & ((house < 0) | ((terrain.source < 0) & ~terrain.water))
    owners = jnp.arange(step.economy.workers)
    counted = (house[None] == owners[:, None, None]).sum(axis=(1, 2))
    return right.all() & (counted == step.houses).all()


def resources_lie_on_sources_only(step: Step) -> Bool[Array, ""]:
    terrain = step.after.terrain
    capacity = jnp.array([*step.economy.source_capacity, 0])[terrain.source]
    right = (terrain.resource >= 0) & (terrain.resource <= capacity)
    right &= ~terrain.water | (terrain.source < 0)
    return right.all() & (terrain.source == step.before.terrain.source).all()


def episodes_end_at_the_horizon(step: Step) -> Bool[Array, ""]:
    count = step.after.step
    right = (count == step.before.step + 1) & ~step.timestep.truncated
    return right & (step.timestep.terminated == (count >= step.economy.horizon))


def rewards_are_what_was_gained(step: Step) -> Bool[Array, ""]:
    before, after, reward = step.before, step.after, step.timestep.reward
    right = close(before.utility + reward["worker"], after.utility, 1e-5)
    if "planner" in reward:
        right &= close(before.welfare + reward["planner"][0], after.welfare, 1e-5)
    return right


def nothing_shown_is_missing_or_infinite(step: Step) -> Bool[Array, ""]:
    shown = [leaf for fields in step.timestep.observation.values() for leaf in fields.values()]
    return jnp.stack([jnp.isfinite(leaf).all() for leaf in shown]).all()


PROPERTIES: dict[str, Callable[[Step], Bool[Array, ""]]] = {
    function.__name__: function
    for function in (
        goods_are_conserved,
        what_is_gathered_comes_from_the_map,
        coin_comes_from_building_only,
        each_workers_coin_adds_up,
        nothing_is_negative,
        escrow_is_what_open_orders_bind,
        books_are_in_order,
        no_trade_is_left_undone,
        taxes_are_handed_out_again,
        workers_stand_apart_on_ground_they_may_enter,
        labor_is_the_sum_of_what_was_done,
        houses_stay_and_are_never_on_a_source,
        resources_lie_on_sources_only,
        episodes_end_at_the_horizon,
        rewards_are_what_was_gained,
        nothing_shown_is_missing_or_infinite,
    )
}


def check_all(economy: Any, before: Any, after: Any, timestep: Any) -> dict[str, Array]:
    """Every property of a step."""
    step = Step(economy, before, after, timestep)
    return {name: holds(step) for name, holds in PROPERTIES.items()}
