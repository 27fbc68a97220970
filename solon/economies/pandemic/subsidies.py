"""The planner: it pays people the same sum everywhere, on borrowed money."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Num

__all__ = ["LEVELS", "SubsidyParams", "decides", "payments", "set_subsidy"]

#: The highest level of subsidies; 0 is none.
LEVELS = 20


class SubsidyParams(eqx.Module):
    """Numbers of the subsidies.

    Attributes:
        maximum: US dollars a person and year at the highest level.
        interest: what the planner is charged for a dollar, once, on the day.
    """

    maximum: Float[Array, "*batch"]
    interest: Float[Array, "*batch"]


def decides(time: Int[Array, "*batch"], interval: int) -> Bool[Array, "*batch"]:
    """Whether the planner sets the level in the step after `time`."""
    return time % interval == 0


def set_subsidy(
    current: Float[Array, ""], action: Num[Array, ""], time: Int[Array, ""], *, interval: int
) -> Float[Array, ""]:
    """The level that follows from what the planner does.

    Args:
        current: level so far.
        action: 0 to 20; 0 and anything else means no subsidy. Read only where the planner
            decides. Or a real number: then it is the level, on every day.
        time: steps before this one.
        interval: steps between two decisions.
    """
    if jnp.issubdtype(action.dtype, jnp.floating):
        return jnp.clip(action, 0, LEVELS).astype(current.dtype)
    level = jnp.where((action >= 1) & (action <= LEVELS), action, 0).astype(current.dtype)
    return jnp.where(decides(time, interval), level, current)


def payments(
    params: SubsidyParams, level: Float[Array, ""], population: Float[Array, " n"]
) -> Float[Array, " n"]:
    """Subsidies by state, US dollars a day."""
    return level / LEVELS * population * (params.maximum / 365)
