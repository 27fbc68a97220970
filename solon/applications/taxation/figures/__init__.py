"""Figures about taxes, and of a society that gathers, trades and builds."""

from .activity import activity, coin_sources
from .episode_map import pack
from .gains import gains
from .lorenz import lorenz
from .prices import prices
from .schedules import schedules
from .tax_schedule import tax_schedule

__all__ = [
    "activity",
    "coin_sources",
    "gains",
    "lorenz",
    "pack",
    "prices",
    "schedules",
    "tax_schedule",
]
