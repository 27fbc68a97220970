"""Solon: a laboratory for designing economic policy with simulated economies."""

from typing import TYPE_CHECKING

from . import zoo
from ._lazy import lazy
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
    "zoo",
]

# What needs jax is imported when it is first asked for: `import solon` stays instant.
__getattr__ = lazy(
    __name__,
    {
        "Environment": "environment",
        "Role": "environment",
        "TimeStep": "environment",
        "Box": "spaces",
        "Discrete": "spaces",
        "MultiDiscrete": "spaces",
    },
)
