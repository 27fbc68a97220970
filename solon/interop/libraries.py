"""Libraries that need not be there: what is said where one is missing."""

import importlib
from typing import Any

from ..errors import ConfigurationError

__all__ = ["library"]


def library(name: str) -> Any:
    """The module of a library.

    Args:
        name: of the module, such as `gymnax`.

    Raises:
        ConfigurationError: if it is not installed, or something that it needs is not.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = (error.name or name).partition(".")[0]
        because = "" if missing == name.partition(".")[0] else f", which needs {missing}"
        raise ConfigurationError(
            "library", f"{name}{because}", "installed packages: pip install 'solon[interop]'"
        ) from None
