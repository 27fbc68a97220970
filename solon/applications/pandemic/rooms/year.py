"""The pandemic of 2020 under a policy, with what is not known as draws of its parameters.

There are two worlds. One has the published parameters, which come without any uncertainty: there,
how far transmission is off is for the visitor to say. The other has parameters that were fitted to
data, and its draws are the fits to perturbed data that the zoo has as an ensemble.
"""

import dataclasses
import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ....errors import require
from ....lab.results import result
from ....zoo.files import names, read_entry
from ..entries import ENSEMBLE, POLICY
from ..outcome import PolicyOutcome, Reported

if TYPE_CHECKING:
    from ....economies.pandemic import Pandemic
    from ..policies.files import PandemicPolicy

__all__ = [
    *("FACTORS", "FITS", "SPREADS", "WORLDS", "Course", "World", "by_state", "course"),
    *("economy", "learned", "learned_policy", "levels", "policy", "real", "reported", "rule"),
]


@dataclasses.dataclass(frozen=True)
class World:
    """What is taken for true.

    Attributes:
        start: the first day.
        days: after it, as far as the data reach.
        policies: how the names of the zoo's policies begin that were found in it.
        ensemble: the zoo's draws of its parameters; none for the published ones.
    """

    start: str
    days: int
    policies: str
    ensemble: str | None = None


WORLDS = {
    "published": World("2020-03-22", 404, "pandemic/published-"),
    "fitted": World("2020-07-31", 273, "pandemic/calibrated-", "pandemic/calibrated-2020-08"),
}
"""By their names in the address."""

SPREADS = {"0": 0.0, "2": 0.02, "5": 0.05, "10": 0.1}
"""Percent by which transmission may be higher or lower: name in the address -> share."""

_FIRST = "mlp"
"""How the name of the policy ends that is shown at first: in both worlds it came out best."""

_FORMS = {
    "log-linear": "A log-linear rule, by gradients",
    "log-linear-capped": "A log-linear rule that keeps jobs",
    "mlp": "Governors, by reinforcement",
    "mlp-capped": "Governors who keep jobs",
    "plan": "A plan by state and half-month",
    "threshold": "Thresholds, tuned by search",
    "threshold-capped": "Thresholds that keep jobs",
    "tree": "A tree of questions",
}
"""Ends of names in the zoo, and what people read in a narrow place."""

FACTORS = 9
"""Draws where transmission is not certain: evenly from the lowest to the highest."""

FITS = 16
"""Draws of an ensemble, of whose members so many are taken in equal distance: all of them would
take twice as long, and twice the memory."""


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
def economy(world: World) -> "Pandemic":
    """Solon's rules for all states, on the days of a world."""
    from ....economies.pandemic import Pandemic

    return Pandemic(start_date=world.start, horizon=world.days)


@functools.cache
def reported(world: World) -> Reported:
    """What was reported on the same days."""
    from ..evaluate import reported as found

    return found(economy(world))


def course(
    world: World, chosen: "PandemicPolicy", described: Mapping[str, Any], spread: float, name: str
) -> Course:
    """What follows from a policy.

    Args:
        world: in which it is tried.
        chosen: made for the economy of this world.
        described: the same as plain values, by which its result is kept.
        spread: share by which transmission may be off; says nothing where draws were fitted.
        name: what people read.
    """
    spread = 0.0 if world.ensemble else spread
    key = {"what": "pandemic", "policy": dict(described), "spread": spread}
    found = result(key | dataclasses.asdict(world), lambda: _simulate(world, chosen, spread))
    return dataclasses.replace(found, outcome=dataclasses.replace(found.outcome, policy=name))


def levels(world: World, spread: float) -> dict[int, PolicyOutcome]:
    """What follows if every state keeps a level and nobody is paid."""
    found = {}
    for level in range(1, 11):
        described = {"level": level, "subsidy": 0}
        made = policy(world, level, 0)
        found[level] = course(world, made, described, spread, f"{level}").outcome
    return found


def real(world: World) -> "PandemicPolicy":
    """The restrictions and payments that there were."""
    from ..policies.files import real_policy

    return real_policy(economy(world))


def policy(world: World, level: int, subsidy: int | str) -> "PandemicPolicy":
    """The same level everywhere; `subsidy` is a level from 0 to 20, or `real`."""
    from ..policies.files import constant_policy

    return constant_policy(economy(world), level, subsidy)


