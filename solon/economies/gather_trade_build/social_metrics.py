"""How the economy fares: output, its distribution, and welfare."""

from typing import TYPE_CHECKING

import jax.numpy as jnp
from jaxtyping import Array

from ...economics import inequality, welfare
from .state import State

if TYPE_CHECKING:
    from .economy import GatherTradeBuild

__all__ = ["social_metrics"]


def social_metrics(economy: "GatherTradeBuild", state: State) -> dict[str, Array]:
    """Productivity is total coin, and equality is 1 less the normalised Gini index of coin."""
    coin, utility = state.coin, state.utility
    productivity = jnp.sum(coin)
    equality = inequality.equality(coin, compatibility=economy.compatibility)
    return {
        "productivity": productivity,
        "equality": equality,
        "equality_times_productivity": equality * productivity,
        "utilitarian_welfare": jnp.sum(utility),
        "rawlsian_welfare": jnp.min(utility),
        "inverse_income_weighted_coin": welfare.inverse_income_weighted_coin(coin),
        "inverse_income_weighted_utility": welfare.inverse_income_weighted_utility(utility, coin),
        "planner_welfare": state.welfare,
        "labor": jnp.sum(state.labor),
    }
