"""Episodes by hand: a small economy, chosen places and draws, and steps of our own."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import solon
from solon.economies.gather_trade_build.gather import GatherShocks
from solon.economies.gather_trade_build.state import Endowment, Shocks, State, World
from tests.compiling import QUICKLY

STONE, WOOD = 0, 1
LEFT, RIGHT, UP, DOWN = 1, 2, 3, 4

# Neither square nor symmetric, so that rows cannot pass for columns nor stone for wood.
MAP = (
    "W.S....",
    ".~....W",
    "S......",
    "...~...",
    "..S...W",
    ".......",
)
PAYMENTS = (8.0, 12.0, 16.0, 25.0)


def quick(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile with little optimisation also where pytest has not set that for all."""
    return jax.jit(function, compiler_options=QUICKLY)


def small_economy(**options: Any) -> Any:
    """Four workers on `MAP`, who may do several things in a step; orders and periods are short."""
    defaults = {
        "workers": 4,
        "layout": MAP,
        "horizon": 20,
        "placement": "uniform",
        "starting_coin": 20.0,
        "several_actions": True,
        "view": 2,
        "build": {"skills": PAYMENTS},
        "gather": {"skills": "equal"},
        "continuous_double_auction": {"order_duration": 3, "max_orders": 3},
        "periodic_bracket_tax": {"period": 5},
    }
    return solon.make("gather-trade-build", **(defaults | options))


class ByHand:
    """An economy whose luck we choose: nothing grows and nobody is lucky unless we say so.

    `traces` counts how often jax had to trace, that is to compile, a start or a transition.
    """

    def __init__(self, economy: Any):
        self.economy = economy
        self.traces = 0
        self._start = quick(self._counted(economy.start))
        self._transition = quick(self._counted(economy.transition))

    def _counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def traced(*args):
            self.traces += 1
            return function(*args)

        return traced

    def world(
        self,
        places: Sequence[tuple[int, int]],
        *,
        rank: Sequence[int] | None = None,
        bonus_probability: Sequence[float] | None = None,
    ) -> World:
        n = self.economy.workers
        parts = {part.name: () for part in self.economy.components}
        parts["build"] = jnp.ones(n)
        parts["gather"] = jnp.zeros(n) + jnp.asarray(bonus_probability or [0.0] * n)
        order = range(n) if rank is None else rank
        return World(jnp.asarray(places, jnp.int32), jnp.asarray(list(order), jnp.int32), parts)

    def shocks(
        self,
        *,
        order: Sequence[int] | None = None,
        bonus: Sequence[float] | None = None,
        regrowth: Any = 1.0,
    ) -> Shocks:
        n = self.economy.workers
        parts = {part.name: () for part in self.economy.components}
        parts["gather"] = GatherShocks(
            order=jnp.asarray(list(range(n)) if order is None else order, jnp.int32),
            bonus=jnp.asarray([1.0] * n if bonus is None else bonus),
        )
        sources = self.economy.layout.source_slots
        return Shocks(jnp.zeros(sources) + jnp.asarray(regrowth), parts)

    def start(
        self, places: Sequence[tuple[int, int]], *, params: Any = None, **luck: Any
    ) -> tuple[State, Any]:
        params = self.economy.default_params() if params is None else params
        return self._start(self.world(places, **luck), params)

    def step(
        self,
        state: State,
        actions: Mapping[int, Mapping[str, int]] | None = None,
        *,
        planner: Sequence[float] | None = None,
        **luck: Any,
    ) -> tuple[State, Any]:
        """Take a step.

        Args:
            state: where the economy is.
            actions: worker -> what it does. `build` is 1, `move` a direction, and orders such as
                `buy_stone` name their price. Everybody else does nothing.
            planner: marginal rates or levels. Default: zeros.
            **luck: see `shocks`.
        """
        space = self.economy.roles["planner"].action
        width = space.shape[0]
        kind = float if hasattr(space, "low") else jnp.int32
        handed_in = {
            "worker": jnp.asarray(self.worker_actions(actions or {}), jnp.int32),
            "planner": jnp.asarray([[0] * width if planner is None else planner], kind),
        }
        return self._transition(state, handed_in, self.shocks(**luck))

    def worker_actions(self, actions: Mapping[int, Mapping[str, int]]) -> np.ndarray:
        # The published order: build; buy stone, sell stone, buy wood, sell wood; move.
        trades = ("buy_stone", "sell_stone", "buy_wood", "sell_wood")
        columns = ("build", *trades, "move")
        sizes = (1, 11, 11, 11, 11, 4)
        result = np.zeros((self.economy.workers, len(columns)), np.int32)
        for worker, chosen in actions.items():
            for name, value in chosen.items():
                result[worker, columns.index(name)] = value + (name in trades)
        if self.economy.several_actions:
            return result
        assert (np.count_nonzero(result, axis=1) <= 1).all(), "one thing in a step"
        before = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        return np.where(result > 0, result + before, 0).sum(axis=1)

    def same_step_for_all(self, state: State, steps: int, **kwargs: Any) -> State:
        for _ in range(steps):
            state, _ = self.step(state, **kwargs)
        return state


def endow(state: State, **amounts: Sequence[float]) -> State:
    """Give every worker this much free `coin`, `stone` or `wood`; the tax does not see it come."""
    coin = jnp.asarray(amounts.get("coin", state.inventory.coin), state.inventory.coin.dtype)
    goods = state.inventory.goods
    for commodity, name in ((STONE, "stone"), (WOOD, "wood")):
        if name in amounts:
            goods = goods.at[:, commodity].set(jnp.asarray(amounts[name], goods.dtype))
    parts = state.parts
    if "periodic-bracket-tax" in parts:
        office = parts["periodic-bracket-tax"]
        gift = coin - state.inventory.coin
        office = dataclasses.replace(office, coin_before=office.coin_before + gift)
        parts = parts | {"periodic-bracket-tax": office}
    return dataclasses.replace(state, inventory=Endowment(coin, goods), parts=parts)


def with_house(state: State, row: int, column: int, owner: int) -> State:
    house = state.terrain.house.at[row, column].set(owner)
    return dataclasses.replace(state, terrain=dataclasses.replace(state.terrain, house=house))


def with_params(economy: Any, *, parts: Mapping[str, Mapping[str, Any]] | None = None, **numbers):
    """The default parameters with some changed; `parts` is by component."""
    params = economy.default_params()

    def change(node, changes):
        given = {
            name: jnp.asarray(value, getattr(node, name).dtype)
            + jnp.zeros_like(getattr(node, name))
            for name, value in changes.items()
        }
        return dataclasses.replace(node, **given)

    own = {name: change(params.parts[name], changes) for name, changes in (parts or {}).items()}
    return dataclasses.replace(change(params, numbers), parts=params.parts | own)
