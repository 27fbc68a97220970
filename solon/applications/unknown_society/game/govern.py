"""What comes of a society under each planner, under rates that somebody set, and at best."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from ...._plain import is_number
from ....economics.inequality import equality
from ....errors import require
from ....policy import Policy
from ..opponents import AVERAGING, ESTIMATOR, TUNED
from ..policies import FixedRate
from ..policies.given import GivenRates
from ..scoring import Begun, Played, economy_of, play_planner, truth_of
from ..shipped import CHOSEN, planner, prior, rivals
from ..study.shares import LAST
from .society import Society, begun_one

__all__ = [
    *("BEST", "LEARNED", "SINGLE", "YEARS", "Course", "Standing", "Told", "checked_rates"),
    *("govern", "standing", "told"),
]

LEARNED, BEST, SINGLE = "learned planner", "best rates", "single rate"

YEARS = economy_of(prior(False)).years
"""Of a game."""

#: Who is shown -> what it is called among `opponents`. Estimators explore as is best for them.
_RIVALS = {
    "formula": TUNED,
    "estimator": f"{ESTIMATOR}, exploring",
    "model averaging": f"{AVERAGING}, exploring",
}

_LEAST_GAP = 1e-3
"""Of what the best rates are worth: below it there is nothing to gain over the single rate."""


@dataclasses.dataclass(frozen=True)
class Course:
    """Years of a society under somebody's rates.

    Attributes:
        rates: that were set.
        welfare: of each year, relative to the same society without a tax. No planner is told it.
        incomes: of each worker before tax as filed (coin), the least able first.
        equality: of what workers have after tax and transfer, from 0 to 1.
    """

    rates: Float[np.ndarray, " years"]
    welfare: Float[np.ndarray, " years"]
    incomes: Float[np.ndarray, "years n"]
    equality: Float[np.ndarray, " years"]

    @property
    def transfer(self) -> Float[np.ndarray, " years"]:
        """What each worker was handed back (coin)."""
        return self.rates * self.incomes.mean(axis=1)

    @property
    def working(self) -> Float[np.ndarray, " years"]:
        """The share of workers with an income."""
        return (self.incomes > 0).mean(axis=1)

    def first(self, years: int) -> "Course":
        """The first so many years."""
        return Course(*(each[:years] for each in dataclasses.astuple(self)))


@dataclasses.dataclass(frozen=True)
class Told:
    """What nobody who governs a society is told.

    Attributes:
        elasticity: e.
        spread: of the logarithm of skills.
        model: of behavior.
        best: rates and welfare of each year at best.
        courses: planner -> what came of the society under it.
    """

    elasticity: float
    spread: float
    model: str
    best: Course
    courses: Mapping[str, Course]


@dataclasses.dataclass(frozen=True)
class Standing:
    """What somebody gained over the single rate, by what could be gained.

    Attributes:
        all_years: the share of the gap; None where there is next to nothing to gain.
        last_five: in the last five years.
        welfare: a year, in the mean, relative to the society without a tax.
    """

    all_years: float | None
    last_five: float | None
    welfare: float


def told(society: Society) -> Told:
    """The truth about a society, and what all planners make of it on the same shocks."""
    drawn = begun_one(society)
    truth, chosen = truth_of(drawn), CHOSEN[society.shocks]
    courses = {LEARNED: _course(play_planner(planner(society.shocks), drawn, set_by="levels"))}
    # What the best rates are worth needs no year to be lived; incomes under them do.
    best = _lived(drawn, GivenRates(truth.rates[:, 0].tolist()))
    opponents: dict[str, Policy] = {SINGLE: FixedRate(chosen.family)}
    opponents |= {name: rivals(society.shocks)[who] for name, who in _RIVALS.items()}
    courses |= {name: _lived(drawn, policy) for name, policy in opponents.items()}
    return Told(
        elasticity=float(truth.elasticity[0]),
        spread=float(truth.spread[0]),
        model=drawn.env().models[int(drawn.states.params.model[0])],
        best=dataclasses.replace(best, welfare=truth.welfare[:, 0]),
        courses=courses,
    )


def govern(society: Society, rates: Sequence[float]) -> Course:
    """The years that somebody has governed.

    Args:
        society: which one.
        rates: that were set so far, one a year, each at least 0 and below 1.

    Raises:
        ConfigurationError: if a rate does not fit, or there are more than years.
    """
    fits = checked_rates(rates)
    # Years do not bear on one another but by what is seen: those to come may have any rates.
    policy = GivenRates(fits + [0.0] * (YEARS - len(fits)))
    return _lived(begun_one(society), policy).first(len(fits))


def checked_rates(rates: Sequence[float]) -> list[float]:
    """Rates of the first years, each at least 0 and below 1.

    Raises:
        ConfigurationError: if they are none.
    """
    require(len(rates) <= YEARS, "number of rates", len(rates), f"up to {YEARS}, one a year")
    for year, rate in enumerate(rates, start=1):
        name = f"rate of year {year}"
        fits = is_number(rate) and 0 <= rate < 1
        require(fits, name, rate, "a number of at least 0 and below 1")
    return [float(rate) for rate in rates]


def standing(course: Course, found: Told) -> Standing:
    """How somebody who has governed all years stands between the single rate and the best ones."""
    law, best = found.courses[SINGLE].welfare, found.best.welfare

    def closed(years: slice) -> float | None:
        gap = float(np.sum(best[years] - law[years]))
        if gap < _LEAST_GAP * float(np.sum(best[years])):
            return None
        return float(np.sum(course.welfare[years] - law[years])) / gap

    return Standing(closed(slice(None)), closed(slice(-LAST, None)), float(course.welfare.mean()))


def _lived(drawn: Begun, policy: Policy) -> Course:
    return _course(play_planner(policy, drawn))


def _course(played: Played) -> Course:
    rates, incomes = played.rates[:, 0], played.incomes[:, 0]
    kept = (1 - rates[:, None]) * incomes + (rates * incomes.mean(axis=1))[:, None]
    return Course(rates, played.welfare[:, 0], incomes, np.asarray(equality(kept)))
