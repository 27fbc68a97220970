"""Mechanisms that several economies share, one a file."""

from .periodic_bracket_tax import PeriodicBracketTax

__all__ = ["PeriodicBracketTax"]
