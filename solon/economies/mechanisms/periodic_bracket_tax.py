"""The tax: income of a period is taxed by brackets, and the revenue comes back in equal shares."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from ..._plain import plain_fields
from ...component import Amounts, Component, SubAction
from ...economics import tax_schedules, taxation
from ...errors import require, require_number, require_whole

__all__ = ["PeriodicBracketTax", "TaxOffice", "TaxParams", "TaxedEconomy"]

_SPACINGS = ("us-federal", "linear", "log")
_SETTERS = ("rates", "levels")


@runtime_checkable
class TaxedEconomy(Protocol):
    """What the tax asks of an economy.

    Of its state it asks for `coin` (all coin of each worker), `inventory.coin` (the coin at hand),
    `parts` and `params.parts`.
    """

    @property
    def workers(self) -> int: ...

    @property
    def horizon(self) -> int: ...

    @property
    def compatibility(self) -> Literal["foundation"] | None: ...


class TaxParams(eqx.Module):
    """Numbers of the tax.

    Attributes:
        cutoffs: lower edges of the brackets, in coin of a period; the first is 0.
        rate_cap: the share of the highest allowed rate up to which rates may go now.
        initial_rates: marginal rates shown before the first ones are set.
        stale_rates: what the original shows as `curr_rates` until then instead: those of an
            earlier episode. Only its rules use them.
    """

    cutoffs: Float[Array, " brackets"]
    rate_cap: Float[Array, ""]
    initial_rates: Float[Array, " brackets"]
    stale_rates: Float[Array, " brackets"]


class TaxOffice(eqx.Module):
    """Memory of the tax.

    Attributes:
        position: place of the coming step in its period, from 1 to the period's length.
        rates: marginal rates in force.
        coin_before: coin of each worker when the period began.
        income, marginal_rate: of the last full period, in coin and as a share.
        paid, transfer: tax and lump sum of the last full period, in coin.
        total_paid, total_transfer, total_income: sums over periods (income: of the positive ones).
        periods: full periods so far.
        rate_sum: marginal rates summed over full periods.
        effective_rate_sum: tax as a share of income, summed over workers and full periods.
        occupancy: worker-periods that ended in each bracket.
    """

    position: Int[Array, ""]
    rates: Float[Array, " brackets"]
    coin_before: Float[Array, " n"]
    income: Float[Array, " n"]
    marginal_rate: Float[Array, " n"]
    paid: Float[Array, " n"]
    transfer: Float[Array, " n"]
    total_paid: Float[Array, " n"]
    total_transfer: Float[Array, " n"]
    total_income: Float[Array, " n"]
    periods: Int[Array, ""]
    rate_sum: Float[Array, " brackets"]
    effective_rate_sum: Float[Array, ""]
    occupancy: Int[Array, " brackets"]


@dataclasses.dataclass(frozen=True)
class PeriodicBracketTax(Component[TaxedEconomy, Any]):
    """Tax income by marginal rates that hold for a period.

    Rates are set at the first step of a period and tax is collected at its last. Income is the
    change of all coin over the period, so purchases reduce it, and a loss pays nothing. Tax is
    taken from coin that is not bound by orders, and at most that much. Everybody gets an
    equal share of the revenue.

    Attributes:
        period: steps in a period.
        set_by: what the planner hands over: marginal `rates` themselves, or `levels` on a
            grid of rates, of which 0 leaves a bracket's rate as it is.
        set_once: the planner sets rates at the beginning of an episode only, and they hold
            until its end.
        rate_min, rate_max: the lowest and the highest rate allowed.
        rate_step: distance of the levels.
        spacing: where brackets begin: at the `us-federal` ones, `linear`, or `log`.
        brackets, top_cutoff: their number and the last edge (in coin) for `linear` and `log`.
        usd_scaling: dollars a coin, for `us-federal`.
        cutoffs: the edges themselves, instead of a spacing.
    """

    name: ClassVar[str] = "periodic-bracket-tax"

    period: int = 100
    set_by: str = "rates"
    set_once: bool = False
    rate_min: float = 0.0
    rate_max: float = 1.0
    rate_step: float = 0.05
    spacing: str = "us-federal"
    brackets: int = 5
    top_cutoff: float = 100.0
    usd_scaling: float = 1000.0
    cutoffs: tuple[float, ...] | None = None

    def __post_init__(self):
        plain_fields(self)
        require_whole("period", self.period, low=1, high=1_000_000)
        require(self.set_by in _SETTERS, "set_by", self.set_by, " or ".join(_SETTERS))
        require(isinstance(self.set_once, bool), "set_once", self.set_once, "true or false")
        require_number("rate_max", self.rate_max, low=0, high=1)
        require_number("rate_min", self.rate_min, low=0, high=self.rate_max)
        require_number("rate_step", self.rate_step, low=0.001, high=1)
        require(self.spacing in _SPACINGS, "spacing", self.spacing, ", ".join(_SPACINGS))
        require_whole("brackets", self.brackets, low=2, high=100)
        require_number("top_cutoff", self.top_cutoff, low=0, above=True)
        require_number("usd_scaling", self.usd_scaling, low=0, above=True)
        if self.cutoffs is not None:
            fits = isinstance(self.cutoffs, (list, tuple))
            require(fits, "cutoffs", self.cutoffs, "a list of numbers")
            object.__setattr__(self, "cutoffs", tuple(self.cutoffs))
            for cutoff in self.cutoffs:
                require_number("cutoffs", cutoff, low=0)
            tax_schedules.check_cutoffs(self.cutoffs)

    @property
    def edges(self) -> tuple[float, ...]:
        """Lower edges of the brackets in coin."""
        if self.cutoffs is not None:
            return self.cutoffs
        cutoffs = tax_schedules.bracket_cutoffs(
            self.spacing,
            brackets=self.brackets,
            top=self.top_cutoff,
            usd_scaling=self.usd_scaling,
        )
        return tuple(cutoffs.tolist())

    def levels(self, economy: TaxedEconomy) -> np.ndarray:
        """The rates that levels stand for, lowest first."""
        return tax_schedules.rate_grid(
            self.rate_min, self.rate_max, self.rate_step, compatibility=economy.compatibility
        )

    def validate(self, economy: TaxedEconomy) -> None:
        allowed = f"at most the horizon of {economy.horizon} steps"
        # The original plays on without ever collecting.
        fits = self.period <= economy.horizon or economy.compatibility == "foundation"
        require(fits, f"{self.name}.period", self.period, allowed)

    def param_bounds(self, economy: TaxedEconomy) -> Mapping[str, tuple[float, float]]:
        rates = ("rate_cap", "initial_rates", "stale_rates")
        return {"cutoffs": (0.0, math.inf), **dict.fromkeys(rates, (0.0, 1.0))}

    def default_params(self, economy: TaxedEconomy) -> TaxParams:
        return TaxParams(
            cutoffs=jnp.asarray(self.edges, float),
            rate_cap=jnp.ones(()),
            initial_rates=jnp.full(len(self.edges), self.rate_min, float),
            stale_rates=jnp.full(len(self.edges), self.rate_min, float),
        )

    def sub_actions(self, economy: TaxedEconomy, role: str) -> tuple[SubAction | Amounts, ...]:
        if role != "planner":
            return ()
        if self.set_by == "rates":
            return (Amounts("rates", len(self.edges), self.rate_min, self.rate_max),)
        count = len(self.levels(economy))
        return tuple(SubAction(f"rate_{i}", count) for i in range(len(self.edges)))

    def start(self, economy: TaxedEconomy, state: Any, luck: Any) -> Any:
        params: TaxParams = state.params.parts[self.name]
        nothing = jnp.zeros(economy.workers)
        office = TaxOffice(
            position=jnp.ones((), jnp.int32),
            rates=params.initial_rates,
            coin_before=state.coin,
            income=nothing,
            marginal_rate=nothing,
            paid=nothing,
            transfer=nothing,
            total_paid=nothing,
            total_transfer=nothing,
            total_income=nothing,
            periods=jnp.zeros((), jnp.int32),
            rate_sum=jnp.zeros(len(self.edges)),
            effective_rate_sum=jnp.zeros(()),
            occupancy=jnp.zeros(len(self.edges), jnp.int32),
        )
        return dataclasses.replace(state, parts=state.parts | {self.name: office})

    def step(self, economy: TaxedEconomy, state: Any, actions: Any, luck: Any) -> Any:
        office: TaxOffice = state.parts[self.name]
        params: TaxParams = state.params.parts[self.name]
        tax_day = office.position >= self.period

        rates = jnp.where(
            self._sets(office), self._chosen(economy, office.rates, params, actions), office.rates
        )
        income = state.coin - office.coin_before
        # Coin bound by open orders is income, but out of the collector's reach.
        taken = taxation.collect(income, state.inventory.coin, params.cutoffs, rates)
        paid = jnp.where(tax_day, taken, 0)
        transfer = taxation.redistribute_equally(paid)
        inventory = dataclasses.replace(
            state.inventory, coin=state.inventory.coin - paid + transfer
        )
        state = dataclasses.replace(state, inventory=inventory)

        def at_tax_day(new, old):
            return jnp.where(tax_day, new, old)

        bracket = jnp.sum(income[:, None] >= params.cutoffs[None, 1:], axis=-1)
        occupancy = jnp.sum(
            bracket[:, None] == jnp.arange(len(self.edges))[None], axis=0, dtype=jnp.int32
        )
        office = TaxOffice(
            position=at_tax_day(0, office.position) + 1,
            rates=rates,
            coin_before=at_tax_day(state.coin, office.coin_before),
            income=at_tax_day(income, office.income),
            marginal_rate=at_tax_day(
                taxation.marginal_rate(income, params.cutoffs, rates), office.marginal_rate
            ),
            paid=at_tax_day(paid, office.paid),
            transfer=at_tax_day(transfer, office.transfer),
            total_paid=office.total_paid + paid,
            total_transfer=office.total_transfer + transfer,
            total_income=office.total_income + at_tax_day(jnp.maximum(income, 0), 0),
            periods=office.periods + tax_day,
            rate_sum=office.rate_sum + at_tax_day(rates, 0),
            effective_rate_sum=office.effective_rate_sum
            + jnp.sum(taxation.effective_rate(paid, income)),
            occupancy=office.occupancy + at_tax_day(occupancy, 0),
        )
        return dataclasses.replace(state, parts=state.parts | {self.name: office})

    def _chosen(
        self,
        economy: TaxedEconomy,
        rates: Float[Array, " brackets"],
        params: TaxParams,
        actions: Any,
    ) -> Float[Array, " brackets"]:
        """The rates that the planner hands over, within what is allowed now."""
        chosen = actions["planner"]
        if self.set_by == "rates":
            cap = params.rate_cap * self.rate_max
            return jnp.minimum(jnp.clip(chosen["rates"][0], self.rate_min, self.rate_max), cap)
        level = jnp.stack([chosen[f"rate_{i}"][0] for i in range(len(self.edges))])
        grid = jnp.asarray(self.levels(economy), rates.dtype)
        rates = jnp.where(level > 0, grid[jnp.maximum(level - 1, 0)], rates)
        if economy.compatibility == "foundation":
            # There only the mask keeps to the cap.
            return rates
        return jnp.minimum(rates, params.rate_cap * jnp.max(grid))

    def observe(self, economy: TaxedEconomy, state: Any) -> dict[str, dict[str, Array]]:
        office: TaxOffice = state.parts[self.name]
        params: TaxParams = state.params.parts[self.name]
        so_far = state.coin - office.coin_before
        marginal = taxation.marginal_rate(so_far, params.cutoffs, office.rates)
        rates = office.rates
        if economy.compatibility == "foundation":
            none_set = (office.periods == 0) & (office.position == 1)
            rates = jnp.where(none_set, params.stale_rates, rates)
        shared = {
            "is_tax_day": (office.position >= self.period).astype(float),
            "is_first_day": (office.position == 1).astype(float),
            "tax_phase": office.position.astype(float) / self.period,
            "last_incomes": jnp.sort(office.income) / self.period,
            "curr_rates": rates,
        }
        worker = {
            field: jnp.broadcast_to(value, (economy.workers, *value.shape))
            for field, value in shared.items()
        }
        return {
            "worker": worker | {"marginal_rate": marginal},
            "planner": {field: value[None] for field, value in shared.items()},
            "about_worker": {
                "last_income": office.income / self.period,
                "last_marginal_rate": office.marginal_rate,
                "curr_marginal_rate": marginal,
            },
        }

    def due(self, state: Any) -> dict[str, Float[Array, " n"]]:
        """What the period would cost and bring each worker if it ended now, in coin."""
        office: TaxOffice = state.parts[self.name]
        params: TaxParams = state.params.parts[self.name]
        tax = taxation.tax_due(state.coin - office.coin_before, params.cutoffs, office.rates)
        return {"tax_due": tax, "transfer_due": taxation.redistribute_equally(tax)}

    def every(self, economy: TaxedEconomy, role: str) -> int:
        if role != "planner":
            return 1
        return economy.horizon if self.set_once else self.period

    def acting(self, economy: TaxedEconomy, state: Any) -> dict[str, Bool[Array, " 1"]]:
        return {"planner": self._sets(state.parts[self.name])[None]}

    def _sets(self, office: TaxOffice) -> Bool[Array, ""]:
        """Whether the planner sets rates on the coming step."""
        begins = office.position == 1
        return begins & (office.periods == 0) if self.set_once else begins

    def mask(self, economy: TaxedEconomy, state: Any) -> dict[str, dict[str, Array]]:
        if self.set_by == "rates":
            return {}
        params: TaxParams = state.params.parts[self.name]
        grid = jnp.asarray(self.levels(economy), params.cutoffs.dtype)
        sets = self.acting(economy, state)["planner"]
        cap = params.rate_cap * jnp.max(grid)
        below = tax_schedules.allowed_rates(grid, cap, compatibility=economy.compatibility)
        allowed = sets[:, None] & below[None]
        return {"planner": {f"rate_{i}": allowed for i in range(len(self.edges))}}

    def metrics(self, economy: TaxedEconomy, state: Any) -> dict[str, Array]:
        office: TaxOffice = state.parts[self.name]
        income = jnp.sum(office.total_income)
        periods = jnp.maximum(office.periods, 1)
        mean_rate = office.rate_sum / periods
        share = office.occupancy.astype(float) / (periods * economy.workers)
        result = {
            "tax/collected": jnp.sum(office.total_paid),
            "tax/average_rate": jnp.sum(office.total_paid) / jnp.maximum(income, 0.001),
            "tax/effective_rate": office.effective_rate_sum / (periods * economy.workers),
        }
        own_rate = office.total_paid / jnp.maximum(office.total_income, 0.001)
        result["tax/average_rate_poorest"] = own_rate[jnp.argmin(state.coin)]
        result["tax/average_rate_richest"] = own_rate[jnp.argmax(state.coin)]
        for i in range(len(self.edges)):
            result[f"tax/rate/{i}"] = mean_rate[i]
            result[f"tax/occupancy/{i}"] = share[i]
        return result
