"""A year under a tax: shipped workers, as they were trained, live it on the same luck."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ....errors import require
from ....evidence.bootstrap import Estimate
from ....evidence.social_measures import SOCIAL_MEASURES, social_measures
from ....evidence.statistics import difference, luck_correlation
from ....lab.results import result
from ....runs.schedules import NamedSchedule, on_brackets
from ....zoo.files import names, read_entry

if TYPE_CHECKING:
    from ....runs.players import Players
    from ..outcomes import Evaluation

__all__ = [
    *("BRACKETS", "EPISODES", "Gap", "as_trained", "compared", "fitted"),
    *("populations", "words", "year"),
]

EPISODES = 40
"""Years that are lived under each policy, side by side."""

BRACKETS = 7
"""Of the economy that the shipped workers know."""

_MIXTURE = "tax/open-quadrant/mixture"
_SEED = 20
_DRAWS = 4000
_WORDS = {
    _MIXTURE: "trained under many taxes",
    "tax/open-quadrant/free-market": "trained without taxes",
    "tax/open-quadrant/us-federal": "trained under US federal rates",
    "tax/open-quadrant/learned": "trained with a planner that learned",
    "tax/open-quadrant/learned-seed-2": "trained with a planner that learned, second training",
    "tax/open-quadrant/learned-mixture": "trained with a planner that learned, after many taxes",
    "tax/open-quadrant/saez": "trained under Saez's formula",
    "tax/open-quadrant/search": "trained while rates were searched for",
}


@dataclasses.dataclass(frozen=True)
class Gap:
    """By how much a policy differs from another in a measure.

    Attributes:
        mine, other: means over the years.
        difference: with its interval over years on the same luck.
        correlation: of the two over years; None if one of them does not vary.
    """

    mine: float
    other: float
    difference: Estimate
    correlation: float | None

    @property
    def winner(self) -> int:
        """1 if the policy is ahead, -1 if the other is, 0 if the interval holds both."""
        low, high = self.difference.low, self.difference.high
        assert low is not None and high is not None
        return 1 if low > 0 else -1 if high < 0 else 0


def populations() -> tuple[str, ...]:
    """Names of the zoo whose workers can face a tax, those who know many taxes first."""
    found = [name for name in names() if name.startswith("tax/")]
    order = list(_WORDS)
    return tuple(sorted(found, key=lambda n: (order.index(n) if n in order else len(order), n)))


def words(population: str) -> str:
    """What people call a population."""
    return _WORDS.get(population, population)


def fitted(schedule: NamedSchedule, argument: str = "schedule") -> NamedSchedule:
    """The same tax written with the brackets of the economy; see `on_brackets`."""
    from ....economics.tax_schedules import us_federal_cutoffs

    return on_brackets(schedule, us_federal_cutoffs().tolist(), argument)


def year(population: str, schedule: NamedSchedule) -> "Evaluation":
    """Years of a population under a schedule of seven brackets.

    All with the same population face the same luck.
    """
    key = {
        **{"what": "year under a schedule", "policies": _hash(population)},
        **{"cutoffs": schedule.cutoffs, "rates": schedule.rates},
        **{"episodes": EPISODES, "seed": _SEED},
    }

    def compute() -> "Evaluation":
        from ....evidence.run import evaluate_players
        from ....runs.players import under_schedule

        players = under_schedule(_workers(population), schedule)
        return _played(evaluate_players(players, episodes=EPISODES, seed=_SEED))

    return dataclasses.replace(result(key, compute), regime=schedule.name)


def as_trained(entry: str) -> "Evaluation":
    """Years of an entry of the zoo with its own planner and its own workers, on the same luck."""
    key = {"what": "year as trained", "policies": _hash(entry), "episodes": EPISODES, "seed": _SEED}

    def compute() -> "Evaluation":
        from ....evidence.run import evaluate_players
        from ....zoo import load

        return _played(evaluate_players(load(entry), episodes=EPISODES, seed=_SEED))

    return dataclasses.replace(result(key, compute), regime=f"{words(entry)}, as it was")


def compared(mine: "Evaluation", other: "Evaluation") -> Mapping[str, Gap]:
    """All `SOCIAL_MEASURES` of two evaluations on the same luck, with intervals over years."""
    ours, theirs = (_measures(each) for each in (mine, other))
    return {
        name: Gap(
            mine=float(ours[name].mean()),
            other=float(theirs[name].mean()),
            difference=difference(ours[name][None], theirs[name][None], draws=_DRAWS),
            correlation=luck_correlation(ours[name][None], theirs[name][None]),
        )
        for name in SOCIAL_MEASURES
    }


def _measures(evaluation: "Evaluation") -> Mapping[str, np.ndarray]:
    workers = evaluation.workers
    return social_measures(np.maximum(workers["coin"], 0), workers["utility"])


def _played(found: Any) -> "Evaluation":
    from ..outcomes import Evaluation

    known = isinstance(found, Evaluation)
    require(known, "population", type(found).__name__, "workers of Gather-Trade-Build")
    return found


@functools.cache
def _hash(entry: str) -> str:
    return str(read_entry(entry).record["file"]["sha256"])


@functools.cache
def _workers(population: str) -> "Players":
    """An entry whose workers know as many brackets as all others'.

    Under a schedule their economies are one and the same, so that it is compiled once for all.
    """
    from ....runs.players import TAX
    from ....zoo import load

    entry = load(population)
    tax: Any = getattr(entry.env, "component", lambda name: None)(TAX)
    require(tax is not None, "population", population, "workers of an economy with a tax")
    brackets = len(tax.edges)
    allowed = f"workers who know {BRACKETS} brackets"
    require(brackets == BRACKETS, "population", f"{population}, {brackets} brackets", allowed)
    return entry
