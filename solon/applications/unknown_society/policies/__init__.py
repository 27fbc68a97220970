"""Who sets the rate: fixed laws, a formula, an estimator. Learned planners are networks."""

from .estimator import StructuralEstimator
from .fixed import FixedRate
from .saez import SelfEstimatingSaez

__all__ = ["FixedRate", "SelfEstimatingSaez", "StructuralEstimator"]
