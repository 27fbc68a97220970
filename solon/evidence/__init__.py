"""Evidence: what was found when policies were tried, and how sure one can be of it."""

from typing import TYPE_CHECKING

from .._lazy import lazy
from .outcomes import OUTCOMES, Outcomes

if TYPE_CHECKING:
    from .best_response import Exploitability, exploitability
    from .bootstrap import Estimate
    from .comparison import Comparison, compare
    from .statistics import (
        conditional_value_at_risk,
        difference,
        interquartile_mean,
        luck_correlation,
        mean,
        probability_of_improvement,
        ratio,
        regret,
    )

__all__ = [
    "OUTCOMES",
    "Comparison",
    "Estimate",
    "Exploitability",
    "Outcomes",
    "compare",
    "conditional_value_at_risk",
    "difference",
    "exploitability",
    "interquartile_mean",
    "luck_correlation",
    "mean",
    "probability_of_improvement",
    "ratio",
    "regret",
]

_MODULES = {
    "best_response": ("Exploitability", "exploitability"),
    "bootstrap": ("Estimate",),
    "comparison": ("Comparison", "compare"),
    "statistics": (
        *("conditional_value_at_risk", "difference", "interquartile_mean", "luck_correlation"),
        *("mean", "probability_of_improvement", "ratio", "regret"),
    ),
}

__getattr__ = lazy(__name__, {name: module for module, names in _MODULES.items() for name in names})
