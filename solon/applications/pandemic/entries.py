"""Kinds of entries that the pandemic has in the zoo: policies that people can read, ensembles."""

__all__ = ["ENSEMBLE", "POLICY", "PREFIX"]

PREFIX = "pandemic/"
"""What the names of its entries start with."""

POLICY = "pandemic-policy"
"""A policy file, as `solon pandemic run` takes it, with weights beside it where it was learned."""

ENSEMBLE = "pandemic-ensemble"
"""Draws of the parameters that were fitted to data, as `--ensemble` takes them."""
