"""The errors that a user's input and a user's own code can cause."""

import difflib
import math
from collections.abc import Iterable
from typing import Any

from ._plain import is_number, plain
from ._terminal import visible

__all__ = [
    "ConfigurationError",
    "DamageError",
    "EconomyError",
    "NotConvergedError",
    "did_you_mean",
    "require",
    "require_number",
    "require_whole",
    "shown_value",
]

_LONGEST = 120


class ConfigurationError(ValueError):
    """A value that Solon cannot work with.

    The message is one line that names the argument, the value it got and what is allowed, in
    letters that can be printed. The command line prints it to stderr and exits with status 2.

    Args:
        argument: what the user knows the value as.
        value: what was given.
        allowed: what may be given instead.
        item: the place of the culprit in a list, counted from 0, for who can name its line.
    """

    def __init__(self, argument: str, value: Any, allowed: str, *, item: int | None = None):
        self.argument = argument
        self.value = value
        self.allowed = allowed
        self.item = item
        text = f"{argument}: got {shown_value(value)}; allowed: {allowed}"
        super().__init__(visible(" ".join(text.split())))

    def renamed(self, argument: str) -> "ConfigurationError":
        """The same of an argument that the user knows by another name; damage stays damage."""
        kind = DamageError if isinstance(self, DamageError) else ConfigurationError
        return kind(argument, self.value, self.allowed, item=self.item)


class DamageError(ConfigurationError):
    """A file that Solon wrote, such as that of a run, is not what it was.

    The command line exits with status 1: there is no mistake in what was typed.
    """


def shown_value(value: Any) -> str:
    """A value as it stands in a message, cut where it is long."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):
        # Python does not write numbers of thousands of digits, nor what is nested too deeply.
        text = f"a value of type {type(value).__name__} that is too long to show"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


class EconomyError(RuntimeError):
    """A user's own economy that fails, or shows what its roles do not declare.

    The message is one line that says where. The command line prints it to stderr and exits with
    status 1.
    """

    def __init__(self, message: str):
        super().__init__(visible(" ".join(message.split())))


class NotConvergedError(RuntimeError):
    """A solver that stopped before it had a solution.

    The message is one line that says how far from one it is. The command line prints it to stderr
    and exits with status 1.

    Args:
        message: that line.
        residual: how far it is, in the solver's own measure.
    """

    def __init__(self, message: str, residual: float = math.nan):
        self.residual = residual
        super().__init__(visible(" ".join(message.split())))


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
) -> Any:
    """Raise `ConfigurationError` unless `value` is a finite number from `low` to `high`.

    Args:
        argument: what the user knows it as.
        value: what was given. A number of NumPy or JAX, or an array of no axes, is a number; a
            truth value is none.
        low: the smallest that is allowed.
        high: the largest that is allowed.
        above: `low` itself is not allowed.

    Returns:
        The same as a number of Python.
    """
    found = plain(value)
    fits = is_number(found) and low <= found <= high and not (above and found == low)
    start = f"above {low:g}" if above else f"of at least {low:g}"
    end = "" if high == math.inf else f" and at most {high:g}"
    require(fits, argument, value, f"a finite number {start}{end}")
    return found


def require_whole(argument: str, value: Any, *, low: int, high: int) -> Any:
    """Raise `ConfigurationError` unless `value` is a whole number from `low` to `high`.

    Returns:
        The same as a number of Python: it may have been one of NumPy or JAX.
    """
    found = plain(value)
    fits = type(found) is int and low <= found <= high
    require(fits, argument, value, f"a whole number from {low} to {high}")
    return found
