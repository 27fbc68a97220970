"""A configuration of the original, and the economy of Solon that should be the same."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..economies.gather_trade_build.economy import GatherTradeBuild
from ..economies.gather_trade_build.state import Params
from .components import TaxPlan

__all__ = ["Match"]

_TAX = "periodic-bracket-tax"


@dataclasses.dataclass(frozen=True)
class Match:
    """A configuration of the original, and the economy of Solon that should be the same.

    Attributes:
        configuration: for the original.
        economy: for Solon.
        tax: where tax rates come from; None without a tax.
        numbers: fields of `Params` that the configuration sets.
        warmup: episodes in which the labor cost is phased in, 0 for none.
    """

    configuration: Mapping[str, Any]
    economy: GatherTradeBuild
    tax: TaxPlan | None
    numbers: Mapping[str, Any]
    warmup: float

    def params(self, facts: Mapping[str, Any], *, completed: int, productive_steps: int) -> Params:
        """The numbers of an episode.

        Args:
            facts: numbers that the original has computed, which are taken as they are: the last
                bit of a cutoff can decide a bracket.
            completed: episodes so far.
            productive_steps: steps so far on which workers gained on average.
        """
        params = self.economy.default_params()
        numbers = {name: jnp.asarray(value, float) for name, value in self.numbers.items()}
        if self.warmup > 0:
            weight = 1.0 - math.exp(-completed / self.warmup)
            numbers["labor_cost_weight"] = jnp.asarray(weight)
        parts = dict(params.parts)
        if self.tax is not None:
            changes = {
                "cutoffs": jnp.asarray(facts["cutoffs"]),
                "rate_cap": jnp.asarray(self.tax.share(completed)),
            }
            first = self.tax.rates_shown_first(completed)
            if first is not None:
                changes["initial_rates"] = jnp.asarray(first)
            parts[_TAX] = dataclasses.replace(parts[_TAX], **changes)
        if "ranked_payments" in facts:
            parts["build"] = dataclasses.replace(
                parts["build"], ranked_payments=jnp.asarray(sorted(facts["ranked_payments"]))
            )
        return dataclasses.replace(
            params,
            productive_steps=jnp.asarray(productive_steps, jnp.int32),
            parts=parts,
            **numbers,
        )

    def check(self, facts: Mapping[str, Any]) -> None:
        """Raise `AssertionError` if Solon computes other numbers than the original."""
        params = self.economy.default_params()
        pairs = []
        if self.tax is not None:
            pairs.append((params.parts[_TAX].cutoffs, facts["cutoffs"]))
        # The averages of split layouts are drawn anew each time.
        if self.economy.placement == "corners":
            pairs.append((params.parts["build"].ranked_payments, facts["ranked_payments"]))
        for ours, theirs in pairs:
            np.testing.assert_allclose(ours, theirs, rtol=1e-9)
