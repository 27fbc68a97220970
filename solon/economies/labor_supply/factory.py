"""The economy from plain values, as the command line and configuration files give them."""

import dataclasses
from typing import Any

from ..composition import compose
from .economy import COMPONENTS, LaborSupplyEconomy

__all__ = ["labor_supply_economy"]


def labor_supply_economy(**options: Any) -> LaborSupplyEconomy:
    """Build the economy from plain values, as the command line and files give them.

    Args:
        **options: the fields of `LaborSupplyEconomy`. `components` lists names in order, each alone
            or as a mapping from it to its options. A mapping under the name of a component, such
            as `periodic_bracket_tax={"cutoffs": [0, 50]}`, changes options of that component.

    Returns:
        The economy.

    Raises:
        ConfigurationError: for whatever is unknown or does not fit.
    """
    fields = [field.name for field in dataclasses.fields(LaborSupplyEconomy)]
    built = compose(COMPONENTS, fields, options)
    if isinstance(built.get("skills"), list):
        # Files have lists where options are tuples.
        built["skills"] = tuple(built["skills"])
    return LaborSupplyEconomy(**built)
