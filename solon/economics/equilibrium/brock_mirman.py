"""Stochastic growth in closed form: log utility, Cobb-Douglas production, full depreciation."""

import dataclasses
import math
from typing import TypeAlias

import numpy as np
from jaxtyping import Float

from ...errors import require_number, require_whole
from ._arguments import Numbers

__all__ = ["BrockMirman"]

Values: TypeAlias = np.ndarray | np.floating
"""In the shape that the arguments have together."""


@dataclasses.dataclass(frozen=True)
class BrockMirman:
    """A household that saves a fixed share of income, whatever the shocks.

    It maximises the expected sum of `beta ** t (ln c - chi n ** (1 + phi) / (1 + phi))` with
    `k' = y - c`, `y = z k ** alpha n ** (1 - alpha)` and `ln z' = rho ln z + eps`. Income and
    substitution effects of a shock cancel: it saves the share `alpha * beta` and works the same
    hours always.

    Args:
        capital_share: alpha, above 0 and below 1.
        discount: beta, above 0 and below 1.
        persistence: rho of the log of productivity, from 0 to below 1.
        shock_sd: standard deviation of eps, at least 0.
        disutility: chi; 0 is a household that works one hour whatever happens.
        curvature: phi, the inverse of the Frisch elasticity, at least 0.

    Raises:
        ConfigurationError: for arguments that are not allowed.

    Source:
        Brock and Mirman (1972), Optimal economic growth and uncertainty, Journal of Economic Theory
        4; Long and Plosser (1983), Real business cycles, Journal of Political Economy 91.
    """

    capital_share: float
    discount: float
    persistence: float = 0.0
    shock_sd: float = 0.0
    disutility: float = 0.0
    curvature: float = 1.0

    def __post_init__(self) -> None:
        just_below = math.nextafter(1, 0)
        require_number("capital_share", self.capital_share, low=0, high=just_below, above=True)
        require_number("discount", self.discount, low=0, high=just_below, above=True)
        require_number("persistence", self.persistence, low=0, high=just_below)
        require_number("shock_sd", self.shock_sd, low=0)
        require_number("disutility", self.disutility, low=0)
        require_number("curvature", self.curvature, low=0)

    @property
    def saving_rate(self) -> float:
        """The share of income that is saved."""
        return self.capital_share * self.discount

    @property
    def hours(self) -> float:
        """Hours worked, in every state."""
        if self.disutility == 0:
            return 1.0
        labor_share_of_spending = (1 - self.capital_share) / (1 - self.saving_rate)
        return (labor_share_of_spending / self.disutility) ** (1 / (1 + self.curvature))

    @property
    def steady_capital(self) -> float:
        """Capital that stays as it is at z = 1."""
        return self.hours * self.saving_rate ** (1 / (1 - self.capital_share))

    def output(self, capital: Numbers, productivity: Numbers) -> Values:
        """Units produced."""
        k, z = _positive("capital", capital), _positive("productivity", productivity)
        return z * k**self.capital_share * self.hours ** (1 - self.capital_share)

    def consumption(self, capital: Numbers, productivity: Numbers) -> Values:
        """Units consumed."""
        return (1 - self.saving_rate) * self.output(capital, productivity)

    def next_capital(self, capital: Numbers, productivity: Numbers) -> Values:
        """Units saved, which is the capital of the next period."""
        return self.saving_rate * self.output(capital, productivity)

    def wage(self, capital: Numbers, productivity: Numbers) -> Values:
        """Pay of an hour in the decentralised economy."""
        return (1 - self.capital_share) * self.output(capital, productivity) / self.hours

    def gross_return(self, capital: Numbers, productivity: Numbers) -> Values:
        """Pay of a unit of capital in the decentralised economy; it is used up."""
        return (
            self.capital_share * self.output(capital, productivity) / _positive("capital", capital)
        )

    @property
    def value_coefficients(self) -> tuple[float, float, float]:
        """A, B and D of the value `A + B ln k + D ln z`."""
        alpha, beta, saved = self.capital_share, self.discount, self.saving_rate
        b = alpha / (1 - saved)
        d = 1 / ((1 - saved) * (1 - beta * self.persistence))
        work = self.disutility * self.hours ** (1 + self.curvature) / (1 + self.curvature)
        flow = math.log(1 - saved) + beta * b * math.log(saved) - work
        flow += (1 - alpha) * math.log(self.hours) / (1 - saved)
        return flow / (1 - beta), b, d

    def value(self, capital: Numbers, productivity: Numbers) -> Values:
        """Expected discounted utility."""
        a, b, d = self.value_coefficients
        logs = (
            np.log(_positive("capital", capital)),
            np.log(_positive("productivity", productivity)),
        )
        return a + b * logs[0] + d * logs[1]

    @property
    def mean_log_capital(self) -> float:
        """Unconditional mean of ln k."""
        return math.log(self.steady_capital)

    @property
    def sd_log_productivity(self) -> float:
        """Unconditional standard deviation of ln z."""
        return self.shock_sd / math.sqrt(1 - self.persistence**2)

    @property
    def sd_log_capital(self) -> float:
        """Unconditional standard deviation of ln k, an AR(2) with the roots alpha and rho."""
        alpha, rho = self.capital_share, self.persistence
        ratio = (1 + alpha * rho) / ((1 - alpha * rho) * (1 - alpha**2))
        return self.sd_log_productivity * math.sqrt(ratio)

    def capital_response(self, periods: int) -> Float[np.ndarray, " periods"]:
        """Rise of ln k one, two, ... periods after one standard deviation of eps.

        Args:
            periods: how many.
        """
        count = require_whole("periods", periods, low=1, high=100_000)
        alpha, rho = self.capital_share, self.persistence
        powers = np.arange(count, dtype=float)
        # The product of the two laws of motion, which a quotient has only for alpha != rho.
        both = np.convolve(alpha**powers, rho**powers)[:count]
        return self.shock_sd * both


def _positive(argument: str, values: Numbers) -> np.ndarray:
    array = np.asarray(values, float)
    for value in array.flat:
        require_number(argument, float(value), low=0, above=True)
    return array
