"""Production in several sectors from capital and labor, Cobb-Douglas everywhere."""

import dataclasses

import numpy as np
from jaxtyping import Float
from scipy.special import xlogy

from ...errors import require
from ._arguments import Numbers, numbers, shares_of_one

__all__ = ["ProductionEquilibrium", "cobb_douglas_production"]


@dataclasses.dataclass(frozen=True, eq=False)
class ProductionEquilibrium:
    """The competitive equilibrium of a production economy; the wage is 1.

    Attributes:
        rental: of a unit of capital, in wages.
        capital, labor: used by each sector.
        output: units of each good.
        prices: of each good, in wages.
        consumption: units of each good that each household buys.
        utilities: `sum_j a_j ln c_j` of each household.
    """

    rental: float
    capital: Float[np.ndarray, " sectors"]
    labor: Float[np.ndarray, " sectors"]
    output: Float[np.ndarray, " sectors"]
    prices: Float[np.ndarray, " sectors"]
    consumption: Float[np.ndarray, "households sectors"]
    utilities: Float[np.ndarray, " households"]


def cobb_douglas_production(
    capital_shares: Numbers,
    spending_shares: Numbers,
    capital: Numbers,
    labor: Numbers | None = None,
) -> ProductionEquilibrium:
    """The equilibrium of sectors `y_j = K_j ** th_j L_j ** (1 - th_j)`.

    A sector pays the share th_j of what is spent on it to capital. So the market for capital clears
    where `r K = sum_j th_j sum_i a_ij (l_i + r k_i)`, which is linear in r; everything else
    follows. Households that own different mixtures of capital and labor want different goods, so
    that the distribution of wealth moves prices.

    Args:
        capital_shares: th, of each sector, above 0 and below 1.
        spending_shares: a, households by sectors; each household's add up to 1.
        capital: k, units that each household owns, at least 0.
        labor: l, units that each household supplies, at least 0; by default one each.

    Raises:
        ConfigurationError: for technologies without an equilibrium and for negative wealth.

    Source:
        Shoven and Whalley (1984), Applied general-equilibrium models of taxation and international
        trade, Journal of Economic Literature 22.
    """
    th = numbers("capital_shares", capital_shares, (None,), low=0, high=1, open_ends=True)
    a = shares_of_one("spending_shares", spending_shares, (None, len(th)))
    households = len(a)
    k = numbers("capital", capital, (households,), low=0)
    given = np.ones(households) if labor is None else labor
    l = numbers("labor", given, (households,), low=0)  # noqa: E741
    require(bool(k.any()), "capital", k.tolist(), "some capital")
    require(bool(l.any()), "labor", l.tolist(), "some labor")
    require(bool((k + l > 0).all()), "capital", k.tolist(), "households that own something")

    to_capital = a @ th
    rental = float(to_capital @ l / (k.sum() - to_capital @ k))
    incomes = l + rental * k
    spent = incomes @ a
    capital_used, labor_used = th * spent / rental, (1 - th) * spent
    # The cost of a unit with the cheapest mixture of capital and labor.
    prices = (rental / th) ** th * (1 - th) ** (th - 1)
    consumption = a * incomes[:, None] / prices
    return ProductionEquilibrium(
        rental=rental,
        capital=capital_used,
        labor=labor_used,
        output=spent / prices,
        prices=prices,
        consumption=consumption,
        # What a household does not want adds nothing, however little it has of it.
        utilities=xlogy(a, consumption).sum(1),
    )
