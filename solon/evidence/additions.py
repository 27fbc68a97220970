"""What applications add to the outcomes of their economies, found by the names of these."""

import importlib
import os
from typing import Any

from ..applications import applications
from ..environment import Environment
from ..errors import ConfigurationError, DamageError
from .outcomes import Outcomes

__all__ = ["additions_of", "load_outcomes"]


def additions_of(env: Environment) -> Any:
    """The module with `evaluate` and `load` of an economy, or of one that it is derived from.

    Returns:
        The module, see `solon.applications.Application`; None if no application adds anything.
    """
    added = _added()
    for kind in type(env).__mro__:
        name = getattr(kind, "name", None)
        if name in added:
            return importlib.import_module(added[name])
    return None


def load_outcomes(folder: str | os.PathLike[str], *, most: int | None = None) -> Outcomes:
    """Read the outcomes of any economy.

    Args:
        folder: that `Outcomes.save` has written, or that of a subclass.
        most: bytes that each file, and what is in it, may have; None for as many as there are.

    Raises:
        ConfigurationError: if there are none; a `DamageError` if they are damaged or too large.
    """
    readers = [Outcomes.load]
    readers += [importlib.import_module(module).load for module in _added().values()]
    for read in readers[:-1]:
        try:
            return read(folder, most=most)
        except DamageError:
            raise
        except ConfigurationError:
            continue  # of another kind
    return readers[-1](folder, most=most)


def _added() -> dict[str, str]:
    return {name: module for each in applications() for name, module in each.outcomes.items()}
