"""A level for each day, decided before it begins."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Key, Shaped

from ....policy import Policy

__all__ = ["LevelSchedule", "setting"]


class LevelSchedule(Policy):
    """Levels that a table says, whatever is observed.

    By default it hands in real numbers, which the economy `pandemic` carries out on every day and
    without a cooldown, as it does with the real policy.

    Args:
        levels: a row a day of the episode, a column a member, as an array or lists; the first row
            is in force on the day after the start.
        keeps_cooldown: hand in whole numbers, and only where the mask allows it: what falls into a
            cooldown is made up for at its end.
    """

    levels: Float[Array, "days count"]
    keeps_cooldown: bool = eqx.field(static=True)

    def __init__(self, levels: Any, *, keeps_cooldown: bool = False):
        self.levels = jnp.asarray(levels, float)
        self.keeps_cooldown = keeps_cooldown

    def init(self, key: Key[Array, ""]) -> tuple[()]:
        return ()

    def act(
        self, memory: Any, observation: dict[str, Shaped[Array, "..."]], key: Key[Array, ""]
    ) -> tuple[Shaped[Array, " count"], Any]:
        days = self.levels.shape[0]
        day = jnp.round(observation["time"][0, 0] * days).astype(int)
        wanted = self.levels[jnp.clip(day, 0, days - 1)]
        if not self.keeps_cooldown:
            return wanted, memory
        return setting(wanted, observation), memory


def setting(
    wanted: Float[Array, " count"], observation: dict[str, Shaped[Array, "..."]]
) -> Shaped[Array, " count"]:
    """The action that brings about a level; 0 where it is in force or cannot be set now.

    Setting the level in force would begin a cooldown for nothing.
    """
    level = jnp.round(wanted).astype(int)
    current = jnp.round(10 * observation["stringency"][:, 0]).astype(int)
    may = observation["action_mask"][:, -1]
    return jnp.where(may & (level != current), level, 0)
