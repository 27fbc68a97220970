"""A rate that the law fixes for all societies and years."""

from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float, Key, Shaped

from ....errors import require_number
from ....policy import Policy

__all__ = ["FixedRate"]


class FixedRate(Policy):
    """One rate, whatever is seen.

    Args:
        rate: of the linear tax, at least 0 and below 1.
    """

    rate: Float[Array, ""]

    def __init__(self, rate: float):
        checked = require_number("rate", rate, low=0, high=1)
        # Nobody works for nothing.
        require_number("rate", rate, low=0, high=0.999)
        self.rate = jnp.asarray(checked, float)

    def init(self, key: Key[Array, ""]) -> tuple[()]:
        return ()

    def act(
        self,
        memory: Any,
        observation: dict[str, Shaped[Array, "..."]],
        key: Key[Array, ""],
    ) -> tuple[Float[Array, "1 1"], Any]:
        return self.rate[None, None], memory
