"""Solon's state and what it shows, under the names of the original's recording."""

from typing import Any

import jax.numpy as jnp
from jaxtyping import Array

from ..applications.taxation.policies.saez import SaezMemory
from ..economies.gather_trade_build.continuous_double_auction import Market
from ..economies.gather_trade_build.economy import GatherTradeBuild
from ..economies.gather_trade_build.layouts import STONE, WOOD
from ..economies.gather_trade_build.objectives import charged_share
from ..economies.gather_trade_build.state import State
from ..economies.mechanisms.periodic_bracket_tax import TaxOffice
from ..economies.one_step.economy import OneStepEconomy
from ..environment import TimeStep
from .match import TAX

__all__ = ["view", "view_of_saez"]

# What workers can do, by Solon's name.
_KINDS = {
    "build": "Build",
    "labor": "SimpleLabor",
    "move": "Gather",
    **{
        f"{verb}_{good}": f"ContinuousDoubleAuction.{verb.capitalize()}_{good.capitalize()}"
        for verb in ("buy", "sell")
        for good in ("stone", "wood")
    },
}
_AUCTION, _LABOR = "continuous-double-auction", "simple-labor"


def view(
    economy: GatherTradeBuild | OneStepEconomy,
    state: Any,
    timestep: TimeStep,
    welfare_before: Array,
) -> dict[str, Array]:
    """Everything that can be compared, by name: see `original.snapshot`.

    The original has a planner also where it can do nothing, which Solon has not. What it would
    be shown and gain is compared all the same.

    Args:
        economy: which one.
        state: after the step.
        timestep: what the economy shows.
        welfare_before: the planner's objective before the step.
    """
    result = {
        "done": timestep.terminated,
        "state.coin": state.inventory.coin,
        "state.coin_in_escrow": state.escrow.coin,
        "state.labor": state.labor,
        "state.utility": state.utility,
        "state.welfare": state.welfare,
        "reward.planner": (state.welfare - welfare_before)[None],
        # Of one who has no choice.
        "mask.planner": jnp.ones((1, 1)),
    }
    for role, reward in timestep.reward.items():
        result[f"reward.{role}"] = reward
    shown = {"planner": economy.fields(state)["planner"]} | dict(timestep.observation)
    for role, fields in shown.items():
        for field, value in fields.items():
            result[_name(role, field)] = value
    if TAX in state.parts:
        rates = economy.component(TAX).observe(economy, state)["planner"]["curr_rates"][0]
        result |= _tax(state.parts[TAX], state.params.parts[TAX].cutoffs, rates)
    if _LABOR in state.parts:
        result["state.skill"] = state.parts[_LABOR].skill
        result["state.production"] = state.parts[_LABOR].production
    if isinstance(economy, OneStepEconomy):
        metrics = _metrics_of_one_step(state, timestep.metrics, economy.workers)
    else:
        result |= _spatial(economy, state)
        metrics = _metrics(economy, state, timestep.metrics)
    metrics |= _metrics_of_tax(state, timestep.metrics)
    return result | {f"metric.{name}": jnp.asarray(value, float) for name, value in metrics.items()}


def view_of_saez(memory: SaezMemory, estimate_before: Array) -> dict[str, Array]:
    """What Saez's planner knows, and its estimate before the latest one, which is the metric."""
    returns = memory.returns
    rows = jnp.stack([returns.incomes, returns.marginal_rates], axis=-1)
    return {
        "saez.elasticity": memory.elasticity,
        "saez.average_rates": memory.average_rates,
        "saez.returns": jnp.where(returns.valid[:, None], rows, 0),
        "metric.PeriodicTax/saez/estimated_elasticity": estimate_before,
    }


def _spatial(economy: GatherTradeBuild, state: State) -> dict[str, Array]:
    result = {
        "state.location": state.location,
        "state.goods": state.inventory.goods,
        "state.goods_in_escrow": state.escrow.goods,
        "state.productive_steps": state.productive_steps,
    } | _map(state)
    if "build" in state.parts:
        result["state.build_payment"] = state.parts["build"].payment
        result["state.build_skill"] = state.parts["build"].skill
    if "gather" in state.parts:
        result["state.bonus_gather_prob"] = state.parts["gather"].bonus_probability
    if _AUCTION in state.parts:
        result |= _market(economy, state.parts[_AUCTION])
    return result


def _name(role: str, field: str) -> str:
    """`action_mask/buy_stone` is the original's `ContinuousDoubleAuction.Buy_Stone`."""
    if field == "action_mask":
        return f"mask.{role}"
    head, _, kind = field.partition("/")
    if head == "action_mask":
        kind = _KINDS.get(kind, kind.replace("rate_", "PeriodicBracketTax."))
        field = f"{head}/{kind}"
    return f"observation.{role}.{field}"


