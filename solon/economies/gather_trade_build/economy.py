"""The economy: its sizes, what happens at a start and in a step, in this order."""

import dataclasses
import functools
import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import jax
import jax.numpy as jnp
from jaxtyping import Array, Key

from ...component import Amounts, Component, SubAction
from ...environment import Environment, Role, TimeStep
from ...spaces import Box
from . import foundation_observation, observation
from .actions import action_space, read_actions, shown_masks
from .build import Build
from .continuous_double_auction import ContinuousDoubleAuction
from .gather import Gather
from .generated_layouts import GeneratedLayout
from .layout_options import under_rules
from .layout_sampler import draw_sources
from .layouts import Layout, load
from .map_view import CODES
from .objectives import OBJECTIVES, charged_share, planner_welfare, worker_utility
from .option_checks import check_fit, check_options
from .periodic_bracket_tax import PeriodicBracketTax
from .placement import places
from .regeneration import regenerate
from .social_metrics import social_metrics
from .state import Endowment, Params, Shocks, State, World
from .terrain import starting_terrain
from .wealth_redistribution import WealthRedistribution

__all__ = ["COMPONENTS", "PUBLISHED", "GatherTradeBuild"]

#: The components of the published experiments, in their order.
PUBLISHED: tuple[type[Component], ...] = (
    Build,
    ContinuousDoubleAuction,
    Gather,
    PeriodicBracketTax,
)

#: All components by name.
COMPONENTS: dict[str, type[Component]] = {
    **{part.name: part for part in PUBLISHED},
    WealthRedistribution.name: WealthRedistribution,
}


@dataclasses.dataclass(frozen=True)
class GatherTradeBuild(Environment):
    """Workers gather, trade and build on a map; a planner taxes their income.

    The planner is there if a component lets it do something, as `PeriodicBracketTax` does.

    Attributes:
        workers: how many there are.
        layout: the map, or a kind of layout that is drawn anew for each episode.
        horizon: steps in an episode.
        components: the mechanisms, in the order in which a step applies them.
        placement: workers start at the `corners` by rank of skill, as in the published
            experiments, anywhere at random (`uniform`), or at random above and below a row of
            water (`split`).
        top_ranks: who starts above it, from 0 for the ablest.
        starting_coin: coin of each worker at the start.
        several_actions: whether a worker may do several things in a step, instead of one.
        planner_several_actions: whether a planner that picks levels may set the rates of all
            brackets at once, instead of one.
        planner_objective: what the planner wants.
        regeneration_half_width: how far sources of stone and of wood promote each other's
            growth, in cells from 0 to 3.
        source_capacity: how many units a source of stone and of wood holds.
        view: how far workers see on the map, in cells.
        observation: `pooled` fields, which do not depend on the number of workers, or the
            `foundation` layout, the original's.
        planner_sees_map: whether the map is in the planner's `foundation` observation.
        workers_see_map: whether the whole map is in the workers' one, instead of a window.
        flatten_observations: whether numbers and vectors are one field there, or one each.
        flatten_masks: whether action masks are one field there, or one a kind of action.
        scale_observations: whether amounts and time are scaled there.
        compatibility: `foundation` for the rules of the original, oddities included.
    """

    name: ClassVar[str] = "gather-trade-build"
    version: ClassVar[int] = 1

    workers: int = 4
    layout: Layout | GeneratedLayout = dataclasses.field(
        default_factory=lambda: load("open-quadrant")
    )
    horizon: int = 1000
    components: tuple[Component, ...] = dataclasses.field(
        default_factory=lambda: tuple(part() for part in PUBLISHED)
    )
    placement: str = "corners"
    top_ranks: tuple[int, ...] = (0,)
    starting_coin: float = 0.0
    several_actions: bool = False
    planner_several_actions: bool = True
    planner_objective: str = OBJECTIVES[0]
    regeneration_half_width: tuple[int, int] = (0, 0)
    source_capacity: tuple[int, int] = (1, 1)
    view: int = 5
    observation: str = "pooled"
    planner_sees_map: bool = False
    workers_see_map: bool = False
    flatten_observations: bool = True
    flatten_masks: bool = True
    scale_observations: bool = True
    compatibility: Literal["foundation"] | None = None

    def __post_init__(self):
        check_options(self)
        object.__setattr__(self, "layout", under_rules(self.layout, self.compatibility))
        check_fit(self)

    @property
    def observation_scale(self) -> float:
        """What inventories and price histories are multiplied with in observations."""
        return 0.01 if self.scale_observations else 1.0

    def component(self, name: str) -> Any:
        """The component of this name, or None."""
        return next((part for part in self.components if part.name == name), None)

    def _sub_actions(self, role: str) -> tuple[SubAction | Amounts, ...]:
        return tuple(sub for part in self.components for sub in part.sub_actions(self, role))

    def _several(self, role: str) -> bool:
        return self.planner_several_actions if role == "planner" else self.several_actions

    def _every(self, role: str) -> int:
        parts = [part for part in self.components if part.sub_actions(self, role)]
        return math.gcd(*(part.every(self, role) for part in parts))

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
            roles[role] = Role(count, action, spaces, every=self._every(role))
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
        source = None
        if isinstance(self.layout, GeneratedLayout):
            place_key, source_key = jax.random.split(place_key)
            source = draw_sources(self.layout, source_key)
        parts = {
            part.name: part.draw_world(self, part_key)
            for part, part_key in zip(self.components, part_keys, strict=True)
        }
        location = places(self, rank, place_key)
        return World(location=location, rank=rank, parts=parts, source=source)

    def draw_shocks(self, key: Key[Array, ""], batch_shape: tuple[int, ...] = ()) -> Shocks:
        grow_key, *part_keys = jax.random.split(key, 1 + len(self.components))
        parts = {
            part.name: part.draw_shocks(self, part_key, batch_shape)
            for part, part_key in zip(self.components, part_keys, strict=True)
        }
        regrowth = jax.random.uniform(grow_key, (*batch_shape, self.layout.source_slots))
        return Shocks(regrowth=regrowth, parts=parts)

    def start(self, world: World, params: Params) -> tuple[State, TimeStep]:
        n = self.workers
        no_goods = jnp.zeros((n, 2), jnp.int32)
        state = State(
            step=jnp.zeros((), jnp.int32),
            terrain=starting_terrain(self.layout, world.source),
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
        state = regenerate(self, state, shocks.regrowth)

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
        return {
            role: fields[role]
            | shown_masks(
                masks[role],
                self._sub_actions(role),
                several=self._several(role),
                flat=self.flatten_masks,
            )
            for role in self._counts
        }

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
