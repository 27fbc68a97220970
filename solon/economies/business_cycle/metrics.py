"""What of an episode is worth logging: welfare by its parts, and how alive the economy is."""

import dataclasses
from typing import TYPE_CHECKING

import jax.numpy as jnp
from jaxtyping import Array, Float

from .state import Flows, State, Totals

if TYPE_CHECKING:
    from .economy import BusinessCycle

__all__ = ["metrics", "no_totals", "totals_after"]


def no_totals() -> Totals:
    """Those before the first step."""
    return Totals(**{field.name: jnp.zeros(()) for field in dataclasses.fields(Totals)})


def totals_after(
    totals: Totals, flows: Flows, price: Float[Array, " firms"], kept: Float[Array, " firms"]
) -> Totals:
    """With what a step brought.

    Args:
        totals: before it.
        flows: of the step.
        price: that held in it.
        kept: profit after tax of each firm.
    """
    more = Totals(
        utility=jnp.sum(flows.utility),
        profit=jnp.sum(kept),
        consumption=jnp.sum(flows.sold),
        home_sales=jnp.sum(price * flows.sold),
        export_sales=jnp.sum(price * flows.exported),
        output=jnp.sum(flows.output),
        hours=jnp.sum(flows.labor),
        investment=jnp.sum(flows.investment),
        tax_revenue=jnp.sum(flows.income_tax) + jnp.sum(flows.corporate_tax),
    )
    both = ((field.name, getattr(more, field.name)) for field in dataclasses.fields(Totals))
    return Totals(**{name: getattr(totals, name) + value for name, value in both})


def metrics(economy: "BusinessCycle", state: State) -> dict[str, Array]:
    """Scalars of the episode so far; prices, wages, rates and inventories are those of now."""
    totals, firms = state.totals, state.firms
    chances = jnp.maximum(state.step, 1) * economy.consumers
    welfare = totals.utility + state.params.firm_weight * totals.profit
    return {
        "welfare": welfare,
        "consumer_utility": totals.utility,
        "firm_profit": totals.profit,
        "home_sales": totals.home_sales,
        "export_sales": totals.export_sales,
        "tax_revenue": totals.tax_revenue,
        "investment": totals.investment,
        "output": totals.output,
        "consumption": totals.consumption / chances,
        "hours": totals.hours / chances,
        "price": jnp.mean(firms.price),
        "wage": jnp.mean(firms.wage),
        "inventory": jnp.sum(firms.inventory),
        "firms_in_debt": jnp.mean(firms.budget < 0, dtype=firms.budget.dtype),
        "income_tax": state.rates[0],
        "corporate_tax": state.rates[1],
    }
