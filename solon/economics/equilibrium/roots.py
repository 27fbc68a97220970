"""All roots, and not just the one that a search happens to find."""

import itertools
from collections.abc import Callable

import numpy as np
from jaxtyping import Float
from scipy.optimize import brentq

from ...errors import require
from ._arguments import Numbers, numbers

__all__ = ["increasing_roots", "positive_roots"]

_ROUNDING = 64 * np.finfo(float).eps


def positive_roots(coefficients: Numbers, exponents: Numbers) -> Float[np.ndarray, " roots"]:
    """All positive roots of a sum of powers, `sum_k c_k x ** p_k`, with any real exponents.

    Between two roots of such a sum lies a root of its derivative (Rolle). Divided by its lowest
    power before it is differentiated, the sum loses a term. So the roots of shorter sums separate
    those of longer ones, and each interval between them has one root or none.

    Args:
        coefficients: c_k.
        exponents: p_k, in any order.

    Returns:
        The roots in rising order. One of even multiplicity is listed once; it counts as one if it
        is a root to rounding.

    Raises:
        ConfigurationError: if all terms cancel, so that every number is a root.
    """
    c = numbers("coefficients", coefficients, (None,))
    p = numbers("exponents", exponents, c.shape)
    merged = [(c[p == power].sum(), power) for power in np.unique(p)]
    kept = [(value, power) for value, power in merged if value != 0]
    allowed = "terms that do not all cancel: every number is a root"
    require(bool(kept), "coefficients", coefficients, allowed)
    c, p = (np.array(each) for each in zip(*kept, strict=True))
    return np.exp(_log_roots(c, p))


def _log_roots(c: np.ndarray, p: np.ndarray) -> np.ndarray:
    """The roots in ln x of a sum of distinct powers in rising order."""
    if len(c) == 1:
        return np.empty(0)
    p = p - p[0]

    def value(u: float) -> float:
        # In units of the largest term, so that nothing overflows.
        logs = np.log(np.abs(c)) + p * u
        terms = np.sign(c) * np.exp(logs - logs.max())
        total = terms.sum()
        return 0.0 if abs(total) <= _ROUNDING * np.abs(terms).sum() else total

    # Below the first edge the lowest power outweighs all others, above the last the highest does.
    lowest = np.log(np.abs(c[0] / c[1:]) / len(c)) / p[1:]
    highest = np.log(len(c) * np.abs(c[:-1] / c[-1])) / (p[-1] - p[:-1])
    first, last = lowest.min() - 1, highest.max() + 1
    turning = _log_roots(c[1:] * p[1:], p[1:])
    edges = [first, *turning[(turning > first) & (turning < last)], last]
    found = [u for u in edges if value(u) == 0]
    for left, right in itertools.pairwise(edges):
        if value(left) * value(right) < 0:
            found.append(brentq(value, left, right, xtol=1e-15, rtol=4 * np.finfo(float).eps))
    return np.array(sorted(found))


def increasing_roots(
    function: Callable[[np.ndarray], np.ndarray],
    low: Float[np.ndarray, "*shape"],
    high: Float[np.ndarray, "*shape"],
) -> Float[np.ndarray, "*shape"]:
    """Where each of some increasing functions crosses 0, by halving intervals to the last digit.

    Args:
        function: from an array to the values of all functions; minus infinity may be among them.
        low: where they are at most 0.
        high: where they are at least 0.
    """
    low, high = np.array(low, float), np.array(high, float)
    middle = (low + high) / 2
    while np.any((middle != low) & (middle != high)):
        below = function(middle) < 0
        low, high = np.where(below, middle, low), np.where(below, high, middle)
        middle = (low + high) / 2
    return middle
