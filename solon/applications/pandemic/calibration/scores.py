"""How good forecasts were: errors of the median, coverage of intervals, weighted interval score."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

__all__ = [
    "LEVELS",
    "coverage",
    "interval_score",
    "mean_absolute_error",
    "root_mean_squared_error",
    "weighted_interval_score",
]

#: Quantiles of a forecast: the ends of the intervals of 90 % and 50 %, and the median.
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def mean_absolute_error(
    forecast: Float[np.ndarray, "*shape"], observed: Float[np.ndarray, "*shape"]
) -> float:
    """Mean of |forecast - observed|."""
    return float(np.mean(np.abs(forecast - observed)))


def root_mean_squared_error(
    forecast: Float[np.ndarray, "*shape"], observed: Float[np.ndarray, "*shape"]
) -> float:
    """Square root of the mean of (forecast - observed)²."""
    return float(np.sqrt(np.mean((forecast - observed) ** 2)))


def coverage(
    low: Float[np.ndarray, "*shape"],
    high: Float[np.ndarray, "*shape"],
    observed: Float[np.ndarray, "*shape"],
) -> float:
    """Share of the observations that lie in their interval, ends included.

    NaN if an observation or an end is, as in all scores here: what is not known was not missed.
    """
    known = ~(np.isnan(observed) | np.isnan(low) | np.isnan(high))
    return float(np.mean(np.where(known, (observed >= low) & (observed <= high), np.nan)))


def interval_score(
    low: Float[np.ndarray, "*shape"],
    high: Float[np.ndarray, "*shape"],
    observed: Float[np.ndarray, "*shape"],
    *,
    alpha: float,
) -> Float[np.ndarray, "*shape"]:
    """(u - l) + 2/α (l - y)⁺ + 2/α (y - u)⁺ for an interval from l to u that misses with α.

    Source:
        Gneiting and Raftery (2007), Strictly proper scoring rules, prediction, and estimation,
        Journal of the American Statistical Association 102, equation 43.
    """
    below, above = np.maximum(low - observed, 0), np.maximum(observed - high, 0)
    return (high - low) + 2 / alpha * (below + above)


def weighted_interval_score(
    quantiles: Float[np.ndarray, "levels *shape"],
    observed: Float[np.ndarray, "*shape"],
    levels: Sequence[float] = LEVELS,
) -> float:
    """Mean of 1/(K + 1/2) (|y - m| / 2 + Σₖ αₖ/2 ISₖ) for a median m and K central intervals.

    In the unit of what was forecast, and lower is better. That of a forecast without intervals,
    all of whose quantiles are the same, is its absolute error.

    Args:
        quantiles: of the forecast, the lowest first.
        observed: what happened.
        levels: of the quantiles; symmetric about 0.5, which is among them.

    Source:
        Bracher, Ray, Gneiting and Reich (2021), Evaluating epidemic forecasts in an interval
        format, PLOS Computational Biology 17(2), e1008618, equation 1.
    """
    count = len(levels) // 2
    total = np.abs(quantiles[count] - observed) / 2
    for k in range(count):
        alpha = 2 * levels[k]
        ends = quantiles[k], quantiles[-1 - k]
        total = total + alpha / 2 * interval_score(*ends, observed, alpha=alpha)
    return float(np.mean(total / (count + 0.5)))
