"""Who a learned planner is held against, each with what it knows."""

from collections.abc import Mapping

from ...economies.unknown_society import UnknownSociety
from ...policy import Policy
from .policies import FixedRate, SelfEstimatingSaez, StructuralEstimator
from .societies import FAMILY

__all__ = ["MODEL_AVERAGING", "SINGLE", "opponents"]

SINGLE = "single rate"
MODEL_AVERAGING = "model averaging"

#: How far incomes may be off the model without shocks, and with them.
_DEVIATION = {False: 0.02, True: 0.2}
#: In year two of those who spend it on exploring: so far from the rate of year one.
_EXPLORED = 0.2


def opponents(
    env: UnknownSociety, *, standard: float, family: float, shocks: bool
) -> Mapping[str, Policy]:
    """The planners that do not learn by trial.

    Args:
        env: the economy, whose planner sets any rate.
        standard: the best single rate over the standard model's prior.
        family: the best single rate over the prior of all models.
        shocks: whether incomes have yearly shocks, which all of them know.
    """
    deviation = _DEVIATION[shocks]
    return {
        SINGLE: FixedRate(standard),
        "single rate of the family": FixedRate(family),
        "formula, published": SelfEstimatingSaez(env, first=standard, corrected=False),
        "formula, corrected": SelfEstimatingSaez(env, first=standard, guess=0.8),
        "estimator": StructuralEstimator(env, first=standard, deviation=deviation),
        "estimator, exploring": StructuralEstimator(
            env, first=standard, deviation=deviation, explore=abs(standard - _EXPLORED)
        ),
        "estimator, one look": StructuralEstimator(
            env, first=standard, deviation=deviation, estimates=1
        ),
        MODEL_AVERAGING: StructuralEstimator(env, first=family, deviation=deviation, models=FAMILY),
        # Where some models have nobody work above a rate, only going there tells which one holds.
        f"{MODEL_AVERAGING}, exploring": StructuralEstimator(
            env, first=family, deviation=deviation, models=FAMILY, explore=standard
        ),
    }
