"""Planners: they set policy from outside the economy."""

from .fixed_schedule import FixedSchedule
from .level_schedule import LevelSchedule
from .planner import Planner
from .saez import Saez
from .set_once import SetOnce
from .threshold_rule import Threshold, ThresholdRule

__all__ = [
    "FixedSchedule",
    "LevelSchedule",
    "Planner",
    "Saez",
    "SetOnce",
    "Threshold",
    "ThresholdRule",
]
