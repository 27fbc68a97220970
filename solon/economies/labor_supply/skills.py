"""Skills of a society, at evenly spaced shares of a distribution: no luck, no sampling error."""

import statistics

import numpy as np
from jaxtyping import Float

from ...errors import require, require_number

__all__ = ["SKILLS", "skill_quantiles"]

SKILLS = ("log-normal", "pareto", "uniform", "four-atoms")
"""The distributions that have a name."""


def skill_quantiles(
    distribution: str, workers: int, spread: float | None = None
) -> Float[np.ndarray, " workers"]:
    """Skills at the shares (i + 1/2) / n of a distribution with median about 1, lowest first.

    Args:
        distribution: one of `SKILLS`: log-normal (median 1); pareto (from 1 on); uniform
            from 1 on; or four-atoms, the skills 1, 2, 3 and 4 in equal numbers.
        workers: n.
        spread: standard deviation of the logarithm (log-normal, 0.5 if left out), tail exponent
            (pareto, 3), or highest skill (uniform, 5).

    Raises:
        ConfigurationError: for another distribution, or a spread that is not allowed.
    """
    share = (np.arange(workers) + 0.5) / workers
    if distribution == "log-normal":
        sigma = 0.5 if spread is None else spread
        require_number("spread", sigma, low=0, above=True)
        normal = statistics.NormalDist()
        return np.exp(sigma * np.array([normal.inv_cdf(each) for each in share]))
    if distribution == "pareto":
        tail = 3.0 if spread is None else spread
        require_number("spread", tail, low=1, above=True)
        return (1 - share) ** (-1 / tail)
    if distribution == "uniform":
        top = 5.0 if spread is None else spread
        require_number("spread", top, low=1, above=True)
        return 1 + (top - 1) * share
    require(distribution == "four-atoms", "skills", distribution, ", ".join(SKILLS))
    require(spread is None, "spread", spread, "nothing for four-atoms")
    return 1.0 + np.floor(4 * share)
