"""The economy: its sizes, what happens at a start and in a step, in this order."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Key

from ...component import Amounts, Component, SubAction
from ...environment import Environment, Role, TimeStep
from ...errors import require, require_number, require_whole
from ...spaces import Box
from . import foundation_observation, observation
from .actions import action_space, flatten_masks, read_actions
from .build import Build
from .continuous_double_auction import ContinuousDoubleAuction
from .gather import Gather
from .layouts import NO_SOURCE, Layout, load
from .map_view import CODES
from .objectives import OBJECTIVES, charged_share, planner_welfare, worker_utility
from .periodic_bracket_tax import PeriodicBracketTax
from .placement import corner_cells, uniform_cells
from .regeneration import regenerate
from .social_metrics import social_metrics
from .state import Endowment, Params, Shocks, State, Terrain, World

__all__ = ["COMPONENTS", "GatherTradeBuild"]

#: The components by name, in the published order.
COMPONENTS: dict[str, type[Component]] = {
    part.name: part for part in (Build, ContinuousDoubleAuction, Gather, PeriodicBracketTax)
}


@dataclasses.dataclass(frozen=True)
class GatherTradeBuild(Environment):
    """Workers gather, trade and build on a map; a planner taxes their income.

    The planner is there if a component lets it do something, as `PeriodicBracketTax` does.

    Attributes:
        workers: how many there are.
        layout: the map.
        horizon: steps in an episode.
        components: the mechanisms, in the order in which a step applies them.
        placement: workers start at the `corners` by rank of skill, as in the published
            experiments, or anywhere at random (`uniform`).
        starting_coin: coin of each worker at the start.
        several_actions: whether a worker may do several things in a step, instead of one.
        planner_several_actions: whether a planner that picks levels may set the rates of all
            brackets at once, instead of one.
        planner_objective: what the planner wants.
        view: how far workers see on the map, in cells.
        observation: `pooled` fields, which do not depend on the number of workers, or the
            `foundation` layout, the original's.
        planner_sees_map: whether the map is in the planner's `foundation` observation.
        compatibility: `foundation` for the rules of the original, oddities included.
    """

    name: ClassVar[str] = "gather-trade-build"
    version: ClassVar[int] = 1

    workers: int = 4
    layout: Layout = dataclasses.field(default_factory=lambda: load("open-quadrant"))
    horizon: int = 1000
    components: tuple[Component, ...] = dataclasses.field(
        default_factory=lambda: tuple(part() for part in COMPONENTS.values())
    )
    placement: str = "corners"
    starting_coin: float = 0.0
    several_actions: bool = False
    planner_several_actions: bool = True
    planner_objective: str = OBJECTIVES[0]
    view: int = 5
    observation: str = "pooled"
    planner_sees_map: bool = False
    compatibility: Literal["foundation"] | None = None

    def __post_init__(self):
        proper = isinstance(self.layout, Layout)
        require(proper, "layout", self.layout, "a Layout, as gather_trade_build.layouts.load gives")
        parts = self.components
        proper = isinstance(parts, tuple) and all(isinstance(part, Component) for part in parts)
        require(proper, "components", parts, "a tuple of Component instances")
        require_whole("horizon", self.horizon, low=1, high=1_000_000)
        require_whole("view", self.view, low=1, high=50)
        cells = int((~self.layout.water).sum())
        fits = type(self.workers) is int and 2 <= self.workers <= cells
        allowed = f"a whole number from 2 to the {cells} free cells of {self.layout.name}"
        require(fits, "workers", self.workers, allowed)
        require_number("starting_coin", self.starting_coin, low=0)
        for field in ("several_actions", "planner_several_actions", "planner_sees_map"):
            value = getattr(self, field)
            require(isinstance(value, bool), field, value, "true or false")
        choices: dict[str, tuple[str | None, ...]] = {
            "placement": ("corners", "uniform"),
            "planner_objective": OBJECTIVES,
            "observation": ("pooled", "foundation"),
            "compatibility": (None, "foundation"),
        }
        for field, known in choices.items():
            value = getattr(self, field)
            require(value in known, field, value, ", ".join(map(str, known)))
        seen = not self.planner_sees_map or self.observation == "foundation"
        require(seen, "planner_sees_map", True, "false, unless observation is 'foundation'")
        names = [component.name for component in self.components]
        require(len(set(names)) == len(names), "components", names, "each component once")
        require(bool(self._sub_actions("worker")), "components", names, "one that workers act in")
        if self.placement == "corners":
            self._corners()
        for component in self.components:
            component.validate(self)

    @property
    def observation_scale(self) -> float:
        """What inventories and price histories are multiplied with in observations."""
        return 0.01

    def component(self, name: str) -> Any:
        """The component of this name, or None."""
        return next((part for part in self.components if part.name == name), None)

    def _sub_actions(self, role: str) -> tuple[SubAction | Amounts, ...]:
        return tuple(sub for part in self.components for sub in part.sub_actions(self, role))

    def _several(self, role: str) -> bool:
        return self.planner_several_actions if role == "planner" else self.several_actions

    def _corners(self) -> np.ndarray:
        return corner_cells(self.layout, self.workers, compatibility=self.compatibility)

    @functools.cached_property
    def _counts(self) -> dict[str, int]:
        counts = {"worker": self.workers, "planner": 1}
        return {role: n for role, n in counts.items() if self._sub_actions(role)}

    @functools.cached_property
    def roles(self) -> Mapping[str, Role]:
        def shown(key):
            return self.reset(key, self.default_params())[1].observation

        fields = jax.eval_shape(shown, jax.random.key(0))
        roles = {}
        for role, count in self._counts.items():
            spaces = {name: _space(name, leaf) for name, leaf in fields[role].items()}
            action = action_space(self._sub_actions(role), several=self._several(role))
            roles[role] = Role(count=count, action=action, observation=spaces)
        return roles

    def default_params(self) -> Params:
        """The published numbers."""
        return Params(
            risk_aversion=jnp.asarray(0.23, float),
            labor_cost=jnp.asarray(0.21, float),
            labor_cost_weight=jnp.ones(()),
            warmup_constant=jnp.zeros(()),
            productive_steps=jnp.zeros((), jnp.int32),
            starting_coin=jnp.asarray(self.starting_coin, float),
            equality_weight=jnp.ones(()),
            regeneration=jnp.full(2, 0.01, float),
            parts={part.name: part.default_params(self) for part in self.components},
        )

    def usual_curriculum(self, steps: int) -> dict[str, Any]:
        # Who bears the full cost of labor from the start learns to be idle before learning to
        # build: labor is free at first and costs its full price from half-way on.
        return {"labor_cost_weight": [[0, 0.0], [max(1, steps // 2), 1.0]]}

    def draw_world(self, key: Key[Array, ""]) -> World:
        place_key, rank_key, *part_keys = jax.random.split(key, 2 + len(self.components))
        rank = jax.random.permutation(rank_key, jnp.arange(self.workers, dtype=jnp.int32))
        if self.placement == "corners":
            location = jnp.asarray(self._corners())[rank]
        else:
            location = uniform_cells(self.layout, self.workers, place_key)
        parts = {
            part.name: part.draw_world(self, part_key)
            for part, part_key in zip(self.components, part_keys, strict=True)
        }
        return World(location=location, rank=rank, parts=parts)

    def draw_shocks(self, key: Key[Array, ""], batch_shape: tuple[int, ...] = ()) -> Shocks:
        grow_key, *part_keys = jax.random.split(key, 1 + len(self.components))
        sources = int((self.layout.source != NO_SOURCE).sum())
        parts = {
            part.name: part.draw_shocks(self, part_key, batch_shape)
            for part, part_key in zip(self.components, part_keys, strict=True)
        }
        regrowth = jax.random.uniform(grow_key, (*batch_shape, sources))
        return Shocks(regrowth=regrowth, parts=parts)

    def start(self, world: World, params: Params) -> tuple[State, TimeStep]:
        n = self.workers
        source = self.layout.source
        terrain = Terrain(
            water=jnp.asarray(self.layout.water),
            source=jnp.asarray(source),
            source_cells=jnp.asarray((source != NO_SOURCE).ravel().nonzero()[0], jnp.int32),
            resource=jnp.asarray(source != NO_SOURCE, jnp.int8),
            house=jnp.full(source.shape, -1, jnp.int16),
        )
        no_goods = jnp.zeros((n, 2), jnp.int32)
        state = State(
            step=jnp.zeros((), jnp.int32),
            terrain=terrain,
            location=world.location,
            inventory=Endowment(coin=jnp.full(n, params.starting_coin), goods=no_goods),
            escrow=Endowment(coin=jnp.zeros(n), goods=no_goods),
            labor=jnp.zeros(n),
            rank=world.rank,
            utility=jnp.zeros(n),
            welfare=jnp.zeros(()),
            productive_steps=params.productive_steps,
            parts={},
            params=params,
        )
        for part in self.components:
            state = part.start(self, state, world.parts[part.name])
        utility = worker_utility(state)
        welfare = planner_welfare(self, state, utility)
        state = dataclasses.replace(state, utility=utility, welfare=welfare)
        reward = {role: jnp.zeros(count) for role, count in self._counts.items()}
        return state, self._timestep(state, reward)

    def transition(
        self, state: State, actions: Mapping[str, Array], shocks: Shocks
    ) -> tuple[State, TimeStep]:
        done = {
            role: read_actions(actions[role], self._sub_actions(role), several=self._several(role))
            for role in self._counts
        }
        state = dataclasses.replace(state, step=state.step + 1)
        for part in self.components:
            state = part.step(self, state, done, shocks.parts[part.name])
        state = regenerate(state, shocks.regrowth)

        utility = worker_utility(state)
        welfare = planner_welfare(self, state, utility)
        gain = utility - state.utility
        reward = {"worker": gain}
        if "planner" in self._counts:
            reward["planner"] = (welfare - state.welfare)[None]
        state = dataclasses.replace(
            state,
            utility=utility,
            welfare=welfare,
            productive_steps=state.productive_steps + (jnp.mean(gain) > 0),
        )
        return state, self._timestep(state, reward)

    def _timestep(self, state: State, reward: dict[str, Array]) -> TimeStep:
        acting = {role: jnp.ones(count, bool) for role, count in self._counts.items()}
        for part in self.components:
            acting |= part.acting(self, state)
        return TimeStep(
            observation=self._observe(state),
            reward=reward,
            acting=acting,
            terminated=state.step >= self.horizon,
            truncated=jnp.zeros((), bool),
            metrics=self.metrics(state),
        )

    def _observe(self, state: State) -> dict[str, dict[str, Array]]:
        layout = foundation_observation if self.observation == "foundation" else observation
        fields = layout.observe(self, state)
        masks: dict[str, dict[str, Array]] = {role: {} for role in self._counts}
        for part in self.components:
            for role, shown in part.mask(self, state).items():
                masks[role] |= shown
        result = {}
        for role in self._counts:
            result[role] = fields[role]
            sub_actions = self._sub_actions(role)
            if isinstance(sub_actions[0], SubAction):
                result[role]["action_mask"] = flatten_masks(
                    masks[role], sub_actions, several=self._several(role)
                )
        return result

    def metrics(self, state: State) -> dict[str, Array]:
        """Scalars of the episode so far: social outcomes, then those of the components."""
        result = social_metrics(self, state)
        result["labor_cost_share"] = charged_share(state.params, state.productive_steps)
        for part in self.components:
            result |= part.metrics(self, state)
        return result


def _space(name: str, leaf: jax.ShapeDtypeStruct) -> Box:
    shape = leaf.shape[1:]
    if leaf.dtype == bool:
        return Box(shape, 0, 1, "boolean")
    if name == "map":
        return Box(shape, 0, CODES - 1, "integer")
    return Box(shape, kind="integer" if jnp.issubdtype(leaf.dtype, jnp.integer) else "float")
