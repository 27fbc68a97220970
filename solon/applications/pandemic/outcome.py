"""What followed from a policy against a pandemic, day by day and in a few numbers."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, Int, Shaped

from ...errors import require
from ...evidence.outcomes import Outcomes

__all__ = [
    *("SUMMARY", "Number", "PolicyOutcome", "Reported", "check_comparable", "number_text"),
    "summarize",
]


@dataclasses.dataclass(frozen=True)
class Number:
    """A number that policies are compared by.

    Attributes:
        title, unit: for tables and axes.
        scale: the stored value is divided by it before it is shown.
        digits: after the point.
    """

    title: str
    unit: str
    scale: float = 1
    digits: int = 1


#: The numbers of a policy, in the order in which they are read.
SUMMARY = {
    "federal_welfare": Number("Federal welfare", "index"),
    "state_welfare": Number("States' welfare", "index, mean over states"),
    "deaths": Number("Deaths", "thousands", 1e3),
    "unemployment": Number("Unemployment", "%, mean over days", digits=2),
    "output": Number("Output", "bn $", 1e9, 0),
    "lost_output": Number("Lost output", "% of full", 0.01, 2),
    "subsidies": Number("Subsidies", "bn $", 1e9, 0),
    "debt": Number("Debt at the end", "bn $", 1e9, 0),
}


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class PolicyOutcome(Outcomes):
    """What a policy led to in the simulation: an episode for each draw of the parameters.

    Every array has the draws in front; where only the fitted parameters were used, there is one
    draw. Day 0 is the start.

    Attributes:
        policy: the name people read.
        states: full names.
        dates: datetime64[D], of day 0 to the last.
        population: persons, by state.
        deaths: persons who died since the pandemic began.
        unemployment: percent.
        stringency: level from 1 to 10.
        output: US dollars a day. Day 0 is not counted and may be NaN.
        full_output: US dollars a day of open, healthy states.
        subsidy: federal payments, US dollars a day.
        federal_welfare: sum of the federal government's rewards.
        state_welfare: sum of each state's rewards.
        debt: US dollars that the federal government owes at the end.
        regime: the name of the policy.
        episodes: the numbers of `SUMMARY`, see `summarize`.
        members: of each governor its welfare, the deaths (persons) and the mean unemployment
            (percent) of its state, and of the planner the federal welfare.
        series: by day, deaths (persons) and output and subsidies (US dollars) of all states, and
            means over persons of unemployment (percent) and stringency.
    """

    policy: str
    states: tuple[str, ...]
    dates: Shaped[np.ndarray, " days"]
    population: Shaped[np.ndarray, " states"]
    deaths: Float[np.ndarray, "draws days states"]
    unemployment: Float[np.ndarray, "draws days states"]
    stringency: Int[np.ndarray, "draws days states"]
    output: Float[np.ndarray, "draws days states"]
    full_output: Float[np.ndarray, "draws states"]
    subsidy: Float[np.ndarray, "draws days states"]
    federal_welfare: Float[np.ndarray, " draws"]
    state_welfare: Float[np.ndarray, "draws states"]
    debt: Float[np.ndarray, " draws"]
    regime: str = dataclasses.field(init=False)
    episodes: Mapping[str, Float[np.ndarray, " draws"]] = dataclasses.field(init=False)
    members: Mapping[str, Mapping[str, Float[np.ndarray, "draws _"]]] = dataclasses.field(
        init=False
    )
    series: Mapping[str, Float[np.ndarray, "draws days"]] = dataclasses.field(init=False)

    def __post_init__(self):
        weights = self.population / self.population.sum()
        of_states = {
            "welfare": self.state_welfare.astype(float),
            "deaths": (self.deaths[:, -1] - self.deaths[:, 0]).astype(float),
            "unemployment": self.unemployment[:, 1:].mean(axis=1, dtype=float),
        }
        federal = {"welfare": self.federal_welfare.astype(float)[:, None]}
        totals = {"deaths": self.deaths, "output": self.output, "subsidies": self.subsidy}
        means = {"unemployment": self.unemployment, "stringency": self.stringency}
        common: dict[str, Any] = {
            "regime": self.policy,
            "episodes": summarize(self),
            "members": {"governor": of_states, "planner": federal},
            "series": {
                **{name: values.sum(axis=-1, dtype=float) for name, values in totals.items()},
                **{name: values @ weights for name, values in means.items()},
            },
        }
        for name, value in common.items():
            object.__setattr__(self, name, value)
        super().__post_init__()

    @property
    def new_deaths(self) -> Float[np.ndarray, "draws days states"]:
        """Deaths of each day per million; zero on day 0."""
        first = self.deaths[:, :1]
        return np.diff(self.deaths, axis=1, prepend=first) / self.population * 1e6


@dataclasses.dataclass(frozen=True, eq=False)
class Reported:
    """What was reported on the same days, float64 of shape (days, states); NaN where nothing was.

    Attributes:
        deaths: new deaths a day and million, mean of the seven days up to it.
        unemployment: percent of the labor force.
        stringency: level from 1 to 10.
    """

    deaths: Float[np.ndarray, "days states"]
    unemployment: Float[np.ndarray, "days states"]
    stringency: Float[np.ndarray, "days states"]


def check_comparable(outcomes: Sequence[PolicyOutcome]) -> None:
    """Raise unless the outcomes can be shown side by side.

    Raises:
        ConfigurationError: if there are none, names repeat, or states or days differ.
    """
    names = [outcome.policy for outcome in outcomes]
    require(bool(names), "policies", names, "at least one")
    require(len(set(names)) == len(names), "policies", names, "a different name for each")
    first = outcomes[0]
    same = all(
        one.states == first.states and np.array_equal(one.dates, first.dates) for one in outcomes
    )
    require(same, "policies", names, "outcomes of the same states and days")


def summarize(outcome: PolicyOutcome) -> dict[str, Float[np.ndarray, " draws"]]:
    """The numbers of `SUMMARY`, one a draw, in persons, percent, US dollars and shares.

    Unemployment is weighted by population. Deaths are those of the simulated days.
    """
    weights = outcome.population / outcome.population.sum()
    days = len(outcome.dates) - 1
    produced = outcome.output[:, 1:].sum(axis=(1, 2), dtype=float)
    full = outcome.full_output.sum(axis=1, dtype=float) * days
    return {
        "federal_welfare": outcome.federal_welfare.astype(float),
        "state_welfare": outcome.state_welfare.mean(axis=1, dtype=float),
        "deaths": (outcome.deaths[:, -1] - outcome.deaths[:, 0]).sum(axis=1, dtype=float),
        "unemployment": (outcome.unemployment[:, 1:] @ weights).mean(axis=1),
        "output": produced,
        "lost_output": 1 - produced / full,
        "subsidies": outcome.subsidy[:, 1:].sum(axis=(1, 2), dtype=float),
        "debt": outcome.debt.astype(float),
    }


def number_text(number: Number, values: Float[np.ndarray, " draws"]) -> tuple[str, str]:
    """A number of a policy as people read it.

    Returns:
        The median of the draws, and the 10th to 90th percentile; no text where there is one draw.
    """
    shown = np.asarray(values) / number.scale

    def text(value: float) -> str:
        digits = number.digits
        if abs(value) >= 0.001:
            # Two digits that count, for small states and short episodes.
            digits = max(digits, min(3, 1 - math.floor(math.log10(abs(value)))))
        return f"{value:,.{digits}f}".replace("-", "−")

    if len(shown) < 2:
        return text(float(shown[0])), ""
    low, middle, high = np.percentile(shown, [10, 50, 90])
    return text(middle), f"{text(low)} to {text(high)}"
