"""How likely tax returns are under a model, and what they say about skills."""

from typing import NamedTuple

import jax.numpy as jnp
from jax.scipy.special import log_ndtr
from jaxtyping import Array, Float

from ....economies.unknown_society.behavior import Behavior, elasticities
from .returns import Returns

__all__ = ["Talents", "log_likelihood"]

_FLOOR = -1e4
"""Of a logarithm of a likelihood: what cannot be, but for a mistake of the model."""


class Talents(NamedTuple):
    """What returns say about m = (1 + e) ln w of each worker, given e and the spread: normal.

    Attributes:
        mean: of m.
        deviation: of m.
        low, high: bounds of m, from who works and who does not.
    """

    mean: Float[Array, " n"]
    deviation: Float[Array, " n"]
    low: Float[Array, " n"]
    high: Float[Array, " n"]


def log_likelihood(
    returns: Returns,
    elasticity: Float[Array, ""],
    spread: Float[Array, ""],
    behavior: Behavior,
    deviation: Float[Array, ""],
    least: float,
    *,
    stopping: bool,
) -> tuple[Float[Array, ""], Talents]:
    """The log likelihood of all returns so far, with skills integrated out, and the skills.

    In the model ln z = m + e ln(1 - t) + shock, where m = (1 + e) ln w is normal over workers and
    shocks are normal over workers and years; whether a worker works depends on m alone. All of that
    is in closed form.

    Args:
        returns: of the years seen.
        elasticity: e.
        spread: of skills that are log-normal with mean 1.
        behavior: the model.
        deviation: of the shocks.
        least: income that is put in the place of none, where the model has everyone work.
        stopping: whether a model may have workers stop working (static).
    """
    workers = returns.incomes.shape[1]
    own = elasticities(elasticity, behavior, workers)
    kept = jnp.log(jnp.maximum(1 - returns.rates, 1e-3))[:, None]
    there = jnp.broadcast_to(returns.there[:, None], returns.incomes.shape)
    positive = returns.incomes > 0
    may_stop = jnp.asarray((behavior.least_gain > 0) | (behavior.reservation > 0))
    used = there & (positive | ~may_stop)
    count = jnp.sum(used, axis=0)
    some = jnp.maximum(count, 1)
    # Sums over years do not depend on e and the spread: a grid of them costs no more years.
    logs = jnp.log(jnp.where(positive, returns.incomes, least))
    mean_log = jnp.sum(jnp.where(used, logs, 0), axis=0) / some
    mean_kept = jnp.sum(jnp.where(used, kept, 0), axis=0) / some
    logs, moves = (
        jnp.where(used, logs - mean_log[None], 0),
        jnp.where(used, kept - mean_kept[None], 0),
    )
    of_logs, of_both, of_moves = (jnp.sum(x, axis=0) for x in (logs**2, logs * moves, moves**2))
    mean = mean_log - own * mean_kept
    squares = jnp.maximum(of_logs - 2 * own * of_both + own**2 * of_moves, 0)
    prior_mean, prior_variance = -(1 + own) * spread**2 / 2, ((1 + own) * spread) ** 2
    noise = deviation**2
    marginal = prior_variance + noise / some
    likelihood = -jnp.where(
        count > 0,
        (count - 1) * jnp.log(noise)
        + squares / noise
        + jnp.log(some)
        + jnp.log(marginal)
        + (mean - prior_mean) ** 2 / marginal,
        0.0,
    )
    precision = 1 / prior_variance + count / noise
    posterior = (prior_mean / prior_variance + count * mean / noise) / precision
    spread_left = jnp.sqrt(1 / precision)
    if not stopping:
        unbounded = jnp.full_like(posterior, jnp.inf)
        talents = Talents(posterior, spread_left, -unbounded, unbounded)
        return jnp.sum(likelihood) / 2, talents
    low, high = _bounds(there, positive, kept, own, behavior)
    inside = _log_normal_mass((low - posterior) / spread_left, (high - posterior) / spread_left)
    # Under a reservation rate all work or nobody does.
    kept_share = jnp.exp(kept)
    expected = kept_share >= behavior.reservation - 1e-5
    wrong = there & (positive != expected) & (behavior.reservation > 0)
    total = jnp.sum(likelihood / 2 + jnp.maximum(inside, _FLOOR)) + _FLOOR * jnp.any(wrong)
    return total, Talents(posterior, spread_left, low, high)


def _bounds(
    there: Array, positive: Array, kept: Array, own: Array, behavior: Behavior
) -> tuple[Array, Array]:
    """Between which bounds m lies: who works gains at least (1 - t)^(1+e) exp(m) / (1 + e)."""
    bounded = jnp.asarray(behavior.least_gain > 0)
    gain = jnp.log(jnp.maximum(behavior.least_gain, 1e-9) * (1 + own))
    # Who worked when the least was kept, and who did not when the most was.
    least = jnp.min(jnp.where(there & positive, kept, jnp.inf), axis=0)
    most = jnp.max(jnp.where(there & ~positive, kept, -jnp.inf), axis=0)
    low = jnp.where(bounded & jnp.isfinite(least), gain - (1 + own) * least, -jnp.inf)
    high = jnp.where(bounded & jnp.isfinite(most), gain - (1 + own) * most, jnp.inf)
    return low, high


def _log_normal_mass(low: Array, high: Array) -> Array:
    """ln of the standard normal mass between two bounds, exact in the tails."""
    # The tail in which both are small: mirror what lies above the mean.
    above = low > 0
    low, high = jnp.where(above, -high, low), jnp.where(above, -low, high)
    upper, lower = log_ndtr(high), log_ndtr(low)
    empty = (high <= low) | ~jnp.isfinite(upper)
    ratio = jnp.exp(jnp.minimum(lower - jnp.where(empty, 0.0, upper), -1e-7))
    mass = upper + jnp.log1p(-jnp.where(empty, 0.0, ratio))
    return jnp.where(empty, _FLOOR, mass)
