"""The economy from plain values, as the command line and configuration files give them."""

import dataclasses
from typing import Any

from ...errors import require
from ..composition import compose
from .economy import COMPONENTS, BusinessCycle
from .export_market import ExportMarket

__all__ = ["business_cycle"]

_MARKETS = ("open", "closed")


def business_cycle(*, market: str = _MARKETS[0], **options: Any) -> BusinessCycle:
    """Build the economy from plain values, as the command line and files give them.

    Args:
        market: `open`, or `closed` for one without exports.
        **options: the fields of `BusinessCycle`. `components` lists names in order, each alone or
            as a mapping from it to its options. A mapping under the name of a component, such as
            `production={"shocks": True}`, changes options of that component.

    Returns:
        The economy.

    Raises:
        ConfigurationError: for whatever is unknown or does not fit.
    """
    require(market in _MARKETS, "market", market, ", ".join(_MARKETS))
    fields = ["market", *(field.name for field in dataclasses.fields(BusinessCycle))]
    default = COMPONENTS
    if market == "closed":
        default = tuple(part for part in COMPONENTS if not isinstance(part, ExportMarket))
    built = compose(COMPONENTS, fields, options, default=default)
    if isinstance(built.get("relative_disutility"), list):
        # Files have lists where options are tuples.
        built["relative_disutility"] = tuple(built["relative_disutility"])
    closed = ExportMarket.name not in [part.name for part in built["components"]]
    fits = market == "open" or closed
    require(fits, "market", market, "open, where components has the export-market")
    return BusinessCycle(**built)
