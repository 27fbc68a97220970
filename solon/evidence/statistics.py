"""Numbers that sum up scores, each with its interval. Nothing here needs jax.

Scores are arrays (seeds, episodes), see `bootstrap`. Higher is better, but for regret.
"""

from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Real

from ..errors import require, require_number
from .bootstrap import Estimate, Scores, bootstrap, checked_scores

__all__ = [
    "conditional_value_at_risk",
    "difference",
    "interquartile_mean",
    "luck_correlation",
    "mean",
    "probability_of_improvement",
    "ratio",
    "regret",
]


def mean(scores: Scores, **options: Any) -> Estimate:
    """The mean over seeds and episodes.

    Args:
        scores: of one policy.
        **options: of `bootstrap`.
    """
    return bootstrap(_mean, scores, **options)


def difference(scores: Scores, baseline: Scores, **options: Any) -> Estimate:
    """How much higher the mean of `scores` is than that of `baseline`, in units of the score.

    Args:
        scores: of a policy.
        baseline: of another.
        **options: of `bootstrap`; by default both are paired.
    """
    return bootstrap(lambda a, b: _mean(a) - _mean(b), scores, baseline, **options)


def ratio(scores: Scores, baseline: Scores, **options: Any) -> Estimate:
    """The mean of `scores` over the mean of `baseline`.

    It has a meaning only for quantities with a zero of their own, such as coin. Where welfare is a
    logarithm or changes sign, use `difference`, or the share of an attainable gain.

    Args:
        scores: of a policy.
        baseline: of another.
        **options: of `bootstrap`; by default both are paired.

    Raises:
        ConfigurationError: if a score is below 0, or one of a baseline is 0.
    """
    for name, given in (("scores", scores), ("baseline", baseline)):
        lowest = float(checked_scores(given, name).min())
        allowed = "no number below 0: where scores change sign a ratio has no meaning"
        require(lowest >= 0, name, lowest, allowed)
    # A draw of zeros alone would divide by zero.
    lowest_mean = float(np.asarray(baseline, float).min())
    require(lowest_mean > 0, "baseline", lowest_mean, "numbers above 0, to divide by")
    return bootstrap(lambda a, b: _mean(a) / _mean(b), scores, baseline, **options)


def interquartile_mean(scores: Scores, **options: Any) -> Estimate:
    """The mean of the middle half of the seeds: of their means over episodes.

    A quarter of the weight is cut off at each end. Where that is no whole number of seeds, the
    seed at the edge counts in part.

    Args:
        scores: of one policy; an interval wants 10 seeds or more.
        **options: of `bootstrap`.

    Source:
        Agarwal et al. (2021), NeurIPS 34.
    """
    return bootstrap(_interquartile_mean, scores, **options)


def probability_of_improvement(scores: Scores, baseline: Scores, **options: Any) -> Estimate:
    """How probable it is that a training scores above a training of the baseline.

    The share of pairs of seeds, one from each side, in which the mean over episodes is higher;
    equal ones count half. It is the statistic of Mann and Whitney over the number of pairs.

    Args:
        scores: of a policy.
        baseline: of another.
        **options: of `bootstrap`; with `paired`, seeds are drawn together, but compared each with
            each all the same.

    Source:
        Agarwal et al. (2021), NeurIPS 34, section 4.3.
    """
    return bootstrap(_improvement, scores, baseline, **options)


def luck_correlation(scores: Scores, baseline: Scores) -> float | None:
    """How much of their luck two policies share: what pairing them achieved.

    The mean, over seeds, of the correlation over episodes; seeds without variation are left out.

    Args:
        scores: of a policy.
        baseline: of another, on the same luck.

    Returns:
        The correlation, or None if no seed has any variation.
    """
    a, b = checked_scores(scores), checked_scores(baseline, "baseline")
    require(a.shape == b.shape, "baseline", b.shape, f"the shape of scores, {a.shape}")
    varies = _varies(a) & _varies(b)
    if not varies.any():
        return None
    a, b = (x - x.mean(axis=1, keepdims=True) for x in (a, b))
    size = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return float(np.mean((a * b).sum(axis=1)[varies] / size[varies]))


def regret(
    scores: Real[np.ndarray, "*shape"], best: Real[np.ndarray, "*#shape"]
) -> Float[np.ndarray, "*shape"]:
    """What was lost against the best that was possible in the same case.

    Args:
        scores: of a policy, of any shape, such as (worlds, episodes).
        best: of the best policy known for each case.

    Returns:
        `best - scores`; below 0 where the policy did better.
    """
    return np.asarray(best, float) - np.asarray(scores, float)


def conditional_value_at_risk(losses: Real[np.ndarray, "*shape"], share: float = 0.1) -> float:
    """The mean of the worst share of losses: expected shortfall.

    Where the share is no whole number of losses, the one at the edge counts in part.

    Args:
        losses: such as regrets, higher being worse.
        share: how much of them, above 0 and up to 1; at 1 it is the mean.

    Source:
        Rockafellar and Uryasev (2002), Conditional value-at-risk for general loss distributions,
        Journal of Banking and Finance 26.
    """
    share = require_number("share", share, low=0, high=1, above=True)
    ordered = np.sort(np.asarray(losses, float), axis=None)[::-1]
    finite = ordered.size > 0 and bool(np.isfinite(ordered).all())
    require(finite, "losses", losses, "finite numbers, at least one")
    weights = _middle(ordered.size, 0.0, share)
    return float(ordered @ weights)


def _varies(scores: Float[np.ndarray, "seeds episodes"]) -> Bool[np.ndarray, " seeds"]:
    """Which seeds have scores that differ; equal ones less their mean may leave rounding errors."""
    return scores.max(axis=1) > scores.min(axis=1)


def _mean(scores: Float[np.ndarray, "draws seeds episodes"]) -> Float[np.ndarray, " draws"]:
    return scores.mean(axis=(1, 2))


def _interquartile_mean(
    scores: Float[np.ndarray, "draws seeds episodes"],
) -> Float[np.ndarray, " draws"]:
    ordered = np.sort(scores.mean(axis=2), axis=1)
    return ordered @ _middle(ordered.shape[1], 0.25, 0.75)


def _middle(count: int, start: float, end: float) -> Float[np.ndarray, " count"]:
    """Weights of ordered values that lie between two shares of all of them; their sum is 1."""
    edges = np.arange(count + 1) / count
    inside = np.clip(edges, start, end)
    return np.diff(inside) / (end - start)


def _improvement(
    scores: Float[np.ndarray, "draws seeds episodes"],
    baseline: Float[np.ndarray, "draws others more"],
) -> Float[np.ndarray, " draws"]:
    a, b = scores.mean(axis=2)[:, :, None], baseline.mean(axis=2)[:, None, :]
    return ((a > b) + 0.5 * (a == b)).mean(axis=(1, 2))
