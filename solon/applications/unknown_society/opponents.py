"""Who a learned planner is held against, each with what it knows."""

from collections.abc import Mapping

from ...economies.unknown_society import UnknownSociety
from ...policy import Policy
from .policies import FixedRate, SelfEstimatingSaez, StructuralEstimator
from .societies import FAMILY

__all__ = ["AVERAGING", "ESTIMATOR", "EXPLORING", "SINGLE", "exploring", "opponents"]

SINGLE = "single rate"
ESTIMATOR, AVERAGING = "estimator", "model averaging"

#: How far incomes may be off the model without shocks, and with them.
_DEVIATION = {False: 0.02, True: 0.2}

EXPLORING = {
    f"{rate:g} for {years} year{'s' * (years > 1)}": (rate, years)
    for rate in (0.0, 0.2, 0.4, 0.6)
    for years in (1, 2)
}
"""Rates and years, from year two on, that an estimator may spend on exploring."""


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
    family: float,
    explore: Mapping[str, str],
    shocks: bool,
) -> Mapping[str, Policy]:
    """The planners that do not learn by trial.

    Args:
        env: the economy, whose planner sets any rate.
        standard: the best single rate over the standard model's prior.
        family: the best single rate over the prior of all models.
        explore: how each estimator explores, see `EXPLORING`.
        shocks: whether incomes have yearly shocks, which all of them know.
    """
    deviation = _DEVIATION[shocks]
    first = {ESTIMATOR: standard, AVERAGING: family}
    estimators = {
        f"{who}, exploring": exploring(env, who, explore[who], first=first[who], shocks=shocks)
        for who in first
    }
    return {
        SINGLE: FixedRate(standard),
        "single rate of the family": FixedRate(family),
        "formula, published": SelfEstimatingSaez(env, first=standard, corrected=False),
        "formula, corrected": SelfEstimatingSaez(env, first=standard, guess=0.8),
        ESTIMATOR: StructuralEstimator(env, first=standard, deviation=deviation),
        "estimator, one look": StructuralEstimator(
            env, first=standard, deviation=deviation, estimates=1
        ),
        AVERAGING: StructuralEstimator(env, first=family, deviation=deviation, models=FAMILY),
        **estimators,
    }
