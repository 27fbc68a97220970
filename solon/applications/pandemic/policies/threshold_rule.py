"""Close when a signal is high and open when it is low again, or the other way round."""

import dataclasses
from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key, Shaped

from ...._plain import plain_fields
from ....errors import require, require_number, require_whole
from ....policy import Policy
from .level_schedule import setting

__all__ = ["SIGNALS", "Threshold", "ThresholdMemory", "ThresholdRule"]

#: What a rule can look at: new deaths a day and million people, and unemployment in percent.
SIGNALS = ("deaths", "unemployment")

# Places in the observation `persons`.
_DEATHS, _UNEMPLOYED = 3, 5


@dataclasses.dataclass(frozen=True)
class Threshold:
    """Two thresholds on a signal; between them nothing changes.

    Attributes:
        signal: "deaths" (a day and million people, mean of the days before) or "unemployment"
            (percent).
        upper, lower: the thresholds; `lower` is at most `upper`.
        above: the level that is set when the signal is above `upper`; None if nothing is.
        below: the level that is set when the signal is below `lower`; None if nothing is.

    Raises:
        ConfigurationError: for a value that is not allowed.
    """

    signal: str
    upper: float
    lower: float
    above: int | None = None
    below: int | None = None

    def __post_init__(self) -> None:
        plain_fields(self)
        require(self.signal in SIGNALS, "signal", self.signal, " or ".join(SIGNALS))
        require_number("upper", self.upper, low=0)
        require_number("lower", self.lower, low=0, high=self.upper)
        for name in ("above", "below"):
            if getattr(self, name) is not None:
                require_whole(name, getattr(self, name), low=1, high=10)
        some = self.above is not None or self.below is not None
        require(some, "above", self.above, "a level from 1 to 10, here or in below")


class ThresholdMemory(eqx.Module):
    """What a rule remembers.

    Attributes:
        deaths: deaths so far on each of the last days, oldest first, as a share of the population.
        days: how many days of the episode these cover.
    """

    deaths: Float[Array, "window count"]
    days: Int[Array, ""]


class ThresholdRule(Policy):
    """Sets levels by what each state sees of itself.

    Thresholds are asked in their order, and the first that has an answer decides. If none has,
    the level stays. It acts where the mask allows it, so that a change may have to wait for the
    end of the cooldown.

    Args:
        thresholds: at least one.
        states: how many there are.
        window: days over which new deaths are averaged.
        review: days from one day on which levels may be set to the next.
        labor_force_share: of the economy: the share of the population that its unemployment
            rates refer to.

    Raises:
        ConfigurationError: for a value that is not allowed.
    """

    signal: Int[Array, " rules"]
    upper: Float[Array, " rules"]
    lower: Float[Array, " rules"]
    above: Int[Array, " rules"]
    below: Int[Array, " rules"]
    labor_force_share: Float[Array, ""]
    states: int = eqx.field(static=True)
    window: int = eqx.field(static=True)
    review: int = eqx.field(static=True)

    def __init__(
        self,
        thresholds: Sequence[Threshold],
        *,
        states: int,
        window: int = 14,
        review: int = 1,
        labor_force_share: float = 0.6,
    ):
        require(len(thresholds) > 0, "threshold", thresholds, "at least one")
        window = require_whole("window", window, low=1, high=120)
        review = require_whole("review", review, low=1, high=10**6)
        self.signal = jnp.array([SIGNALS.index(one.signal) for one in thresholds])
        self.upper = jnp.array([float(one.upper) for one in thresholds])
        self.lower = jnp.array([float(one.lower) for one in thresholds])
        self.above = jnp.array([one.above or 0 for one in thresholds])
        self.below = jnp.array([one.below or 0 for one in thresholds])
        self.labor_force_share = jnp.asarray(labor_force_share, float)
        self.states = states
        self.window = window
        self.review = review

    def init(self, key: Key[Array, ""]) -> ThresholdMemory:
        return ThresholdMemory(jnp.zeros((self.window, self.states)), jnp.zeros((), int))

    def act(
        self,
        memory: ThresholdMemory,
        observation: dict[str, Shaped[Array, "..."]],
        key: Key[Array, ""],
    ) -> tuple[Int[Array, " count"], ThresholdMemory]:
        dead = observation["persons"][:, _DEATHS]
        begins = observation["time"][0, 0] == 0
        before = jnp.where(begins, dead[None], memory.deaths)
        days = jnp.where(begins, 0, memory.days)
        new = (dead - before[0]) / jnp.clip(days, 1, self.window) * 1e6
        unemployment = observation["persons"][:, _UNEMPLOYED] / self.labor_force_share * 100
        signals = jnp.stack([new, unemployment])[self.signal]
        wanted = jnp.where(days % self.review == 0, self._wanted(signals), 0)
        current = 10 * observation["stringency"][:, 0]
        action = setting(jnp.where(wanted > 0, wanted, current), observation)
        after = ThresholdMemory(jnp.concatenate([before[1:], dead[None]]), days + 1)
        return action, after

    def _wanted(self, signals: Float[Array, "rules count"]) -> Int[Array, " count"]:
        """The first answer; 0 where there is none."""

        def answers(
            signal: Float[Array, " count"],
            upper: Float[Array, ""],
            lower: Float[Array, ""],
            above: Int[Array, ""],
            below: Int[Array, ""],
        ) -> Int[Array, " count"]:
            high: Bool[Array, " count"] = signal > upper
            return jnp.where(high, above, jnp.where(signal < lower, below, 0))

        found = jax.vmap(answers)(signals, self.upper, self.lower, self.above, self.below)
        first = jnp.argmax(found > 0, axis=0)
        return jnp.take_along_axis(found, first[None], axis=0)[0]
