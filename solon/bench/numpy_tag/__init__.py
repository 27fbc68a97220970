"""The rules of Grid Tag and Continuous Tag once more, in plain NumPy, one game at a time.

They are what `solon.economies.tag` is held against, step by step in tests and in speed: each game
as a loop over agents, as one would first write it, and with arrays of all agents. Nothing of
Solon's economies is used here.
"""

from .continuous import ContinuousLoop, ContinuousRules, ContinuousVector
from .grid import GridLoop, GridRules, GridVector

__all__ = [
    "ContinuousLoop",
    "ContinuousRules",
    "ContinuousVector",
    "GridLoop",
    "GridRules",
    "GridVector",
]
