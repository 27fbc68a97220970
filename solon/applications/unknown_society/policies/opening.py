"""The first year of a planner, in which it knows nothing: the best single rate."""

from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int, Key, Shaped

from ....agents import Wrapper
from ....policy import Policy
from ..scoring import begun, best_single_rate, best_single_schedule
from ..societies import Societies

__all__ = ["Opening", "opened"]


class Opening(Wrapper):
    """Sets one level in the first year; then another planner goes on.

    Args:
        policy: that goes on, and picks levels.
        level: of the first year, one a bracket if there are any.
    """

    level: Int[Array, "*brackets"]

    def act(
        self, memory: Any, observation: Mapping[str, Shaped[Array, "..."]], key: Key[Array, ""]
    ) -> tuple[Int[Array, "1 *brackets"], Any]:
        action, memory = self.policy.act(memory, dict(observation), key)
        first = (observation["year"] == 0).reshape(1, *(1 for _ in self.level.shape))
        return jnp.where(first, self.level[None], action), memory


def opened(planner: Policy, societies: Societies, *, count: int, seed: int) -> Opening:
    """A planner that begins with the levels nearest to the best single tax of its prior.

    In the first year all societies look alike: there is one number to know, which a search knows
    better than a network.

    Args:
        planner: that picks levels.
        societies: of its prior.
        count: how many are drawn, for choosing.
        seed: of their luck.
    """
    drawn = begun(societies, count=count, seed=seed, purpose="choosing")
    found = best_single_schedule(drawn) if societies.cutoffs else best_single_rate(drawn)
    level = np.round(np.asarray(found) * drawn.env().levels)
    return Opening(planner, jnp.asarray(level, jnp.int32))
