"""Planners: they set policy from outside the economy."""

from .fixed_schedule import FixedSchedule
from .planner import Planner
from .saez import Saez

__all__ = ["FixedSchedule", "Planner", "Saez"]
