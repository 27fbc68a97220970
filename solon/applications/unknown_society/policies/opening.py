"""The first year of a planner, in which it knows nothing: the best single rate."""

from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Int, Key, Shaped

from ....agents import Wrapper
from ....policy import Policy
from ..scoring import begun, best_single_rate
from ..societies import Societies

__all__ = ["Opening", "opened"]


class Opening(Wrapper):
    """Sets one level in the first year; then another planner goes on.

    Args:
        policy: that goes on, and picks levels.
        level: of the first year.
    """

    level: Int[Array, ""]

    def act(
        self, memory: Any, observation: Mapping[str, Shaped[Array, "..."]], key: Key[Array, ""]
    ) -> tuple[Int[Array, " 1"], Any]:
        action, memory = self.policy.act(memory, dict(observation), key)
        return jnp.where(observation["year"] == 0, self.level, action), memory


def opened(planner: Policy, societies: Societies, *, count: int, seed: int) -> Opening:
    """A planner that begins with the level nearest to the best single rate of its prior.

    In the first year all societies look alike: there is one number to know, which a search knows
    better than a network.

    Args:
        planner: that picks levels.
        societies: of its prior.
        count: how many are drawn, for choosing.
        seed: of their luck.
    """
    drawn = begun(societies, count=count, seed=seed, purpose="choosing")
    level = round(best_single_rate(drawn) * drawn.env().levels)
    return Opening(planner, jnp.asarray(level, jnp.int32))
