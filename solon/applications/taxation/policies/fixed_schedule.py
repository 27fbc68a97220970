"""Tax schedules that never change."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key, Shaped

from ....economics.tax_schedules import US_FEDERAL_2018_PUBLISHED_RATES, check_rates
from ....errors import require
from ....policy import Policy

__all__ = ["FixedSchedule"]


class FixedSchedule(Policy):
    """The same marginal rates in every period.

    Args:
        rates: one for each bracket, lowest bracket first, from 0 to 1.

    Raises:
        ConfigurationError: if a rate is outside [0, 1].
    """

    rates: Float[Array, " brackets"]

    def __init__(self, rates: Sequence[float] | Float[Array, " brackets"] | np.ndarray):
        if not isinstance(rates, jax.core.Tracer):
            check_rates(rates)
        self.rates = jnp.asarray(rates, jnp.zeros(()).dtype)

    @classmethod
    def free_market(cls, brackets: int) -> "FixedSchedule":
        """No taxes."""
        require(brackets >= 1, "brackets", brackets, "an integer of at least 1")
        return cls([0.0] * brackets)

    @classmethod
    def us_federal(cls) -> "FixedSchedule":
        """The seven rates, 10 to 37 %, of the published experiment (Zheng et al. 2020).

        They are those of the US federal income tax from 2018 to 2025.
        """
        return cls(US_FEDERAL_2018_PUBLISHED_RATES)

    def init(self, key: Key[Array, ""]) -> tuple[()]:
        return ()

    def act(
        self,
        memory: Any,
        observation: dict[str, Shaped[Array, "..."]],
        key: Key[Array, ""],
    ) -> tuple[Float[Array, "1 brackets"], Any]:
        return self.rates[None], memory
