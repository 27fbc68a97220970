"""The report of the pandemic study."""

import pathlib
from collections.abc import Mapping
from typing import Any

__all__ = ["report"]


def report(scale: str, results: Mapping[str, Any], folder: pathlib.Path) -> str:
    """What is there."""
    return ", ".join(results)
