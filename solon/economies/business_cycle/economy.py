"""The economy: its sizes, what happens at a start and in a step, in this order."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..._plain import plain_fields
from ...component import Component
from ...economics.utility import MOST_COIN, MOST_RISK_AVERSION
from ...environment import TimeStep
from ...errors import require, require_whole
from ..composed import ComposedEconomy
from .export_market import ExportMarket
from .flat_taxes import FlatTaxes
from .goods_market import GoodsMarket
from .grids import check_numbers
from .labor_market import LaborMarket
from .metrics import metrics, no_totals, totals_after
from .observation import OBSERVATIONS, observe, shared_fields
from .posting import Posting
from .production import Production
from .state import Firms, Flows, Params, State, World

__all__ = ["COMPONENTS", "BusinessCycle"]

#: In the order in which a step needs them.
COMPONENTS: tuple[Component, ...] = (
    *(GoodsMarket(), ExportMarket(), LaborMarket()),
    *(Posting(), Production(), FlatTaxes()),
)
_OPTIONAL = (ExportMarket.name, FlatTaxes.name)

_ACT_BY = ("levels", "numbers")
_OBJECTIVES = ("total", "consumers")
#: Dollars: 22 an hour for 1,000 hours.
_FIRM_BUDGET_PER_CONSUMER = 22_000


@dataclasses.dataclass(frozen=True)
class BusinessCycle(ComposedEconomy):
    """Consumers work and buy, firms set prices and wages, a government taxes: a business cycle.

    A step is a quarter. All decide at once; prices, wages and tax rates that are set hold from the
    next step on. Without shocks to productivity nothing in it is luck.

    Source: Curry, Trott, Phade, Bai and Zheng, Analyzing Micro-Founded General Equilibrium Models
    with Many Agents using Deep Reinforcement Learning, arXiv 2201.01163, 2022.

    Attributes:
        consumers: how many there are.
        firms: how many there are; each makes a good of its own.
        horizon: steps in an episode.
        relative_disutility: of work, of each consumer. If left out, (1 - j / N)^(1/4) of consumer j
            among N: the first ones dislike it most, and one over it has quantiles of a Pareto law
            of shape 4.
        act_by: everyone picks one of several `levels` of each thing, or sets `numbers` from 0 to 1,
            shares of the way from the lowest to the highest; of employers, the one with the highest
            number.
        observation: `clean`, or in the encoding of the original, `foundation`. If left out, as
            `compatibility` says.
        government_objective: what the government wants: the sum of consumers' utility and, by the
            param `firm_weight`, of profits (`total`), or of `consumers` alone.
        compatibility: `foundation` has the defects of the original.
        components: the mechanisms, in the order in which a step applies them. Without the
            `export-market` the economy is closed; without `flat-taxes` there is no government.
    """

    name: ClassVar[str] = "business-cycle"
    version: ClassVar[int] = 1

    consumers: int = 100
    firms: int = 10
    horizon: int = 10
    relative_disutility: tuple[float, ...] | None = None
    act_by: str = _ACT_BY[0]
    observation: str | None = None
    government_objective: str = _OBJECTIVES[0]
    compatibility: str | None = None
    components: tuple[Component, ...] = COMPONENTS

    def __post_init__(self):
        plain_fields(self)
        require_whole("consumers", self.consumers, low=1, high=1_000_000)
        require_whole("firms", self.firms, low=1, high=10_000)
        require_whole("horizon", self.horizon, low=1, high=1_000_000)
        choices: dict[str, tuple[str | None, ...]] = {
            "act_by": _ACT_BY,
            "observation": (None, *OBSERVATIONS),
            "government_objective": _OBJECTIVES,
            "compatibility": (None, "foundation"),
        }
        for field, known in choices.items():
            value = getattr(self, field)
            require(value in known, field, value, ", ".join(map(str, known)))
        if self.relative_disutility is not None:
            given = self.relative_disutility
            check_numbers("relative_disutility", given, "consumer", self.consumers, high=MOST_COIN)
        self.check_components()

    def check_roles(self, names: Sequence[str]) -> None:
        known = [part.name for part in COMPONENTS]
        there = [name for name in known if name in names or name not in _OPTIONAL]
        own = [name for name in names if name in known]
        listed = ", ".join(known)
        allowed = f"{listed}, in this order; only {' and '.join(_OPTIONAL)} may be left out"
        require(own == there, "components", [*names], allowed)

    @property
    def members(self) -> Mapping[str, int]:
        return {"consumer": self.consumers, "firm": self.firms}

    def several(self, role: str) -> bool:
        return role == "consumer"

    @property
    def roles_of_parts(self) -> tuple[str, ...]:
        """The names of the roles."""
        return tuple(self._counts)

    @property
    def shown_as(self) -> str:
        """The encoding of observations: one of `OBSERVATIONS`."""
        if self.observation is not None:
            return self.observation
        return "clean" if self.compatibility is None else "foundation"

    @property
    def highest(self) -> tuple[float, float]:
        """The highest price and the highest wage that can be posted; 1 where that is 0."""
        posting = self.component(Posting.name)
        return float(posting.prices[-1]) or 1.0, float(posting.wages[-1]) or 1.0

    def shared(self, role: str) -> tuple[str, ...]:
        return shared_fields(self) + super().shared(role)

    def default_params(self) -> Params:
        relative = self.relative_disutility
        if relative is None:
            relative = tuple((1 - j / self.consumers) ** 0.25 for j in range(self.consumers))
        numbers: dict[str, Any] = {
            "risk_aversion": 0.1,
            "work_disutility": 0.01,
            "relative_disutility": relative,
            "consumer_budget": 2000.0,
            "firm_budget": float(_FIRM_BUDGET_PER_CONSUMER * self.consumers),
            "price": 1000.0,
            "wage": 0.0,
            "interest": 0.0,
            "gift": 0.01,
            "firm_weight": 0.0025,
            "revenue_bonus": 0.0,
            "consumer_debt_penalty": 0.0,
            "firm_debt_penalty": 0.0,
        }
        given = {name: jnp.asarray(value, float) for name, value in numbers.items()}
        return Params(**given, parts=self._params_of_parts())

    def param_bounds(self) -> Mapping[str, tuple[float, float]]:
        amounts = (
            *("work_disutility", "consumer_budget", "price", "wage", "gift", "firm_weight"),
            *("revenue_bonus", "consumer_debt_penalty", "firm_debt_penalty"),
        )
        most_of_firms = max(MOST_COIN, 10.0 * _FIRM_BUDGET_PER_CONSUMER * self.consumers)
        return {
            **super().param_bounds(),
            **dict.fromkeys(amounts, (0.0, MOST_COIN)),
            "firm_budget": (-most_of_firms, most_of_firms),
            "risk_aversion": (0.0, MOST_RISK_AVERSION),
            "relative_disutility": (0.0, MOST_COIN),
            "interest": (0.0, 1.0),
        }

    def disutility(self, params: Params) -> Float[Array, " consumers"]:
        """Utils that two hours of work cost each consumer: theta."""
        return params.work_disutility * params.relative_disutility

    def draw_world(self, key: Key[Array, ""]) -> World:
        keys = [*jax.random.split(key, len(self.components))]
        return World(number=jnp.zeros((), jnp.int32), parts=self._worlds_of_parts(keys))

    def draw_shocks(self, key: Key[Array, ""], batch_shape: tuple[int, ...] = ()) -> dict[str, Any]:
        """Draw the luck of a step, by component: none without shocks to productivity."""
        return self._shocks_of_parts([*jax.random.split(key, len(self.components))], batch_shape)

    def start(self, world: World, params: Params) -> tuple[State, TimeStep]:
        none = jnp.zeros(self.firms)
        firms = Firms(
            price=jnp.full(self.firms, params.price),
            wage=jnp.full(self.firms, params.wage),
            inventory=none,
            short=jnp.zeros(self.firms, bool),
            budget=jnp.full(self.firms, params.firm_budget),
            capital=none,
        )
        state = State(
            step=jnp.zeros((), jnp.int32),
            budget=jnp.full(self.consumers, params.consumer_budget),
            firms=firms,
            rates=jnp.zeros(2),
            totals=no_totals(),
            flows=None,
            parts={},
            params=params,
        )
        state = self._start_parts(state, world.parts)
        return state, self._timestep(state, self._no_reward())

    def transition(
        self, state: State, actions: Mapping[str, Array], shocks: dict[str, Any]
    ) -> tuple[State, TimeStep]:
        flows = Flows.none(self.consumers, state.firms, state.rates)
        before = state.firms
        state = self._step_parts(dataclasses.replace(state, flows=flows), actions, shocks)
        flows, params = state.moving, state.params
        kept = flows.profit - flows.corporate_tax
        income = flows.income - flows.income_tax + flows.rebate
        budget = self._with_interest(params, state.budget - flows.spent + income + params.gift)
        firms = dataclasses.replace(
            state.firms,
            price=flows.price,
            wage=flows.wage,
            budget=self._with_interest(params, before.budget + kept),
        )
        reward = self._rewards(state, before, kept, budget, firms.budget)
        state = dataclasses.replace(
            state,
            budget=budget,
            firms=firms,
            rates=flows.rates,
            totals=totals_after(state.totals, flows, before.price, kept),
            flows=None,
        )
        return state, self._timestep(state, {role: reward[role] for role in self._counts})

    def _with_interest(self, params: Params, budget: Array) -> Array:
        return budget * jnp.where(budget > 0, 1 + params.interest, 1)

    def _rewards(
        self, state: State, before: Firms, kept: Array, budget: Array, firm_budget: Array
    ) -> dict[str, Array]:
        """What a step was worth to everyone.

        Args:
            state: with the flows of the step.
            before: firms, before the step.
            kept: profit after tax of each firm.
            budget: of consumers after the step.
            firm_budget: of firms after the step.
        """
        flows, params, over = state.moving, state.params, state.step >= self.horizon
        revenue = before.price * (flows.sold + flows.exported)
        bonus = jnp.where(before.budget + kept > 0, params.revenue_bonus * revenue, 0)

        def debt(of: Array, penalty: Array) -> Array:
            return jnp.where(over, penalty * jnp.maximum(-of, 0), 0)

        consumer = flows.utility - debt(budget, params.consumer_debt_penalty)
        firm = kept + bonus - debt(firm_budget, params.firm_debt_penalty)
        welfare = jnp.sum(consumer)
        if self.government_objective == "total":
            welfare = welfare + params.firm_weight * jnp.sum(firm)
        return {"consumer": consumer, "firm": firm, "government": welfare[None]}

    def fields(self, state: State) -> dict[str, dict[str, Array]]:
        """What everyone sees but the action masks: role -> field -> array."""
        own = observe(self, state)
        return {role: own[role] | more for role, more in super().fields(state).items()}

    def metrics(self, state: State) -> dict[str, Array]:
        """Scalars of the episode so far, then those of the components."""
        return metrics(self, state) | self._metrics_of_parts(state)
