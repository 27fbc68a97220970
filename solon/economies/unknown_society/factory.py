"""The economy from plain values, as the command line and configuration files give them."""

from typing import Any

from .brackets import as_cutoffs
from .economy import UnknownSociety

__all__ = ["unknown_society"]


def unknown_society(**options: Any) -> UnknownSociety:
    """Build the economy from plain values.

    Args:
        **options: the fields of `UnknownSociety`.

    Returns:
        The economy.

    Raises:
        ConfigurationError: for whatever is unknown or does not fit.
    """
    if isinstance(options.get("models"), list):
        # Files have lists where options are tuples.
        options["models"] = tuple(options["models"])
    if "cutoffs" in options:
        options["cutoffs"] = as_cutoffs(options["cutoffs"])
    return UnknownSociety(**options)
