"""Who a learned planner is held against, each with what it knows."""

from collections.abc import Mapping
from typing import Any

from ...economies.unknown_society import UnknownSociety
from ...policy import Policy
from .policies import FixedRate, SelfEstimatingSaez, StructuralEstimator
from .societies import FAMILY

__all__ = [
    *(
        "AVERAGING",
        "ESTIMATOR",
        "EXPLORING",
        "FORMULA",
        "PUBLISHED",
        "REGRESSING",
        "SINGLE",
        "TUNED",
    ),
]

SINGLE = "single rate"
ESTIMATOR, AVERAGING = "estimator", "model averaging"
PUBLISHED = "formula, published"
FORMULA, TUNED = "formula, corrected", "formula, corrected, over five models"

#: How far incomes may be off the model without shocks, and with them.
_DEVIATION = {False: 0.02, True: 0.2}

EXPLORING = {
    f"{rate:g} for {years} year{'s' * (years > 1)}": (rate, years)
    for rate in (0.0, 0.2, 0.4, 0.6)
    for years in (1, 2)
}
"""Rates and years, from year two on, that an estimator may spend on exploring."""

REGRESSING: Mapping[str, Mapping[str, Any]] = {
    f"guess {guess:g}, weight {weight:g}{', mean shares' * averaged}": {
        **{"guess": guess, "weight": weight, "averaged": averaged}
    }
    for guess in (0.4, 0.8, 1.2, 1.6, 2.4)
    for weight in (0.0, 0.03, 0.1, 0.3, 1.0)
    for averaged in (False, True)
}
"""How a formula may take its elasticity and its weights from returns."""


def formula(
    env: UnknownSociety, chosen: str, *, first: float, corrected: bool = True
) -> SelfEstimatingSaez:
    """A formula that regresses.

    Args:
        env: the economy, whose planner sets any rate.
        chosen: a key of `REGRESSING`.
        first: its rate of the first year.
        corrected: whether its weights are those of the objective.
    """
    return SelfEstimatingSaez(env, first=first, corrected=corrected, **REGRESSING[chosen])


def exploring(
    env: UnknownSociety, who: str, chosen: str, *, first: float, shocks: bool
) -> StructuralEstimator:
    """An estimator that explores.

    Args:
        env: the economy, whose planner sets any rate.
        who: `ESTIMATOR` or `AVERAGING`.
        chosen: a key of `EXPLORING`.
        first: its rate of the first year.
        shocks: whether incomes have yearly shocks, which it knows.
    """
    explore, explored = EXPLORING[chosen]
    return StructuralEstimator(
        env,
        first=first,
        models=FAMILY[:1] if who == ESTIMATOR else FAMILY,
        deviation=_DEVIATION[shocks],
        explore=explore,
        explored=explored,
    )


def opponents(
    env: UnknownSociety,
    *,
    standard: float,
    family: float | None,
    explore: Mapping[str, str],
    regress: Mapping[str, str],
    shocks: bool,
) -> Mapping[str, Policy]:
    """The planners that do not learn by trial.

    Args:
        env: the economy, whose planner sets any rate.
        standard: the best single rate over the standard model's prior.
        family: the best single rate over the prior of all models, or None where the standard model
            is known to hold: who takes all of them for possible is left out.
        explore: how each estimator explores, see `EXPLORING`.
        regress: how each formula regresses, see `REGRESSING`.
        shocks: whether incomes have yearly shocks, which all of them know.
    """
    deviation = _DEVIATION[shocks]

    def explorer(who: str, first: float) -> StructuralEstimator:
        return exploring(env, who, explore[who], first=first, shocks=shocks)

    found: dict[str, Policy] = {
        SINGLE: FixedRate(standard),
        PUBLISHED: formula(env, regress[PUBLISHED], first=standard, corrected=False),
        FORMULA: formula(env, regress[FORMULA], first=standard),
        ESTIMATOR: StructuralEstimator(env, first=standard, deviation=deviation),
        "estimator, one look": StructuralEstimator(
            env, first=standard, deviation=deviation, estimates=1
        ),
        f"{ESTIMATOR}, exploring": explorer(ESTIMATOR, standard),
    }
    if family is None:
        return found
    return {
        **found,
        "single rate of the family": FixedRate(family),
        TUNED: formula(env, regress[TUNED], first=family),
        AVERAGING: StructuralEstimator(env, first=family, deviation=deviation, models=FAMILY),
        f"{AVERAGING}, exploring": explorer(AVERAGING, family),
    }
