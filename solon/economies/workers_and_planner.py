"""What economies share in which workers and a planner act through components."""

import abc
from collections.abc import Mapping, Sequence
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from ..environment import SkillRange
from ..errors import require
from .composed import ComposedEconomy

__all__ = ["WorkersAndPlanner", "ranks"]

_KINDS = 4


def ranks(skills: Float[Array, " n"]) -> Int[Array, " n"]:
    """Places from the lowest skill to the highest; of two that are the same, the first is lower."""
    return jnp.argsort(jnp.argsort(skills)).astype(jnp.int32)


class WorkersAndPlanner(ComposedEconomy):
    """A composed economy of workers, and of a planner if a component lets it do something.

    Attributes:
        workers: how many there are.
        several_actions: whether a worker may do several things in a step, instead of one.
        planner_several_actions: whether a planner that picks levels may set the rates of all
            brackets at once, instead of one.
    """

    workers: int
    several_actions: bool
    planner_several_actions: bool

    @property
    def members(self) -> Mapping[str, int]:
        return {"worker": self.workers, "planner": 1}

    def several(self, role: str) -> bool:
        return self.planner_several_actions if role == "planner" else self.several_actions

    def kinds(self, role: str) -> int:
        return self.worker_kinds

    @property
    def worker_kinds(self) -> int:
        """How many kinds of workers there are, by the order of their skills."""
        return min(_KINDS, self.workers)

    def skill_ranges(self) -> Mapping[str, SkillRange]:
        bounds = {part.name: part.skill_bounds(self) for part in self.components}
        return {name: SkillRange(self.workers, *found) for name, found in bounds.items() if found}

    def check_roles(self, names: Sequence[str]) -> None:
        require(bool(self._sub_actions("worker")), "components", names, "one that workers act in")

    @abc.abstractmethod
    def fields(self, state: Any) -> dict[str, dict[str, Array]]: ...

    @abc.abstractmethod
    def metrics(self, state: Any) -> dict[str, Array]: ...
