"""Finite Markov chains, and those that stand for an autoregression."""

import dataclasses
import math

import numpy as np
from jaxtyping import Float
from scipy.stats import norm

from ...errors import require, require_number, require_whole
from ._arguments import Numbers, numbers, shares_of_one

__all__ = ["MarkovChain", "rouwenhorst", "stationary_distribution", "tauchen"]


@dataclasses.dataclass(frozen=True, eq=False)
class MarkovChain:
    """States with numbers, and probabilities of moving between them.

    Attributes:
        states: the number that each state stands for.
        transition: from each state (row) to each (column).
    """

    states: Float[np.ndarray, " states"]
    transition: Float[np.ndarray, "states states"]

    @classmethod
    def of(cls, states: Numbers, transition: Numbers) -> "MarkovChain":
        """A chain from plain numbers.

        Raises:
            ConfigurationError: for rows that do not add up to 1.
        """
        values = numbers("states", states, (None,))
        size = len(values)
        return cls(values, shares_of_one("transition", transition, (size, size)))

    @property
    def stationary(self) -> Float[np.ndarray, " states"]:
        """The distribution that the chain keeps."""
        return stationary_distribution(self.transition)

    @property
    def mean(self) -> float:
        """Of the states, under the stationary distribution."""
        return float(self.stationary @ self.states)

    def exponential(self) -> "MarkovChain":
        """The chain of exp(state), scaled so that its mean is 1."""
        levels = np.exp(self.states - self.states.max())
        return MarkovChain(levels / (self.stationary @ levels), self.transition)


def stationary_distribution(transition: Numbers) -> Float[np.ndarray, " states"]:
    """The distribution that a chain keeps.

    Args:
        transition: from each state (row) to each (column).

    Raises:
        ConfigurationError: for rows that do not add up to 1, and for chains that fall apart, which
            keep more than one distribution.
    """
    p = shares_of_one("transition", transition, (None, None))
    size = len(p)
    require(p.shape == (size, size), "transition", p.shape, "as many columns as rows")
    # States that can be left for good have probability 0; those from which some other cannot be
    # reached must be reached from everywhere, or there are two classes that are never left.
    reached = np.linalg.matrix_power((p > 0) | np.eye(size, dtype=bool), size)
    allowed = "a chain in which some state is reached from everywhere"
    require(bool(reached.all(0).any()), "transition", p.tolist(), allowed)
    system = np.eye(size) - p.T
    system[-1] = 1
    found = np.linalg.solve(system, np.eye(size)[-1])
    return np.maximum(found, 0) / np.maximum(found, 0).sum()


def rouwenhorst(states: int, persistence: float, sd: float) -> MarkovChain:
    """A chain for `x' = rho x + eps` with the same mean, variance and autocorrelation as x.

    Args:
        states: how many, at least 2.
        persistence: rho, above -1 and below 1.
        sd: of x, unconditional, above 0.

    Raises:
        ConfigurationError: for arguments that are not allowed.

    Source:
        Rouwenhorst (1995), Asset pricing implications of equilibrium business cycle models, in
        Cooley, Frontiers of business cycle research; Kopecky and Suen (2010), Review of Economic
        Dynamics 13.
    """
    n, rho, sd = _process(states, persistence, sd)
    stay = (1 + rho) / 2
    two = np.array([[stay, 1 - stay], [1 - stay, stay]])
    p = two
    for size in range(3, n + 1):
        larger = np.zeros((size, size))
        for i, j in np.ndindex(2, 2):
            larger[i : size - 1 + i, j : size - 1 + j] += two[i, j] * p
        larger[1:-1] /= 2
        p = larger
    return MarkovChain(np.linspace(-sd, sd, n) * np.sqrt(n - 1), p)


def tauchen(states: int, persistence: float, sd: float, *, width: float = 3.0) -> MarkovChain:
    """A chain for `x' = rho x + eps` on equally spaced states with normal probabilities.

    Args:
        states: how many, at least 2.
        persistence: rho, above -1 and below 1.
        sd: of x, unconditional, above 0.
        width: standard deviations of x from 0 to the outermost states.

    Raises:
        ConfigurationError: for arguments that are not allowed.

    Source:
        Tauchen (1986), Finite state Markov-chain approximations to univariate and vector
        autoregressions, Economics Letters 20.
    """
    n, rho, sd = _process(states, persistence, sd)
    width = require_number("width", width, low=0, above=True)
    x = np.linspace(-width * sd, width * sd, n)
    edges = (x[1:] + x[:-1]) / 2
    below = norm.cdf((edges - rho * x[:, None]) / (sd * np.sqrt(1 - rho**2)))
    return MarkovChain(x, np.diff(below, axis=1, prepend=0, append=1))


def _process(states: int, persistence: float, sd: float) -> tuple[int, float, float]:
    n = require_whole("states", states, low=2, high=1000)
    rho = require_number("persistence", persistence, low=-1, high=math.nextafter(1, 0), above=True)
    return n, rho, require_number("sd", sd, low=0, above=True)
