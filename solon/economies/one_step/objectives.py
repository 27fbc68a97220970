"""What workers and the planner want, and how the economy fares."""

from typing import TYPE_CHECKING

import jax.numpy as jnp
from jaxtyping import Array, Float

from ...economics import inequality, utility, welfare
from .simple_labor import SimpleLabor
from .state import State

if TYPE_CHECKING:
    from .economy import OneStepEconomy

__all__ = ["OBJECTIVES", "UTILITIES", "planner_welfare", "social_metrics", "worker_utility"]

UTILITIES = ("coin-minus-labor-cost", "isoelastic-coin-minus-labor")
OBJECTIVES = ("inverse-income-weighted-utility", "equality-times-productivity")


def worker_utility(economy: "OneStepEconomy", state: State) -> Float[Array, " n"]:
    """Utility of each worker: quasi-linear with a convex cost of labor, or isoelastic in coin."""
    params = state.params
    if economy.worker_utility == "coin-minus-labor-cost":
        return utility.coin_minus_labor_cost(
            state.coin,
            state.labor,
            labor_cost=params.labor_cost,
            labor_exponent=params.labor_exponent,
        )
    return utility.isoelastic_coin_minus_labor(
        state.coin, state.labor, eta=params.risk_aversion, labor_cost=params.labor_cost
    )


def _production(state: State) -> Float[Array, " n"]:
    """Coin that each worker earned before tax."""
    if SimpleLabor.name in state.parts:
        return state.parts[SimpleLabor.name].production
    return state.coin


def planner_welfare(
    economy: "OneStepEconomy", state: State, utilities: Float[Array, " n"]
) -> Float[Array, ""]:
    """The planner's objective, per worker."""
    if economy.planner_objective == "inverse-income-weighted-utility":
        return welfare.inverse_income_weighted_utility(utilities, _production(state))
    coin = state.coin
    equality = inequality.equality(coin, compatibility=economy.compatibility)
    weight = state.params.equality_weight
    return jnp.mean(coin) * (weight * equality + 1 - weight)


def social_metrics(economy: "OneStepEconomy", state: State) -> dict[str, Array]:
    """Productivity is total coin, and equality is 1 less the normalised Gini index of coin."""
    coin, utilities = state.coin, state.utility
    equality = inequality.equality(coin, compatibility=economy.compatibility)
    productivity = jnp.sum(coin)
    return {
        "productivity": productivity,
        "equality": equality,
        "equality_times_productivity": equality * productivity,
        "utilitarian_welfare": jnp.sum(utilities),
        "rawlsian_welfare": jnp.min(utilities),
        "inverse_income_weighted_utility": welfare.inverse_income_weighted_utility(
            utilities, _production(state)
        ),
        "planner_welfare": state.welfare,
        "labor": jnp.sum(state.labor),
    }
