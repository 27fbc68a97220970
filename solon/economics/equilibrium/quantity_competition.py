"""Firms that choose quantities of one good: Cournot, Stackelberg, monopoly."""

import dataclasses

import numpy as np
from jaxtyping import Float

from ...errors import require, require_number
from ._arguments import Numbers, numbers

__all__ = ["QuantityEquilibrium", "cournot", "monopoly", "stackelberg"]


@dataclasses.dataclass(frozen=True, eq=False)
class QuantityEquilibrium:
    """What firms produce, and what it sells for.

    Attributes:
        quantities: units of each firm.
        price: of the good.
        profits: of each firm.
    """

    quantities: Float[np.ndarray, " firms"]
    price: float
    profits: Float[np.ndarray, " firms"]

    @property
    def herfindahl(self) -> float:
        """The sum of squared market shares: 1 for a monopoly, 1 / n for n equal firms."""
        return float(np.square(self.quantities / self.quantities.sum()).sum())


def cournot(intercept: float, slope: float, costs: Numbers) -> QuantityEquilibrium:
    """The Nash equilibrium in quantities under the demand `P = a - b Q`.

    Each firm that produces has `q_i = (P - c_i) / b`, and with n of them
    `P = (a + sum of their costs) / (n + 1)`. A firm whose cost is not below that price does not
    produce. The equilibrium is unique.

    Args:
        intercept: a, the price at which nothing is bought.
        slope: b, by which a unit lowers the price, above 0.
        costs: of a unit, of each firm, at least 0.

    Raises:
        ConfigurationError: for arguments that are not allowed, and if no firm can sell.

    Source:
        Cournot (1838); Vives (1999), Oligopoly pricing, chapter 4.
    """
    a, b, c = _market(intercept, slope, costs, None)
    # Firms come in by rising cost, as long as the price without them is above their cost.
    rising = np.sort(c)
    prices = (a + np.cumsum(rising)) / (np.arange(len(c)) + 2)
    producing = int(np.sum(np.append(a, prices[:-1]) > rising))
    price = float(prices[producing - 1])
    return _outcome(a, b, c, np.maximum(price - c, 0) / b)


def monopoly(intercept: float, slope: float, cost: float) -> QuantityEquilibrium:
    """What a single firm produces."""
    return cournot(intercept, slope, [cost])


def stackelberg(intercept: float, slope: float, costs: Numbers) -> QuantityEquilibrium:
    """Two firms, the first of which commits itself to a quantity that the second sees.

    The leader produces `(a - 2 c_1 + c_2) / (2 b)` and the follower answers with what is best then.
    A follower who would not produce at the monopoly price leaves the leader a monopoly; one
    whom that quantity drives out is kept out by the smallest quantity that does so.

    Args:
        intercept: a, the price at which nothing is bought.
        slope: b, by which a unit lowers the price, above 0.
        costs: of a unit, of the leader and of the follower.

    Raises:
        ConfigurationError: for arguments that are not allowed, and if no firm can sell.

    Source:
        Stackelberg (1934); Tirole (1988), The theory of industrial organization, chapter 8.
    """
    a, b, c = _market(intercept, slope, costs, 2)
    if c[0] >= a:
        return _outcome(a, b, c, np.array([0.0, (a - c[1]) / (2 * b)]))
    accommodated = max((a - 2 * c[0] + c[1]) / (2 * b), 0.0)
    deterred = max((a - c[1]) / b, 0.0)
    leader = accommodated
    if accommodated >= deterred:
        leader = max(deterred, (a - c[0]) / (2 * b))
    follower = max((a - c[1] - b * leader) / (2 * b), 0.0)
    return _outcome(a, b, c, np.array([leader, follower]))


def _market(intercept, slope, costs, firms):
    a = require_number("intercept", intercept, low=0, above=True)
    b = require_number("slope", slope, low=0, above=True)
    c = numbers("costs", costs, (firms,), low=0)
    require(bool(c.min() < a), "costs", float(c.min()), f"a cost below the intercept, {a:g}")
    return a, b, c


def _outcome(a, b, c, quantities):
    price = a - b * float(quantities.sum())
    return QuantityEquilibrium(quantities, price, (price - c) * quantities)
