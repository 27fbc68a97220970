"""A trained policy among those that do not learn."""

from typing import Any

from jaxtyping import Array, Key, Shaped

from ..planning.planner import Planner
from .networks import ActorCritic

__all__ = ["FrozenPolicy"]


class FrozenPolicy(Planner):
    """Acts as it was trained to, with sampled actions, and learns no more."""

    policy: ActorCritic

    def init(self, key: Key[Array, ""]) -> tuple[()]:
        return ()

    def act(
        self, memory: Any, observation: dict[str, Shaped[Array, "..."]], key: Key[Array, ""]
    ) -> tuple[Shaped[Array, "count ..."], Any]:
        return self.policy.act(key, observation), memory
