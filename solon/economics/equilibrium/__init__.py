"""Economies whose equilibria are known, and the solvers that find them."""

from typing import TYPE_CHECKING

from ..._lazy import lazy

if TYPE_CHECKING:
    from .aiyagari import Aiyagari, AiyagariEquilibrium
    from .brock_mirman import BrockMirman
    from .business_cycle import RealBusinessCycle, RealBusinessCycleSolution
    from .dynamic_programming import DecisionPlan, value_iteration
    from .exchange import ExchangeEquilibrium, cobb_douglas_exchange
    from .fixed_point import find_fixed_point
    from .log_linear import LinearSolution, solve_linear_expectations
    from .markov import MarkovChain, rouwenhorst, stationary_distribution, tauchen
    from .monopolistic_competition import MonopolisticCompetition, dixit_stiglitz
    from .multiple_equilibria import PairEquilibrium, quasi_linear_exchange
    from .price_competition import LogitMarket, PriceEquilibrium, linear_bertrand, linear_collusion
    from .production import ProductionEquilibrium, cobb_douglas_production
    from .quantity_competition import QuantityEquilibrium, cournot, monopoly, stackelberg
    from .roots import positive_roots
    from .savings import SavingPlan, asset_grid, saving_plan, wealth_distribution
    from .small_games import (
        BimatrixEquilibria,
        MixedEquilibrium,
        bimatrix_equilibria,
        pure_equilibria,
    )
    from .state_space import Moments, StateSpace
    from .taxed_growth import TaxedGrowth, TaxedGrowthEquilibrium, TaxedGrowthOptimum

_MODULES = {
    "aiyagari": (
        "Aiyagari",
        "AiyagariEquilibrium",
    ),
    "brock_mirman": ("BrockMirman",),
    "business_cycle": (
        "RealBusinessCycle",
        "RealBusinessCycleSolution",
    ),
    "dynamic_programming": (
        "DecisionPlan",
        "value_iteration",
    ),
    "exchange": (
        "ExchangeEquilibrium",
        "cobb_douglas_exchange",
    ),
    "fixed_point": ("find_fixed_point",),
    "log_linear": (
        "LinearSolution",
        "solve_linear_expectations",
    ),
    "markov": (
        "MarkovChain",
        "rouwenhorst",
        "stationary_distribution",
        "tauchen",
    ),
    "monopolistic_competition": (
        "MonopolisticCompetition",
        "dixit_stiglitz",
    ),
    "multiple_equilibria": (
        "PairEquilibrium",
        "quasi_linear_exchange",
    ),
    "price_competition": (
        "LogitMarket",
        "PriceEquilibrium",
        "linear_bertrand",
        "linear_collusion",
    ),
    "production": (
        "ProductionEquilibrium",
        "cobb_douglas_production",
    ),
    "quantity_competition": (
        "QuantityEquilibrium",
        "cournot",
        "monopoly",
        "stackelberg",
    ),
    "roots": ("positive_roots",),
    "savings": (
        "SavingPlan",
        "asset_grid",
        "saving_plan",
        "wealth_distribution",
    ),
    "small_games": (
        "BimatrixEquilibria",
        "MixedEquilibrium",
        "bimatrix_equilibria",
        "pure_equilibria",
    ),
    "state_space": (
        "Moments",
        "StateSpace",
    ),
    "taxed_growth": (
        "TaxedGrowth",
        "TaxedGrowthEquilibrium",
        "TaxedGrowthOptimum",
    ),
}

__all__ = [
    "Aiyagari",
    "AiyagariEquilibrium",
    "BimatrixEquilibria",
    "BrockMirman",
    "DecisionPlan",
    "ExchangeEquilibrium",
    "LinearSolution",
    "LogitMarket",
    "MarkovChain",
    "MixedEquilibrium",
    "Moments",
    "MonopolisticCompetition",
    "PairEquilibrium",
    "PriceEquilibrium",
    "ProductionEquilibrium",
    "QuantityEquilibrium",
    "RealBusinessCycle",
    "RealBusinessCycleSolution",
    "SavingPlan",
    "StateSpace",
    "TaxedGrowth",
    "TaxedGrowthEquilibrium",
    "TaxedGrowthOptimum",
    "asset_grid",
    "bimatrix_equilibria",
    "cobb_douglas_exchange",
    "cobb_douglas_production",
    "cournot",
    "dixit_stiglitz",
    "find_fixed_point",
    "linear_bertrand",
    "linear_collusion",
    "monopoly",
    "positive_roots",
    "pure_equilibria",
    "quasi_linear_exchange",
    "rouwenhorst",
    "saving_plan",
    "solve_linear_expectations",
    "stackelberg",
    "stationary_distribution",
    "tauchen",
    "value_iteration",
    "wealth_distribution",
]

__getattr__ = lazy(__name__, {name: module for module, names in _MODULES.items() for name in names})
