"""The economy: its sizes, what happens at a start and in a step, in this order."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, get_args

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from ..._plain import plain_fields
from ...component import Component
from ...economics.inequality import equality, equally_distributed_equivalent
from ...economics.society import Objective, Society, social_weights, social_welfare
from ...economics.utility import MOST_COIN, MOST_RISK_AVERSION
from ...environment import Given, TimeStep
from ...errors import require, require_number, require_whole
from ..gather_trade_build.observation import pooled_fields
from ..mechanisms.periodic_bracket_tax import PeriodicBracketTax
from ..mechanisms.purse import Purse
from ..workers_and_planner import WorkersAndPlanner
from .labor_choice import LaborChoice
from .skills import SKILLS, skill_quantiles
from .state import Params, State, World

__all__ = ["COMPONENTS", "UTILITIES", "LaborSupplyEconomy"]

#: Income that comes after the tax would escape it.
COMPONENTS: tuple[Component, ...] = (LaborChoice(), PeriodicBracketTax(period=2))

UTILITIES = ("quasi-linear", "isoelastic")

_OBJECTIVES = ("concave", "worst-off")


@dataclasses.dataclass(frozen=True)
class LaborSupplyEconomy(WorkersAndPlanner):
    """Many workers choose once how much to work under an income tax: optimal-tax theory.

    In the first step the planner sets rates, in the second everyone decides. There is no luck.

    Attributes:
        workers: how many there are.
        skills: a distribution, `log-normal`, `pareto`, `uniform` or `four-atoms`, whose quantiles
            they have; or a list of coin a unit of labor, one for each worker.
        skill_spread: of the distribution, see `skill_quantiles`.
        scale: coin a unit of labor at skill 1 of a distribution.
        worker_utility: `quasi-linear`, or `isoelastic` for workers with income effects.
        elasticity: of labor, at constant marginal utility of coin.
        risk_aversion: of isoelastic workers, above 0.
        planner_objective: the mean of a `concave` function of utility, or the utility of the
            `worst-off`.
        inequality_aversion: of the concave function, crra(u, gamma).
        components: the mechanisms, in the order in which a step applies them.
        several_actions: as in other economies; here there is one thing to do.
        planner_several_actions: whether a planner that picks levels may set the rates of all
            brackets at once, instead of one.
    """

    name: ClassVar[str] = "labor-supply"
    version: ClassVar[int] = 2
    compatibility: ClassVar[Literal["foundation"] | None] = None

    workers: int = 1000
    skills: str | tuple[float, ...] = "log-normal"
    skill_spread: float | None = None
    scale: float = 13.5
    worker_utility: str = UTILITIES[0]
    elasticity: float = 0.5
    risk_aversion: float = 0.5
    planner_objective: str = _OBJECTIVES[0]
    inequality_aversion: float = 1.0
    components: tuple[Component, ...] = COMPONENTS
    several_actions: bool = False
    planner_several_actions: bool = True

    def __post_init__(self):
        plain_fields(self)
        require_whole("workers", self.workers, low=2, high=1_000_000)
        for field, known in (
            ("worker_utility", UTILITIES),
            ("planner_objective", tuple(o for o in get_args(Objective) if o in _OBJECTIVES)),
        ):
            value = getattr(self, field)
            require(value in known, field, value, ", ".join(known))
        require_number("scale", self.scale, low=0, above=True)
        require_number("elasticity", self.elasticity, low=0, high=100, above=True)
        require_number("risk_aversion", self.risk_aversion, low=0, high=100, above=True)
        require_number("inequality_aversion", self.inequality_aversion, low=0, high=100)
        for field in ("several_actions", "planner_several_actions"):
            value = getattr(self, field)
            require(isinstance(value, bool), field, value, "true or false")
        self._check_skills()
        self.check_components()

    def _check_skills(self) -> None:
        if isinstance(self.skills, tuple):
            fits = len(self.skills) == self.workers
            require(
                fits, "skills", len(self.skills), f"{self.workers} numbers, one for each worker"
            )
            for skill in self.skills:
                require_number("skills", skill, low=0, above=True)
            return
        known = ", ".join(SKILLS)
        require(self.skills in SKILLS, "skills", self.skills, f"{known}, or a list of numbers")
        skill_quantiles(self.skills, 2, self.skill_spread)

    @property
    def horizon(self) -> int:
        """Two steps: the planner's, and the workers'."""
        return 2

    @functools.cached_property
    def skill_values(self) -> Float[np.ndarray, " n"]:
        """Coin a unit of labor of each worker."""
        if isinstance(self.skills, tuple):
            return np.array(self.skills, float)
        return self.scale * skill_quantiles(self.skills, self.workers, self.skill_spread)

    @property
    def income_effects(self) -> bool:
        """Whether a transfer makes workers work less."""
        return self.worker_utility == "isoelastic"

    def society(self) -> Society:
        """The same society for the theory, which knows of no episodes."""
        return Society.of(
            self.skill_values,
            elasticity=self.elasticity,
            risk_aversion=self.risk_aversion if self.income_effects else 0.0,
            inequality_aversion=self.inequality_aversion,
            objective=self.planner_objective,
        )

    def param_bounds(self) -> Mapping[str, tuple[float, float]]:
        return {
            **super().param_bounds(),
            "skills": (0.0, MOST_COIN),
            "inequality_aversion": (0.0, MOST_RISK_AVERSION),
            "preferences.risk_aversion": (0.0, MOST_RISK_AVERSION),
            "preferences.elasticity": (0.001, 100.0),
        }

    def default_params(self) -> Params:
        society = self.society()
        return Params(
            skills=society.skills,
            preferences=society.preferences,
            inequality_aversion=society.inequality_aversion,
            parts=self._params_of_parts(),
        )

    def draw_world(self, key: Key[Array, ""]) -> World:
        return self.draw_world_given(key, Given())

    def draw_world_given(self, key: Key[Array, ""], given: Given) -> World:
        keys = [*jax.random.split(key, len(self.components))]
        parts = self._worlds_of_parts(keys, given.skills)
        return World(number=jnp.zeros((), jnp.int32), parts=parts)

    def draw_shocks(self, key: Key[Array, ""], batch_shape: tuple[int, ...] = ()) -> dict[str, Any]:
        """Draw the luck of a step, by component; the shipped ones have none."""
        return self._shocks_of_parts([*jax.random.split(key, len(self.components))], batch_shape)

    def start(self, world: World, params: Params) -> tuple[State, TimeStep]:
        nothing = jnp.zeros(self.workers)
        state = State(
            step=jnp.zeros((), jnp.int32),
            inventory=Purse(nothing),
            labor=nothing,
            utility=nothing,
            social_weights=jnp.ones(self.workers),
            parts={},
            params=params,
        )
        state = self._start_parts(state, world.parts)
        return state, self._timestep(state, self._no_reward())

    def transition(
        self, state: State, actions: Mapping[str, Array], shocks: dict[str, Any]
    ) -> tuple[State, TimeStep]:
        state = self._step_parts(state, actions, shocks)
        over = state.step >= self.horizon
        utility, weights, welfare = self._appraise(state)
        state = dataclasses.replace(
            state,
            utility=jnp.where(over, utility, state.utility),
            social_weights=jnp.where(over, weights, state.social_weights),
        )
        gains = {"worker": jnp.where(over, utility, 0.0)}
        gains["planner"] = jnp.where(over, self._worth(utility, welfare), 0.0)[None]
        return state, self._timestep(state, {role: gains[role] for role in self._counts})

    def _appraise(self, state: State) -> tuple[Array, Array, Array]:
        """Utilities, what a coin more for each is worth to the planner, and its objective."""
        params, objective = state.params, self.society_objective
        utility = params.preferences.utility(state.coin, state.labor)
        marginal = params.preferences.marginal_utility(state.coin)
        weights = social_weights(utility, marginal, params.inequality_aversion, objective)
        return utility, weights, social_welfare(utility, params.inequality_aversion, objective)

    def _worth(self, utility: Array, welfare: Array) -> Array:
        """The objective in the unit of utility: what, if all had it, would be worth as much.

        It rises and falls with the objective. But the mean of -1/u^2 hardly moves where all are
        well off and falls without bound where one is not, so that nobody learns from it.
        """
        if self.society_objective != "concave":
            return welfare
        aversion = self.inequality_aversion
        positive = jnp.maximum(utility, 0)
        return (
            jnp.mean(utility)
            if aversion == 0
            else equally_distributed_equivalent(positive, aversion)
        )

    @property
    def society_objective(self) -> Objective:
        """The objective as `Society` has it."""
        return "worst-off" if self.planner_objective == "worst-off" else "concave"

    def fields(self, state: State) -> dict[str, dict[str, Array]]:
        """What everyone sees but the action masks: role -> field -> array."""
        worker, planner = pooled_fields(self, state)
        return {"worker": worker, "planner": planner}

    def metrics(self, state: State) -> dict[str, Array]:
        """Scalars of the episode so far: social outcomes, then those of the components."""
        coin = state.coin
        over = state.step >= self.horizon
        result = {
            "productivity": jnp.sum(coin),
            "equality": equality(coin),
            "equality_times_productivity": jnp.sum(coin) * equality(coin),
            "utilitarian_welfare": jnp.sum(state.utility),
            "rawlsian_welfare": jnp.min(state.utility),
            "planner_welfare": jnp.where(over, self._appraise(state)[2], 0.0),
            "labor": jnp.sum(state.labor),
        }
        return result | self._metrics_of_parts(state)
