"""Agents: what they see, how they choose, and scripted ones that do not learn."""

from .actor_critic import ActorCritic
from .distributions import MultiCategorical
from .encoding import ACTION_MASK, Encoded, Encoding
from .normalization import RunningStatistics
from .rate_levels import RateLevels
from .scripted import RandomPolicy, random_actions
from .set_once import SetOnce

__all__ = [
    "ACTION_MASK",
    "ActorCritic",
    "Encoded",
    "Encoding",
    "MultiCategorical",
    "RandomPolicy",
    "RateLevels",
    "RunningStatistics",
    "SetOnce",
    "random_actions",
]
