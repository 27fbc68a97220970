"""The original framework, imported."""

import importlib
import sys
import types
from typing import Any

import numpy as np

__all__ = ["import_original"]

# Not needed for these economies; one asks for an activation code, both look for GPUs.
_LEFT_OUT = (
    "ai_economist.foundation.scenarios.covid19",
    "ai_economist.foundation.scenarios.covid19.covid19_env",
    "ai_economist.foundation.components.covid19_components",
)


def import_original() -> Any:
    """Import it with the names that NumPy had when it was written."""
    for name in ("bool", "float", "int"):
        # Names that NumPy had for Python's own types, and that the original still uses.
        if name not in vars(np):
            setattr(np, name, {"bool": bool, "float": float, "int": int}[name])
    for name in _LEFT_OUT:
        sys.modules[name] = types.ModuleType(name)
    setattr(sys.modules[_LEFT_OUT[0]], "covid19_env", sys.modules[_LEFT_OUT[1]])  # noqa: B010
    return importlib.import_module("ai_economist.foundation")
