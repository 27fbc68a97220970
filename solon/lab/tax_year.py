"""A year under a tax: shipped workers, as they were trained, live it on the same luck."""

import dataclasses
import functools
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import require
from ..evidence.bootstrap import Estimate
from ..evidence.social_measures import SOCIAL_MEASURES, social_measures
from ..evidence.statistics import difference, luck_correlation
from ..runs.schedules import NamedSchedule
from ..zoo.files import names, read_entry
from .results import result

if TYPE_CHECKING:
    from ..evidence import Evaluation
    from ..runs.players import Players

__all__ = [
    *("BRACKETS", "EPISODES", "Gap", "as_trained", "compared", "fitted", "mean_schedule"),
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
    """The same tax written with as many brackets as the economy has.

    Args:
        schedule: of at most so many brackets. The last of them is cut into pieces of one rate.
        argument: what the user knows it as.

    Raises:
        ConfigurationError: for more brackets, or rates without brackets that are not seven.
    """
    from ..economics.tax_schedules import us_federal_cutoffs

    usual = tuple(us_federal_cutoffs().tolist())
    if schedule.rates is None:
        return NamedSchedule(schedule.name, (0.0,) * BRACKETS, usual)
    rates = schedule.rates
    allowed = f"with cutoffs, or {BRACKETS} rates for the usual brackets"
    fits = schedule.cutoffs is not None or len(rates) == BRACKETS
    require(fits, argument, f"{len(rates)} rates without cutoffs", allowed)
    cutoffs = usual if schedule.cutoffs is None else schedule.cutoffs
    require(len(cutoffs) <= BRACKETS, argument, f"{len(cutoffs)} brackets", f"{BRACKETS} or fewer")
    while len(cutoffs) < BRACKETS:
        cutoffs, rates = (*cutoffs, max(100.0, 2 * cutoffs[-1])), (*rates, rates[-1])
    return NamedSchedule(schedule.name, rates, cutoffs)


def mean_schedule(entry: str, name: str) -> NamedSchedule | None:
    """The mean over the year of the rates that an entry's planner set, from its card.

    Returns:
        The schedule, or None if the card states no rates, or other than seven.
    """
    card = read_entry(entry).card
    _, _, table = card.partition("Marginal rates in force")
    rows = re.findall(r"^\| ([\d.]+) \| ([\d.]+)% \| [\d.]+% \|$", table, re.MULTILINE)
    if len(rows) != BRACKETS:
        return None
    cutoffs, rates = zip(*((float(edge), float(rate) / 100) for edge, rate in rows), strict=True)
    return NamedSchedule(name, rates, cutoffs)


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
        from ..evidence.run import evaluate_players
        from ..runs.players import under_schedule

        players = under_schedule(_workers(population), schedule)
        return _played(evaluate_players(players, episodes=EPISODES, seed=_SEED))

    return dataclasses.replace(result(key, compute), regime=schedule.name)


def as_trained(entry: str) -> "Evaluation":
    """Years of an entry of the zoo with its own planner and its own workers, on the same luck."""
    key = {"what": "year as trained", "policies": _hash(entry), "episodes": EPISODES, "seed": _SEED}

    def compute() -> "Evaluation":
        from ..evidence.run import evaluate_players
        from ..zoo import load

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
    from ..evidence import Evaluation

    known = isinstance(found, Evaluation)
    require(known, "population", type(found).__name__, "workers of Gather-Trade-Build")
    return found


@functools.cache
def _hash(entry: str) -> str:
    return str(read_entry(entry).record["file"]["sha256"])


@functools.cache
def _workers(population: str) -> "Players":
    """The workers of an entry in the economy that all share, in which any rate is allowed.

    With one economy for all, it is compiled once for all.
    """
    from ..runs.players import TAX, Players
    from ..zoo import load

    entry = load(population)
    env: Any = entry.env
    tax: Any = getattr(env, "component", lambda name: None)(TAX)
    require(tax is not None, "population", population, "workers of an economy with a tax")
    brackets = len(tax.edges)
    allowed = f"workers who know {BRACKETS} brackets"
    require(brackets == BRACKETS, "population", f"{population}, {brackets} brackets", allowed)
    free = dataclasses.replace(tax, set_by="rates", rate_min=0.0, rate_max=1.0)
    parts = tuple(free if part is tax else part for part in env.components)
    env = dataclasses.replace(env, components=parts)
    return Players(
        recipe=entry.recipe,
        env=env,
        params=env.default_params(),
        policies={role: p for role, p in entry.policies.items() if role != "planner"},
        planners={role: p for role, p in entry.planners.items() if role != "planner"},
        memories={role: m for role, m in entry.memories.items() if role != "planner"},
        regime=population,
        steps=entry.steps,
    )
