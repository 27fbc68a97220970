"""A society that a planner taxes for some years without being told how it answers.

It is the static labor-supply economy year after year, with an elasticity, a spread of skills and a
model of behavior that nobody tells the planner. The best rate of each society is known: in closed
form under the standard model, by a search over one number under the others.

The files: `behavior` has the models of how workers answer, `brackets` their answer to a tax with
brackets, `objectives` what a year is worth, `state` what the economy holds and `economy` what
happens in a year.
"""

from .behavior import MODELS, Behavior, behavior_of, elasticities, untaxed_incomes, worker_incomes
from .economy import UnknownSociety
from .factory import unknown_society
from .objectives import OBJECTIVES, register_objective, relative_welfare, welfare

__all__ = [
    "MODELS",
    "OBJECTIVES",
    "Behavior",
    "UnknownSociety",
    "behavior_of",
    "elasticities",
    "register_objective",
    "relative_welfare",
    "unknown_society",
    "untaxed_incomes",
    "welfare",
    "worker_incomes",
]
