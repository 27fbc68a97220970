"""The rooms of the lab: its own, and those of the applications."""

from ...applications import Room, applications

__all__ = ["ROOMS"]

ROOMS = (
    Room("home", "Home", "Where do I begin?", f"{__name__}.home"),
    *(room for each in applications() for room in each.rooms),
    Room("runs", "Runs", "What did my trainings come to?", f"{__name__}.runs"),
)
