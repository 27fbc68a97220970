"""What is kept of played episodes, for evaluations and pictures."""

from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array

from ...environment import TimeStep
from .state import State

__all__ = ["record"]


def record(states: State, timesteps: TimeStep) -> dict[str, dict[str, Array]]:
    """Pick what an evaluation is made of from a step of many episodes.

    Args:
        states: of all episodes, which are the leading axis.
        timesteps: likewise.

    Returns:
        `metrics`: scalars by episode. `workers`: by episode and worker. `rates`: marginal rates by
        episode and bracket, if there is a tax. `first`: the map and the workers of the first
        episode.
    """
    parts = states.parts
    workers: dict[str, Array] = {
        "coin": states.coin,
        "labor": states.labor,
        "utility": states.utility,
        "rank": states.rank,
    } | _by_commodity(owned=jnp.swapaxes(states.inventory.goods + states.escrow.goods, 1, 2))
    first: dict[str, Array] = {
        "location": states.location[0],
        "water": states.terrain.water[0],
        "source": states.terrain.source[0],
        "resource": _lying(states),
        "house": states.terrain.house[0],
        "goods": states.inventory.goods[0] + states.escrow.goods[0],
    }
    if "build" in parts:
        workers |= {"payment": parts["build"].payment, "houses": parts["build"].houses}
    if "gather" in parts:
        workers |= _by_commodity(gathered=jnp.swapaxes(parts["gather"].gathered, 1, 2))
    if "continuous-double-auction" in parts:
        market = parts["continuous-double-auction"]
        workers |= _by_commodity(
            bought=market.bought,
            sold=market.sold,
            bought_coin=market.bought_coin,
            sold_coin=market.sold_coin,
        )
    if "periodic-bracket-tax" in parts:
        tax = parts["periodic-bracket-tax"]
        workers |= {
            "income": tax.income,
            "paid": tax.paid,
            "transfer": tax.transfer,
            "total_paid": tax.total_paid,
            "total_transfer": tax.total_transfer,
        }
        rates = {"rates": tax.rates}
    else:
        rates = {}
    return {"metrics": dict(timesteps.metrics), "workers": workers, "first": first} | rates


def _lying(states: State) -> Array:
    """0 where nothing lies, 1 for stone, 2 for wood."""
    terrain: Any = jax.tree.map(lambda leaf: leaf[0], states.terrain)
    return jnp.where(terrain.resource > 0, terrain.source + 1, 0).astype(jnp.int8)


def _by_commodity(**fields: Array) -> dict[str, Array]:
    return {
        f"{name}_{commodity}": values[:, index]
        for name, values in fields.items()
        for index, commodity in enumerate(("stone", "wood"))
    }
