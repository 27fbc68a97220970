"""Applications: policy problems with their studies, commands, rooms and shipped policies.

An application is a package here with an `APPLICATION` (`application.py` says what that is), and is
named in `NAMES`. The command line, the studies and the lab find it by that, and load none of what
it names before somebody asks for it.
"""

import importlib

from .application import Application, Room

__all__ = ["NAMES", "Application", "Room", "applications"]

NAMES = ("taxation", "unknown_society", "pandemic")
"""The packages, in the order in which the lab's menu has their rooms."""


def applications() -> tuple[Application, ...]:
    """What each application has to offer; nothing of it is loaded."""
    return tuple(importlib.import_module(f".{name}", __name__).APPLICATION for name in NAMES)
