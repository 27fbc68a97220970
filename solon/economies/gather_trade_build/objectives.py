"""What workers and the planner want, and the curriculum of the labor cost."""

from typing import TYPE_CHECKING

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from ...economics import inequality, utility, welfare
from .state import Params, State

if TYPE_CHECKING:
    from .economy import GatherTradeBuild

__all__ = ["OBJECTIVES", "charged_share", "planner_welfare", "worker_utility"]

OBJECTIVES = (
    "equality-times-productivity",
    "inverse-income-weighted-coin",
    "inverse-income-weighted-utility",
)


def charged_share(params: Params, productive_steps: Int[Array, ""]) -> Float[Array, ""]:
    """The share of the labor cost that is charged.

    It is `params.labor_cost_weight`, unless a warm-up constant K is given: then it is
    1 - exp(-q / K), where q counts the steps so far on which workers gained on average.
    """
    constant = jnp.maximum(params.warmup_constant, 1e-9)
    warmed_up = 1 - jnp.exp(-productive_steps / constant)
    return jnp.where(params.warmup_constant > 0, warmed_up, params.labor_cost_weight)


def worker_utility(state: State) -> Float[Array, " n"]:
    """Isoelastic utility of coin less the cost of all labor so far."""
    share = charged_share(state.params, state.productive_steps)
    return utility.isoelastic_coin_minus_labor(
        state.coin,
        state.labor,
        eta=state.params.risk_aversion,
        labor_cost=state.params.labor_cost * share,
    )


def planner_welfare(
    economy: "GatherTradeBuild", state: State, utilities: Float[Array, " n"]
) -> Float[Array, ""]:
    """The planner's objective, per worker where the published experiments count it so."""
    coin = state.coin
    if economy.planner_objective == "inverse-income-weighted-coin":
        return welfare.inverse_income_weighted_coin(coin)
    if economy.planner_objective == "inverse-income-weighted-utility":
        return welfare.inverse_income_weighted_utility(utilities, coin)
    equality = inequality.equality(coin, compatibility=economy.compatibility)
    weight = state.params.equality_weight
    return jnp.mean(coin) * (weight * equality + 1 - weight)
