"""Learning: how agents improve their policies by experience."""

from typing import TYPE_CHECKING

from .._lazy import lazy
from .a2c import A2C
from .algorithm import Algorithm
from .config import PPO, published
from .mappo import MAPPO
from .pqn import PQN
from .td3 import TD3

if TYPE_CHECKING:
    from .learner import Learner
    from .playing import play
    from .prior import Prior
    from .train_state import TrainState

__all__ = [
    "A2C",
    "MAPPO",
    "PPO",
    "PQN",
    "TD3",
    "Algorithm",
    "Learner",
    "Prior",
    "TrainState",
    "play",
    "published",
]

# The configuration is read by the command line, which does not wait for jax.
__getattr__ = lazy(
    __name__,
    {"Learner": "learner", "Prior": "prior", "TrainState": "train_state", "play": "playing"},
)
