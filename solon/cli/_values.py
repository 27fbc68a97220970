"""Repeated `KEY=VALUE` options."""

from collections.abc import Sequence
from typing import Any

from ..errors import ConfigurationError, require
from ..reading.yaml_core import load_plain

__all__ = ["assignments", "nested"]


def assignments(argument: str, given: Sequence[str]) -> dict[str, Any]:
    """Read `KEY=VALUE`, the value as YAML 1.2: `true`, `3`, `[0, 0.5]`, `open-quadrant`.

    Args:
        argument: the option that was repeated, for errors.
        given: what was typed.

    Raises:
        ConfigurationError: if it is not of this form, or a key comes twice.
    """
    values: dict[str, Any] = {}
    for text in given:
        key, separator, value = text.partition("=")
        key = key.strip()
        require(bool(separator) and key != "", argument, text, "KEY=VALUE")
        require(key not in values, argument, text, f"a value for {key} once")
        values[key] = _value(argument, key, text, value)
    return values


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


def _value(argument: str, key: str, text: str, value: str) -> Any:
    try:
        return load_plain(value)
    except ValueError as error:
        allowed = f"KEY=VALUE with a value in YAML ({error})"
        raise ConfigurationError(f"{argument}.{key}", text, allowed) from None
