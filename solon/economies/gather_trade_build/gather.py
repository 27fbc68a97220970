"""Moving and collecting: workers walk over the map and pick up what lies where they stand."""

import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key

from ..._plain import plain_fields
from ...component import Component, SubAction
from ...economics.skills import lognormal_skill, pareto_skill
from ...errors import require, require_number
from .layouts import STONE, WOOD
from .state import State, Terrain

if TYPE_CHECKING:
    from .economy import GatherTradeBuild

__all__ = ["Gather", "GatherParams", "GatherShocks", "Gatherers", "can_enter"]

_SKILLS = ("pareto", "lognormal", "equal")

# Left, right, up, down, as changes of row and column.
_DIRECTIONS = ((0, -1), (0, 1), (-1, 0), (1, 0))

# Up to this many workers the order of moves is looked up in a table of all permutations.
_TABLE_UP_TO = 5


class GatherParams(eqx.Module):
    """Numbers of gathering.

    Attributes:
        move_labor: labor of a step on the map.
        collect_labor: labor of picking up a unit.
    """

    move_labor: Float[Array, ""]
    collect_labor: Float[Array, ""]


class GatherShocks(eqx.Module):
    """Luck of gathering.

    Attributes:
        order: the workers in the order in which they move.
        bonus: a uniform draw for each worker; below its bonus probability it finds a second unit.
    """

    order: Int[Array, "*batch n"]
    bonus: Float[Array, "*batch n"]


class Gatherers(eqx.Module):
    """Memory of gathering.

    Attributes:
        bonus_probability: chance of each worker to find a second unit.
        gathered: units of stone and wood so far.
    """

    bonus_probability: Float[Array, " n"]
    gathered: Int[Array, "n 2"]


def can_enter(
    terrain: Terrain, row: Int[Array, " *k"], column: Int[Array, " *k"], worker: Int[Array, " *k"]
) -> Bool[Array, " *k"]:
    """Whether the ground of a cell lets a worker in: inside the map, dry, no house of another.

    Whether somebody stands there is another question.
    """
    height, width = terrain.water.shape
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    row, column = jnp.clip(row, 0, height - 1), jnp.clip(column, 0, width - 1)
    owner = terrain.house[row, column]
    return inside & ~terrain.water[row, column] & ((owner < 0) | (owner == worker))


