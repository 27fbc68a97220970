"""What the economy holds: coin, hours, parameters, and the luck of a start."""

from typing import Any

import equinox as eqx
from jaxtyping import Array, Float, Int

from ..mechanisms.purse import HoldsCoin

__all__ = ["Params", "State", "World"]


class Params(eqx.Module):
    """The numbers that a study may vary.

    Attributes:
        labor_cost: utility lost with the first hour of labor.
        labor_exponent: above 1; how steeply the cost of labor rises with hours. Isoelastic workers
            have a linear cost and ignore it.
        risk_aversion: the coefficient eta of isoelastic workers.
        equality_weight: kappa in [0, 1]; the objective equality-times-productivity at 0 is
            productivity alone.
        parts: the numbers of the components, by name.
    """

    labor_cost: Float[Array, ""]
    labor_exponent: Float[Array, ""]
    risk_aversion: Float[Array, ""]
    equality_weight: Float[Array, ""]
    parts: dict[str, Any]


class World(eqx.Module):
    """The luck of a start.

    Attributes:
        rank: place of each worker in the list of skills.
        parts: the luck of the components, by name.
    """

    rank: Int[Array, " n"]
    parts: dict[str, Any]


class State(HoldsCoin):
    """The economy between two steps; what workers own is inherited.

    Attributes:
        step: steps taken so far.
        rank: place of each worker in the list of skills.
        labor: hours so far of each worker.
        utility: utility of each worker, from which the next reward is counted.
        welfare: the planner's objective, from which its next reward is counted.
        parts: the memories of the components, by name.
        params: the numbers of this episode.
    """

    step: Int[Array, ""]
    rank: Int[Array, " n"]
    labor: Float[Array, " n"]
    utility: Float[Array, " n"]
    welfare: Float[Array, ""]
    parts: dict[str, Any]
    params: Params
