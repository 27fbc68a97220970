"""Figures: pure functions from evaluations to plotly figures, and the report made of them."""

from .course import course
from .learning_curves import learning_curves
from .members import members
from .outcomes import outcomes, paired_differences
from .panels import describe
from .report import write_report
from .theme import DARK, LIGHT, Palette, Style

__all__ = [
    "DARK",
    "LIGHT",
    "Palette",
    "Style",
    "course",
    "describe",
    "learning_curves",
    "members",
    "outcomes",
    "paired_differences",
    "write_report",
]
