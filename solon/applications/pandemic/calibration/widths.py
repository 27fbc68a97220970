"""Wider or narrower intervals, by how those of earlier origins turned out.

The rule uses no outcome from after the origin: forecasts of earlier origins count once their last
day is known.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

__all__ = ["scales", "stretch"]

# Logarithms are taken after so much is added, and half widths are at least the second number.
_SHIFT, _LEAST = 1.0, 0.02

# Limits of a scale, so that few outcomes do not rule.
_LOWEST, _HIGHEST = 0.5, 2.5


def scales(
    past: Sequence[tuple[Float[np.ndarray, "5 n"], Float[np.ndarray, " n"]]],
) -> tuple[float, float]:
    """Factors for the half widths of the intervals of 50 % and 90 %.

    For each outcome: how many half widths it lies from the median, on its side of it and in
    logarithms of 1 + x. The factor is the 50 % (90 %) quantile of that over all states, origins and
    horizons that are over, raised to the power k/(k + 1) for k of them: none leaves things as
    they are, and a single one counts by half.

    Args:
        past: quantiles of earlier forecasts and what happened.
    """
    if not past:
        return 1.0, 1.0
    found = []
    for inner, level in ((1, 0.5), (0, 0.9)):
        ratios = []
        for quantiles, observed in past:
            logs = np.log(quantiles + _SHIFT)
            seen = np.log(np.maximum(observed, 0) + _SHIFT)
            side = np.where(seen < logs[2], logs[2] - logs[inner], logs[-1 - inner] - logs[2])
            ratios.append(np.abs(seen - logs[2]) / np.maximum(side, _LEAST))
        factor = np.quantile(np.concatenate(ratios), level) ** (len(past) / (len(past) + 1))
        found.append(float(np.clip(factor, _LOWEST, _HIGHEST)))
    return found[0], found[1]


def stretch(
    quantiles: Float[np.ndarray, "5 n"], factors: tuple[float, float]
) -> Float[np.ndarray, "5 n"]:
    """The same medians with half widths multiplied, in logarithms of 1 + x. Order is kept.

    Args:
        quantiles: of a forecast.
        factors: for the intervals of 50 % and 90 %.
    """
    inner, outer = factors
    logs = np.log(quantiles + _SHIFT)
    apart = (logs - logs[2]) * np.array([outer, inner, 0, inner, outer])[:, None]
    apart[0] = np.minimum(apart[0], apart[1])
    apart[4] = np.maximum(apart[4], apart[3])
    return np.maximum(np.exp(logs[2] + apart) - _SHIFT, 0)
