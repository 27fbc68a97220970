"""The economy: its sizes, what happens at a start and in a year."""

import dataclasses
import functools
import statistics
from collections.abc import Mapping
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from ..._plain import plain_fields
from ...economics.inequality import equality
from ...environment import Environment, Given, Role, SkillRange, TimeStep
from ...errors import require, require_number, require_whole
from ...spaces import Box, Discrete, MultiDiscrete, Space
from .behavior import MODELS, Behavior, behavior_of, worker_incomes
from .brackets import as_cutoffs, consumption_of
from .objectives import OBJECTIVES, known_objectives, relative_welfare
from .state import Files, Params, State, World

__all__ = ["UnknownSociety"]

_SET_BY = ("levels", "rate")
_SKILLS = ("log-normal", "pareto")
#: What a prior calls them, and their bounds: incomes are told apart in single precision.
_SKILL, _SKILLS_GIVEN = "worker", (1e-3, 1e3)
#: Of incomes that are shown: below it nobody can tell them from none.
_LEAST_INCOME = 1e-3
_MOST_SHOWN = 10
#: Where nobody would work, nothing can be attained.
_LEAST_ATTAINABLE = 0.1
#: Rates that are tried for what could be attained.
_TRIED = 20
#: The first year of the other elasticity, counted from 0.
_CHANGE = 5