def _map(state: State) -> dict[str, Array]:
    terrain = state.terrain
    stone, wood = terrain.source == STONE, terrain.source == WOOD
    maps = {
        "Stone": jnp.where(stone, terrain.resource, 0),
        "Wood": jnp.where(wood, terrain.resource, 0),
        "House": terrain.house >= 0,
        "Water": terrain.water,
        "StoneSourceBlock": stone,
        "WoodSourceBlock": wood,
    }
    return {f"map.{name}": value.astype(int) for name, value in maps.items()} | {
        "map.owner": terrain.house
    }


def _market(economy: GatherTradeBuild, market: Market) -> dict[str, Array]:
    rules = economy.component(_AUCTION)
    ages, prices = rules.order_duration + 1, rules.max_price + 1
    # Sorted by side, price and age, with what is empty at the end.
    code = (market.side.astype(int) * prices + market.price) * ages + market.age
    last = 3 * prices * ages
    code = jnp.sort(jnp.where(market.side == 0, last, code), axis=-1)
    order = jnp.stack([code // (prices * ages), code // ages % prices, code % ages], axis=-1)
    order = jnp.where((code == last)[..., None], 0, order)
    return {"market.orders": order, "market.price_history": market.price_history}


def _tax(office: TaxOffice, cutoffs: Array, rates: Array) -> dict[str, Array]:
    return {
        "tax.position": office.position,
        "tax.rates": rates,
        "tax.cutoffs": cutoffs,
        "tax.coin_before": office.coin_before,
        "tax.income": office.income,
        "tax.marginal_rate": office.marginal_rate,
        "tax.paid": office.paid,
        "tax.transfer": office.transfer,
    }


def _metrics(
    economy: GatherTradeBuild, state: State, metrics: dict[str, Array]
) -> dict[str, Array]:
    n = economy.workers
    own = state.inventory.goods + state.escrow.goods
    share = charged_share(state.params, state.productive_steps)
    result = {
        "social/productivity": metrics["productivity"],
        "social/equality": metrics["equality"],
        "social_welfare/coin_eq_times_productivity": metrics["equality_times_productivity"] / n,
        "social_welfare/inv_income_weighted_coin_endow": metrics["inverse_income_weighted_coin"],
        "social_welfare/inv_income_weighted_utility": metrics["inverse_income_weighted_utility"],
        "endow/Coin": state.coin,
        "endow/Stone": own[:, STONE],
        "endow/Wood": own[:, WOOD],
        "endogenous/Labor": state.labor,
        "util": state.utility,
        "util/p": metrics["planner_welfare"],
        "labor/weighted_cost": state.params.labor_cost * share,
        "labor/warmup_integrator": state.productive_steps,
    }
    if "build" in state.parts:
        result["Build/n_builds"] = jnp.stack([metrics[f"houses/{i}"] for i in range(n)])
        result["Build/total_builds"] = metrics["houses"]
    if _AUCTION in state.parts:
        market: Market = state.parts[_AUCTION]
        units = jnp.stack([market.sold.T, market.bought.T], axis=1)
        coin = jnp.stack([market.sold_coin.T, market.bought_coin.T], axis=1)
        price = coin / units
        result["trade"] = jnp.stack([price, price, price, units], axis=-1)
        result["Trade/n_trades"] = metrics["trades/stone"] + metrics["trades/wood"]
    return result


def _metrics_of_one_step(state: Any, metrics: dict[str, Array], n: int) -> dict[str, Array]:
    return {
        "social/productivity": metrics["productivity"],
        "social/equality": metrics["equality"],
        "social_welfare/coin_eq_times_productivity": metrics["equality_times_productivity"] / n,
        "social_welfare/inv_income_weighted_utility": metrics["inverse_income_weighted_utility"],
        "endow/avg_agent/Coin": metrics["productivity"] / n,
        "endogenous/avg_agent/Labor": metrics["labor"] / n,
        "util/avg_agent": metrics["utilitarian_welfare"] / n,
        "util/p": state.welfare,
    }


def _metrics_of_tax(state: Any, metrics: dict[str, Array]) -> dict[str, Array]:
    if TAX not in state.parts:
        return {}
    brackets = range(state.params.parts[TAX].cutoffs.shape[0])
    return {
        "PeriodicTax/avg_bracket_rate": jnp.stack([metrics[f"tax/rate/{i}"] for i in brackets]),
        "PeriodicTax/bracket_occupancy": jnp.stack(
            [metrics[f"tax/occupancy/{i}"] for i in brackets]
        ),
        "PeriodicTax/avg_effective_tax_rate": metrics["tax/effective_rate"],
        "PeriodicTax/total_collected_taxes": metrics["tax/collected"],
        "PeriodicTax/avg_tax_rate/poorest": metrics["tax/average_rate_poorest"],
        "PeriodicTax/avg_tax_rate/richest": metrics["tax/average_rate_richest"],
    }
