"""The economy: its sizes, what happens at a start and in a step, in this order."""

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import jax
import jax.numpy as jnp
from jaxtyping import Array, Key

from ..._plain import plain_fields
from ...component import Component
from ...economics.utility import MOST_COIN, MOST_RISK_AVERSION
from ...environment import Given, TimeStep
from ...errors import require, require_whole
from ..mechanisms.periodic_bracket_tax import PeriodicBracketTax
from ..mechanisms.purse import Purse
from ..workers_and_planner import WorkersAndPlanner, ranks
from .objectives import OBJECTIVES, UTILITIES, planner_welfare, social_metrics, worker_utility
from .observation import observe_as_foundation, observe_pooled
from .simple_labor import SimpleLabor
from .state import Params, State, World

__all__ = ["COMPONENTS", "OneStepEconomy"]

#: The components in the published order. Income that comes after the tax would escape it.
COMPONENTS: tuple[Component, ...] = (SimpleLabor(), PeriodicBracketTax(period=2))

# With these, workers of the usual skills choose hours between none and all.
_LABOR_COST = dict(zip(UTILITIES, (0.012, 0.5), strict=True))
_FOUNDATION_LABOR_COST = 1.0

_OF_FOUNDATION_OBSERVATION = ("flatten_observations", "flatten_masks", "scale_observations")


@dataclasses.dataclass(frozen=True)
class OneStepEconomy(WorkersAndPlanner):
    """Workers choose hours of labor; a planner taxes their income.

    In the first step the planner sets rates, in the second workers choose hours.

    Attributes:
        workers: how many there are.
        horizon: steps in an episode.
        components: the mechanisms, in the order in which a step applies them.
        worker_utility: what workers want.
        planner_objective: what the planner wants.
        several_actions: whether a worker hands in one number for each kind of action, instead of
            one number for all.
        planner_several_actions: whether a planner that picks levels may set the rates of all
            brackets at once, instead of one.
        observation: `pooled` fields, which do not depend on the number of workers, or the
            `foundation` layout, the original's.
        flatten_observations: whether numbers and vectors are one field there, or one each.
        flatten_masks: whether action masks are one field there, or one a kind of action.
        scale_observations: whether time is a share of the episode there, or a number of steps.
        compatibility: `foundation` for the rules of the original, oddities included.
    """

    name: ClassVar[str] = "one-step-economy"
    version: ClassVar[int] = 1

    workers: int = 4
    horizon: int = 2
    components: tuple[Component, ...] = COMPONENTS
    worker_utility: str = UTILITIES[0]
    planner_objective: str = OBJECTIVES[0]
    several_actions: bool = False
    planner_several_actions: bool = True
    observation: str = "pooled"
    flatten_observations: bool = True
    flatten_masks: bool = True
    scale_observations: bool = True
    compatibility: Literal["foundation"] | None = None

    def __post_init__(self):
        plain_fields(self)
        require_whole("workers", self.workers, low=2, high=100_000)
        require_whole("horizon", self.horizon, low=1, high=1_000_000)
        for field in ("several_actions", "planner_several_actions", *_OF_FOUNDATION_OBSERVATION):
            value = getattr(self, field)
            require(isinstance(value, bool), field, value, "true or false")
        choices: dict[str, tuple[str | None, ...]] = {
            "worker_utility": UTILITIES,
            "planner_objective": OBJECTIVES,
            "observation": ("pooled", "foundation"),
            "compatibility": (None, "foundation"),
        }
        for field, known in choices.items():
            value = getattr(self, field)
            require(value in known, field, value, ", ".join(map(str, known)))
        for field in _OF_FOUNDATION_OBSERVATION:
            fits = getattr(self, field) or self.observation == "foundation"
            require(fits, field, False, "true, unless observation is 'foundation'")
        self.check_components()

    def param_bounds(self) -> Mapping[str, tuple[float, float]]:
        return {
            **super().param_bounds(),
            "risk_aversion": (0.0, MOST_RISK_AVERSION),
            "labor_cost": (0.0, MOST_COIN),
            "labor_exponent": (1.0, 100.0),
            "equality_weight": (0.0, 1.0),
        }

    def default_params(self) -> Params:
        """The published numbers, but a cost of labor at which working pays.

        With `compatibility="foundation"` it is the original's.
        """
        cost = _LABOR_COST[self.worker_utility]
        if self.compatibility == "foundation":
            cost = _FOUNDATION_LABOR_COST
        return Params(
            labor_cost=jnp.asarray(cost, float),
            labor_exponent=jnp.asarray(2.0, float),
            risk_aversion=jnp.asarray(0.23, float),
            equality_weight=jnp.ones(()),
            parts=self._params_of_parts(),
        )

    def draw_world(self, key: Key[Array, ""]) -> World:
        return self.draw_world_given(key, Given())

    def draw_world_given(self, key: Key[Array, ""], given: Given) -> World:
        rank_key, *part_keys = jax.random.split(key, 1 + len(self.components))
        rank = jnp.arange(self.workers, dtype=jnp.int32)
        if SimpleLabor.name in given.skills:
            rank = ranks(given.skills[SimpleLabor.name])
        elif self.compatibility != "foundation":
            rank = jax.random.permutation(rank_key, rank)
        parts = self._worlds_of_parts(part_keys, given.skills)
        return World(rank=rank, parts=parts)

    def draw_shocks(self, key: Key[Array, ""], batch_shape: tuple[int, ...] = ()) -> dict[str, Any]:
        """Draw the luck of a step, by component; the shipped ones have none."""
        part_keys = [*jax.random.split(key, len(self.components))]
        return self._shocks_of_parts(part_keys, batch_shape)

    def start(self, world: World, params: Params) -> tuple[State, TimeStep]:
        n = self.workers
        state = State(
            step=jnp.zeros((), jnp.int32),
            rank=world.rank,
            inventory=Purse(jnp.zeros(n)),
            labor=jnp.zeros(n),
            utility=jnp.zeros(n),
            welfare=jnp.zeros(()),
            parts={},
            params=params,
        )
        state = self._start_parts(state, world.parts)
        state, _ = self._appraise(state)
        return state, self._timestep(state, self._no_reward())

    def transition(
        self, state: State, actions: Mapping[str, Array], shocks: dict[str, Any]
    ) -> tuple[State, TimeStep]:
        state = self._step_parts(state, actions, shocks)
        state, gains = self._appraise(state)
        return state, self._timestep(state, {role: gains[role] for role in self._counts})

    def _appraise(self, state: State) -> tuple[State, dict[str, Array]]:
        """Utility and welfare anew, and by role what they gained."""
        utility = worker_utility(self, state)
        welfare = planner_welfare(self, state, utility)
        gains = {"worker": utility - state.utility, "planner": (welfare - state.welfare)[None]}
        return dataclasses.replace(state, utility=utility, welfare=welfare), gains

    def fields(self, state: State) -> dict[str, dict[str, Array]]:
        """What everyone sees but the action masks: role -> field -> array."""
        layout = observe_as_foundation if self.observation == "foundation" else observe_pooled
        return layout(self, state)

    def metrics(self, state: State) -> dict[str, Array]:
        """Scalars of the episode so far: social outcomes, then those of the components."""
        result = social_metrics(self, state)
        return result | self._metrics_of_parts(state)
