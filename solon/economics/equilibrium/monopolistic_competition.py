"""General equilibrium with firms that set prices: monopolistic competition and one wage."""

import dataclasses
import math

from ...errors import require, require_number

__all__ = ["MonopolisticCompetition", "dixit_stiglitz"]


@dataclasses.dataclass(frozen=True)
class MonopolisticCompetition:
    """The symmetric equilibrium of firms that set prices.

    Attributes:
        elasticity: of a firm's sales with respect to its own price.
        markup: price over cost.
        real_wage: before the subsidy, in units of consumption.
        hours: worked, which is also output and consumption.
        utility: of the household.
        efficient_hours: what a planner would have it work.
        efficient_utility: under these.
        corrective_subsidy: the wage subsidy that leads there: markup - 1.
    """

    elasticity: float
    markup: float
    real_wage: float
    hours: float
    utility: float
    efficient_hours: float
    efficient_utility: float
    corrective_subsidy: float


def dixit_stiglitz(
    substitution: float,
    *,
    firms: float = math.inf,
    disutility: float = 1.0,
    curvature: float = 1.0,
    subsidy: float = 0.0,
) -> MonopolisticCompetition:
    """A household that works for firms whose goods it buys, and owns them.

    It has the utility `ln C - chi n ** (1 + phi) / (1 + phi)`, where C is a CES aggregate with the
    elasticity eps, scaled so that n hours make n units of it. A firm that takes nominal spending as
    given sees the elasticity `eps - (eps - 1) / J`: its own price moves the price level. Spending
    and profits go back to the household, so that `chi n ** (1 + phi) = (1 + subsidy) / markup`.

    Args:
        substitution: eps, between goods, above 1.
        firms: J, at least 2, or infinity, which is a continuum.
        disutility: chi, above 0.
        curvature: phi, the inverse of the Frisch elasticity, at least 0.
        subsidy: on the wage, as a share of it, paid for by a lump-sum tax; above -1.

    Raises:
        ConfigurationError: for arguments that are not allowed. With one firm or an elasticity of 1
            markups have no bound, so that there is no equilibrium.

    Source:
        Dixit and Stiglitz (1977), Monopolistic competition and optimum product diversity, American
        Economic Review 67; Blanchard and Kiyotaki (1987), American Economic Review 77. For finitely
        many firms Yang and Heijdra (1993), American Economic Review 83.
    """
    eps = require_number("substitution", substitution, low=1, above=True)
    if firms != math.inf:
        firms = require_number("firms", firms, low=2)
        require(firms == round(firms), "firms", firms, "a whole number of at least 2, or infinity")
    chi = require_number("disutility", disutility, low=0, above=True)
    phi = require_number("curvature", curvature, low=0)
    subsidy = require_number("subsidy", subsidy, low=-1, above=True)

    elasticity = eps - (eps - 1) / firms
    markup = elasticity / (elasticity - 1)

    def hours_at(wage: float) -> float:
        return (wage / chi) ** (1 / (1 + phi))

    def utility_of(hours: float) -> float:
        return math.log(hours) - chi * hours ** (1 + phi) / (1 + phi)

    hours, efficient = hours_at((1 + subsidy) / markup), hours_at(1)
    return MonopolisticCompetition(
        elasticity=elasticity,
        markup=markup,
        real_wage=1 / markup,
        hours=hours,
        utility=utility_of(hours),
        efficient_hours=efficient,
        efficient_utility=utility_of(efficient),
        corrective_subsidy=markup - 1,
    )
