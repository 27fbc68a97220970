"""Who governs in the lab: the shipped planner, and opponents as the study chose them.

Nothing is chosen or trained here, so that it takes no longer than reading a file.
"""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp

from ...agents import MostProbable
from ...errors import require
from ...policy import Policy
from .opponents import AVERAGING, ESTIMATOR, FORMULA, PUBLISHED, TUNED, opponents
from .policies.opening import Opening
from .societies import FAMILY, Societies
from .training import FILES, recipe_of, remembering

__all__ = ["CHOSEN", "Chosen", "entry_of", "governing", "planner", "prior", "rivals"]

_ENTRY = "society/unknown/learned"


@dataclasses.dataclass(frozen=True)
class Chosen:
    """What the study chose for those who do not learn, on societies of its own.

    Attributes:
        standard: the best single rate over the standard model's prior.
        family: the best single rate over the prior of all five models.
        explore: how estimators explore, see `opponents.EXPLORING`.
        regress: how formulas regress, see `opponents.REGRESSING`.
    """

    standard: float
    family: float
    explore: Mapping[str, str]
    regress: Mapping[str, str]


_EXPLORE = {ESTIMATOR: "0.4 for 1 year", AVERAGING: "0.4 for 1 year"}
CHOSEN: Mapping[bool, Chosen] = {
    False: Chosen(
        standard=0.39,
        family=0.3,
        explore=_EXPLORE,
        regress={
            PUBLISHED: "guess 1.6, weight 0",
            FORMULA: "guess 1.2, weight 0, mean shares",
            TUNED: "guess 1.6, weight 0, mean shares",
        },
    ),
    True: Chosen(
        standard=0.39,
        family=0.3,
        explore=_EXPLORE,
        regress={
            PUBLISHED: "guess 1.2, weight 0.3, mean shares",
            FORMULA: "guess 1.2, weight 0.1",
            TUNED: "guess 1.2, weight 0.03",
        },
    ),
}
"""Without yearly shocks to incomes and with them: results of the cells `laws-4` and `formulas-4`,
and of those with `-shocks`, of `solon reproduce unknown-society`."""


def prior(shocks: bool) -> Societies:
    """The societies that the shipped planner was trained in, as it sees them."""
    return remembering(Societies(FAMILY, shocks=shocks), FILES)


def entry_of(shocks: bool) -> str:
    """The name in the zoo of the planner that was trained with yearly shocks, or without."""
    return f"{_ENTRY}{'-shocks' * shocks}"


@functools.cache
def planner(shocks: bool) -> Opening:
    """The shipped planner as it governs.

    Args:
        shocks: whether it was trained with yearly shocks to incomes.

    Raises:
        ConfigurationError: if the entry is not there, is damaged, or is of other societies.
    """
    from ...zoo import load

    entry = load(entry_of(shocks))
    return governing(entry.recipe, entry.policies["planner"], shocks)


def governing(recipe: Any, trained: Any, shocks: bool) -> Opening:
    """A trained planner as it governs: its most probable rates, after the best single rate.

    Args:
        recipe: of its training.
        trained: its network.
        shocks: whether it is for societies with yearly shocks.

    Raises:
        ConfigurationError: if it was trained in other societies, such as of another number of
            workers or years, of other models or of another prior.
    """
    needed: Any = recipe_of(prior(shocks), steps=1, seed=0)
    # The options first: they say in plain words what differs.
    for name, value in needed.options.items():
        got = recipe.options.get(name)
        require(got == value, f"planner's {name}", got, f"{value}, as in its training's societies")
    env: Any = needed.env()
    years = recipe.env().horizon
    require(years == env.years, "planner's years", years, f"{env.years}")
    wanted = needed.prior["params"]
    own = {} if recipe.prior is None else recipe.prior["params"]
    for name in sorted({*wanted, *own}):
        allowed = f"{wanted.get(name)}, as in the societies that it governs"
        same = own.get(name) == wanted.get(name)
        require(same, f"{name} of the planner's prior", own.get(name), allowed)
    level = round(CHOSEN[shocks].family * env.levels)
    return Opening(MostProbable(trained), jnp.asarray(level, jnp.int32))


@functools.cache
def rivals(shocks: bool) -> Mapping[str, Policy]:
    """The planners that do not learn by trial, by their names in `opponents`."""
    return opponents(prior(shocks).env("rate"), **dataclasses.asdict(CHOSEN[shocks]), shocks=shocks)
