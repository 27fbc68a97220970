"""Forecasts of deaths: an ensemble of fits, run on with shocks that nobody knows yet."""

import functools

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Float, Key

from ....economies.pandemic.epidemic import Compartments
from .fit import continue_shocks
from .prior import Prior
from .transmission import WINDOW, Numbers, Setting, simulate

__all__ = ["LONGEST", "Ahead", "report", "run_on"]

#: Days of the longest forecast: four months.
LONGEST = 123


class Ahead(eqx.Module):
    """What follows from the fits, in all draws.

    Attributes:
        deaths: new ones on each day after the window, persons.
        transmission: mean of these days, infections a day that one infected causes.
        now: persons at the end of the window.
    """

    deaths: Float[Array, "*draws days n"]
    transmission: Float[Array, "*draws n"]
    now: Compartments


@functools.partial(jax.jit, static_argnames=("draws",))
def run_on(
    key: Key[Array, ""], numbers: Numbers, given: Setting, prior: Prior, *, draws: int
) -> Ahead:
    """The days after the window in every draw, of which each member has so many one after another.

    Args:
        key: of the shocks to come.
        numbers: fitted, with a leading axis of members.
        given: see `Setting`.
        prior: see `Prior`.
        draws: of each member.
    """
    full = continue_shocks(key, numbers, draws=draws, ahead=LONGEST)

    def one(drawn: Numbers) -> Ahead:
        course = simulate(drawn, given, prior, days=WINDOW + LONGEST)
        return Ahead(
            deaths=course.deaths[WINDOW:],
            transmission=course.transmission[WINDOW:].mean(axis=0),
            now=jax.tree.map(lambda leaf: leaf[WINDOW - 1], course.compartments),
        )

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
