"""Rational inattention: what people choose to know, and do, when attention has a price."""

from .shannon import ShannonChoice, blahut_arimoto, shannon_choice, solve_shannon_choice

__all__ = ["ShannonChoice", "blahut_arimoto", "shannon_choice", "solve_shannon_choice"]
