"""The standard real-business-cycle economy: its steady state and its log-linear solution.

Not to be confused with simulated economies of many agents: here one household, which knows
everything, stands for all.
"""

import dataclasses
import math

import numpy as np

from ...errors import require, require_number
from .log_linear import LinearSolution, solve_linear_expectations
from .state_space import StateSpace

__all__ = ["RealBusinessCycle", "RealBusinessCycleSolution"]

# Of what exp gives a number.
_LARGEST = 700


@dataclasses.dataclass(frozen=True)
class RealBusinessCycleSolution:
    """The steady state and the law of motion of log deviations from it.

    Attributes:
        steady: levels of k, y, c, i, n, w and the net return r.
        disutility: chi with which the household works `hours`; 0 if hours are fixed.
        linear: the solution of the linear model: state (k, z), control c.
        law: of all series, in log deviations: k, z, c, y, n, i, w.
    """

    steady: dict[str, float]
    disutility: float
    linear: LinearSolution
    law: StateSpace

    def coefficients(self, name: str) -> tuple[float, float]:
        """How a series of `law`, or "next k", depends on k and z."""
        if name == "next k":
            row = self.linear.transition[0]
        else:
            require(name in self.law.names, "name", name, f"next k, {', '.join(self.law.names)}")
            row = self.law.output[self.law.names.index(name)]
        return float(row[0]), float(row[1])


@dataclasses.dataclass(frozen=True)
class RealBusinessCycle:
    """A household that saves, and may choose its hours, with shocks to productivity.

    It maximises the expected sum of `beta ** t` times
    `c ** (1 - g) / (1 - g) - chi n ** (1 + phi) / (1 + phi)`, with ln c at g = 1, under
    `k' = (1 - delta) k + y - c` and `y = z k ** alpha n ** (1 - alpha)`,
    `ln z' = rho ln z + eps`. The defaults are the usual ones for quarters.

    Args:
        capital_share: alpha, above 0 and below 1.
        discount: beta, above 0 and below 1.
        depreciation: delta, above 0 and at most 1.
        risk_aversion: g, above 0.
        persistence: rho, from 0 to below 1.
        shock_sd: standard deviation of eps, at least 0.
        hours: n in the steady state, above 0.
        curvature: phi, the inverse of the Frisch elasticity, at least 0; infinity if hours are
            fixed.

    Raises:
        ConfigurationError: for arguments that are not allowed.

    Source:
        King, Plosser and Rebelo (1988), Production, growth and business cycles, Journal of Monetary
        Economics 21; Campbell (1994), Inspecting the mechanism, Journal of Monetary Economics 33.
    """

    capital_share: float = 0.36
    discount: float = 0.99
    depreciation: float = 0.025
    risk_aversion: float = 1.0
    persistence: float = 0.95
    shock_sd: float = 0.007
    hours: float = 1.0
    curvature: float = math.inf

    def __post_init__(self) -> None:
        just_below = math.nextafter(1, 0)
        require_number("capital_share", self.capital_share, low=0, high=just_below, above=True)
        require_number("discount", self.discount, low=0, high=just_below, above=True)
        require_number("depreciation", self.depreciation, low=0, high=1, above=True)
        require_number("risk_aversion", self.risk_aversion, low=0, above=True)
        require_number("persistence", self.persistence, low=0, high=just_below)
        require_number("shock_sd", self.shock_sd, low=0)
        require_number("hours", self.hours, low=0, above=True)
        if self.curvature != math.inf:
            require_number("curvature", self.curvature, low=0)

    def solve(self) -> RealBusinessCycleSolution:
        """The steady state and the stable solution around it, by QZ."""
        alpha, beta, delta = self.capital_share, self.discount, self.depreciation
        g, phi, rho, n = self.risk_aversion, self.curvature, self.persistence, self.hours
        rental = 1 / beta - 1 + delta
        k = n * (alpha / rental) ** (1 / (1 - alpha))
        y = k**alpha * n ** (1 - alpha)
        i = delta * k
        c, w = y - i, (1 - alpha) * y / n
        fixed = phi == math.inf
        log_chi = -math.inf if fixed else math.log(w) - g * math.log(c) - phi * math.log(n)
        allowed = "preferences under which the weight of hours is a finite number"
        require(log_chi < _LARGEST, "curvature", phi, allowed)
        chi = math.exp(log_chi)

        # Rows over (k, z, c), in log deviations. Hours equate g c + phi n with the wage, y - n.
        of_k, of_z, of_c = np.eye(3)
        of_n = np.zeros(3) if fixed else (of_z + alpha * of_k - g * of_c) / (phi + alpha)
        of_y = of_z + alpha * of_k + (1 - alpha) * of_n
        # Resources; productivity; -g c = E[-g c' + psi (y' - k')] with psi the rental's share of
        # the gross return.
        psi = beta * rental
        ahead = np.array([of_k, of_z, psi * (of_y - of_k) - g * of_c])
        now = np.array([(1 - delta) * of_k + (y * of_y - c * of_c) / k, rho * of_z, -g * of_c])
        linear = solve_linear_expectations(ahead, now, predetermined=2)

        # From (k, z, c) to (k, z).
        reduce = np.vstack([np.eye(2), linear.policy])
        of_i = (y * of_y - c * of_c) / i
        rows = np.array([of_k, of_z, of_c, of_y, of_n, of_i, of_y - of_n])
        law = StateSpace(
            transition=linear.transition,
            impact=np.array([[0.0], [self.shock_sd]]),
            output=rows @ reduce,
            names=("k", "z", "c", "y", "n", "i", "w"),
        )
        steady = {"k": k, "y": y, "c": c, "i": i, "n": n, "w": w, "r": 1 / beta - 1}
        return RealBusinessCycleSolution(steady, chi, linear, law)
