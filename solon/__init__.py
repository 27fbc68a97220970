"""Solon: a laboratory for designing economic policy with simulated economies."""

import importlib
from typing import TYPE_CHECKING, Any

from .errors import ConfigurationError
from .registry import make, register, registered

if TYPE_CHECKING:
    from .environment import Environment, Role, TimeStep
    from .spaces import Box, Discrete, MultiDiscrete

__version__ = "0.1.0"

__all__ = [
    "Box",
    "ConfigurationError",
    "Discrete",
    "Environment",
    "MultiDiscrete",
    "Role",
    "TimeStep",
    "__version__",
    "make",
    "register",
    "registered",
]

# What needs jax is imported when it is first asked for: `import solon` stays instant.
_LAZY = {
    "Environment": "environment",
    "Role": "environment",
    "TimeStep": "environment",
    "Box": "spaces",
    "Discrete": "spaces",
    "MultiDiscrete": "spaces",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(f".{_LAZY[name]}", __name__), name)
    raise AttributeError(f"module 'solon' has no attribute '{name}'")
