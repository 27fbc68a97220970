"""The interface of a policy: what decides for a role."""

import abc
from typing import Any, ClassVar

import equinox as eqx
import jax
from jaxtyping import Array, Bool, Key, PyTree, Shaped

from .environment import TimeStep

__all__ = ["Policy"]


class Policy(eqx.Module):
    """Decides for all members of a role: a fixed rule, a formula, a network, a person.

    A policy is a pytree, so its numbers are traced: another schedule compiles nothing again.
    What it remembers is a pytree of its own, which is carried from step to step by the code that
    runs the economy. Each copy of the economy has a memory of its own. It lasts beyond the end of
    an episode, but for what `begin` forgets.
    """

    rests: ClassVar[bool] = False
    """Whether `act` need not be called on steps on which no member decides."""

    @abc.abstractmethod
    def init(self, key: Key[Array, ""]) -> PyTree[Array]:
        """The memory before the first episode.

        Args:
            key: luck of the memory, for policies that start at random.
        """

    def begin(self, memory: Any, new_world: Bool[Array, ""] | None = None) -> Any:
        """The memory at the beginning of an episode; by default nothing is forgotten.

        It is called at the beginning of every episode, the first one included.

        Args:
            memory: at the end of the last one, or from `init`.
            new_world: whether the params of the economy are others from now on, as a prior draws
                them, so that what was learned about the old ones holds no longer. None without a
                prior: all copies have the same params in all episodes.
        """
        return memory

    @abc.abstractmethod
    def act(
        self,
        memory: Any,
        observation: dict[str, Shaped[Array, "..."]],
        key: Key[Array, ""],
    ) -> tuple[Shaped[Array, "count ..."], Any]:
        """What the role does on the coming step.

        It is asked on every step, unless it `rests`; the economy ignores the answer where the role
        is not `acting`.

        Args:
            memory: from `init` or the last call.
            observation: of the role, by field, each with leading axis `count`.
            key: luck of the decision.

        Returns:
            The actions, with leading axis `count`, and the memory.
        """

    def act_in_all(
        self,
        memories: Any,
        observations: dict[str, Shaped[Array, "..."]],
        key: Key[Array, ""],
        acting: Bool[Array, "copies count"],
    ) -> tuple[Shaped[Array, "copies count ..."], Any]:
        """`act` in many copies of the economy at once, each on luck of its own.

        A policy that is faster with all copies in one batch overrides it.

        Args:
            memories: as for `act`, with a leading axis for the copies.
            observations: likewise.
            key: luck of all decisions.
            acting: who decides on the coming step.

        Returns:
            The actions and the memories, with a leading axis for the copies.
        """
        keys = jax.random.split(key, acting.shape[0])
        actions, memories = jax.vmap(self.act)(memories, observations, keys)
        return actions, memories

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
