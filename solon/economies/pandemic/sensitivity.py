"""Parameters that are off by a known share, for studies of what a policy withstands."""

import dataclasses
from collections.abc import Sequence

import jax
import jax.numpy as jnp

from ...errors import require, require_number
from .state import Params

__all__ = ["with_transmission"]

_MOST = 100


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
    times = jnp.asarray(factors, float)
    epidemic = dataclasses.replace(
        draws.epidemic,
        intercept_factor=draws.epidemic.intercept_factor * times,
        slope_factor=draws.epidemic.slope_factor * times,
    )
    return dataclasses.replace(draws, epidemic=epidemic)