def rule(
    world: World, upper: float, lower: float, above: int, below: int, subsidy: int | str
) -> "PandemicPolicy":
    """Close above some deaths a day and million, open below fewer.

    Raises:
        ConfigurationError: for values that do not go together.
    """
    from ..policies import Threshold, ThresholdRule

    env = economy(world)
    threshold = Threshold("deaths", upper=upper, lower=lower, above=above, below=below)
    governor = ThresholdRule(
        [threshold], states=len(env.state_names), labor_force_share=env.labor_force_share
    )
    return dataclasses.replace(policy(world, 1, subsidy), name="yours", governor=governor)


def by_state(
    world: World, level: int, others: Mapping[str, int], subsidy: int | str
) -> "PandemicPolicy":
    """One level, and others in some states.

    Args:
        world: in which it is tried.
        level: in all other states.
        others: full names of states -> their level.
        subsidy: a level from 0 to 20, or `real`.
    """
    from ..policies import LevelSchedule

    env = economy(world)
    row = [others.get(state, level) for state in env.state_names]
    governor = LevelSchedule(np.tile(row, (env.horizon, 1)))
    return dataclasses.replace(policy(world, level, subsidy), name="yours", governor=governor)


def learned(world: World) -> dict[str, str]:
    """Policies of the zoo that were found in this world: end of the name -> what people read."""
    here = [name for name in names(POLICY) if name.startswith(world.policies)]
    records = {name: read_entry(name, "policy", POLICY).record for name in here}
    forms = [
        name.removeprefix(world.policies)
        for name in here
        if records[name]["rules"] == economy(world).rules
    ]
    order = sorted(forms, key=lambda form: (form != _FIRST, form))
    return {
        form: _FORMS.get(form) or records[f"{world.policies}{form}"]["summary"].partition(" (")[0]
        for form in order
    }


def learned_policy(world: World, form: str) -> "PandemicPolicy":
    """A policy of the zoo for this world.

    Args:
        world: in which it was found.
        form: the end of its name.

    Raises:
        ConfigurationError: if there is no such policy, or it does not fit the states and days.
    """
    from ..policies.files import read_policy

    require(form in learned(world), "policy", form, ", ".join(learned(world)))
    return read_policy(f"{world.policies}{form}", economy(world))


@functools.cache
def _fits(world: World) -> Any:
    """Members of the ensemble, the draws in front."""
    import jax

    from ..calibration.ensemble import read_ensemble

    assert world.ensemble is not None
    place = read_entry(world.ensemble, "ensemble", ENSEMBLE).path
    members = read_ensemble(place).params(economy(world))
    count = members.epidemic.intercept.shape[0]
    kept = np.linspace(0, count - 1, FITS).round().astype(int)
    return jax.tree.map(lambda leaf: leaf[kept], members)


def _draws(world: World, spread: float) -> Any:
    """Parameters, the draws in front; with no spread those of the published world are the same."""
    from ....economies.pandemic.sensitivity import with_transmission

    if world.ensemble:
        return _fits(world)
    # One size for all, so that nothing is compiled anew for another spread.
    factors = (1 + spread * np.linspace(-1, 1, FACTORS)).tolist()
    return with_transmission(economy(world).default_params(), factors)


def _simulate(world: World, chosen: "PandemicPolicy", spread: float) -> Course:
    import jax
    import jax.numpy as jnp

    from ..evaluate import evaluate_policies

    env, once = economy(world), _draws(world, spread)
    count = FITS if world.ensemble else FACTORS
    # Each draw twice: as weighed by health alone, and by the economy alone.
    draws = jax.tree.map(lambda leaf: jnp.concatenate([leaf, leaf]), once)
    weights = jnp.repeat(jnp.asarray([1.0, 0.0]), count)
    goals = dataclasses.replace(
        draws.objectives.planner,
        health_weight=weights,
        priority=jnp.ones_like(draws.objectives.planner.priority),
    )
    objectives = dataclasses.replace(draws.objectives, planner=goals)
    draws = dataclasses.replace(draws, objectives=objectives)
    (outcome,) = evaluate_policies(env, [chosen], draws)
    kept = slice(0, count if spread or world.ensemble else 1)
    health = outcome.federal_welfare[:count][kept] / env.horizon
    wealth = outcome.federal_welfare[count:][kept] / env.horizon
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
