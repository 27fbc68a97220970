"""The first year of a planner, in which it knows nothing: a rate found by search."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int, Key, Shaped

from ....agents import Wrapper
from ....policy import Policy
from ..scoring import begun, best_single_rate, play_planner, truth_of
from ..societies import Societies
from .fixed import FixedRate

__all__ = ["Opening", "best_opening"]


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


def best_opening(
    planner: Policy, societies: Sequence[Societies], *, count: int, seed: int
) -> Opening:
    """The level of the first year that is best, for the planner that goes on from there.

    In the first year all societies look alike, so that a planner has one rate to learn, and its
    training settles for one that is good enough: the search costs nothing beside it.

    Args:
        planner: that picks levels.
        societies: one for each model; their shares of the gap count alike.
        count: how many of each are drawn, for choosing.
        seed: of their luck.
    """
    total: Any = 0.0
    law = _law(societies[0], count, seed)
    for own in societies:
        drawn = begun(own, count=count, seed=seed, purpose="choosing")
        levels = drawn.env("levels").levels
        fixed = play_planner(FixedRate(law), drawn).welfare
        gap = (truth_of(drawn).welfare - fixed).mean()
        tried = [
            play_planner(Opening(planner, jnp.asarray(level, jnp.int32)), drawn, set_by="levels")
            for level in range(levels)
        ]
        total = total + np.array([(one.welfare - fixed).mean() / gap for one in tried])
    return Opening(planner, jnp.asarray(int(np.argmax(total)), jnp.int32))


def _law(societies: Societies, count: int, seed: int) -> float:
    """The best single rate under the standard model."""
    standard = dataclasses.replace(societies, models=("standard",))
    return best_single_rate(begun(standard, count=count, seed=seed, purpose="choosing"))
