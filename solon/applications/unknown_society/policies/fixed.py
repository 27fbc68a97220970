"""A rate, or one a bracket, that the law fixes for all societies and years."""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float, Key, Shaped

from ....economics.tax_schedules import check_rates
from ....errors import require_number
from ....policy import Policy

__all__ = ["FixedRate"]


class FixedRate(Policy):
    """One rate, or one a bracket, whatever is seen.

    Args:
        rate: of the linear tax, or marginal rates of all brackets; at least 0 and below 1.

    Raises:
        ConfigurationError: for other rates.
    """

    rate: Float[Array, "*brackets"]

    def __init__(self, rate: float | Sequence[float]):
        several = isinstance(rate, (list, tuple))
        if several:
            check_rates(rate, argument="rate")
        for each in rate if several else [rate]:  # type: ignore[union-attr]
            require_number("rate", each, low=0, high=1)
            # Nobody works for nothing.
            require_number("rate", each, low=0, high=0.999)
        self.rate = jnp.asarray(rate, float)

    def init(self, key: Key[Array, ""]) -> tuple[()]:
        return ()

    def act(
        self,
        memory: Any,
        observation: dict[str, Shaped[Array, "..."]],
        key: Key[Array, ""],
    ) -> tuple[Float[Array, "1 rates"], Any]:
        return self.rate.reshape(1, -1), memory
