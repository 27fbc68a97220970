"""Policies for the pandemic: levels by date, rules, trees and networks, and files with them."""

from .level_schedule import LevelSchedule
from .threshold_rule import Threshold, ThresholdRule

__all__ = ["LevelSchedule", "Threshold", "ThresholdRule"]
