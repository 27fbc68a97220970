"""The economy: its sizes, what happens at a start and in a step, in this order."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..._plain import plain_fields
from ...component import Component
from ...economics.utility import MOST_COIN, MOST_RISK_AVERSION
from ...environment import KIND, Given, TimeStep
from ...errors import ConfigurationError
from ...spaces import Box
from ..mechanisms.periodic_bracket_tax import PeriodicBracketTax
from ..workers_and_planner import WorkersAndPlanner, ranks
from . import foundation_observation, observation
from .build import Build
from .continuous_double_auction import ContinuousDoubleAuction
from .gather import Gather
from .generated_layouts import GeneratedLayout
from .layout_options import fitting, under_rules
from .layout_sampler import draw_sources
from .layout_set import LayoutSet, each_of
from .layouts import Layout, load
from .map_view import CODES
from .objectives import OBJECTIVES, charged_share, planner_welfare, worker_utility
from .option_checks import check_fit, check_options
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
class GatherTradeBuild(WorkersAndPlanner):
    """Workers gather, trade and build on a map; a planner taxes their income.

    The planner is there if a component lets it do something, as `PeriodicBracketTax` does.

    Attributes:
        workers: how many there are.
        layout: the map, several of which luck or a prior picks one, or a kind of layout that is
            drawn anew for each episode.
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
    layout: Layout | GeneratedLayout | LayoutSet = dataclasses.field(
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
        plain_fields(self)
        check_options(self)
        object.__setattr__(self, "layout", under_rules(self.layout, self.compatibility))
        check_fit(self)

    @property
    def rules(self) -> str:
        """As everywhere, but for skills that are drawn: workers have been ranked by them since 2.

        Until then their rank had nothing to do with their skill. No other episode was altered.
        """
        return f"{self.name}@{self.version + self._ranked_by_draw}"

    @property
    def _ranked_by_draw(self) -> bool:
        build = self.component(Build.name)
        return build is not None and build.drawn

    def layout_choices(self) -> tuple[Layout | GeneratedLayout, ...]:
        return each_of(self.layout)

    def with_layouts(self, layouts: Sequence[Any]) -> "GatherTradeBuild":
        """On other maps, shipped ones or files; they are divided where the placement is `split`."""
        found: list[Layout] = []
        for given in layouts:
            try:
                one = fitting(load(given), self.placement)
                dataclasses.replace(self, layout=one)
            except ConfigurationError as error:
                named = error.renamed("layouts") if error.argument == "layout" else error
                if named.argument == "layouts":
                    raise named from None
                shown, allowed = getattr(given, "name", given), "a map that suits the economy"
                raise ConfigurationError("layouts", shown, f"{allowed} ({error})") from None
            found.append(one)
        chosen = found[0] if len(found) == 1 else LayoutSet(tuple(found))
        return dataclasses.replace(self, layout=chosen)

    @property
    def observation_scale(self) -> float:
        """What inventories and price histories are multiplied with in observations."""
        return 0.01 if self.scale_observations else 1.0

    def param_bounds(self) -> Mapping[str, tuple[float, float]]:
        return {
            **super().param_bounds(),
            "risk_aversion": (0.0, MOST_RISK_AVERSION),
            **dict.fromkeys(("labor_cost", "starting_coin"), (0.0, MOST_COIN)),
            "warmup_constant": (0.0, math.inf),
            **dict.fromkeys(("equality_weight", "labor_cost_weight", "regeneration"), (0.0, 1.0)),
        }

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
            parts=self._params_of_parts(),
        )

    def draw_world(self, key: Key[Array, ""]) -> World:
        return self.draw_world_given(key, Given())

    def draw_world_given(self, key: Key[Array, ""], given: Given) -> World:
        place_key, rank_key, *part_keys = jax.random.split(key, 2 + len(self.components))
        parts = self._worlds_of_parts(part_keys, given.skills)
        if Build.name in given.skills:
            rank = ranks(given.skills[Build.name])
        elif self._ranked_by_draw:
            rank = ranks(parts[Build.name])
        else:
            rank = jax.random.permutation(rank_key, jnp.arange(self.workers, dtype=jnp.int32))
        source, number = None, given.layout
        if isinstance(self.layout, GeneratedLayout):
            place_key, source_key = jax.random.split(place_key)
            source = draw_sources(self.layout, source_key)
        elif isinstance(self.layout, LayoutSet) and number is None:
            place_key, layout_key = jax.random.split(place_key)
            number = jax.random.randint(layout_key, (), 0, len(self.layout.layouts))
        location = places(self, rank, place_key, number)
        return World(location=location, rank=rank, parts=parts, source=source, layout=number)

    def draw_shocks(self, key: Key[Array, ""], batch_shape: tuple[int, ...] = ()) -> Shocks:
        grow_key, *part_keys = jax.random.split(key, 1 + len(self.components))
        parts = self._shocks_of_parts(part_keys, batch_shape)
        regrowth = jax.random.uniform(grow_key, (*batch_shape, self.layout.source_slots))
        return Shocks(regrowth=regrowth, parts=parts)

    def start(self, world: World, params: Params) -> tuple[State, TimeStep]:
        n = self.workers
        no_goods = jnp.zeros((n, 2), jnp.int32)
        state = State(
            step=jnp.zeros((), jnp.int32),
            terrain=starting_terrain(self.layout, world.source, world.layout),
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
        state = self._start_parts(state, world.parts)
        utility = worker_utility(state)
        welfare = planner_welfare(self, state, utility)
        state = dataclasses.replace(state, utility=utility, welfare=welfare)
        return state, self._timestep(state, self._no_reward())

    def transition(
        self, state: State, actions: Mapping[str, Array], shocks: Shocks
    ) -> tuple[State, TimeStep]:
        state = self._step_parts(state, actions, shocks.parts)
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

    def fields(self, state: State) -> dict[str, dict[str, Array]]:
        """What everyone sees but the action masks: role -> field -> array."""
        layout = foundation_observation if self.observation == "foundation" else observation
        return layout.observe(self, state)

    def potential(self, state: State) -> dict[str, Float[Array, " n"]]:
        """What workers lose and get if the running tax period ended now, in utility."""
        tax = self.component(PeriodicBracketTax.name)
        if tax is None:
            return {}
        due = tax.due(state)
        after = jnp.maximum(state.coin - due["tax_due"] + due["transfer_due"], 0)
        net = dataclasses.replace(state.inventory, coin=after - state.escrow.coin)
        taxed = dataclasses.replace(state, inventory=net)
        return {"worker": worker_utility(taxed) - worker_utility(state)}

    def _space(self, name: str, leaf: jax.ShapeDtypeStruct) -> Box:
        if name == "map":
            return Box(leaf.shape[1:], 0, CODES - 1, "integer")
        if name == KIND:
            return Box(leaf.shape[1:], 0, self.worker_kinds - 1, "integer")
        return super()._space(name, leaf)

    def metrics(self, state: State) -> dict[str, Array]:
        """Scalars of the episode so far: social outcomes, then those of the components."""
        result = social_metrics(self, state)
        result["labor_cost_share"] = charged_share(state.params, state.productive_steps)
        return result | self._metrics_of_parts(state)
