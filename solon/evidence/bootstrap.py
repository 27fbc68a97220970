"""The hierarchical bootstrap: how sure a number is that comes from a few trainings.

Scores are arrays (seeds, episodes): a row for each training seed, a column for each episode that
its policy was evaluated on. Nothing here needs jax.

Trainings differ more than episodes of one training do, so a draw takes seeds with replacement
first, and then, for each of them, episodes with replacement.

References:
    Davison and Hinkley (1997), Bootstrap Methods and their Application, section 3.8.
    Agarwal, Schwarzer, Castro, Courville and Bellemare (2021), "Deep reinforcement learning at the
    edge of the statistical precipice", NeurIPS 34.
"""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np
from jaxtyping import Float, Int, Real

from ..errors import require, require_whole

__all__ = ["DRAWS", "LEVEL", "Estimate", "Scores", "bootstrap", "checked_scores"]

DRAWS = 10_000
LEVEL = 0.95

Scores: TypeAlias = Real[np.ndarray, "..."]
"""(seeds, episodes). `checked_scores` says what is wrong with any other shape."""

# So many numbers are drawn at once: some 30 MB.
_CHUNK = 4_000_000


@dataclasses.dataclass(frozen=True)
class Estimate:
    """A number and the interval that holds it with 95 % confidence.

    Attributes:
        value: of the scores as they are.
        low, high: percentiles of the bootstrap, or None where there is no interval.
    """

    value: float
    low: float | None = None
    high: float | None = None


def bootstrap(
    statistic: Callable[..., Float[np.ndarray, " draws"]],
    *samples: Scores,
    paired: bool = True,
    same_luck: bool = False,
    draws: int = DRAWS,
    seed: int = 0,
) -> Estimate:
    """A statistic of one or more samples with its interval.

    Args:
        statistic: from arrays (draws, seeds, episodes), one for each sample, to one number a draw.
        *samples: scores. If they are paired they have one shape.
        paired: seed s and episode e of all samples belong together, so that they are drawn
            together; otherwise each sample is drawn on its own.
        same_luck: episode e is the same luck for all seeds, so that the same episodes are drawn for
            all of them. Otherwise every seed was evaluated on luck of its own.
        draws: how many.
        seed: of the draws; the same seed gives the same interval.

    Returns:
        The value, and the 2.5th and 97.5th percentiles of the draws.

    Raises:
        ConfigurationError: for scores of another shape, or none.
    """
    arrays = [checked_scores(sample, f"scores[{i}]") for i, sample in enumerate(samples)]
    require(bool(arrays), "scores", len(arrays), "at least one sample")
    draws = require_whole("draws", draws, low=1, high=10_000_000)
    seed = require_whole("seed", seed, low=0, high=2**63)
    if paired:
        shapes = [array.shape for array in arrays]
        require(len(set(shapes)) == 1, "scores", shapes, "paired samples of one shape")
    generator = np.random.default_rng(seed)
    found = []
    for count in _chunks(draws, max(array.size for array in arrays)):
        picks: list[Any] = []
        for array in arrays:
            again = bool(picks) and paired
            picks.append(picks[0] if again else _indices(generator, count, array.shape, same_luck))
        drawn = (array[pick] for array, pick in zip(arrays, picks, strict=True))
        found.append(statistic(*drawn))
    tail = 100 * (1 - LEVEL) / 2
    low, high = np.percentile(np.concatenate(found), [tail, 100 - tail])
    value = statistic(*(array[None] for array in arrays))[0]
    return Estimate(float(value), float(low), float(high))


def checked_scores(scores: Any, argument: str = "scores") -> Float[np.ndarray, "seeds episodes"]:
    """Scores as floats.

    Raises:
        ConfigurationError: unless they are a table of finite numbers, at least one by one.
    """
    array = np.asarray(scores)
    table = array.ndim == 2 and array.size > 0
    require(table, argument, array.shape, "a table (seeds, episodes), at least 1 x 1")
    numbers = array.dtype.kind in "iuf" and bool(np.isfinite(array).all())
    require(numbers, argument, str(array.dtype), "finite numbers only")
    return array.astype(float)


def _chunks(draws: int, size: int) -> Iterator[int]:
    most = max(1, _CHUNK // size)
    for first in range(0, draws, most):
        yield min(most, draws - first)


def _indices(
    generator: np.random.Generator, draws: int, shape: tuple[int, ...], same_luck: bool
) -> tuple[Int[np.ndarray, "draws seeds 1"], Int[np.ndarray, "draws _ episodes"]]:
    """Which seeds each draw takes, and which episodes of each of them."""
    seeds, episodes = shape
    rows = generator.integers(0, seeds, (draws, seeds, 1))
    columns = generator.integers(0, episodes, (draws, 1 if same_luck else seeds, episodes))
    return rows, columns
