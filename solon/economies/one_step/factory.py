"""The economy from plain values, as the command line and configuration files give them."""

import dataclasses
from typing import Any

from ..composition import compose
from .economy import COMPONENTS, OneStepEconomy

__all__ = ["one_step_economy"]


def one_step_economy(**options: Any) -> OneStepEconomy:
    """Build the economy from plain values, as the command line and files give them.

    Args:
        **options: the fields of `OneStepEconomy`. `components` lists names in order, each alone
            or as a mapping from it to its options. A mapping under the name of a component, such
            as `simple_labor={"skills": [1.0, 2.0]}`, changes options of that component.

    Returns:
        The economy.

    Raises:
        ConfigurationError: for whatever is unknown or does not fit.
    """
    fields = [field.name for field in dataclasses.fields(OneStepEconomy)]
    return OneStepEconomy(**compose(COMPONENTS, fields, options))
