"""The share of the gap that a planner closes, with its interval. Nothing here needs jax.

The gap of a society is what the best rates are worth beyond a law, one rate for all societies and
years. The share is a ratio of means over societies: a society counts by how much is at stake in it.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from ....evidence.bootstrap import Estimate

__all__ = ["LAST", "PERIODS", "Draws", "Gains", "mean_share", "share"]

LAST = 5
PERIODS = {"all_years": slice(None), "last_five": slice(-LAST, None), "year_one": slice(0, 1)}
"""Of the years, by the names in the summary."""

_DRAWS, _TAIL = 2000, 2.5


@dataclasses.dataclass(frozen=True)
class Gains:
    """What a planner gained over a law, and what could be gained.

    Attributes:
        gained: over the law, with a row for each training seed.
        gap: of the best rates over the law.
    """

    gained: Float[np.ndarray, "seeds years societies"]
    gap: Float[np.ndarray, "years societies"]

    def of(self, years: slice) -> tuple[np.ndarray, np.ndarray]:
        """Sums over years: (seeds, societies) and (societies)."""
        return self.gained[:, years].sum(axis=1), self.gap[years].sum(axis=0)

    def by_year(self) -> list[float]:
        """The share closed in each year, mean over seeds."""
        return [share(self, slice(y, y + 1)) for y in range(self.gap.shape[0])]


@dataclasses.dataclass(frozen=True)
class Draws:
    """What the bootstrap draws: the same for all planners, so that they are compared in pairs.

    Attributes:
        societies: how often each society is in each draw.
        shares: quantiles in [0, 1) that pick seeds.
    """

    societies: Int[np.ndarray, "societies draws"]
    shares: Float[np.ndarray, "draws most"]

    @classmethod
    def of(cls, societies: int, seed: int, most: int = 10) -> "Draws":
        """So many societies with replacement.

        Args:
            societies: how many.
            seed: of the draws of societies; seeds of trainings are drawn alike for all.
            most: trainings at most.
        """
        generator = np.random.default_rng(seed)
        counts = generator.multinomial(societies, np.full(societies, 1 / societies), _DRAWS).T
        return cls(counts, np.random.default_rng(0).random((_DRAWS, most)))

    def drawn(self, gains: Gains, years: slice) -> Float[np.ndarray, " draws"]:
        """The share in each draw: seeds first, then societies, the same ones for all seeds."""
        gained, gap = gains.of(years)
        seeds = gained.shape[0]
        per_seed = gained @ self.societies
        picked = (self.shares[:, :seeds] * seeds).astype(int)
        mean = np.take_along_axis(per_seed.T, picked, axis=1).mean(axis=1)
        return mean / (gap @ self.societies)


def share(gains: Gains, years: slice) -> float:
    """The share of the gap closed in some years, mean over seeds."""
    gained, gap = gains.of(years)
    return float(gained.mean() / gap.mean())


def mean_share(
    gains: Sequence[Gains],
    draws: Sequence[Draws],
    years: slice,
    others: Sequence[Gains] | None = None,
) -> Estimate:
    """The mean of the shares in several kinds of societies.

    Args:
        gains: of a planner in each of them.
        draws: of each kind.
        years: that count.
        others: of another planner, if its mean is to be taken off: a paired difference.
    """
    value = np.mean([share(each, years) for each in gains])
    drawn = np.mean([d.drawn(each, years) for each, d in zip(gains, draws, strict=True)], axis=0)
    if others is not None:
        value = value - np.mean([share(each, years) for each in others])
        pairs = zip(others, draws, strict=True)
        drawn = drawn - np.mean([d.drawn(each, years) for each, d in pairs], axis=0)
    low, high = np.percentile(drawn, [_TAIL, 100 - _TAIL])
    return Estimate(float(value), float(low), float(high))
