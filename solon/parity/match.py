"""A configuration of the original, and the economy of Solon that should be the same."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..economies.gather_trade_build.economy import GatherTradeBuild
from ..economies.one_step.economy import OneStepEconomy
from .tax_plan import TaxPlan

__all__ = ["TAX", "Match"]

TAX = "periodic-bracket-tax"
_LABOR = "simple-labor"
# The original averages over a thousand societies that it draws anew each time.
_SAMPLING = 0.1


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
    economy: GatherTradeBuild | OneStepEconomy
    tax: TaxPlan | None
    numbers: Mapping[str, Any]
    warmup: float

    def params(
        self,
        facts: Mapping[str, Any],
        *,
        completed: int,
        productive_steps: int,
        rates: tuple[Any, Any] | None = None,
    ) -> Any:
        """The numbers of an episode.

        Args:
            facts: numbers that the original has computed, which are taken as they are: the last
                bit of a cutoff can decide a bracket.
            completed: episodes so far.
            productive_steps: steps so far on which workers gained on average.
            rates: of Saez's planner, the last ones and their running average.
        """
        params = self.economy.default_params()
        changes: dict[str, Any] = {
            name: jnp.asarray(value, float) for name, value in self.numbers.items()
        }
        if self.warmup > 0:
            weight = 1.0 - math.exp(-completed / self.warmup)
            changes["labor_cost_weight"] = jnp.asarray(weight)
        if hasattr(params, "productive_steps"):
            changes["productive_steps"] = jnp.asarray(productive_steps, jnp.int32)
        parts = dict(params.parts)

        def change(name, **values):
            values = {field: jnp.asarray(value, float) for field, value in values.items()}
            parts[name] = dataclasses.replace(parts[name], **values)

        if self.tax is not None:
            change(TAX, cutoffs=facts["cutoffs"], rate_cap=self.tax.share(completed))
            if self.tax.rates is not None:
                rates = (self.tax.rates, self.tax.rates)
            if rates is not None:
                last, average = (self.tax.shown_first(each, completed) for each in rates)
                change(TAX, initial_rates=average, stale_rates=last)
        if "ranked_payments" in facts:
            change("build", ranked_payments=sorted(facts["ranked_payments"]))
        if "skills" in facts:
            change(_LABOR, skills=facts["skills"])
        return dataclasses.replace(params, parts=parts, **changes)

    def check(self, facts: Mapping[str, Any]) -> None:
        """Raise `AssertionError` if Solon computes other numbers than the original."""
        params = self.economy.default_params()
        pairs = []
        if self.tax is not None:
            pairs.append((params.parts[TAX].cutoffs, facts["cutoffs"], 1e-9))
        # The averages of split layouts are drawn anew each time.
        if getattr(self.economy, "placement", None) == "corners":
            pairs.append((params.parts["build"].ranked_payments, facts["ranked_payments"], 1e-9))
        if "skills" in facts:
            pairs.append((params.parts[_LABOR].skills, facts["skills"], _SAMPLING))
        for ours, theirs, tolerance in pairs:
            np.testing.assert_allclose(ours, theirs, rtol=tolerance)
