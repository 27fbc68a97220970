"""The static labor-supply economy: many workers choose how much to work under an income tax.

It is the economy of optimal-tax theory (Mirrlees 1971, Diamond 1998, Saez 2001): a planner sets
marginal rates, then everyone decides once, in amounts as fine as one likes. Unlike the one-step
economy it has workers by the thousand, skills from a distribution, and objectives whose
welfare weights the formulas of the theory know, so that the best schedule can be computed.

The files in the order in which a step applies them: `labor_choice`, then `periodic_bracket_tax` of
Gather-Trade-Build; `rational` are workers who know what is best for them.
"""

from .economy import LaborSupplyEconomy
from .factory import labor_supply_economy
from .labor_choice import LaborChoice
from .rational import RationalWorkers

__all__ = ["LaborChoice", "LaborSupplyEconomy", "RationalWorkers", "labor_supply_economy"]
