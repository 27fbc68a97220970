"""The economy from plain values, as the command line and configuration files give them."""

import dataclasses
from typing import Any

from ...errors import require
from .economy import Pandemic

__all__ = ["pandemic"]


def pandemic(**options: Any) -> Pandemic:
    """Build the economy from plain values, as the command line and files give them.

    Args:
        **options: the fields of `Pandemic`, with hyphens or underscores.

    Returns:
        The economy.

    Raises:
        ConfigurationError: for whatever is unknown or does not fit.
    """
    fields = [field.name for field in dataclasses.fields(Pandemic)]
    given: dict[str, Any] = {}
    for name, value in options.items():
        field = name.replace("-", "_")
        require(field in fields, name, value, "one of the options " + ", ".join(fields))
        require(field not in given, name, value, f"{field} once, with hyphens or underscores")
        # Files have lists where options are tuples.
        given[field] = tuple(value) if isinstance(value, list) else value
    return Pandemic(**given)
