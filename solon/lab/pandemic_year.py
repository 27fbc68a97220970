"""The pandemic of 2020 under a policy, with what is not known about transmission as a band."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import require
from ..evidence.policy_outcome import PolicyOutcome, Reported
from ..zoo.pandemic_entries import pandemic_names, pandemic_records
from .results import result

if TYPE_CHECKING:
    from ..economies.pandemic import Pandemic
    from ..planning.policy_files import PandemicPolicy

__all__ = [
    *("DAYS", "Course", "SPREADS", "by_state", "course", "economy", "learned", "levels"),
    *("policy", "real", "reported", "rule"),
]

DAYS = 404
"""After 2020-03-22: as far as the data reach."""

SPREADS = {"0": 0.0, "2": 0.02, "5": 0.05, "10": 0.1}
"""Percent by which transmission may be higher or lower: name in the address -> share."""

_PUBLISHED, _BEST = "pandemic/published-", "pandemic/published-mlp"
_DRAWS = 9
"""Draws where transmission is not certain: evenly from the lowest to the highest."""


@dataclasses.dataclass(frozen=True, eq=False)
class Course:
    """What followed from a policy.

    Attributes:
        outcome: day by day.
        health, economy: the two indices that welfare weighs, a mean over days for each draw. By the
            published normalisation everything closed and everything open give some 0 and 1.
    """

    outcome: PolicyOutcome
    health: np.ndarray
    economy: np.ndarray

    def welfare(self, health_weight: float) -> np.ndarray:
        """A weighted mean of the two indices, for each draw."""
        return health_weight * self.health + (1 - health_weight) * self.economy


@functools.cache
def economy() -> "Pandemic":
    """The published model in Solon's rules: all states, from 2020-03-22."""
    from ..economies.pandemic import Pandemic

    return Pandemic(horizon=DAYS)


@functools.cache
def reported() -> Reported:
    """What was reported on the same days."""
    from ..evidence.pandemic import reported as found

    return found(economy())


def course(
    chosen: "PandemicPolicy", described: Mapping[str, Any], spread: float, name: str
) -> Course:
    """What follows from a policy.

    Args:
        chosen: made for `economy()`.
        described: the same as plain values, by which its result is kept.
        spread: share by which transmission may be off.
        name: what people read.
    """
    key = {"what": "pandemic", "policy": dict(described), "spread": spread, "days": DAYS}
    found = result(key, lambda: _simulate(chosen, spread))
    return dataclasses.replace(found, outcome=dataclasses.replace(found.outcome, policy=name))


def levels(spread: float) -> dict[int, PolicyOutcome]:
    """What follows if every state keeps a level and nobody is paid."""
    from ..planning.policy_files import constant_policy

    return {
        level: course(
            constant_policy(economy(), level), {"level": level, "subsidy": 0}, spread, f"{level}"
        ).outcome
        for level in range(1, 11)
    }


def real() -> "PandemicPolicy":
    """The restrictions and payments that there were."""
    from ..planning.policy_files import real_policy

    return real_policy(economy())


def policy(level: int, subsidy: int | str) -> "PandemicPolicy":
    """The same level everywhere; `subsidy` is a level from 0 to 20, or `real`."""
    from ..planning.policy_files import constant_policy

    return constant_policy(economy(), level, subsidy)


def rule(
    upper: float, lower: float, above: int, below: int, subsidy: int | str
) -> "PandemicPolicy":
    """Close above some deaths a day and million, open below fewer.

    Raises:
        ConfigurationError: for values that do not go together.
    """
    from ..planning import Threshold, ThresholdRule

    env = economy()
    threshold = Threshold("deaths", upper=upper, lower=lower, above=above, below=below)
    governor = ThresholdRule(
        [threshold], states=len(env.state_names), labor_force_share=env.labor_force_share
    )
    return dataclasses.replace(policy(1, subsidy), name="yours", governor=governor)


def by_state(level: int, others: Mapping[str, int], subsidy: int | str) -> "PandemicPolicy":
    """One level, and others in some states.

    Args:
        level: in all other states.
        others: full names of states -> their level.
        subsidy: a level from 0 to 20, or `real`.
    """
    from ..planning import LevelSchedule

    env = economy()
    row = [others.get(state, level) for state in env.state_names]
    governor = LevelSchedule(np.tile(row, (env.horizon, 1)))
    return dataclasses.replace(policy(level, subsidy), name="yours", governor=governor)


def learned() -> dict[str, str]:
    """Policies of the zoo that were found for this economy: name -> what people read."""
    records = pandemic_records()
    found = {
        name: records[name]["summary"].partition(" (")[0]
        for name in pandemic_names("policy")
        if name.startswith(_PUBLISHED) and records[name]["rules"] == economy().rules
    }
    # The one that came out best in the study first.
    return {name: found[name] for name in sorted(found, key=lambda name: (name != _BEST, name))}


def learned_policy(name: str) -> "PandemicPolicy":
    """A policy of the zoo for this room.

    Raises:
        ConfigurationError: if there is no such policy, or it does not fit the states and days.
    """
    from ..planning.policy_files import read_policy

    require(name in learned(), "policy", name, ", ".join(learned()))
    return read_policy(name, economy())


def _simulate(chosen: "PandemicPolicy", spread: float) -> Course:
    import jax.numpy as jnp

    from ..economies.pandemic.sensitivity import with_transmission
    from ..evidence.pandemic import evaluate_policies

    env = economy()
    # One size for all, so that nothing is compiled anew for another spread; with none, all draws
    # are the same, and one is kept.
    factors = (1 + spread * np.linspace(-1, 1, _DRAWS)).tolist()
    # Each draw twice: as weighed by health alone, and by the economy alone.
    draws = with_transmission(env.default_params(), 2 * factors)
    weights = jnp.repeat(jnp.asarray([1.0, 0.0]), _DRAWS)
    goals = dataclasses.replace(
        draws.objectives.planner,
        health_weight=weights,
        priority=jnp.ones_like(draws.objectives.planner.priority),
    )
    objectives = dataclasses.replace(draws.objectives, planner=goals)
    draws = dataclasses.replace(draws, objectives=objectives)
    (outcome,) = evaluate_policies(env, [chosen], draws)
    kept = slice(0, _DRAWS) if spread else slice(0, 1)
    health = outcome.federal_welfare[:_DRAWS][kept] / env.horizon
    wealth = outcome.federal_welfare[_DRAWS:][kept] / env.horizon
    return Course(_some(outcome, kept), health, wealth)


def _some(outcome: PolicyOutcome, kept: slice) -> PolicyOutcome:
    """Some of the draws."""
    each = (
        *("deaths", "unemployment", "stringency", "output", "full_output", "subsidy"),
        *("federal_welfare", "state_welfare", "debt"),
    )

    def kept_of(values: np.ndarray) -> np.ndarray:
        # Half the memory: what is drawn has three digits.
        small = np.int16 if values.dtype.kind == "i" else np.float32
        return values[kept].astype(small)

    fewer: dict[str, Any] = {name: kept_of(getattr(outcome, name)) for name in each}
    return dataclasses.replace(outcome, **fewer)
