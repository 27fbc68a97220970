"""Two consumers, two goods, three equilibria: exchange in which the income effect turns demand."""

import dataclasses

import numpy as np
from jaxtyping import Float

from ...errors import require, require_number
from ._arguments import Numbers, numbers
from .roots import positive_roots

__all__ = ["PairEquilibrium", "quasi_linear_exchange"]

_ROUNDING = 1e-9


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

    (e11, e12), (e21, e22) = e
    power = s + 1
    # Excess demand for good 2, if both consumers buy both goods. Where it rises with the price of
    # good 1, the excess demand for good 1 falls: the equilibrium is stable.
    coefficients, exponents = np.array([e21, -1, 1, -e12]), np.array([power, s, 1, 0])

    def rises(t: float) -> bool:
        slopes = coefficients * exponents
        logs = exponents[slopes != 0] * np.log(t)
        return bool(slopes[slopes != 0] @ np.exp(logs - logs.max()) > 0)

    roots = positive_roots(coefficients, exponents)
    candidates = [(t, False, False, rises(t)) for t in roots]
    # Consumer 1 spends all on good 2, or consumer 2 all on good 1, or both.
    candidates += [(1 / supply[0], True, False, True), (supply[1], False, True, True)]
    if e11 > 0 and e22 > 0:
        candidates.append(((e22 / e11) ** (1 / power), True, True, True))

    found: list[PairEquilibrium] = []
    for t, all_on_second, all_on_first, stable in sorted(candidates):
        with np.errstate(over="ignore", under="ignore"):
            q = float(t**power)
        if not 0 < q < np.inf or (found and np.isclose(q, found[-1].price, rtol=1e-9)):
            continue
        first_income, second_income = e11 * q + e12, e21 + e22 / q
        # What each would buy of the curved good, and whether that is all it can pay for.
        poor = (t - first_income, 1 / t - second_income)
        slack = (_ROUNDING * t, _ROUNDING / t)
        limited = (all_on_second, all_on_first)
        if all(
            (gap >= -free) if at_limit else (gap <= free)
            for gap, free, at_limit in zip(poor, slack, limited, strict=True)
        ):
            x12 = first_income if all_on_second else t
            x21 = second_income if all_on_first else 1 / t
            x = np.array([[supply[0] - x21, x12], [x21, supply[1] - x12]])
            # With a large s little of a good is a utility that overflows.
            with np.errstate(over="ignore"):
                utilities = np.array([x[0, 0] - x12**-s / s, x[1, 1] - x21**-s / s])
            found.append(PairEquilibrium(q, np.maximum(x, 0), utilities, stable))
    require(bool(found), "endowments", e.tolist(), "an economy whose price is a finite number")
    return tuple(found)
