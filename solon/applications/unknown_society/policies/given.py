"""Rates that somebody set, year by year."""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float, Key, Shaped

from ....policy import Policy

__all__ = ["GivenRates"]


class GivenRates(Policy):
    """Sets in each year what it was given for it.

    Args:
        rates: of the linear tax, one a year, each at least 0 and below 1.
    """

    rates: Float[Array, " years"]

    def __init__(self, rates: Sequence[float]):
        self.rates = jnp.asarray(rates, float)

    def init(self, key: Key[Array, ""]) -> tuple[()]:
        return ()

    def act(
        self,
        memory: Any,
        observation: dict[str, Shaped[Array, "..."]],
        key: Key[Array, ""],
    ) -> tuple[Float[Array, "1 1"], Any]:
        return self.rates[observation["year"]][:, None], memory
