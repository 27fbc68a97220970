"""Planners: they set policy from outside the economy."""

from .candidate_schedules import CandidateSchedules
from .fixed_schedule import FixedSchedule
from .level_schedule import LevelSchedule
from .planner import Planner
from .random_schedules import RandomSchedules
from .rate_levels import RateLevels
from .saez import Saez
from .set_once import SetOnce
from .threshold_rule import Threshold, ThresholdRule

__all__ = [
    "CandidateSchedules",
    "FixedSchedule",
    "LevelSchedule",
    "Planner",
    "RandomSchedules",
    "RateLevels",
    "Saez",
    "SetOnce",
    "Threshold",
    "ThresholdRule",
]
