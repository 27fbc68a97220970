"""Repeated `KEY=VALUE` options."""

from typing import Any

from ..errors import require
from ..runs.named import assignments

__all__ = ["assignments", "nested"]


def nested(argument: str, values: dict[str, Any]) -> dict[str, Any]:
    """`{"periodic-bracket-tax.period": 50}` -> `{"periodic-bracket-tax": {"period": 50}}`."""
    result: dict[str, Any] = {}
    for key, value in values.items():
        *outer, last = key.split(".")
        place = result
        for name in outer:
            place = place.setdefault(name, {})
            require(isinstance(place, dict), argument, key, f"either {name} or parts of it")
        require(last not in place, argument, key, f"either {last} or parts of it")
        place[last] = value
    return result
