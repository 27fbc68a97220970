"""Agents: what they see, how they choose, and scripted ones that do not learn."""

from .actor_critic import ActorCritic
from .distributions import MultiCategorical
from .encoding import ACTION_MASK, Encoded, Encoding
from .normalization import RunningStatistics
from .scripted import RandomPolicy, random_actions

__all__ = [
    "ACTION_MASK",
    "ActorCritic",
    "Encoded",
    "Encoding",
    "MultiCategorical",
    "RandomPolicy",
    "RunningStatistics",
    "random_actions",
]
