"""Agents: what they see, how they choose, and scripted ones that do not learn."""

from .actor_critic import ActorCritic
from .distributions import MultiCategorical
from .encoding import Encoded, Encoding
from .normalization import RunningStatistics
from .scripted import ConstantPolicy, RandomPolicy, random_actions
from .wrappers import MostProbable, RateLevels, ReviewedPolicy, SetOnce, Silenced, Wrapper

__all__ = [
    "ActorCritic",
    "ConstantPolicy",
    "Encoded",
    "Encoding",
    "MostProbable",
    "MultiCategorical",
    "RandomPolicy",
    "RateLevels",
    "ReviewedPolicy",
    "RunningStatistics",
    "SetOnce",
    "Silenced",
    "Wrapper",
    "random_actions",
]
