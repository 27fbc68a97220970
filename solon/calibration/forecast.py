"""Forecasts of deaths: an ensemble of fits, run on with shocks that nobody knows yet."""

import functools

import jax
import numpy as np
from jaxtyping import Array, Float, Key

from .fit import continue_shocks
from .prior import Prior
from .transmission import WINDOW, Course, Numbers, Setting, simulate

__all__ = ["LONGEST", "report", "run_on"]

#: Days of the longest forecast: four months.
LONGEST = 123


@functools.partial(jax.jit, static_argnames=("draws",))
def run_on(
    key: Key[Array, ""], numbers: Numbers, given: Setting, prior: Prior, *, draws: int
) -> Course:
    """The days after the window in every draw, with a leading axis of members times draws.

    Args:
        key: of the shocks to come.
        numbers: fitted, with a leading axis of members.
        given: see `Setting`.
        prior: see `Prior`.
        draws: of each member.
    """
    full = continue_shocks(key, numbers, draws=draws, ahead=LONGEST)

    def one(drawn: Numbers) -> Course:
        course = simulate(drawn, given, prior, days=WINDOW + LONGEST)
        return jax.tree.map(lambda leaf: leaf[WINDOW:], course)

    return jax.vmap(one)(full)


def report(
    rng: np.random.Generator,
    deaths: Float[np.ndarray, "draws days n"],
    prior: Prior,
) -> Float[np.ndarray, "draws n"]:
    """Deaths that are reported of those of some days: the noise of as many independent weeks."""
    size = deaths.shape[1] / 7 / prior.dispersion
    expected = np.maximum(deaths.sum(axis=1, dtype=float), 1e-6)
    return rng.poisson(rng.gamma(size, expected / size)).astype(float)
