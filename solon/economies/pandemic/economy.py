"""The economy: its options, what happens at a start and in a step, in this order."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..._plain import plain_fields
from ...data.covid19 import load
from ...environment import Environment, Role, TimeStep
from ...errors import require
from ...spaces import Box, Discrete
from . import objectives, stringency, subsidies, unemployment
from .beginning import check_start, params_of
from .epidemic import Compartments, infect, transmission
from .metrics import metrics
from .observation import observe
from .option_checks import check_options, normalised
from .production import maximum_production, production
from .replay import History, history
from .state import Params, State, Totals, no_totals
from .vaccination import doses

__all__ = ["Pandemic"]

_DELAY = 29
_FIRST_CHANGE = 7  # the row of the data in which the first state tightens


@dataclasses.dataclass(frozen=True)
class Pandemic(Environment):
    """Governors choose how strict restrictions are; a planner chooses subsidies. A step is a day.

    There is no luck: what everyone does decides what follows, and neither a start nor a step
    draws anything. The data bound the first day and what can be replayed, nothing else.

    Attributes:
        states: full names or postal codes of the states that take part; all 51 if left out. Each
            has an epidemic and an economy of its own.
        start_date: the first day, from 2020-02-21 to 2021-04-30.
        horizon: days in an episode, up to 600, the memory of unemployment.
        replay: `policy` for the real policies in the model, `data` for the real epidemic and
            unemployment as well. What anyone does is ignored then.
        cooldown: days until a governor who has set a level may set it again.
        subsidy_interval: days between two decisions of the planner.
        vaccination_date: the first day with vaccines.
        vaccination_interval: days between two deliveries.
        doses_per_million: default of the parameter: people vaccinated a day and million.
        risk_aversion: the coefficient eta of utility from income.
        corrections: names from `CORRECTIONS`; the `USUAL` ones if left out.
        observation: `states`, or the `foundation` layout, the original's.
        compatibility: `foundation` for the rules of the original, oddities included.
    """

    name: ClassVar[str] = "pandemic"
    version: ClassVar[int] = 1

    states: tuple[str, ...] | None = None
    start_date: str = "2020-03-22"
    horizon: int = 405
    replay: str | None = None
    cooldown: int = 28
    subsidy_interval: int = 90
    vaccination_date: str = "2021-01-12"
    vaccination_interval: int = 1
    doses_per_million: float = 3000.0
    risk_aversion: float = 2.0
    corrections: tuple[str, ...] | None = None
    observation: str = "states"
    compatibility: Literal["foundation"] | None = None

    def __post_init__(self):
        plain_fields(self)
        for field, value in normalised(self).items():
            object.__setattr__(self, field, value)
        check_options(self)

    @functools.cached_property
    def state_names(self) -> tuple[str, ...]:
        """Full names of the states, in the order of all arrays."""
        return load().states if self.states is None else self.states

    @functools.cached_property
    def state_numbers(self) -> tuple[int, ...]:
        """The place of each among all 51."""
        return tuple(load().states.index(name) for name in self.state_names)

    @functools.cached_property
    def start_row(self) -> int:
        """The row of the first day in the data."""
        return load().row(self.start_date)

    def corrects(self, name: str) -> bool:
        """Whether a correction is in force."""
        return name in (self.corrections or ())

    @property
    def labor_force_share(self) -> float:
        """The share of the population that unemployment rates refer to."""
        return 0.6 if self.corrects("unemployment-of-labor-force") else 1.0

    @functools.cached_property
    def _history(self) -> History:
        return history(self)

    def _forgetting(self, start_row: int) -> int:
        """The number of steps at the end in which changes from before the start are forgotten."""
        return max(0, self.horizon - unemployment.MEMORY + start_row - _FIRST_CHANGE + 1)

    @functools.cached_property
    def roles(self) -> Mapping[str, Role]:
        def shown():
            return self.start((), self.default_params())[1].observation

        seen = jax.eval_shape(shown)

        def spaces(role):
            return {name: self._space(name, leaf) for name, leaf in seen[role].items()}

        n = len(self.state_names)
        return {
            "governor": Role(n, Discrete(1 + stringency.HIGHEST), spaces("governor")),
            "planner": Role(
                1, Discrete(1 + subsidies.LEVELS), spaces("planner"), every=self.subsidy_interval
            ),
        }

    def _space(self, name: str, leaf: jax.ShapeDtypeStruct) -> Box:
        shape = leaf.shape[1:]
        if name == "state":
            return Box(shape, 0, len(load().states) - 1, "integer")
        return Box(shape, 0, 1, "boolean") if leaf.dtype == bool else Box(shape)

    def default_params(self) -> Params:
        """The published calibration, and the first day as the data show it."""
        return self.params_at(self.start_date)

    def params_at(self, start_date: str) -> Params:
        """Parameters for an episode that starts on another day.

        Those of several days have the same shapes, so they can be stacked and mapped over.

        Args:
            start_date: from 2020-02-21 to 2021-04-30, and not after the economy's own if the
                episode outlasts the memory of unemployment. Nothing is replayed.

        Raises:
            ConfigurationError: for any other day.
        """
        row = check_start(start_date, load())
        fits = self._forgetting(row) <= self._forgetting(self.start_row)
        require(fits, "start_date", start_date, f"at most {self.start_date}, or a shorter horizon")
        same = self.replay is None or row == self.start_row
        require(same, "start_date", start_date, f"{self.start_date}, with replay={self.replay}")
        return params_of(self, row)

    def draw_world(self, key: Key[Array, ""]) -> Float[Array, " 0"]:
        """Nothing, as an array that can be mapped over: there is no luck in a start."""
        return jnp.zeros(0)

    def draw_shocks(self, key: Key[Array, ""], batch_shape: tuple[int, ...] = ()) -> tuple[()]:
        """Nothing: there is no luck in a step."""
        return ()

    def start(self, world: Any, params: Params) -> tuple[State, TimeStep]:
        beginning = params.beginning
        assert beginning is not None
        levels = beginning.levels.astype(float)
        forgotten = levels[self.horizon - self._forgetting(self.start_row) : self.horizon + 1]
        nothing = jnp.zeros_like(params.population)
        zero = jnp.zeros(())
        state = State(
            step=jnp.zeros((), jnp.int32),
            levels=levels[-_DELAY:],
            cooldown_until=jnp.zeros(nothing.shape, jnp.int32),
            subsidy_level=zero,
            compartments=beginning.compartments,
            transmission=nothing,
            responses=unemployment.first_responses(params.unemployment, levels),
            leaving=jnp.diff(forgotten, axis=0),
            unemployed=beginning.unemployed,
            production=nothing,
            payment=nothing,
            totals=no_totals(nothing),
            params=dataclasses.replace(params, beginning=None),
        )
        nobody = {"governor": nothing, "planner": jnp.zeros(1)}
        return state, self.shown(state, self.full_output(params), nobody)

    def transition(
        self, state: State, actions: Mapping[str, Array], shocks: Any
    ) -> tuple[State, TimeStep]:
        """The next day.

        Args:
            state: of the day before.
            actions: `governor`: integers, 0 to keep the level and 1 to 10 to set it; `planner`:
                integers from 0 to 20. Real numbers are taken for the levels themselves, on every
                day and without a cooldown, so that gradients can be taken.
            shocks: none.
        """
        params, time = state.params, state.step
        state = dataclasses.replace(state, step=time + 1)
        state, change = self._decide(state, actions, time)
        population, conserve = params.population, self.corrects("conserve-persons")

        before = state.compartments
        rate = transmission(params.epidemic, state.levels[0], conserve=conserve)
        supply = doses(params.vaccination, population, state.step, self.vaccination_interval)
        persons = infect(params.epidemic, before, population, rate, supply, conserve=conserve)

        gone = self._forgotten(state)
        responses = unemployment.next_responses(params.unemployment, state.responses, change, gone)
        zero_based = self.corrects("unemployment-baseline")
        share = unemployment.rate(params.unemployment, responses, zero_based=zero_based) / 100
        unemployed = share * (self.labor_force_share * population)
        if self.replay == "data":
            assert self._history.persons is not None
            real = {k: jnp.asarray(v, float)[time] for k, v in self._history.persons.items()}
            unemployed = real.pop("unemployed")
            persons = Compartments(**real)

        # The level of today replaces the oldest only now: transmission has just used that one.
        levels = jnp.concatenate([state.levels[1:], (state.stringency + change)[None]])
        state = dataclasses.replace(
            state,
            levels=levels,
            compartments=persons,
            transmission=rate,
            responses=responses,
            unemployed=unemployed,
            production=production(
                params.production, population, unemployed, persons.infected, persons.deaths
            ),
            payment=subsidies.payments(params.subsidies, state.subsidy_level, population),
        )
        maximum = self.full_output(params)
        state, reward = self._appraise(state, persons.deaths - before.deaths, maximum)
        return state, self.shown(state, maximum, reward)

    def _decide(
        self, state: State, actions: Mapping[str, Array], time: Array
    ) -> tuple[State, Float[Array, " n"]]:
        """Carry out what governors and planner do; also, by how much levels change."""
        if self.replay is not None:
            real = self._history
            levels, until = jnp.asarray(real.levels, float)[time], state.cooldown_until
            subsidy = jnp.asarray(real.subsidy_level, float)[time]
        else:
            levels, until = stringency.set_levels(
                state.stringency,
                state.cooldown_until,
                actions["governor"],
                time,
                cooldown=self.cooldown,
                enforced=self.corrects("enforced-cooldown"),
            )
            (action,) = actions["planner"]
            subsidy = subsidies.set_subsidy(
                state.subsidy_level, action, time, interval=self.subsidy_interval
            )
        change = levels - state.stringency
        return dataclasses.replace(state, cooldown_until=until, subsidy_level=subsidy), change

    def _forgotten(self, state: State) -> Float[Array, " n"] | None:
        """Changes of the level that unemployment forgets in the running step."""
        count = state.leaving.shape[0]
        if count == 0:
            return None
        place = state.step - (self.horizon - count + 1)
        return jnp.where(place >= 0, state.leaving[jnp.maximum(place, 0)], 0)

    def full_output(self, params: Params) -> Float[Array, " n"]:
        """Output of each state without an epidemic, US dollars a day."""
        zero_based = self.corrects("unemployment-baseline")
        usual = unemployment.baseline_rate(params.unemployment, zero_based=zero_based)
        unemployed = usual / 100 * (self.labor_force_share * params.population)
        return maximum_production(params.production, params.population, unemployed)

    def _appraise(
        self, state: State, deaths: Float[Array, " n"], maximum: Float[Array, " n"]
    ) -> tuple[State, dict[str, Array]]:
        """The rewards of the day, and the sums over the episode with them.

        Args:
            state: after the day.
            deaths: of the day.
            maximum: see `full_output`.
        """
        goals, eta = state.params.objectives, self.risk_aversion
        reward, health, economy = objectives.reward(
            goals.governor,
            objectives.health_index(goals.value_of_life, deaths, maximum),
            objectives.economic_index(state.income / maximum, eta),
        )
        # A dollar of subsidy costs the planner a dollar and the interest.
        output, paid, most = jnp.sum(state.production), jnp.sum(state.payment), jnp.sum(maximum)
        interest = state.params.subsidies.interest * paid
        planner, planner_health, planner_economy = objectives.reward(
            goals.planner,
            objectives.health_index(goals.value_of_life, jnp.sum(deaths), most),
            objectives.economic_index((output - interest) / most, eta),
        )
        labor_force = self.labor_force_share * jnp.sum(state.params.population)
        today = Totals(
            reward=reward,
            health=health,
            economy=economy,
            planner_reward=planner,
            planner_health=planner_health,
            planner_economy=planner_economy,
            stringency=state.stringency,
            unemployment=100 * jnp.sum(state.unemployed) / labor_force,
            output=output,
            subsidies=paid,
            interest=interest,
        )
        totals = jax.tree.map(jnp.add, state.totals, today)
        return dataclasses.replace(state, totals=totals), {
            "governor": reward,
            "planner": planner[None],
        }

    def shown(
        self, state: State, maximum: Float[Array, " n"], reward: dict[str, Array]
    ) -> TimeStep:
        """What everyone sees of a state.

        Args:
            state: of the economy.
            maximum: see `full_output`.
            reward: of the day, by role.
        """
        observation = observe(self, state, maximum)
        everyone = self.replay is not None or not self.corrects("enforced-cooldown")
        free = stringency.allowed(state.cooldown_until, state.step)
        return TimeStep(
            observation=observation,
            reward=reward,
            acting={
                "governor": jnp.ones_like(free) if everyone else free,
                "planner": subsidies.decides(state.step, self.subsidy_interval)[None],
            },
            terminated=state.step >= self.horizon,
            truncated=jnp.zeros((), bool),
            metrics=metrics(self, state),
        )
