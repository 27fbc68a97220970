"""Figures: pure functions from evaluations to plotly figures, and the report made of them."""

from .activity import activity, coin_sources
from .episode_map import pack
from .frontier import frontier
from .gains import gains
from .learning_curves import learning_curves
from .lorenz import lorenz
from .outcomes import outcomes, paired_differences
from .pandemic_report import write_pandemic_report
from .panels import describe
from .prices import prices
from .report import write_report
from .state_curves import state_curves
from .tax_schedule import tax_schedule
from .theme import DARK, LIGHT, Palette, Style
from .tile_map import TileMap, tile_map

__all__ = [
    "DARK",
    "LIGHT",
    "Palette",
    "Style",
    "TileMap",
    "activity",
    "coin_sources",
    "describe",
    "frontier",
    "gains",
    "learning_curves",
    "lorenz",
    "outcomes",
    "pack",
    "paired_differences",
    "prices",
    "state_curves",
    "tax_schedule",
    "tile_map",
    "write_pandemic_report",
    "write_report",
]
