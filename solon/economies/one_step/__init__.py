"""The one-step economy: workers choose hours of labor under an income tax, and that is all.

A planner sets marginal rates, workers choose hours, and income is taxed and the revenue handed
back in equal shares. It is the setting of optimal-tax theory (Mirrlees 1971, Saez 2001), so
what agents find here can be held against what theory says.

The files in the order in which a step applies them: `simple_labor`, then `periodic_bracket_tax` of
Gather-Trade-Build; then `observation` and `objectives`.

References:
    Zheng et al. (2022), "The AI Economist: Taxation policy design via two-level deep multiagent
    reinforcement learning", Science Advances 8(18), eabk2607.
"""

from .economy import OneStepEconomy
from .factory import one_step_economy
from .simple_labor import SimpleLabor

__all__ = ["OneStepEconomy", "SimpleLabor", "one_step_economy"]
