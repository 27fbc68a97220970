"""Two games of tag, on a grid and in the plane: economies that measure how fast the engine is.

Taggers chase runners. The rules are short, so what a step costs is what the engine costs, and what
is learned can be seen: taggers learn to catch, runners to flee.

The files: `grid` has the game on a grid; `continuous` the game in the plane, with what it holds in
`continuous_state`, what agents see in `sight`, and who is near in `nearest`.
"""

from .continuous import ContinuousTag
from .grid import GridTag

__all__ = ["ContinuousTag", "GridTag"]
