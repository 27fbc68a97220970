"""What an hour or a house earns: skill distributions and the expected skills by rank."""

import functools

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, ArrayLike, Float, Real

from ..errors import require_number, require_whole
from ._arrays import as_float

__all__ = [
    "capped_skill",
    "expected_ranked_skills",
    "lognormal_skill",
    "pareto_skill",
    "published_build_payments",
]


def pareto_skill(
    uniform: Real[ArrayLike, "*shape"], *, shape: Real[ArrayLike, ""] = 4.0
) -> Float[Array, "*shape"]:
    """Skills with a Pareto tail that starts at zero (Lomax), by inverting the distribution.

    Args:
        uniform: draws from [0, 1).
        shape: tail exponent, above 0; the mean is `1 / (shape - 1)`.

    Returns:
        Skills of at least 0, increasing in `uniform`.

    Source:
        Lomax, Business failures: another example of the analysis of failure data, Journal of
        the American Statistical Association 49, 1954.
    """
    return jnp.expm1(-jnp.log1p(-as_float(uniform)) / shape)


def lognormal_skill(
    normal: Real[ArrayLike, "*shape"],
    *,
    mean: Real[ArrayLike, ""] = -1.0,
    sigma: Real[ArrayLike, ""] = 0.5,
) -> Float[Array, "*shape"]:
    """Log-normal skills.

    Args:
        normal: draws from the standard normal distribution.
        mean: mean of the logarithm.
        sigma: standard deviation of the logarithm.

    Returns:
        Skills above 0.
    """
    return jnp.exp(mean + sigma * as_float(normal))


def capped_skill(
    skill: Real[ArrayLike, "*shape"], *, multiplier: Real[ArrayLike, ""]
) -> Float[Array, "*shape"]:
    """Earnings of a skill relative to those of no skill: `min(m, (m - 1) * skill + 1)`.

    Args:
        skill: skill of at least 0.
        multiplier: m, what the most skilled earn relative to skill 0, at least 1.

    Returns:
        Relative earnings in [1, m]; times the base payment they are coin a house.
    """
    return jnp.minimum(multiplier, (as_float(multiplier) - 1) * as_float(skill) + 1)


def expected_ranked_skills(
    workers: int, *, multiplier: float = 3.0, samples: int = 100_000, seed: int = 1
) -> tuple[float, ...]:
    """Mean relative earnings by rank: of the least skilled of n workers, the next, and so on.

    Societies of n workers are sampled with Lomax(4) skills and `capped_skill`; those of equal rank
    are averaged. The same numbers come out on every machine: this is part of the rules of
    the published economies, so it uses NumPy's legacy generator, whose stream is frozen.

    Args:
        workers: n, at least 1.
        multiplier: what the most skilled earn relative to skill 0, at least 1.
        samples: societies; the spatial economy has 100,000 and the one-step economy 1,000.
        seed: of the generator; 1 is the published one.

    Returns:
        Relative earnings, n of them, lowest first.
    """
    workers = require_whole("workers", workers, low=1, high=10**6)
    multiplier = require_number("multiplier", multiplier, low=1)
    samples = require_whole("samples", samples, low=1, high=10**9)
    seed = require_whole("seed", seed, low=0, high=2**32 - 1)
    return _expected_ranked_skills(workers, multiplier, samples, seed)


@functools.lru_cache(maxsize=64)
def _expected_ranked_skills(
    workers: int, multiplier: float, samples: int, seed: int
) -> tuple[float, ...]:
    skill = np.random.RandomState(seed).pareto(4, size=(samples, workers))
    earnings = np.minimum(multiplier, (multiplier - 1) * skill + 1)
    return tuple(np.sort(earnings, axis=1).mean(axis=0).tolist())


def published_build_payments(
    workers: int, *, payment: float = 10.0, multiplier: float = 3.0
) -> tuple[float, ...]:
    """Coin a house by rank of skill, as in all published runs of the spatial economy.

    Args:
        workers: number of workers.
        payment: coin a house without skill.
        multiplier: what the most skilled get relative to that.

    Returns:
        Coin a house, one of each worker, lowest first.

    Source:
        Zheng et al., The AI Economist, arXiv 2004.13332, 2020 (four workers: 11.3, 13.3, 16.5 and
        22.2 coin).
    """
    payment = require_number("payment", payment, low=0)
    return tuple(payment * s for s in expected_ranked_skills(workers, multiplier=multiplier))
