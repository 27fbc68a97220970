"""Levels whose odds are log-linear in what each state sees of itself."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key, Shaped

from ....errors import require_whole
from ....policy import Policy
from .level_schedule import setting

__all__ = ["LINEAR_SIGNALS", "LogLinearRule"]

#: What the rule looks at: shares of the population that are susceptible, infected (tens of
#: thousands in a million, and the common logarithm of the infected in a million), vaccinated and
#: unemployed; the level that transmission answers to, in tenths; and the time until vaccines come,
#: as a share of the episode.
LINEAR_SIGNALS = (
    *("susceptible", "infected", "log_infected", "vaccinated", "unemployed"),
    *("lagged_stringency", "vaccination"),
)


class LogLinearRule(Policy):
    """The odds of a level's place between 1 and the highest are log-linear in signals.

    ln((L - 1) / (highest - L)) = intercept + weights . signals, with the weights of all states in
    common. A level is set on review days alone and kept in between.

    Args:
        weights: of `LINEAR_SIGNALS`.
        intercepts: by state.
        horizon: days in an episode of the economy.
        review: days from one review to the next. Not below the cooldown, so that every review
            finds its state free to act.
        highest: level that is set.
        whole: hand in whole numbers, under the cooldown. Otherwise real ones, which the economy
            carries out on every day and gradients can pass.
        rounded: round real numbers as well; gradients pass as though they were not rounded.

    Raises:
        ConfigurationError: for a value that is not allowed.
    """

    weights: Float[Array, " signals"]
    intercepts: Float[Array, " count"]
    horizon: int = eqx.field(static=True)
    review: int = eqx.field(static=True)
    highest: int = eqx.field(static=True)
    whole: bool = eqx.field(static=True)
    rounded: bool = eqx.field(static=True)

    def __init__(
        self,
        weights: Any,
        intercepts: Any,
        *,
        horizon: int,
        review: int = 28,
        highest: int = 10,
        whole: bool = True,
        rounded: bool = True,
    ):
        review = require_whole("review", review, low=1, high=10**6)
        highest = require_whole("highest", highest, low=1, high=10)
        self.weights = jnp.asarray(weights, float)
        self.intercepts = jnp.asarray(intercepts, float)
        self.horizon, self.review, self.highest = horizon, review, highest
        self.whole, self.rounded = whole, rounded

    def init(self, key: Key[Array, ""]) -> tuple[()]:
        return ()

    def act(
        self, memory: Any, observation: dict[str, Shaped[Array, "..."]], key: Key[Array, ""]
    ) -> tuple[Shaped[Array, " count"], Any]:
        odds = self.intercepts + signals(observation) @ self.weights
        wanted = 1 + (self.highest - 1) * jax.nn.sigmoid(odds)
        if self.rounded:
            wanted = wanted + jax.lax.stop_gradient(jnp.round(wanted) - wanted)
        day = jnp.round(observation["time"][0, 0] * self.horizon).astype(int)
        current = 10 * observation["stringency"][:, 0]
        level = jnp.where(day % self.review == 0, wanted, current)
        return setting(level, observation) if self.whole else level, memory


def signals(observation: dict[str, Shaped[Array, "..."]]) -> Float[Array, "count signals"]:
    """`LINEAR_SIGNALS` of each state, each of the order of one."""
    persons = observation["persons"]
    infected = persons[:, 1]
    columns = [
        persons[:, 0],
        100 * infected,
        # One in a million more, for where there is nobody.
        jnp.log10(1e6 * jnp.maximum(infected, 0) + 1),
        persons[:, 4],
        10 * persons[:, 5],
        observation["lagged_stringency"][:, 0],
        observation["vaccination"][:, 0],
    ]
    return jnp.stack(columns, axis=1)
