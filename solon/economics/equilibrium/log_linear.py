"""Linear models with rational expectations: the one stable solution, or that there is none."""

import dataclasses

import numpy as np
from jaxtyping import Float
from scipy.linalg import ordqz

from ...errors import require, require_whole
from ._arguments import Numbers, numbers

__all__ = ["LinearSolution", "solve_linear_expectations"]

# What is below counts as 0 when it is divided by.
_SINGULAR = 1e-12


@dataclasses.dataclass(frozen=True, eq=False)
class LinearSolution:
    """The stable solution: `s' = P s` for what is predetermined, `c = F s` for what is not.

    Attributes:
        transition: P.
        policy: F.
        eigenvalues: generalised ones of the model, stable ones first; infinity may be among them.
    """

    transition: Float[np.ndarray, "states states"]
    policy: Float[np.ndarray, "controls states"]
    eigenvalues: Float[np.ndarray, " variables"]


def solve_linear_expectations(
    ahead: Numbers, now: Numbers, predetermined: int, *, bound: float = 1.0
) -> LinearSolution:
    """Solve `A E[x'] = B x`, in which x has predetermined variables first.

    The generalised Schur form (QZ) orders the eigenvalues of the pencil by size. A solution that
    does not explode keeps x in the space of the stable ones. It is unique if there are as many of
    them as predetermined variables (Blanchard and Kahn).

    Args:
        ahead: A, equations by variables; it may be singular.
        now: B, of the same shape.
        predetermined: how many variables are given at the start of a period.
        bound: eigenvalues below it in size are stable.

    Raises:
        ConfigurationError: if no solution is stable, if many are, or if the equations do not
            determine the variables.

    Source:
        Blanchard and Kahn (1980), The solution of linear difference models under rational
        expectations, Econometrica 48; Klein (2000), Using the generalized Schur form to solve a
        multivariate linear rational expectations model, Journal of Economic Dynamics and Control
        24.
    """
    a = numbers("ahead", ahead, (None, None))
    size = len(a)
    a = numbers("ahead", ahead, (size, size))
    b = numbers("now", now, (size, size))
    n = require_whole("predetermined", predetermined, low=1, high=size)

    def stable(alpha: np.ndarray, beta: np.ndarray) -> np.ndarray:
        return np.abs(alpha) < bound * np.abs(beta)

    # b = Q S Z', a = Q T Z': the eigenvalues of x' = a^-1 b x are the quotients of the diagonals.
    s, t, alpha, beta, _, z = ordqz(b, a, sort=stable, output="complex")
    scale = max(np.abs(s).max(), np.abs(t).max(), 1e-300)
    lost = (np.abs(alpha) < _SINGULAR * scale) & (np.abs(beta) < _SINGULAR * scale)
    require(not lost.any(), "ahead and now", "a singular pencil", "as many equations as variables")
    with np.errstate(divide="ignore"):
        sizes = np.abs(alpha) / np.abs(beta)
    count = int(stable(alpha, beta).sum())
    allowed = f"a model with {n} stable eigenvalues, one for each predetermined variable; it has "
    allowed += f"{count}, so that " + ("no solution is" if count < n else "many solutions are")
    require(count == n, "predetermined", predetermined, f"{allowed} stable")

    first = z[:n, :n]
    allowed = "predetermined variables that start anywhere: here they are tied to each other"
    independent = bool(np.linalg.cond(first) < 1 / _SINGULAR)
    require(independent, "predetermined", predetermined, allowed)
    inverse = np.linalg.inv(first)
    transition = first @ np.linalg.solve(t[:n, :n], s[:n, :n]) @ inverse
    return LinearSolution(transition.real, (z[n:, :n] @ inverse).real, sizes)
