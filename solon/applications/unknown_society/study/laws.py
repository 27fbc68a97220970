"""What is chosen for planners that do not learn by trial, on societies for choosing alone."""

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np

from ....economies.unknown_society import UnknownSociety
from ....policy import Policy
from ..opponents import (
    AVERAGING,
    ESTIMATOR,
    EXPLORING,
    FORMULA,
    PUBLISHED,
    REGRESSING,
    TUNED,
    exploring,
    formula,
)
from ..policies import FixedRate
from ..scoring import Begun, Played, begun, best_single_rate, play_planner, truth_of
from ..societies import FAMILY, Societies
from .shares import PERIODS, Gains, share

__all__ = ["LUCK", "OUTSIDE", "formulas", "kinds", "laws", "under"]

LUCK = 11
"""Seed of all that is searched here."""

OUTSIDE: Mapping[str, Mapping[str, Any]] = {
    "income-effects": {"models": ("income-effects",)},
    "new-elasticity": {"models": ("new-elasticity",)},
    "elasticity-2": {"elasticity": 2.0},
    "pareto-skills": {"skills": "pareto"},
}
"""Societies that no planner is prepared for, and in what they differ from the standard ones."""


def kinds(config: Mapping[str, Any]) -> dict[str, Societies]:
    """The societies that planners are scored on, by name."""
    base = Societies(workers=config["workers"], shocks=config["shocks"])
    found = {name: dataclasses.replace(base, models=(name,)) for name in config["models"]}
    outside = {name: dataclasses.replace(base, **OUTSIDE[name]) for name in config["outside"]}
    return found | outside


def laws(config: Mapping[str, Any]) -> dict[str, Any]:
    """What is chosen for those who do not learn, on societies of its own.

    The best single rate for each kind of societies and for all of the family, and how estimators
    explore: each as is best in the mean of the models that it holds possible.
    """
    found = {name: _law(one, config["searched"]) for name, one in kinds(config).items()}
    rates = {ESTIMATOR: found[FAMILY[0]]}
    family: float | None = None
    if len(config["models"]) > 1:
        whole = Societies(FAMILY, workers=config["workers"], shocks=config["shocks"])
        family = rates[AVERAGING] = _law(whole, len(FAMILY) * config["searched"])
    tried = {who: _explored(config, who, first, rates[ESTIMATOR]) for who, first in rates.items()}
    return {
        "rates": found,
        "family": family,
        "tried": tried,
        "explore": {who: max(one, key=lambda name: one[name]) for who, one in tried.items()},
    }


def _explored(
    config: Mapping[str, Any], who: str, first: float, standard: float
) -> dict[str, float]:
    """The mean share by the way of exploring."""
    models = FAMILY if who == AVERAGING else FAMILY[:1]
    given = {"first": first, "shocks": config["shocks"]}

    def planner(env: UnknownSociety, name: str) -> Policy:
        return exploring(env, who, name, **given)

    return _tried(config, models, EXPLORING, planner, standard)


def formulas(config: Mapping[str, Any], rates: Mapping[str, Any]) -> dict[str, Any]:
    """How formulas regress: each as is best in the mean of the models that it holds possible.

    Args:
        config: of the cell.
        rates: the result of `laws`.
    """
    standard = rates["rates"][FAMILY[0]]
    tried = {}
    for who, first in (PUBLISHED, standard), (FORMULA, standard), (TUNED, rates["family"]):
        if first is None:
            continue

        def planner(env: UnknownSociety, name: str, who: str = who, first: float = first) -> Policy:
            return formula(env, name, first=first, corrected=who != PUBLISHED)

        models = FAMILY if who == TUNED else FAMILY[:1]
        tried[who] = _tried(config, models, REGRESSING, planner, standard)
    return {
        "tried": tried,
        "regress": {who: max(one, key=lambda name: one[name]) for who, one in tried.items()},
    }


def _tried(
    config: Mapping[str, Any],
    models: Sequence[str],
    ways: Collection[str],
    planner: Callable[[UnknownSociety, str], Policy],
    standard: float,
) -> dict[str, float]:
    """The mean share over all years beside the standard model's law, by the way of a planner."""
    base = Societies(workers=config["workers"], shocks=config["shocks"])
    shares: dict[str, list[float]] = {name: [] for name in ways}
    for model in models:
        societies = dataclasses.replace(base, models=(model,))
        drawn = begun(societies, count=config["tried"], seed=LUCK, purpose="choosing")
        truth, law = truth_of(drawn), under(standard, drawn)
        for name, each in shares.items():
            played = play_planner(planner(drawn.env(), name), drawn)
            gains = Gains((played.welfare - law.welfare)[None], truth.welfare - law.welfare)
            each.append(share(gains, PERIODS["all_years"]))
    return {name: float(np.mean(each)) for name, each in shares.items()}


def _law(societies: Societies, count: int) -> float:
    # Nothing is searched on what is scored.
    return best_single_rate(begun(societies, count=count, seed=LUCK, purpose="choosing"))


def under(rate: float, societies: Begun) -> Played:
    """What comes of a law."""
    return play_planner(FixedRate(rate), societies)
