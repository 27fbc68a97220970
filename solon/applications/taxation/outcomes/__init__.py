"""What Gather-Trade-Build adds to outcomes: goods, incomes, taxes, trade and a year on the map."""

from typing import TYPE_CHECKING

from ...._lazy import lazy
from .evaluation import Evaluation

if TYPE_CHECKING:
    from .files import load
    from .playing import evaluate, from_recordings

__all__ = ["Evaluation", "evaluate", "from_recordings", "load"]

__getattr__ = lazy(__name__, {"evaluate": "playing", "from_recordings": "playing", "load": "files"})
