"""What a society's year came to, by every measure that a policy is judged by."""

import dataclasses
from collections.abc import Mapping

import numpy as np
from jaxtyping import Float, Real

from ..errors import require

__all__ = ["SOCIAL_MEASURES", "SocialMeasure", "social_measures"]


@dataclasses.dataclass(frozen=True)
class SocialMeasure:
    """A measure, and how it may be compared.

    Attributes:
        words: what it is.
        of: what it is computed from, `coin` or `utility`.
        unit: of the number.
        ratios: whether "x percent higher" means something. It does for amounts of coin and for
            shares. Utility has no zero of its own: it may be a logarithm or change sign, and adding
            a constant to it changes nothing but every percentage. Differences, or shares of an
            attainable gain, are what to report then.
    """

    words: str
    of: str
    unit: str
    ratios: bool


SOCIAL_MEASURES: Mapping[str, SocialMeasure] = {
    "productivity": SocialMeasure("coin of all workers", "coin", "coin", True),
    "equality": SocialMeasure("1 - Gini index of coin", "coin", "share", True),
    "equality_times_productivity": SocialMeasure(
        "productivity, discounted for inequality", "coin", "coin", True
    ),
    "utilitarian_welfare": SocialMeasure("sum of utilities", "utility", "utility", False),
    "rawlsian_welfare": SocialMeasure("utility of the worst off", "utility", "utility", False),
    "inverse_income_weighted_utility": SocialMeasure(
        "mean of utility, weighted by 1 / max(coin, 1)", "utility", "utility", False
    ),
    "atkinson_welfare_0.5": SocialMeasure(
        "coin a head that is worth as much if all have the same, aversion 0.5", "coin", "coin", True
    ),
    "atkinson_welfare_1": SocialMeasure(
        "coin a head that is worth as much if all have the same, aversion 1", "coin", "coin", True
    ),
}
"""Every measure by name; a higher number is better."""


def social_measures(
    coin: Real[np.ndarray, "*batch n"],
    utility: Real[np.ndarray, "*batch n"],
    income: Real[np.ndarray, "*batch n"] | None = None,
) -> dict[str, Float[np.ndarray, "*batch"]]:
    """All of `SOCIAL_MEASURES`.

    Args:
        coin: coin of each of n members at the end of an episode, at least 0.
        utility: utility of each.
        income: coin by which the weights of `inverse_income_weighted_utility` go, where that is not
            `coin`: production before tax in the one-step economies.

    Returns:
        Name -> one number an episode.

    Raises:
        ConfigurationError: for coin below 0, or not finite.
    """
    from ..economics import welfare
    from ..economics.inequality import equality

    coin, utility = np.asarray(coin, float), np.asarray(utility, float)
    usable = np.isfinite(coin) & (coin >= 0)
    require(bool(usable.all()), "coin", float(coin.min()), "finite numbers of at least 0")
    income = coin if income is None else np.asarray(income, float)
    found = {
        "productivity": welfare.productivity(coin),
        "equality": equality(coin),
        "equality_times_productivity": welfare.equality_times_productivity(coin),
        "utilitarian_welfare": welfare.utilitarian_welfare(utility),
        "rawlsian_welfare": welfare.rawlsian_welfare(utility),
        "inverse_income_weighted_utility": welfare.inverse_income_weighted_utility(utility, income),
        "atkinson_welfare_0.5": welfare.atkinson_welfare(coin, 0.5),
        "atkinson_welfare_1": welfare.atkinson_welfare(coin, 1.0),
    }
    return {name: np.asarray(found[name], float) for name in SOCIAL_MEASURES}
