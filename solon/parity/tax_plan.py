"""Where a tax of the original gets its rates from, if not from a planner's actions."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..applications.taxation.policies import Saez

__all__ = ["TaxPlan"]


@dataclasses.dataclass(frozen=True)
class TaxPlan:
    """Where the tax gets its rates from: a planner's actions, unless one of the first two is given.

    Attributes:
        rates: fixed ones.
        annealing: completed episodes before the cap on rates rises, and its rise an episode;
            None for no cap.
        rate_min, rate_max: the lowest and, without annealing, the highest rate.
        saez: options of the planner that follows Saez's formula.
    """

    rates: tuple[float, ...] | None
    annealing: tuple[float, float] | None
    rate_min: float
    rate_max: float
    saez: Mapping[str, Any] | None = None

    @property
    def chosen(self) -> bool:
        """Whether a planner chooses the rates by its actions."""
        return self.rates is None and self.saez is None

    def share(self, completed: int) -> float:
        """The share of the highest rate that is allowed after some episodes."""
        if self.annealing is None:
            return 1.0
        warmup, slope = self.annealing
        return float(np.maximum(0.0, np.minimum(1.0, slope * (completed - warmup))))

    def shown_first(self, rates: Any, completed: int) -> np.ndarray:
        """Rates as the start of an episode shows them: under the cap of the one before."""
        cap = self.share(max(0, completed - 1)) * self.rate_max
        return np.minimum(np.asarray(rates), cap)

    def planner(self, cutoffs: Any) -> Saez | None:
        """The planner that follows Saez's formula, if it is that which sets the rates."""
        if self.saez is None:
            return None
        return Saez(
            cutoffs,
            rate_min=self.rate_min,
            rate_max=self.rate_max,
            compatibility="foundation",
            **self.saez,
        )