@dataclasses.dataclass(frozen=True)
class Gather(Component["GatherTradeBuild", State]):
    """Move by one cell, and pick up a unit of whatever lies in the cell where one ends up.

    Workers move one after the other in an order that luck decides, so a cell left early in a step
    can be entered later in it. Picking up is not a choice: those who stay do it, too.

    Attributes:
        skills: the chance of a second unit: none (`equal`), or drawn for each episode from a
            `pareto` or a `lognormal` distribution.
        move_labor: labor of a step on the map.
        collect_labor: labor of picking up a unit (a second one is free).
    """

    name: ClassVar[str] = "gather"

    skills: str = "pareto"
    move_labor: float = 1.0
    collect_labor: float = 1.0

    def __post_init__(self):
        plain_fields(self)
        require(self.skills in _SKILLS, "skills", self.skills, ", ".join(_SKILLS))
        for field in ("move_labor", "collect_labor"):
            require_number(field, getattr(self, field), low=0)

    def default_params(self, economy: "GatherTradeBuild") -> GatherParams:
        return GatherParams(
            move_labor=jnp.asarray(self.move_labor, float),
            collect_labor=jnp.asarray(self.collect_labor, float),
        )

    def sub_actions(self, economy: "GatherTradeBuild", role: str) -> tuple[SubAction, ...]:
        return (SubAction("move", len(_DIRECTIONS)),) if role == "worker" else ()

    def draw_world(self, economy: "GatherTradeBuild", key: Key[Array, ""]) -> Float[Array, " n"]:
        """The bonus probability of each worker."""
        shape = (economy.workers,)
        if self.skills == "pareto":
            raw = pareto_skill(jax.random.uniform(key, shape), shape=3.0)
        elif self.skills == "lognormal":
            raw = lognormal_skill(jax.random.normal(key, shape), mean=-2.022, sigma=0.938)
        else:
            return jnp.zeros(shape)
        return jnp.minimum(2.0, raw) / 2

    def skill_bounds(self, economy: "GatherTradeBuild") -> tuple[float, float]:
        """Of the chance to find a second unit."""
        return 0.0, 1.0

    def luck_given(
        self, economy: "GatherTradeBuild", luck: Any, skills: Float[Array, " n"]
    ) -> Float[Array, " n"]:
        return skills

    def draw_shocks(
        self, economy: "GatherTradeBuild", key: Key[Array, ""], batch_shape: tuple[int, ...]
    ) -> GatherShocks:
        order_key, bonus_key = jax.random.split(key)
        return GatherShocks(
            order=_permutations(order_key, batch_shape, economy.workers),
            bonus=jax.random.uniform(bonus_key, (*batch_shape, economy.workers)),
        )

    def start(self, economy: "GatherTradeBuild", state: State, luck: Any) -> State:
        gathered = jnp.zeros((economy.workers, 2), jnp.int32)
        gatherers = Gatherers(bonus_probability=luck, gathered=gathered)
        return dataclasses.replace(state, parts=state.parts | {self.name: gatherers})

    def step(
        self, economy: "GatherTradeBuild", state: State, actions: Any, luck: GatherShocks
    ) -> State:
        return self._collect(self._move(economy, state, actions["worker"]["move"], luck), luck)

    def _move(
        self,
        economy: "GatherTradeBuild",
        state: State,
        action: Int[Array, " n"],
        luck: GatherShocks,
    ) -> State:
        n = economy.workers
        still = ((0, 0), *_DIRECTIONS)
        target = state.location + jnp.asarray(still, state.location.dtype)[action]
        wants = (action > 0) & can_enter(state.terrain, target[:, 0], target[:, 1], jnp.arange(n))

        # Only who stands where changes while the others move.
        width = state.terrain.water.shape[1]
        goal = target[:, 0] * width + target[:, 1]
        here = state.location[:, 0] * width + state.location[:, 1]

        def move_next(turn, place):
            worker = luck.order[turn] == jnp.arange(n)
            mine = jnp.sum(jnp.where(worker, goal, 0), dtype=goal.dtype)
            free = ~jnp.any(place == mine)
            return jnp.where(worker & wants & free, mine, place)

        if n <= _TABLE_UP_TO:
            place = here
            for turn in range(n):
                place = move_next(turn, place)
        else:
            place = jax.lax.fori_loop(0, n, move_next, here)

        moved = place != here
        params: GatherParams = state.params.parts[self.name]
        return dataclasses.replace(
            state,
            location=jnp.stack([place // width, place % width], axis=-1),
            labor=state.labor + jnp.where(moved, params.move_labor, 0),
        )

    def _collect(self, state: State, luck: GatherShocks) -> State:
        """Pick up. Everybody has moved by now, and nobody shares a cell, so all collect at once."""
        params: GatherParams = state.params.parts[self.name]
        gatherers: Gatherers = state.parts[self.name]
        terrain = state.terrain
        row, column = state.location[:, 0], state.location[:, 1]
        lying = terrain.resource[row, column]
        collects = lying > 0
        resource = terrain.resource.at[row, column].add(-collects.astype(terrain.resource.dtype))

        lucky = luck.bonus < gatherers.bonus_probability
        units = jnp.where(collects, 1 + lucky.astype(jnp.int32), 0)
        source = terrain.source[row, column]
        by_good = units[:, None] * (source[:, None] == jnp.array([[STONE, WOOD]], source.dtype))
        inventory = dataclasses.replace(
            state.inventory, goods=state.inventory.goods + by_good.astype(jnp.int32)
        )
        gatherers = dataclasses.replace(gatherers, gathered=gatherers.gathered + by_good)
        return dataclasses.replace(
            state,
            terrain=dataclasses.replace(terrain, resource=resource),
            inventory=inventory,
            labor=state.labor + jnp.where(collects, params.collect_labor, 0),
            parts=state.parts | {self.name: gatherers},
        )

    def observe(self, economy: "GatherTradeBuild", state: State) -> dict[str, dict[str, Array]]:
        gatherers: Gatherers = state.parts[self.name]
        return {"worker": {"bonus_gather_prob": gatherers.bonus_probability}}

    def mask(self, economy: "GatherTradeBuild", state: State) -> dict[str, dict[str, Array]]:
        n = economy.workers
        target = state.location[:, None] + jnp.asarray(_DIRECTIONS, state.location.dtype)[None]
        row, column = target[..., 0], target[..., 1]
        worker = jnp.broadcast_to(jnp.arange(n)[:, None], row.shape)
        standing = state.location[None, None]
        taken = jnp.any(jnp.all(target[:, :, None] == standing, axis=-1), axis=-1)
        return {"worker": {"move": can_enter(state.terrain, row, column, worker) & ~taken}}

    def metrics(self, economy: "GatherTradeBuild", state: State) -> dict[str, Array]:
        gathered = jnp.sum(state.parts[self.name].gathered, axis=0)
        return {"gathered/stone": gathered[STONE], "gathered/wood": gathered[WOOD]}


def _permutations(
    key: Key[Array, ""], batch_shape: tuple[int, ...], n: int
) -> Int[Array, "*batch n"]:
    """Uniformly random orders of n workers."""
    if n <= _TABLE_UP_TO:
        import itertools

        table = jnp.asarray(list(itertools.permutations(range(n))), jnp.int32)
        return table[jax.random.randint(key, batch_shape, 0, len(table))]
    draws = jax.random.uniform(key, (*batch_shape, n))
    return jnp.argsort(draws, axis=-1).astype(jnp.int32)
