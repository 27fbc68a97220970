"""Which societies planners are trained in, chosen on and scored on."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from ...economies.unknown_society import MODELS, UnknownSociety
from ...errors import require
from ...learning import Prior

__all__ = ["ELASTICITY", "FAMILY", "SHOCKS", "SPREAD", "Societies"]

ELASTICITY, SPREAD = (0.1, 1.5), (0.3, 1.1)
"""Bounds of the uniform prior of the elasticity and of the spread of skills."""

FAMILY = (
    "standard",
    "abler-more-elastic",
    "less-able-more-elastic",
    "reservation",
    "cost-of-working",
)
"""The models that a planner can be prepared for."""

SHOCKS = 0.2
"""Standard deviation of the logarithm of yearly shocks to incomes, where there are any."""


@dataclasses.dataclass(frozen=True)
class Societies:
    """A distribution of societies.

    Attributes:
        models: of behavior, all as likely.
        workers: of a society.
        shocks: whether incomes have yearly shocks, of log deviation .2.
        objective: what the planner wants.
        elasticity: bounds of its uniform prior, or the number that all have.
        skills: `log-normal` or `pareto`.
        remembered: years that the planner is shown.
        cutoffs: lower edges of tax brackets in coin; none for a linear tax.
    """

    models: tuple[str, ...] = FAMILY[:1]
    workers: int = 4
    shocks: bool = False
    objective: str = "equality-times-output"
    elasticity: tuple[float, float] | float = ELASTICITY
    skills: str = "log-normal"
    remembered: int = 1
    cutoffs: tuple[float, ...] = ()

    def __post_init__(self):
        low = self.elasticity if isinstance(self.elasticity, float) else self.elasticity[0]
        require(low > 0, "elasticity", self.elasticity, "numbers above 0")

    @property
    def options(self) -> Mapping[str, Any]:
        """Of the economy, for a planner that picks one of 20 rates, in each bracket if any."""
        # Those of a linear tax are named as they were before there were brackets.
        brackets = {"cutoffs": list(self.cutoffs)} if self.cutoffs else {}
        return {
            "workers": self.workers,
            "models": list(self.models),
            "objective": self.objective,
            "skills": self.skills,
            "remembered": self.remembered,
            **brackets,
        }

    def env(self, set_by: str = "levels") -> UnknownSociety:
        """The economy, for planners that pick `levels` or set any `rate`."""
        given = {**self.options, "models": tuple(self.models), "cutoffs": self.cutoffs}
        return UnknownSociety(**given, set_by=set_by)

    @property
    def content(self) -> dict[str, Any]:
        """The prior, as a file of a prior has it."""
        fixed = isinstance(self.elasticity, float)
        params: dict[str, Any] = {
            "elasticity": self.elasticity if fixed else {"uniform": [*self.elasticity]},  # type: ignore[misc]
            "spread": {"uniform": [*SPREAD]},
        }
        if len(self.models) > 1:
            params["model"] = {"choice": list(range(len(self.models)))}
        if any(MODELS[name].changes for name in self.models):
            params["later_elasticity"] = {"uniform": [*ELASTICITY]}
        if self.shocks:
            params["shock_deviation"] = SHOCKS
        return {"params": params}

    def prior(self) -> Prior:
        """Of which each episode draws its society."""
        return Prior.of(self.content, self.env())

    def each(self) -> Sequence["Societies"]:
        """The same societies, one model at a time."""
        return [dataclasses.replace(self, models=(name,)) for name in self.models]
