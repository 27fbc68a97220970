"""Learning: how agents improve their policies by experience."""

import importlib
from typing import TYPE_CHECKING, Any

from .config import PPO, published

if TYPE_CHECKING:
    from .learner import Learner
    from .rollout import play
    from .train_state import TrainState

__all__ = ["PPO", "Learner", "TrainState", "play", "published"]

# The configuration is read by the command line, which does not wait for jax.
_LAZY = {"Learner": "learner", "TrainState": "train_state", "play": "rollout"}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(f".{_LAZY[name]}", __name__), name)
    raise AttributeError(f"module 'solon.learning' has no attribute '{name}'")