@dataclasses.dataclass(frozen=True)
class UnknownSociety(Environment):
    """A planner taxes workers for some years, and is not told how they will answer.

    An episode is a society and a step is a year: the planner sets the rate of a linear tax, or one
    of each bracket, workers answer by their first-order conditions, and the revenue is handed back
    in equal shares. Nothing lasts from year to year but what the planner has seen: quantiles of
    incomes, of last year or of all years.

    Attributes:
        workers: how many there are.
        years: of an episode.
        models: the models of behavior that the param `model` numbers, names of `MODELS`.
        objective: what the planner wants: one of `OBJECTIVES`, or of one's own
            (`register_objective`).
        set_by: whether it picks one of `levels` or sets any `rate`.
        levels: how many rates there are to pick from: 0, 1 / levels, and so on.
        skills: `log-normal` or `pareto`, both with mean 1.
        quantiles: workers have the quantiles of the distribution of skills, instead of draws.
        remembered: past years that the planner is shown, each in a place of its own. With all of
            them it needs no memory of its own.
        balance: rewards are divided by this power of what could be attained in the society. With 0
            a few very unequal societies make up most of what is learned from, with 1 all count
            alike. What is scored, `welfare`, does not depend on it.
        cutoffs: lower edges of tax brackets in coin, the first 0; none for a linear tax. The mean
            worker earns about 1 untaxed.
    """

    name: ClassVar[str] = "unknown-society"
    version: ClassVar[int] = 1

    workers: int = 4
    years: int = 10
    models: tuple[str, ...] = ("standard",)
    objective: str = OBJECTIVES[0]
    set_by: str = _SET_BY[0]
    levels: int = 20
    skills: str = _SKILLS[0]
    quantiles: bool = False
    remembered: int = 1
    balance: float = 0.0
    cutoffs: tuple[float, ...] = ()

    def __post_init__(self):
        plain_fields(self)
        require_whole("workers", self.workers, low=2, high=100_000)
        require_whole("years", self.years, low=1, high=1000)
        require_whole("levels", self.levels, low=2, high=1000)
        require_whole("remembered", self.remembered, low=1, high=self.years)
        require_number("balance", self.balance, low=0, high=1)
        names = isinstance(self.models, tuple) and len(self.models) > 0
        require(names, "models", self.models, f"a list of {', '.join(MODELS)}")
        for model in self.models:
            require(model in MODELS, "models", model, ", ".join(MODELS))
        choices = {"objective": known_objectives(), "set_by": _SET_BY, "skills": _SKILLS}
        for field, known in choices.items():
            value = getattr(self, field)
            require(value in known, field, value, ", ".join(known))
        require(isinstance(self.quantiles, bool), "quantiles", self.quantiles, "true or false")
        object.__setattr__(self, "cutoffs", as_cutoffs(self.cutoffs))
        allowed = "models without income effects where there are cutoffs"
        require(not (self.cutoffs and self.income_effects), "models", self.models, allowed)

    @property
    def horizon(self) -> int:
        return self.years

    @property
    def shown(self) -> int:
        """How many quantiles of incomes the planner sees: all incomes, where they are few."""
        return min(self.workers, _MOST_SHOWN)

    @property
    def rates(self) -> tuple[int, ...]:
        """The shape of what the planner sets: of one number, or of one a bracket."""
        return (len(self.cutoffs),) if self.cutoffs else ()

    @property
    def income_effects(self) -> bool:
        """Whether there is a model with income effects, which take a search."""
        return any(MODELS[name].income_effect != 0 for name in self.models)

    @property
    def roles(self) -> Mapping[str, Role]:
        rates = self.rates or (1,)
        observation: dict[str, Space] = {
            "incomes": Box((self.remembered * self.shown,)),
            "kept": Box((self.remembered * rates[0],)),
            "rate": Box(rates, 0.0, 1.0),
            "working": Box((self.remembered,), 0.0, 1.0),
            "year": Discrete(self.years + 1),
        }
        action: Space = Box(rates, 0.0, 1.0)
        if self.set_by == "levels":
            levels = (self.levels,) * rates[0]
            action = MultiDiscrete(levels) if self.cutoffs else Discrete(self.levels)
        return {"planner": Role(1, action, observation)}

    def default_params(self) -> Params:
        return Params(
            elasticity=jnp.asarray(0.5, float),
            spread=jnp.asarray(0.7, float),
            model=jnp.zeros((), jnp.int32),
            later_elasticity=jnp.asarray(0.5, float),
            shock_deviation=jnp.asarray(0.0, float),
        )

    def param_bounds(self) -> Mapping[str, tuple[float, float]]:
        # Beyond them incomes leave what single precision can tell apart, or there is no mean.
        elasticity = (0.001, 20.0)
        return {
            "elasticity": elasticity,
            "later_elasticity": elasticity,
            "spread": (0.001, 5.0),
            "model": (0.0, len(self.models) - 1.0),
            "shock_deviation": (0.0, 5.0),
        }

    def draw_world(self, key: Key[Array, ""]) -> World:
        if self.quantiles:
            normal, n = statistics.NormalDist(), self.workers
            return World(jnp.asarray([normal.inv_cdf((i + 0.5) / n) for i in range(n)], float))
        return World(jnp.sort(jax.random.normal(key, (self.workers,))))

    def skill_ranges(self) -> Mapping[str, SkillRange]:
        return {_SKILL: SkillRange(self.workers, *_SKILLS_GIVEN)}

    def draw_world_given(self, key: Key[Array, ""], given: Given) -> World:
        skills = given.skills.get(_SKILL)
        # They are told apart by their rank.
        return World(self.draw_world(key).talent, None if skills is None else jnp.sort(skills))

    def draw_shocks(
        self, key: Key[Array, ""], batch_shape: tuple[int, ...] = ()
    ) -> Float[Array, "*batch n"]:
        """Draw the shock of each worker's income, in units of its deviation."""
        return jax.random.normal(key, (*batch_shape, self.workers))

    def start(self, world: World, params: Params) -> tuple[State, TimeStep]:
        nothing, given = jnp.zeros(()), world.skills
        state = State(
            year=jnp.zeros((), jnp.int32),
            skills=self._skills(world.talent, params.spread) if given is None else given,
            rate=jnp.zeros(self.rates),
            filed=jnp.zeros(self.workers),
            files=Files.none(self.remembered, self.shown, self.rates),
            welfare=nothing,
            attainable=nothing,
            params=params,
        )
        tried = jnp.arange(_TRIED, dtype=nothing.dtype) / _TRIED
        if self.cutoffs:
            # The same in all brackets: roughly is enough.
            tried = jnp.broadcast_to(tried[:, None], (_TRIED, *self.rates))
        best = jnp.max(jax.vmap(functools.partial(self.worth, state))(tried))
        state = dataclasses.replace(state, attainable=best)
        return state, self._shown(state, self.no_reward())

    def transition(
        self, state: State, actions: Mapping[str, Array], shocks: Float[Array, " n"]
    ) -> tuple[State, TimeStep]:
        rate = self._rate(actions["planner"])
        incomes = self._incomes(state, rate)
        filed = incomes * jnp.exp(state.params.shock_deviation * shocks)
        kept = jnp.log(jnp.maximum(1 - rate, _LEAST_INCOME))
        working = jnp.mean(filed > 0, dtype=kept.dtype)
        state = dataclasses.replace(
            state,
            year=state.year + 1,
            rate=rate,
            filed=filed,
            files=state.files.filed(state.year, self._quantiles(filed), kept, working),
            welfare=self.worth(state, rate),
        )
        # What counts is what the rate does, and not what luck does beside it.
        return state, self._shown(state, {"planner": self._balanced(state, state.welfare)[None]})

    def potential(self, state: State) -> dict[str, Float[Array, " count"]]:
        """What the best rate would make of the years to come, roughly.

        Societies differ by far more than rates do: with it a critic has to learn what is lost.
        """
        best = (self.years - state.year) * state.attainable
        return {"planner": self._balanced(state, best)[None]}

    def _balanced(self, state: State, worth: Float[Array, ""]) -> Float[Array, ""]:
        return worth / jnp.maximum(state.attainable, _LEAST_ATTAINABLE) ** self.balance

    def behavior(self, state: State) -> Behavior:
        """The model of the society."""
        return behavior_of(state.params.model, self.models)

    def elasticity(self, state: State) -> Float[Array, ""]:
        """e in the coming year."""
        changed = (self.behavior(state).changes > 0) & (state.year >= _CHANGE)
        return jnp.where(changed, state.params.later_elasticity, state.params.elasticity)

    def worth(self, state: State, rate: Float[Array, "*brackets"]) -> Float[Array, ""]:
        """What a rate, or one a bracket, would make of the coming year, without shocks.

        Args:
            state: of the society.
            rate: in [0, 1], of the shape `rates`.

        Returns:
            Its `relative_welfare`.

        Raises:
            ConfigurationError: for another number of rates.
        """
        return relative_welfare(
            self.objective,
            self._fitting(rate),
            state.skills,
            self.elasticity(state),
            self.behavior(state),
            cutoffs=self.cutoffs,
            income_effects=self.income_effects,
        )

    def _incomes(self, state: State, rate: Array) -> Array:
        given = state.skills, self.elasticity(state), rate, self.behavior(state)
        return worker_incomes(*given, cutoffs=self.cutoffs, income_effects=self.income_effects)

    def _skills(self, talent: Array, spread: Array) -> Array:
        if self.skills == "log-normal":
            return jnp.exp(spread * talent - spread**2 / 2)
        # The same share of workers is below, and the mean of the distribution is 1.
        tail = 1 + 1 / spread
        return (1 - 1 / tail) * jnp.power(jax.scipy.stats.norm.sf(talent), -1 / tail)

    def _rate(self, action: Array) -> Array:
        if self.set_by == "levels":
            return self._fitting(action[0]).astype(jnp.zeros(()).dtype) / self.levels
        chosen = self._fitting(action[0]) if self.cutoffs else action[0, 0]
        return jnp.clip(chosen, 0.0, 1.0)

    def _fitting(self, rate: Array) -> Array:
        words = f"{self.rates}: {'one rate a bracket' if self.cutoffs else 'one rate'}"
        require(rate.shape == self.rates, "shape of rate", rate.shape, words)
        return rate

    def _quantiles(self, filed: Float[Array, " n"]) -> Float[Array, " shown"]:
        """Of incomes, in logarithms."""
        incomes = jnp.sort(filed)
        if self.shown < self.workers:
            share = (np.arange(self.shown) + 0.5) / self.shown
            incomes = jnp.quantile(incomes, jnp.asarray(share, incomes.dtype))
        return jnp.log(jnp.maximum(incomes, _LEAST_INCOME))

    def _shown(self, state: State, reward: dict[str, Array]) -> TimeStep:
        files = state.files
        observation = {
            "incomes": files.incomes.reshape(1, -1),
            "kept": files.kept[None].reshape(1, -1),
            "rate": jnp.expand_dims(state.rate, tuple(range(2 - state.rate.ndim))),
            "working": files.working[None],
            "year": state.year[None],
        }
        return TimeStep(
            observation={"planner": observation},
            reward=reward,
            acting=self.everyone_acts(),
            terminated=state.year >= self.years,
            truncated=jnp.zeros((), bool),
            metrics=self._metrics(state),
        )

    def _metrics(self, state: State) -> dict[str, Any]:
        consumption = consumption_of(state.filed, state.rate, self.cutoffs)
        rates = {"rate": state.rate}
        if self.cutoffs:
            rates = {f"rate/{i}": state.rate[i] for i in range(len(self.cutoffs))}
        return {
            **rates,
            "output": jnp.mean(state.filed),
            "equality": equality(consumption),
            "welfare": state.welfare,
        }
