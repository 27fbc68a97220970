"""A planner that decides at the beginning of an episode, and stays with it."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Key, Shaped

from ..environment import TimeStep
from ..policy import Planner

__all__ = ["SetOnce", "SetOnceMemory"]


class SetOnceMemory(eqx.Module):
    """What is remembered.

    Attributes:
        inner: the memory of the planner that is asked.
        action: what it answered at the beginning of the episode.
        begins: the coming step is the first of an episode.
    """

    inner: Any
    action: Shaped[Array, "count ..."]
    begins: Bool[Array, ""]


class SetOnce(Planner):
    """Ask another planner once an episode, and repeat its answer until the episode is over.

    It shows what adapting within an episode is worth: the same planner, but without looking again.

    Args:
        planner: that is asked. It goes on learning from what happens, if it learns at all.
        example: an action of the role, with its leading axis: the shape and type of the answer.
    """

    planner: Planner
    example: Shaped[Array, "count ..."]

    def init(self, key: Key[Array, ""]) -> SetOnceMemory:
        return SetOnceMemory(
            self.planner.init(key), jnp.zeros_like(self.example), jnp.ones((), bool)
        )

    def act(
        self,
        memory: Any,
        observation: dict[str, Shaped[Array, "..."]],
        key: Key[Array, ""],
    ) -> tuple[Shaped[Array, "count ..."], SetOnceMemory]:
        asked, inner = self.planner.act(memory.inner, observation, key)

        def where(new, old):
            return jax.tree.map(lambda a, b: jnp.where(memory.begins, a, b), new, old)

        action = where(asked.astype(memory.action.dtype), memory.action)
        # What it would have thought in between is forgotten, or it would lose count.
        inner = where(inner, memory.inner)
        return action, SetOnceMemory(inner, action, jnp.zeros((), bool))

    def update(self, memory: Any, outcome: TimeStep, state: Any) -> SetOnceMemory:
        inner = self.planner.update(memory.inner, outcome, state)
        return SetOnceMemory(inner, memory.action, outcome.terminated | outcome.truncated)
