"""The one error that a user's input can cause."""

import difflib
import math
from collections.abc import Iterable
from typing import Any

__all__ = ["ConfigurationError", "did_you_mean", "require", "require_number", "require_whole"]


class ConfigurationError(ValueError):
    """A value that Solon can not work with.

    The message is one line that names the argument, the value it got and what is allowed.
    The command line prints it to stderr and exits with status 2.
    """

    def __init__(self, argument: str, value: Any, allowed: str):
        self.argument = argument
        self.value = value
        self.allowed = allowed
        shown = repr(value)
        if len(shown) > 120:
            shown = shown[:117] + "..."
        text = f"{argument}: got {shown}; allowed: {allowed}"
        super().__init__(" ".join(text.split()))


def require(condition: bool, argument: str, value: Any, allowed: str) -> None:
    """Raise `ConfigurationError` unless `condition` holds."""
    if not condition:
        raise ConfigurationError(argument, value, allowed)


def did_you_mean(name: Any, known: Iterable[str]) -> str:
    """The closest of these names, for the end of what is allowed; nothing if none is close."""
    close = difflib.get_close_matches(str(name), list(known), n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def require_number(
    argument: str, value: Any, *, low: float, high: float = math.inf, above: bool = False
) -> None:
    """Raise `ConfigurationError` unless `value` is a finite number from `low` to `high`.

    Args:
        argument: what the user knows it as.
        value: what was given. A truth value is no number.
        low: the smallest that is allowed.
        high: the largest that is allowed.
        above: `low` itself is not allowed.
    """
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    fits = number and math.isfinite(value) and low <= value <= high and not (above and value == low)
    start = f"above {low:g}" if above else f"of at least {low:g}"
    end = "" if high == math.inf else f" and at most {high:g}"
    require(fits, argument, value, f"a finite number {start}{end}")


def require_whole(argument: str, value: Any, *, low: int, high: int) -> None:
    """Raise `ConfigurationError` unless `value` is a whole number from `low` to `high`."""
    fits = type(value) is int and low <= value <= high
    require(fits, argument, value, f"a whole number from {low} to {high}")
