"""Evidence: what was found when policies were tried, and how sure one can be of it."""

from .evaluation import OUTCOMES, Evaluation

__all__ = ["OUTCOMES", "Evaluation"]
