"""How policies against a pandemic are looked for, and what they may not exceed."""

import dataclasses
import math

from ...._plain import plain_fields
from ....errors import require, require_number, require_whole

__all__ = ["CAPPED", "METHODS", "Limits"]

#: How policies are looked for, and which of these can be held to a cap on unemployment.
METHODS = ("open-loop", "log-linear", "threshold")
CAPPED = ("log-linear", "threshold")

_MONTH = 30


@dataclasses.dataclass(frozen=True)
class Limits:
    """Limits for each state and for the nation; by default those of the rules alone.

    Attributes:
        changes_a_month: changes of the level by each state in 30 days, at most: 1 for one in 30
            days, 0.5 for one in 60. With 0 there is one change in the whole episode.
        stringency: the highest level that may be set, 1 to 10. That of the first day is given.
        budget: federal payments over the episode at most, US dollars.

    Raises:
        ConfigurationError: for limits that no policy keeps to.
    """

    changes_a_month: float = 30.0
    stringency: int = 10
    budget: float = math.inf

    def __post_init__(self) -> None:
        plain_fields(self)
        require_number("changes_a_month", self.changes_a_month, low=0)
        require_whole("stringency", self.stringency, low=1, high=10)
        if self.budget != math.inf:
            require_number("budget", self.budget, low=0)

    def pause(self, cooldown: int, horizon: int) -> int:
        """Days from one change of a level to the next, at least.

        Args:
            cooldown: of the economy.
            horizon: of the economy. A pause that is longer than it allows no second change.
        """
        if self.changes_a_month * horizon < _MONTH:
            return max(cooldown, horizon + 1)
        return max(cooldown, math.ceil(_MONTH / self.changes_a_month))

    def check_subsidy(self, level: float, full_cost: float) -> None:
        """Raise `ConfigurationError` unless the budget pays for a level that is wanted.

        Args:
            level: 0 to 20, the mean over days.
            full_cost: US dollars that level 20 costs over the episode.
        """
        cost = level / 20 * full_cost
        # Sums in single precision are off by a little.
        allowed = f"at least {cost:.4g}, the payments that are asked for; or a lower subsidy"
        require(cost <= self.budget * (1 + 1e-6), "budget", self.budget, allowed)
