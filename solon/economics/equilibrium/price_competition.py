"""Firms that set prices of goods that are not the same: logit demand and linear demand."""

import dataclasses
import math

import numpy as np
from jaxtyping import Float
from scipy.optimize import brentq

from ...errors import require, require_number
from ._arguments import Numbers, numbers
from .roots import increasing_roots

__all__ = ["LogitMarket", "PriceEquilibrium", "linear_bertrand", "linear_collusion"]


@dataclasses.dataclass(frozen=True, eq=False)
class PriceEquilibrium:
    """What firms charge and sell.

    Attributes:
        prices, quantities, profits: of each firm.
    """

    prices: Float[np.ndarray, " firms"]
    quantities: Float[np.ndarray, " firms"]
    profits: Float[np.ndarray, " firms"]


@dataclasses.dataclass(frozen=True)
class LogitMarket:
    """A unit mass of buyers who choose between the goods of some firms and an outside good.

    The share of firm i is `exp((a_i - p_i) / mu)` over the sum of that over all goods, with
    `exp(a_0 / mu)` for the outside good.

    Args:
        qualities: a, of each firm's good.
        costs: of a unit, of each firm.
        scale: mu, above 0: how much buyers differ. Near 0 goods are near-perfect substitutes.
        outside: a_0, quality less price of the outside good; `-inf` is a market without one.

    Raises:
        ConfigurationError: for arguments that are not allowed.

    Source:
        Anderson, de Palma and Thisse (1992), Discrete choice theory of product differentiation,
        chapter 7. With qualities of 2, costs of 1, mu of 0.25 and a_0 of 0 Calvano, Calzolari,
        Denicolo and Pastorello (2020), American Economic Review 110.
    """

    qualities: tuple[float, ...]
    costs: tuple[float, ...]
    scale: float
    outside: float = 0.0

    def __post_init__(self) -> None:
        qualities = numbers("qualities", self.qualities, (None,))
        costs = numbers("costs", self.costs, qualities.shape)
        require_number("scale", self.scale, low=0, above=True)
        if self.outside != -math.inf:
            require_number("outside", self.outside, low=-math.inf)
        allowed = "a finite number where one firm is alone: without it the price has no bound"
        require(len(costs) > 1 or self.outside > -math.inf, "outside", self.outside, allowed)

    def shares(self, prices: Numbers) -> Float[np.ndarray, " firms"]:
        """What each firm sells to a unit mass of buyers.

        Args:
            prices: of each firm.
        """
        p = numbers("prices", prices, (len(self.costs),))
        values = np.append(np.array(self.qualities, float) - p, self.outside) / self.scale
        weights = np.exp(values - values.max())
        return (weights / weights.sum())[:-1]

    def profits(self, prices: Numbers) -> Float[np.ndarray, " firms"]:
        """What each firm earns."""
        shares = self.shares(prices)
        return (np.asarray(prices, float) - np.array(self.costs, float)) * shares

    def nash(self) -> PriceEquilibrium:
        """The equilibrium in prices: `p_i = c_i + mu / (1 - q_i)`.

        With D the denominator of the shares, `ln q_i + 1 / (1 - q_i) = (a_i - c_i) / mu - ln D`.
        The left side rises, so that D determines all shares, and they fall with D. One D makes
        them, with the outside good's, add up to 1: the equilibrium is unique.
        """
        margins = (np.array(self.qualities, float) - np.array(self.costs, float)) / self.scale

        def shares_at(log_d: float) -> np.ndarray:
            def gap(q: np.ndarray) -> np.ndarray:
                with np.errstate(divide="ignore"):
                    return np.log(q) + 1 / (1 - q) - margins + log_d

            return increasing_roots(gap, np.zeros_like(margins), np.ones_like(margins))

        def shortfall(log_d: float) -> float:
            return 1 - float(shares_at(log_d).sum()) - math.exp(self.outside / self.scale - log_d)

        # At the low end the outside good alone has a share above 1, or two firms more than a half
        # each; at the high end the sum is below 1.
        half_each = np.log(2) - 2 + np.sort(margins)[-2:][0] if len(margins) > 1 else -math.inf
        low = max(self.outside / self.scale, half_each) - 1e-3
        top = max(float(margins.max()), self.outside / self.scale)
        high = top + math.log(len(margins) + 1)
        log_d = brentq(shortfall, low, high, xtol=1e-14, rtol=4 * np.finfo(float).eps)
        return self._at(np.array(self.costs) + self.scale / (1 - shares_at(log_d)))

    def collusion(self) -> PriceEquilibrium:
        """The prices that maximise the sum of profits: every markup is `mu / q_0`.

        q_0 is the share of the outside good, without which joint profit has no maximum.

        Raises:
            ConfigurationError: if there is no outside good.
        """
        allowed = "a finite number: without an outside good the price has no bound"
        require(self.outside > -math.inf, "outside", self.outside, allowed)
        margins = (np.array(self.qualities, float) - np.array(self.costs, float)) / self.scale
        inside = np.log(np.exp(margins - margins.max()).sum()) + margins.max()

        def gap(q: np.ndarray) -> np.ndarray:
            with np.errstate(divide="ignore"):
                odds = np.log(q) - np.log(1 - q)
            return odds + 1 / (1 - q) - inside + self.outside / self.scale

        together = increasing_roots(gap, np.zeros(1), np.ones(1))
        return self._at(np.array(self.costs) + self.scale / (1 - together))

    def collusion_index(self, profits: Numbers) -> Float[np.ndarray, " firms"]:
        """Where profits lie between competition, 0, and collusion, 1."""
        earned = numbers("profits", profits, (len(self.costs),))
        low, high = self.nash().profits, self.collusion().profits
        return (earned - low) / (high - low)

    def _at(self, prices: np.ndarray) -> PriceEquilibrium:
        return PriceEquilibrium(prices, self.shares(prices), self.profits(prices))


