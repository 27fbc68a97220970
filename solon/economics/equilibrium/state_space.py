"""What a linear model with shocks implies: responses, unconditional and filtered moments."""

import dataclasses

import numpy as np
from jaxtyping import Float
from scipy.linalg import solve_discrete_lyapunov

from ...errors import require, require_number, require_whole

__all__ = ["Moments", "StateSpace"]

# Points of the frequency axis. A spectral density is smooth and periodic, so that a sum over them
# converges like lambda ** points, with lambda the largest eigenvalue.
_MOST_POINTS = 2**20
_NEGLIGIBLE = 1e-16


@dataclasses.dataclass(frozen=True, eq=False)
class Moments:
    """Second moments of some series.

    Attributes:
        names: of the series.
        sd: standard deviations.
        correlation: with each other.
        autocorrelation: of each with itself a period before.
    """

    names: tuple[str, ...]
    sd: Float[np.ndarray, " series"]
    correlation: Float[np.ndarray, "series series"]
    autocorrelation: Float[np.ndarray, " series"]

    def of(self, name: str) -> float:
        """The standard deviation of one series."""
        return float(self.sd[self.names.index(name)])

    def between(self, one: str, other: str) -> float:
        """The correlation of two series."""
        return float(self.correlation[self.names.index(one), self.names.index(other)])


@dataclasses.dataclass(frozen=True, eq=False)
class StateSpace:
    """`s' = P s + G eps'`, `y = H s` with shocks eps of mean 0 and unit variance.

    Args:
        transition: P, with eigenvalues below 1 in size.
        impact: G.
        output: H.
        names: of the rows of H.

    Raises:
        ConfigurationError: if the process is not stationary.
    """

    transition: Float[np.ndarray, "states states"]
    impact: Float[np.ndarray, "states shocks"]
    output: Float[np.ndarray, "series states"]
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        largest = float(np.abs(np.linalg.eigvals(self.transition)).max())
        require(largest < 1, "transition", largest, "eigenvalues below 1 in size: else no moments")

    def response(self, periods: int, shock: int = 0) -> Float[np.ndarray, "periods series"]:
        """Series from the period of one standard deviation of a shock on.

        Args:
            periods: how many.
            shock: which one.
        """
        count = require_whole("periods", periods, low=1, high=100_000)
        which = require_whole("shock", shock, low=0, high=self.impact.shape[1] - 1)
        state, path = self.impact[:, which], []
        for _ in range(count):
            path.append(self.output @ state)
            state = self.transition @ state
        return np.array(path)

    def moments(self) -> Moments:
        """Unconditional moments."""
        variance = solve_discrete_lyapunov(self.transition, self.impact @ self.impact.T)
        ahead = self.output @ self.transition @ variance @ self.output.T
        return self._moments(self.output @ variance @ self.output.T, np.diag(ahead))

    def filtered_moments(self, smoothing: float = 1600.0) -> Moments:
        """Moments of what the Hodrick-Prescott filter calls the cycle, in an infinite sample.

        The filter multiplies the spectral density at the frequency w by the square of
        `4 l (1 - cos w) ** 2 / (1 + 4 l (1 - cos w) ** 2)`.

        Args:
            smoothing: l, 1600 for quarters.

        Source:
            King and Rebelo (1993), Low frequency filtering and real business cycles, Journal of
            Economic Dynamics and Control 17.
        """
        smoothing = require_number("smoothing", smoothing, low=0, above=True)
        largest = float(np.abs(np.linalg.eigvals(self.transition)).max())
        wanted = np.log(_NEGLIGIBLE) / np.log(max(largest, 0.5))
        allowed = "eigenvalues at most 0.99996 in size: else the integral is not exact"
        require(bool(wanted <= _MOST_POINTS), "transition", largest, allowed)
        points = 2 ** int(np.ceil(np.log2(max(wanted, 4096))))
        w = 2 * np.pi * np.arange(points) / points
        gain = 4 * smoothing * (1 - np.cos(w)) ** 2
        gain = gain / (1 + gain)
        size = len(self.transition)
        shifted = np.eye(size) - self.transition * np.exp(-1j * w)[:, None, None]
        series = gain[:, None, None] * (self.output @ np.linalg.solve(shifted, self.impact + 0j))
        spectrum = series @ series.conj().transpose(0, 2, 1)
        own = np.diagonal(spectrum, axis1=1, axis2=2)
        lagged = (own * np.exp(1j * w)[:, None]).mean(0).real
        return self._moments(spectrum.mean(0).real, lagged)

    def _moments(self, covariance: np.ndarray, lagged: np.ndarray) -> Moments:
        sd = np.sqrt(np.maximum(np.diag(covariance), 0))
        # What never moves is correlated with nothing.
        with np.errstate(invalid="ignore", divide="ignore"):
            return Moments(self.names, sd, covariance / np.outer(sd, sd), lagged / sd**2)
