"""What a search for a policy against a pandemic is given, and what it hands back."""

import dataclasses
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PyTree

from ....errors import require_whole
from ....policy import Policy
from ..policies.level_schedule import LevelSchedule
from ..policies.limits import Limits

if TYPE_CHECKING:
    from ....economies.pandemic import Pandemic

__all__ = ["Found", "Problem"]


@dataclasses.dataclass(frozen=True, eq=False)
class Problem:
    """What is maximised, and within what.

    Attributes:
        economy: without a replay.
        draws: of its parameters, each leaf with the draws in front.
        limits: of the policy.
        subsidy: level, the same always. Payments change nothing that anyone does in this economy
            and cost the planner: its best level is 0, and there is nothing to search.
        evaluations: episodes to simulate.
        seed: of the search.
        unemployment: cap on mean unemployment in each draw, percent. Rules can be held to it, and
            plans cannot.
    """

    economy: "Pandemic"
    draws: PyTree[Array]
    limits: Limits
    subsidy: int = 0
    evaluations: int = 2000
    seed: int = 0
    unemployment: Float[np.ndarray, " draws"] | None = None

    def __post_init__(self) -> None:
        least = 100 * self.count
        require_whole("evaluations", self.evaluations, low=least, high=10**8)

    @property
    def count(self) -> int:
        """Draws of the parameters."""
        return int(self.draws.population.shape[0])

    @property
    def cap(self) -> Float[Array, " draws"] | None:
        """The cap on unemployment, to compute with."""
        return None if self.unemployment is None else jnp.asarray(self.unemployment, float)

    @property
    def pause(self) -> int:
        """Days between two changes, at least."""
        return self.limits.pause(self.economy.cooldown, self.economy.horizon)

    @property
    def planner(self) -> Policy:
        """Who pays the subsidies."""
        return LevelSchedule(np.full((self.economy.horizon, 1), self.subsidy))

    @property
    def given(self) -> Int[np.ndarray, " states"]:
        """Levels on the first day."""
        return np.asarray(self.draws.beginning.levels[0, -1]).astype(int)


@dataclasses.dataclass(frozen=True, eq=False)
class Found:
    """What a search found.

    Attributes:
        governor: as it is carried out.
        welfare: mean over the draws, in whole levels and under the cooldown.
        relaxed: the same with the real levels that whole ones were rounded from; None where there
            were none. Nobody can carry these out.
        rounded: the same with the nearest whole levels, before anything else was done to them.
        evaluations: episodes that were simulated.
        content: how a policy file describes the governor.
    """

    governor: Policy
    welfare: float
    relaxed: float | None
    rounded: float | None
    evaluations: int
    content: dict[str, Any]
