"""Names of a package that import their module when they are first asked for."""

import importlib
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["lazy"]


def lazy(package: str, modules: Mapping[str, str]) -> Callable[[str], Any]:
    """A `__getattr__` for a package.

    Args:
        package: its name.
        modules: public name -> module of the package that defines it.
    """

    def find(name: str) -> Any:
        if name in modules:
            return getattr(importlib.import_module(f".{modules[name]}", package), name)
        raise AttributeError(f"module '{package}' has no attribute '{name}'")

    return find
