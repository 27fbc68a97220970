"""What governors and the planner want: few deaths, and consumption."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

__all__ = ["Goals", "ObjectiveParams", "economic_index", "health_index", "health_share", "reward"]


class Goals(eqx.Module):
    """How a decision maker weighs health against the economy.

    Attributes:
        health_weight: 0 to 1.
        priority: what the odds of that weight are multiplied with.
        health_low, health_high: daily indices of health that count as 0 and 1.
        economic_low, economic_high: the same for the economy. These were means of 284 days with
            everything closed or open, so that a single day may lie outside.
    """

    health_weight: Float[Array, "..."]
    priority: Float[Array, "..."]
    health_low: Float[Array, "..."]
    health_high: Float[Array, "..."]
    economic_low: Float[Array, "..."]
    economic_high: Float[Array, "..."]


class ObjectiveParams(eqx.Module):
    """Numbers of the objectives.

    Attributes:
        governor: goals, by state.
        planner: goals.
        value_of_life: US dollars.
    """

    governor: Goals
    planner: Goals
    value_of_life: Float[Array, "*batch"]


def health_index(
    value_of_life: Float[Array, ""], deaths: Float[Array, "..."], maximum: Float[Array, "..."]
) -> Float[Array, "..."]:
    """The value of the lives lost on a day, as a share of a year's output.

    Args:
        value_of_life: US dollars.
        deaths: of the day.
        maximum: output without an epidemic, US dollars a day.
    """
    return -deaths * value_of_life / (365 * maximum)


def economic_index(relative_income: Float[Array, "..."], risk_aversion: float) -> Array:
    """Isoelastic utility of a day's income, as a share of a year's.

    Args:
        relative_income: income of the day over output without an epidemic; limited to 0.1 to 3.
        risk_aversion: the coefficient eta of relative risk aversion; 1 is the logarithm.
    """
    y = jnp.clip(relative_income, 0.1, 3)
    if risk_aversion == 1:
        return (1 + jnp.log(y)) / 365
    # Squares and their like are much cheaper than a power with a real exponent.
    exponent = 1 - risk_aversion
    power = y ** int(exponent) if exponent == int(exponent) else y**exponent
    return (1 + (power - 1) / exponent) / 365


def health_share(goals: Goals) -> Float[Array, "..."]:
    """The weight of health after the priority, 0 to 1."""
    odds = goals.priority * goals.health_weight
    return odds / (odds + 1 - goals.health_weight)


def reward(
    goals: Goals, health: Float[Array, "..."], economy: Float[Array, "..."]
) -> tuple[Float[Array, "..."], Float[Array, "..."], Float[Array, "..."]]:
    """The reward of a day, and its two normalised indices.

    Args:
        goals: of the decision maker.
        health: index of health.
        economy: index of the economy.
    """
    # The guard against 0 / 0 is part of the published rules.
    health = (health - goals.health_low) / (goals.health_high - goals.health_low + 1e-10)
    economy = (economy - goals.economic_low) / (goals.economic_high - goals.economic_low + 1e-10)
    weight = health_share(goals)
    return weight * health + (1 - weight) * economy, health, economy
