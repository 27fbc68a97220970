"""Running means and deviations, for observations and for returns."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

__all__ = ["RunningStatistics"]

_SMALLEST_DEVIATION = 1e-4


class RunningStatistics(eqx.Module):
    """Mean and variance of what was seen in batches, each entry of a vector on its own.

    Args:
        mean: of each entry.
        variance: of each entry.
        batches: how many batches were seen.
    """

    mean: Float[Array, "*entries"]
    variance: Float[Array, "*entries"]
    batches: Int[Array, ""]

    @classmethod
    def create(cls, shape: tuple[int, ...] = ()) -> "RunningStatistics":
        """Statistics of nothing: `normalize` changes nothing yet."""
        return cls(jnp.zeros(shape), jnp.ones(shape), jnp.zeros((), jnp.int32))

    @property
    def deviation(self) -> Float[Array, "*entries"]:
        """The standard deviation, kept away from 0."""
        return jnp.maximum(jnp.sqrt(self.variance), _SMALLEST_DEVIATION)

    def of(self, entries: slice) -> "RunningStatistics":
        """Those of some entries of a vector."""
        return RunningStatistics(self.mean[entries], self.variance[entries], self.batches)

    def update(
        self,
        values: Float[Array, "samples *entries"],
        weights: Float[Array, " samples"],
        *,
        memory: float = float("inf"),
    ) -> "RunningStatistics":
        """Mix in a batch.

        Args:
            values: one row a sample.
            weights: how much each row counts; if none does, nothing changes.
            memory: over how many batches to remember. All batches weigh alike until then, and
                older ones fade out after that.
        """
        total = jnp.sum(weights)
        share = jnp.expand_dims(weights / jnp.maximum(total, 1), range(1, values.ndim))
        mean = jnp.sum(share * values, axis=0)
        variance = jnp.sum(share * (values - mean[None]) ** 2, axis=0)
        rate = jnp.maximum(1 / (self.batches + 1), 1 / memory)
        rate = jnp.where(total > 0, rate, 0).astype(values.dtype)
        # The variance of a mixture: within the two parts, and between their means.
        between = rate * (1 - rate) * (mean - self.mean) ** 2
        return RunningStatistics(
            mean=self.mean + rate * (mean - self.mean),
            variance=(1 - rate) * self.variance + rate * variance + between,
            batches=self.batches + (total > 0),
        )

    def forget_constants(self) -> "RunningStatistics":
        """Statistics in which entries that never changed are measured in their own units.

        Where somebody goes on learning in another world, what was constant may begin to move: the
        rates of a tax that was not there. Their deviation is 0 so far, by which any rate at all
        would be as far off as can be.
        """
        still = self.variance <= _SMALLEST_DEVIATION**2
        return RunningStatistics(self.mean, jnp.where(still, 1, self.variance), self.batches)

    def normalize(self, values: Float[Array, "..."], limit: float = 10.0) -> Float[Array, "..."]:
        """Deviations from the mean in standard deviations, clipped to plus or minus `limit`."""
        lead = tuple(range(values.ndim - self.mean.ndim))
        centered = values - jnp.expand_dims(self.mean, lead)
        return jnp.clip(centered / jnp.expand_dims(self.deviation, lead), -limit, limit)
