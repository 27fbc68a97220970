"""Production: what firms make of capital and labor, and what they earn and invest."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..._plain import plain_fields
from ...component import Component
from ...economics.utility import MOST_COIN
from ...errors import require
from .grids import check_numbers
from .state import State

if TYPE_CHECKING:
    from .economy import BusinessCycle

__all__ = ["Production"]

_CAPITAL = (5000.0, 10_000.0)
_LABOR_EXPONENTS = (0.2, 0.3, 0.4, 0.6, 0.8)


@dataclasses.dataclass(frozen=True)
class Production(Component["BusinessCycle", State]):
    """Firms pay wages, invest a share of what is left, and make goods for the next step.

    A firm makes A z K^(1 - a) L^a units of its good of capital K and L hours, and nothing without
    labor. Params: `technology` (A), `labor_exponent` (a) and `capital` (at a start) of each firm,
    `depreciation` of capital a step, `labor_floor`, hours below which nothing is made, and with
    `shocks` the `persistence` and the `deviation` of ln z.

    Attributes:
        capital: of each firm at a start. If left out, the first half has 5,000 and the others
            10,000.
        labor_exponents: of each firm, between 0 and 1. If left out, 0.2, 0.3, 0.4, 0.6, 0.8 in
            turns, in both halves.
        shocks: whether productivity z is drawn: ln z' = persistence ln z + deviation e, with e
            normal, the same for all firms. It is known before anybody decides. Without shocks z is
            1.
    """

    name: ClassVar[str] = "production"

    capital: tuple[float, ...] | None = None
    labor_exponents: tuple[float, ...] | None = None
    shocks: bool = False

    def __post_init__(self):
        plain_fields(self)
        require(isinstance(self.shocks, bool), "shocks", self.shocks, "true or false")

    def validate(self, economy: "BusinessCycle") -> None:
        firms = economy.firms
        if self.capital is not None:
            check_numbers(f"{self.name}.capital", self.capital, "firm", firms, high=MOST_COIN)
        if self.labor_exponents is not None:
            where, given = f"{self.name}.labor_exponents", self.labor_exponents
            check_numbers(where, given, "firm", firms, high=1, open_ends=True)

    def default_params(self, economy: "BusinessCycle") -> dict[str, Array]:
        half = (economy.firms + 1) // 2
        places = [divmod(i, half) for i in range(economy.firms)]
        capital = self.capital or [_CAPITAL[which] for which, _ in places]
        exponents = self.labor_exponents or [
            _LABOR_EXPONENTS[place % len(_LABOR_EXPONENTS)] for _, place in places
        ]
        numbers: dict[str, Any] = {
            "technology": 0.01,
            "labor_exponent": exponents,
            "capital": capital,
            "depreciation": 0.0,
            "labor_floor": 0.0,
        }
        if self.shocks:
            numbers |= {"persistence": 0.95, "deviation": 0.007}
        return {name: jnp.asarray(value, float) for name, value in numbers.items()}

    def param_bounds(self, economy: "BusinessCycle") -> Mapping[str, tuple[float, float]]:
        bounds = {
            "technology": (1e-9, MOST_COIN),
            # Beyond, no output or any would be best.
            "labor_exponent": (0.001, 0.999),
            "capital": (0.0, MOST_COIN),
            "depreciation": (0.0, 1.0),
            "labor_floor": (0.0, MOST_COIN),
        }
        return bounds | (
            {"persistence": (0.0, 0.9999), "deviation": (0.0, 1.0)} if self.shocks else {}
        )

    def draw_world(self, economy: "BusinessCycle", key: Key[Array, ""]) -> Any:
        return jax.random.normal(key) if self.shocks else ()

    def draw_shocks(
        self, economy: "BusinessCycle", key: Key[Array, ""], batch_shape: tuple[int, ...]
    ) -> Any:
        return jax.random.normal(key, batch_shape) if self.shocks else ()

    def shared(self, economy: "BusinessCycle", role: str) -> tuple[str, ...]:
        return ("productivity",) if self.shocks else ()

    def observe(self, economy: "BusinessCycle", state: State) -> dict[str, dict[str, Array]]:
        if not self.shocks:
            return {}
        seen = {"productivity": state.parts[self.name][None]}
        return dict.fromkeys(economy.roles_of_parts, seen)

    def start(self, economy: "BusinessCycle", state: State, luck: Any) -> State:
        own = state.params.parts[self.name]
        firms = dataclasses.replace(state.firms, capital=own["capital"])
        state = dataclasses.replace(state, firms=firms)
        if not self.shocks:
            return state
        # Of the distribution that z comes to have.
        log_z = luck * own["deviation"] / jnp.sqrt(1 - own["persistence"] ** 2)
        return dataclasses.replace(state, parts={**state.parts, self.name: log_z})

    def step(self, economy: "BusinessCycle", state: State, actions: Any, luck: Any) -> State:
        own, firms, flows = state.params.parts[self.name], state.firms, state.moving
        gross = firms.price * (flows.sold + flows.exported) - firms.wage * flows.labor
        investment = jnp.maximum(flows.invested_share * gross, 0)
        output = self.made(own, firms.capital, flows.labor)
        if self.shocks:
            log_z = state.parts[self.name]
            output = jnp.exp(log_z) * output
            log_z = own["persistence"] * log_z + own["deviation"] * luck
            state = dataclasses.replace(state, parts={**state.parts, self.name: log_z})
        flows = dataclasses.replace(
            flows, investment=investment, profit=gross - investment, output=output
        )
        firms = dataclasses.replace(
            firms,
            inventory=firms.inventory - flows.sold - flows.exported + output,
            capital=(1 - own["depreciation"]) * firms.capital + investment,
        )
        return dataclasses.replace(state, flows=flows, firms=firms)

    def made(
        self, own: Mapping[str, Array], capital: Float[Array, " firms"], labor: Array
    ) -> Float[Array, " firms"]:
        """Units that capital and hours of labor make at productivity 1.

        Args:
            own: the component's params.
            capital: of each firm.
            labor: hours, likewise.
        """
        works = (labor > 0) & (labor >= own["labor_floor"])
        exponent = own["labor_exponent"]
        made = own["technology"] * capital ** (1 - exponent)
        return jnp.where(works, made * jnp.where(works, labor, 1) ** exponent, 0)
