"""What the economy holds: coin, labor, parameters, and the luck of a start."""

from typing import Any

import equinox as eqx
from jaxtyping import Array, Float, Int

from ...economics.labor_supply import Preferences
from ..mechanisms.purse import HoldsCoin

__all__ = ["Params", "State", "World"]


class Params(eqx.Module):
    """The numbers that a study may vary.

    Attributes:
        skills: coin a unit of labor of each worker.
        preferences: elasticity and risk aversion of all workers.
        inequality_aversion: gamma of the planner's objective, see `Society`.
        parts: the numbers of the components, by name.
    """

    skills: Float[Array, " n"]
    preferences: Preferences
    inequality_aversion: Float[Array, ""]
    parts: dict[str, Any]


class World(eqx.Module):
    """The luck of a start: none, since everyone has a skill of one's own.

    Attributes:
        number: tells worlds apart, so that there is something to batch over.
        parts: the luck of the components, by name.
    """

    number: Int[Array, ""]
    parts: dict[str, Any]


class State(HoldsCoin):
    """The economy between two steps; what workers own is inherited.

    Attributes:
        step: steps taken so far.
        labor: of each worker.
        utility: utility of each worker; 0 before there was anything to decide.
        social_weights: what a coin more in the hands of each is worth to the planner, with mean 1.
        parts: the memories of the components, by name.
        params: the numbers of this episode.
    """

    step: Int[Array, ""]
    labor: Float[Array, " n"]
    utility: Float[Array, " n"]
    social_weights: Float[Array, " n"]
    parts: dict[str, Any]
    params: Params
