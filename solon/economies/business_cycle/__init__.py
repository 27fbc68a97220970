"""The business-cycle economy: consumers, firms and a government that all learn.

It is the many-agent real-business-cycle model of Curry, Trott, Phade, Bai and Zheng (2022), in
which nobody knows any equilibrium: goods are rationed, prices and wages are posted a step ahead,
and what comes of it is for learning to find.

The files in the order in which a step applies them: `goods_market`, `export_market`,
`labor_market`, `posting`, `production`, `flat_taxes`; `economy` then settles all budgets.
`observation` has what everyone sees, `metrics` what is logged.
"""

from .economy import COMPONENTS, BusinessCycle
from .export_market import ExportMarket
from .factory import business_cycle
from .flat_taxes import FlatTaxes
from .goods_market import GoodsMarket
from .labor_market import LaborMarket
from .posting import Posting
from .production import Production

__all__ = [
    "COMPONENTS",
    "BusinessCycle",
    "ExportMarket",
    "FlatTaxes",
    "GoodsMarket",
    "LaborMarket",
    "Posting",
    "Production",
    "business_cycle",
]
