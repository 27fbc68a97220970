"""Evidence: what was found when policies were tried, and how sure one can be of it."""

from typing import TYPE_CHECKING

from .._lazy import lazy
from .evaluation import OUTCOMES, Evaluation

if TYPE_CHECKING:
    from .best_response import Exploitability, exploitability

__all__ = ["OUTCOMES", "Evaluation", "Exploitability", "exploitability"]

__getattr__ = lazy(__name__, {"Exploitability": "best_response", "exploitability": "best_response"})
