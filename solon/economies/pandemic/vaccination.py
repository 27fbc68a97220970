"""The vaccination campaign: doses that come in proportion to the population."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

__all__ = ["VaccinationParams", "doses", "first_delivery", "foundation_timer"]


class VaccinationParams(eqx.Module):
    """Numbers of the campaign.

    Attributes:
        doses_per_million: people fully vaccinated a day and million inhabitants.
        begins: the first step with doses; below 1 if the episode starts later than they do.
    """

    doses_per_million: Float[Array, "*batch"]
    begins: Int[Array, "*batch"]


def doses(
    params: VaccinationParams, population: Float[Array, " n"], step: Int[Array, ""], interval: int
) -> Float[Array, " n"]:
    """Persons that can be vaccinated in a step.

    Args:
        params: of the campaign.
        population: persons.
        step: of the episode.
        interval: days between two deliveries; one is as large as that many days.
    """
    delivery = interval * (population / 1e6) * params.doses_per_million
    # Whole persons; a gradient passes the rounding.
    delivery = delivery + jax.lax.stop_gradient(jnp.floor(delivery) - delivery)
    return jnp.where(_delivered(params, step, interval), delivery, 0)


def _delivered(params: VaccinationParams, step: Int[Array, ""], interval: int) -> Bool[Array, ""]:
    return (step >= params.begins) & (step % interval == 0)


def first_delivery(params: VaccinationParams, interval: int) -> Int[Array, ""]:
    """The first step in which doses are delivered, if the episode lasts that long."""
    return -(-params.begins // interval) * interval


def foundation_timer(
    params: VaccinationParams, step: Int[Array, ""], interval: int
) -> Float[Array, ""]:
    """The original's clock of the campaign, which is divided by the interval twice at first."""
    first, coming = first_delivery(params, interval), step + 1
    waiting = jnp.minimum(1, (first - coming) / interval) / interval
    running = (interval - coming % interval) / interval
    return jnp.where(coming <= first, waiting, running)
