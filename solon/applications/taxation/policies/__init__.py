"""Policies that set taxes: fixed and random schedules, and Saez's formula."""

from .fixed_schedule import FixedSchedule
from .random_schedules import RandomSchedules
from .saez import Saez

__all__ = ["FixedSchedule", "RandomSchedules", "Saez"]
