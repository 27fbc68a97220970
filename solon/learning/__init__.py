"""Learning: how agents improve their policies by experience."""

import importlib
from typing import TYPE_CHECKING, Any

from .config import PPO, published

if TYPE_CHECKING:
    from .learner import Learner, TrainState
    from .rollout import play

__all__ = ["PPO", "Learner", "TrainState", "play", "published"]

# The configuration is read by the command line, which does not wait for jax.
_LAZY = {"Learner": "learner", "TrainState": "learner", "play": "rollout"}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(f".{_LAZY[name]}", __name__), name)
    raise AttributeError(f"module 'solon.learning' has no attribute '{name}'")
