"""The zoo: trained policies that come with Solon, small, hashed, and each with a card.

An entry is a folder below `policies`::

    policy.safetensors    networks of the roles that learned (half precision), statistics of what
                          they observe, and what the planner remembers
    entry.json            economy, options and version of its rules, planner, shapes of the
                          networks, hash, where it comes from
    CARD.md               what it was trained on, how it scores, where it ends

Nothing is ever unpickled.
"""

from typing import TYPE_CHECKING

from .._lazy import lazy
from .files import names

if TYPE_CHECKING:
    from .loading import Entry, load

__all__ = ["Entry", "load", "names"]

# What needs jax is imported when it is first asked for.
__getattr__ = lazy(__name__, {"Entry": "loading", "load": "loading"})
