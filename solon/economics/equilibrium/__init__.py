"""Economies whose equilibria are known, and the solvers that find them."""

from typing import TYPE_CHECKING

from ..._lazy import lazy

if TYPE_CHECKING:
    from .brock_mirman import BrockMirman
    from .exchange import ExchangeEquilibrium, cobb_douglas_exchange
    from .monopolistic_competition import MonopolisticCompetition, dixit_stiglitz
    from .multiple_equilibria import PairEquilibrium, quasi_linear_exchange
    from .price_competition import LogitMarket, PriceEquilibrium, linear_bertrand, linear_collusion
    from .production import ProductionEquilibrium, cobb_douglas_production
    from .quantity_competition import QuantityEquilibrium, cournot, monopoly, stackelberg
    from .roots import positive_roots
    from .taxed_growth import TaxedGrowth, TaxedGrowthEquilibrium, TaxedGrowthOptimum

_MODULES = {
    "price_competition": ("LogitMarket", "PriceEquilibrium", "linear_bertrand", "linear_collusion"),
    "brock_mirman": ("BrockMirman",),
    "quantity_competition": ("QuantityEquilibrium", "cournot", "monopoly", "stackelberg"),
    "monopolistic_competition": ("MonopolisticCompetition", "dixit_stiglitz"),
    "exchange": ("ExchangeEquilibrium", "cobb_douglas_exchange"),
    "production": ("ProductionEquilibrium", "cobb_douglas_production"),
    "multiple_equilibria": ("PairEquilibrium", "quasi_linear_exchange"),
    "roots": ("positive_roots",),
    "taxed_growth": ("TaxedGrowth", "TaxedGrowthEquilibrium", "TaxedGrowthOptimum"),
}

__all__ = [
    "BrockMirman",
    "ExchangeEquilibrium",
    "LogitMarket",
    "MonopolisticCompetition",
    "PairEquilibrium",
    "PriceEquilibrium",
    "ProductionEquilibrium",
    "QuantityEquilibrium",
    "TaxedGrowth",
    "TaxedGrowthEquilibrium",
    "TaxedGrowthOptimum",
    "cobb_douglas_exchange",
    "cobb_douglas_production",
    "cournot",
    "dixit_stiglitz",
    "linear_bertrand",
    "linear_collusion",
    "monopoly",
    "positive_roots",
    "quasi_linear_exchange",
    "stackelberg",
]

__getattr__ = lazy(__name__, {name: module for module, names in _MODULES.items() for name in names})
