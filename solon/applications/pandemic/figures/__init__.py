"""Figures about the pandemic, and its report."""

from .frontier import frontier
from .report import write_pandemic_report
from .state_curves import state_curves
from .tile_map import TileMap, tile_map

__all__ = ["TileMap", "frontier", "state_curves", "tile_map", "write_pandemic_report"]
