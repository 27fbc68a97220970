"""A game on the map: a person takes the part of one worker among three shipped ones."""

from .files import load, save, table
from .game import Game
from .moves import AUTOPILOT
from .screen import screen
from .setup import LENGTHS, Setup, regimes

__all__ = ["AUTOPILOT", "LENGTHS", "Game", "Setup", "load", "regimes", "save", "screen", "table"]
