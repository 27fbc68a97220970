"""Exchange between Cobb-Douglas consumers: prices as an eigenvector."""

import dataclasses

import numpy as np
from jaxtyping import Float

from ...errors import require
from ._arguments import Numbers, numbers, shares_of_one

__all__ = ["ExchangeEquilibrium", "cobb_douglas_exchange"]


@dataclasses.dataclass(frozen=True, eq=False)
class ExchangeEquilibrium:
    """The competitive equilibrium of an exchange economy.

    Attributes:
        prices: of each good; they add up to 1.
        incomes: value of each consumer's endowment at these prices.
        allocation: units of each good that each consumer ends with.
        utilities: `prod_l x_l ** a_l` of each consumer.
        autarky_utilities: the same of the endowments.
    """

    prices: Float[np.ndarray, " goods"]
    incomes: Float[np.ndarray, " consumers"]
    allocation: Float[np.ndarray, "consumers goods"]
    utilities: Float[np.ndarray, " consumers"]
    autarky_utilities: Float[np.ndarray, " consumers"]


def cobb_douglas_exchange(shares: Numbers, endowments: Numbers) -> ExchangeEquilibrium:
    """The equilibrium of consumers who each spend fixed shares of their income.

    Consumer i spends the share a_il of p.e_i on good l. With v_l the value of all there is of good
    l, markets clear where `v_l = sum_m v_m sum_i a_il e_im / S_m`: v is the stationary distribution
    of a Markov chain by which value moves from good to good. It is unique, and all prices are
    above 0, if the chain is irreducible.

    Args:
        shares: a, consumers by goods; each consumer's add up to 1.
        endowments: e, consumers by goods, in units; of each good there is some.

    Raises:
        ConfigurationError: for negative endowments, shares that do not add up to 1, and an economy
            that falls apart, in which relative prices are not determined or are 0.

    Source:
        Gale (1960), The theory of linear economic models, chapter 8; Eisenberg (1961), Aggregation
        of utility functions, Management Science 7.
    """
    a = shares_of_one("shares", shares, (None, None))
    e = numbers("endowments", endowments, a.shape, low=0)
    supply = e.sum(0)
    require(bool((supply > 0).all()), "endowments", float(supply.min()), "some of every good")
    moves = a.T @ (e / supply)
    goods = len(supply)
    # Some path leads from each good to each other.
    reached = np.linalg.matrix_power((moves > 0) | np.eye(goods, dtype=bool), goods)
    allowed = "shares and endowments by which the value of each good is spent, in steps, on each"
    require(bool((reached > 0).all()), "shares", float(moves.min()), allowed)

    # The equations add up to 0 = 0, so that one of them is replaced by sum(v) = 1.
    system = moves - np.eye(goods)
    system[-1] = 1
    value = np.linalg.solve(system, np.eye(goods)[-1])
    prices = value / supply
    prices = prices / prices.sum()
    incomes = e @ prices
    allocation = a * incomes[:, None] / prices
    return ExchangeEquilibrium(
        prices=prices,
        incomes=incomes,
        allocation=allocation,
        utilities=np.prod(allocation**a, axis=1),
        autarky_utilities=np.prod(e**a, axis=1),
    )
