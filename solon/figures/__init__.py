"""Figures: pure functions from evaluations to plotly figures, and the report made of them."""

from .activity import activity, coin_sources
from .course import course
from .episode_map import pack
from .learning_curves import learning_curves
from .lorenz import lorenz
from .members import members
from .outcomes import outcomes, paired_differences
from .panels import describe
from .prices import prices
from .report import write_report
from .tax_schedule import tax_schedule
from .theme import DARK, LIGHT, Palette, Style

__all__ = [
    "DARK",
    "LIGHT",
    "Palette",
    "Style",
    "activity",
    "coin_sources",
    "course",
    "describe",
    "learning_curves",
    "lorenz",
    "members",
    "outcomes",
    "pack",
    "paired_differences",
    "prices",
    "tax_schedule",
    "write_report",
]