def linear_bertrand(
    intercept: float, own: float, cross: float, costs: tuple[float, float]
) -> PriceEquilibrium:
    """The equilibrium in prices of two firms with the demands `q_i = a - b p_i + d p_j`.

    The best answer of a firm is `p_i = (a + b c_i + d p_j) / (2 b)`.

    Args:
        intercept: a, above 0.
        own: b, by which a firm's own price lowers its sales.
        cross: d, by which the other's price raises them, below b in size.
        costs: of a unit, of both firms.

    Raises:
        ConfigurationError: for arguments that are not allowed, and if a firm would sell nothing.

    Source:
        Singh and Vives (1984), Price and quantity competition in a differentiated duopoly, RAND
        Journal of Economics 15.
    """
    a, b, d, c = _linear(intercept, own, cross, costs)
    prices = np.linalg.solve([[2 * b, -d], [-d, 2 * b]], a + b * c)
    return _linear_outcome(a, b, d, c, prices)


def linear_collusion(
    intercept: float, own: float, cross: float, costs: tuple[float, float]
) -> PriceEquilibrium:
    """The prices that maximise the sum of the profits of the two firms of `linear_bertrand`."""
    a, b, d, c = _linear(intercept, own, cross, costs)
    prices = np.linalg.solve([[2 * b, -2 * d], [-2 * d, 2 * b]], a + b * c - d * c[::-1])
    return _linear_outcome(a, b, d, c, prices)


def _linear(intercept, own, cross, costs):
    a = require_number("intercept", intercept, low=0, above=True)
    b = require_number("own", own, low=0, above=True)
    d = require_number("cross", cross, low=-b, high=b, above=True)
    require(d < b, "cross", cross, f"a number below own, {b:g}: else prices have no bound")
    return a, b, d, numbers("costs", costs, (2,), low=0)


def _linear_outcome(a, b, d, c, prices):
    quantities = a - b * prices + d * prices[::-1]
    allowed = "costs at which both firms sell something"
    require(bool((quantities > 0).all()), "costs", c.tolist(), allowed)
    return PriceEquilibrium(prices, quantities, (prices - c) * quantities)
