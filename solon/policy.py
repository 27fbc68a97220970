"""The interface of a planner."""

import abc
from typing import Any

import equinox as eqx
from jaxtyping import Array, Key, PyTree, Shaped

from .environment import TimeStep

__all__ = ["Planner"]


class Planner(eqx.Module):
    """Decides for a role without being trained by gradients.

    A planner is a pytree, so its numbers are traced: another schedule compiles nothing again.
    What it remembers is a pytree of its own, which whoever runs the economy carries from step
    to step; each environment has one, and it lasts beyond the end of an episode.
    """

    @abc.abstractmethod
    def init(self, key: Key[Array, ""]) -> PyTree[Array]:
        """The memory before the first episode.

        Args:
            key: luck of the memory, for planners that start at random.
        """

    @abc.abstractmethod
    def act(
        self,
        memory: Any,
        observation: dict[str, Shaped[Array, "..."]],
        key: Key[Array, ""],
    ) -> tuple[Shaped[Array, "count ..."], Any]:
        """What the role does on the coming step.

        It is asked on every step; the economy ignores the answer where the role is not `acting`.

        Args:
            memory: from `init` or the last call.
            observation: of the role, by field, each with leading axis `count`.
            key: luck of the decision.

        Returns:
            The actions, with leading axis `count`, and the memory.
        """

    def update(self, memory: Any, outcome: TimeStep, state: Any) -> Any:
        """Learn from what a step led to; by default nothing is.

        Args:
            memory: from `act`.
            outcome: what the economy showed after the step.
            state: of the economy after the step. A government keeps statistics, such as the tax
                returns of everybody, which are not in what its role observes.

        Returns:
            The memory.
        """
        return memory
