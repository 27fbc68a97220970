"""Gather-Trade-Build: the spatial economy of the AI Economist.

Workers collect stone and wood on a map, trade them for coin and build houses for coin. A planner
taxes their income period by period and hands the revenue back in equal shares.

The files in the order in which a step applies them: `build`, `continuous_double_auction`,
`gather`, the bracket tax of `mechanisms`, `wealth_redistribution`, `regeneration`; then
`observation` and `objectives`. What is there before: `layouts` (or `generated_layouts` with
`layout_sampler`), `terrain` and `placement`.

References:
    Zheng et al. (2020), "The AI Economist: Improving Equality and Productivity with AI-Driven Tax
    Policies", arXiv 2004.13332. Zheng et al. (2022), Science Advances 8(18), eabk2607.
"""

from typing import TYPE_CHECKING

from ..._lazy import lazy

if TYPE_CHECKING:
    from .build import Build
    from .continuous_double_auction import ContinuousDoubleAuction
    from .economy import GatherTradeBuild
    from .factory import gather_trade_build
    from .gather import Gather
    from .generated_layouts import MultiZoneLayout, QuadrantLayout, UniformLayout
    from .wealth_redistribution import WealthRedistribution

__all__ = [
    "Build",
    "ContinuousDoubleAuction",
    "Gather",
    "GatherTradeBuild",
    "MultiZoneLayout",
    "QuadrantLayout",
    "UniformLayout",
    "WealthRedistribution",
    "gather_trade_build",
]

# The maps can be listed without loading jax.
__getattr__ = lazy(
    __name__,
    {
        "Build": "build",
        "ContinuousDoubleAuction": "continuous_double_auction",
        "Gather": "gather",
        "GatherTradeBuild": "economy",
        "MultiZoneLayout": "generated_layouts",
        "QuadrantLayout": "generated_layouts",
        "UniformLayout": "generated_layouts",
        "WealthRedistribution": "wealth_redistribution",
        "gather_trade_build": "factory",
    },
)
