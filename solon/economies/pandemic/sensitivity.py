"""Parameters that are off, by a known share or by luck, for studies of what a policy withstands."""

import dataclasses
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ...errors import require, require_number, require_whole
from .state import Params

__all__ = ["Spread", "perturbed", "scaled_transmission", "with_transmission", "with_vaccines"]

_MOST = 100
_PIVOT = 5


def with_transmission(params: Params, factors: Sequence[float]) -> Params:
    """Draws that differ in transmission alone, at every level and in every state.

    Args:
        params: a single draw.
        factors: what transmission is multiplied with, one a draw.

    Returns:
        The same parameters with a leading axis of draws.

    Raises:
        ConfigurationError: for no factor, more than a hundred, or one that is not from 0 to 10.
    """
    some = 0 < len(factors) <= _MOST
    require(some, "transmission", list(factors), f"from 1 to {_MOST} factors")
    for factor in factors:
        require_number("transmission", factor, low=0, high=10)
    draws: Params = jax.tree.map(lambda leaf: jnp.stack([leaf] * len(factors)), params)
    return scaled_transmission(draws, jnp.asarray(factors, float))


def scaled_transmission(draws: Params, factors: Float[Array, "*draws"]) -> Params:
    """Draws whose transmission is multiplied, at every level and in every state.

    Args:
        draws: parameters with the draws in front.
        factors: one for all, or one a draw.
    """
    epidemic = dataclasses.replace(
        draws.epidemic,
        intercept_factor=draws.epidemic.intercept_factor * factors,
        slope_factor=draws.epidemic.slope_factor * factors,
    )
    return dataclasses.replace(draws, epidemic=epidemic)


def with_vaccines(draws: Params, later: int) -> Params:
    """Draws in which vaccines come some days later, or sooner if that is negative."""
    begins = draws.vaccination.begins + later
    return dataclasses.replace(
        draws, vaccination=dataclasses.replace(draws.vaccination, begins=begins)
    )


@dataclasses.dataclass(frozen=True)
class Spread:
    """Standard deviations of the logarithms of what parameters are multiplied with.

    Attributes:
        transmission: of all states alike.
        transmission_by_state: of each state on its own, beside that.
        slope: of how strongly transmission answers to levels, all states alike. The line turns
            about level 5, near the mean of the summer of 2020.
        unemployment: of its answer to levels, all states alike.
    """

    transmission: float = 0.05
    transmission_by_state: float = 0.05
    slope: float = 0.05
    unemployment: float = 0.1


def perturbed(params: Params, count: int, *, seed: int, spread: Spread = Spread()) -> Params:
    """An ensemble around some parameters, for those that come without one.

    Args:
        params: a single draw.
        count: draws.
        seed: of their luck.
        spread: how far they are off.

    Returns:
        Parameters with a leading axis of draws.
    """
    count = require_whole("count", count, low=1, high=100_000)
    rng = np.random.default_rng(seed)
    n = params.population.shape[0]
    common = np.exp(rng.normal(0, spread.transmission, (count, 1)))
    own = np.exp(rng.normal(0, spread.transmission_by_state, (count, n)))
    steeper = np.exp(rng.normal(0, spread.slope, (count, 1)))
    response = np.exp(rng.normal(0, spread.unemployment, count))
    draws: Params = jax.tree.map(lambda leaf: jnp.repeat(leaf[None], count, axis=0), params)
    line = draws.epidemic
    intercept = line.intercept - _PIVOT * (steeper - 1) * line.slope
    epidemic = dataclasses.replace(
        line,
        intercept=jnp.asarray(intercept * common * own),
        slope=jnp.asarray(line.slope * steeper * common * own),
    )
    unemployment = dataclasses.replace(
        draws.unemployment, factor=draws.unemployment.factor * jnp.asarray(response, float)
    )
    return dataclasses.replace(draws, epidemic=epidemic, unemployment=unemployment)
