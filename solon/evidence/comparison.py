"""Two policies on the same luck: by how much one is better, and how surely."""

import dataclasses
from typing import Any

import numpy as np

from ..errors import require
from .bootstrap import Estimate, Scores, checked_scores
from .statistics import difference, luck_correlation, probability_of_improvement, ratio

__all__ = ["Comparison", "compare"]


@dataclasses.dataclass(frozen=True)
class Comparison:
    """How the scores of a policy compare with those of a baseline on the same luck.

    Attributes:
        difference: of the means, in units of the score.
        ratio: of the means; None where it would mean nothing, since scores are 0 or below.
        probability_of_improvement: that a training scores above one of the baseline.
        correlation: over episodes, within seeds; None if nothing varies. Near 0, pairing the
            episodes has narrowed no interval.
        seeds, episodes: how many of each.
    """

    difference: Estimate
    ratio: Estimate | None
    probability_of_improvement: Estimate
    correlation: float | None
    seeds: int
    episodes: int


def compare(scores: Scores, baseline: Scores, **options: Any) -> Comparison:
    """Compare two policies.

    Args:
        scores: of a policy, (seeds, episodes).
        baseline: of another, on the same luck: episode e of seed s has the same start and the same
            shocks in both, and the trainings of seed s began from the same point.
        **options: `same_luck`, `draws` and `seed` of `bootstrap`.

    Raises:
        ConfigurationError: if they are not of one shape.
    """
    a, b = checked_scores(scores), checked_scores(baseline, "baseline")
    require(a.shape == b.shape, "baseline", b.shape, f"the shape of scores, {a.shape}")
    positive = bool(min(a.min(), b.min()) >= 0 and np.all(b > 0))
    return Comparison(
        difference=difference(a, b, **options),
        ratio=ratio(a, b, **options) if positive else None,
        probability_of_improvement=probability_of_improvement(a, b, **options),
        correlation=luck_correlation(a, b),
        seeds=a.shape[0],
        episodes=a.shape[1],
    )
