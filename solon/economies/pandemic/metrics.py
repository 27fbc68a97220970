"""How the nation fares in an episode so far."""

from typing import TYPE_CHECKING

import jax.numpy as jnp
from jaxtyping import Array

from .state import State

if TYPE_CHECKING:
    from .economy import Pandemic

__all__ = ["metrics"]


def metrics(economy: "Pandemic", state: State) -> dict[str, Array]:
    """Scalars of the episode so far. The page of the economy has their units."""
    totals, persons = state.totals, state.compartments
    days = jnp.maximum(state.step, 1).astype(totals.output.dtype)
    return {
        "welfare": totals.planner_reward,
        "health_index": totals.planner_health,
        "economic_index": totals.planner_economy,
        "governor_welfare": jnp.mean(totals.reward),
        "deaths": jnp.sum(persons.deaths),
        "infected": jnp.sum(persons.infected),
        "vaccinated": jnp.sum(persons.vaccinated),
        "unemployment": totals.unemployment / days,
        "stringency": jnp.mean(totals.stringency) / days,
        "output": totals.output,
        "subsidies": totals.subsidies,
        "debt": totals.subsidies + totals.interest,
    }
