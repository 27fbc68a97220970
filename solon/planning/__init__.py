"""Planners: they set policy from outside the economy."""

from .fixed_schedule import FixedSchedule
from .planner import Planner
from .saez import Saez
from .set_once import SetOnce

__all__ = ["FixedSchedule", "Planner", "Saez", "SetOnce"]
