"""Figures about taxes."""

from .gains import gains
from .schedules import schedules

__all__ = ["gains", "schedules"]
