"""Two consumers, two goods, three equilibria: exchange in which the income effect turns demand."""

import dataclasses

import numpy as np
from jaxtyping import Float

from ...errors import require, require_number
from ._arguments import Numbers, numbers
from .roots import positive_roots

__all__ = ["PairEquilibrium", "quasi_linear_exchange"]


@dataclasses.dataclass(frozen=True, eq=False)
class PairEquilibrium:
    """One competitive equilibrium of two consumers and two goods.

    Attributes:
        price: of good 1 in units of good 2.
        allocation: units of each good (columns) that each consumer (rows) ends with.
        utilities: of both consumers.
        stable: whether a rise of the price leads to excess supply of good 1, so that tatonnement,
            which raises the price of what is in excess demand, comes back to it.
    """

    price: float
    allocation: Float[np.ndarray, "2 2"]
    utilities: Float[np.ndarray, " 2"]
    stable: bool


def quasi_linear_exchange(
    endowments: Numbers, *, curvature: float = 8.0
) -> tuple[PairEquilibrium, ...]:
    """All equilibria of `u_1 = x_1 - x_2 ** -s / s` and `u_2 = -x_1 ** -s / s + x_2`.

    At the price q each consumer buys `q ** (1 / (s + 1))` of good 2, or the inverse of it of good
    1, and spends what is left on the other good; one who cannot pay for that much spends all on
    it. With `t = q ** (1 / (s + 1))` markets clear at the roots of
    `e_21 t ** (s + 1) - t ** s + t - e_12`, of which there are at most three, or, where somebody
    spends all on one good, at a price in closed form.

    Args:
        endowments: of the two consumers (rows) with the two goods (columns), in units.
        curvature: s, above 0.

    Returns:
        The equilibria by rising price.

    Raises:
        ConfigurationError: if there is none, or if there is a continuum of them.

    Source:
        Mas-Colell, Whinston and Green (1995), Microeconomic Theory, example 15.B.2.
    """
    e = numbers("endowments", endowments, (2, 2), low=0)
    s = require_number("curvature", curvature, low=0, above=True)
    supply = e.sum(0)
    require(bool((supply > 0).all()), "endowments", float(supply.min()), "some of every good")

    def demand(q: float) -> np.ndarray:
        income = e[:, 0] * q + e[:, 1]
        second = min(q ** (1 / (s + 1)), income[0])
        first = min(q ** (-1 / (s + 1)), income[1] / q)
        return np.array([[(income[0] - second) / q, second], [first, income[1] - q * first]])

    def excess(q: float) -> float:
        return float(demand(q)[:, 0].sum() - supply[0])

    (e11, e12), (e21, e22) = e
    # Prices that overflow are no equilibria.
    with np.errstate(over="ignore"):
        interior = positive_roots([e21, -1, 1, -e12], [s + 1, s, 1, 0]) ** (s + 1)
        # Consumer 1 spends all on good 2; consumer 2 all on good 1; both.
        corners = [supply[0] ** -(s + 1), supply[1] ** (s + 1), e22 / e11 if e11 > 0 else 0.0]
    found: list[float] = []
    for q in sorted([*interior, *corners]):
        clears = 0 < q < np.inf and abs(excess(q)) <= 1e-9 * supply[0]
        if clears and not (found and np.isclose(q, found[-1], rtol=1e-9)):
            found.append(float(q))
    require(bool(found), "endowments", e.tolist(), "an economy with an equilibrium")

    def equilibrium(q: float) -> PairEquilibrium:
        x, step = demand(q), 1e-6
        # With a large s little of a good is a utility that overflows.
        with np.errstate(over="ignore", divide="ignore"):
            utilities = np.diag(x) - np.array([x[0, 1], x[1, 0]]) ** -s / s
        return PairEquilibrium(
            price=q,
            allocation=x,
            utilities=utilities,
            stable=excess(q * (1 + step)) < excess(q * (1 - step)),
        )

    return tuple(map(equilibrium, found))
