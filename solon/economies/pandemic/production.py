"""Production: what those who are healthy, alive and in work make."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

__all__ = ["ProductionParams", "maximum_production", "production"]


class ProductionParams(eqx.Module):
    """Numbers of production.

    Attributes:
        worker_share: share of the population that is of working age.
        sick_share: share of the infected who are too ill to work.
        output_per_worker: US dollars a day, the same in all states.
    """

    worker_share: Float[Array, "*batch"]
    sick_share: Float[Array, "*batch"]
    output_per_worker: Float[Array, "*batch"]


def production(
    params: ProductionParams,
    population: Float[Array, " n"],
    unemployed: Float[Array, " n"],
    infected: Float[Array, " n"] | float = 0.0,
    deaths: Float[Array, " n"] | float = 0.0,
) -> Float[Array, " n"]:
    """Output of each state, US dollars a day. The ill and the dead are of all ages alike."""
    incapacitated = params.sick_share * infected + deaths
    unavailable = params.worker_share * incapacitated + unemployed
    workers = jnp.maximum(params.worker_share * population - unavailable, 0)
    return workers * params.output_per_worker


def maximum_production(
    params: ProductionParams, population: Float[Array, " n"], unemployed: Float[Array, " n"]
) -> Float[Array, " n"]:
    """Output without an epidemic and with the unemployed of the baseline, US dollars a day."""
    return production(params, population, unemployed)
