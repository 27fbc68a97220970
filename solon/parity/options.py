"""Options of the original, read as it reads them."""

import math
from collections.abc import Mapping
from typing import Any

from ..errors import ConfigurationError, require

__all__ = ["Options"]

_NONE_GIVEN: Any = object()

# Beyond it not every whole number is a float.
_LARGEST = 2**53


class Options:
    """A mapping of options, each of which is taken once; what is left over is unknown.

    The original converts what it is given (2.7 units become 2, any text is true), so the
    methods do, too. All of them raise `ConfigurationError` for what it would reject.

    Args:
        name: what the mapping belongs to, for errors.
        given: the mapping.
    """

    def __init__(self, name: str, given: Mapping[str, Any]):
        self._name = name
        self._given = dict(given)
        self._known: list[str] = []

    def take(self, option: str, default: Any = _NONE_GIVEN) -> Any:
        """An option as it is."""
        self._known.append(option)
        value = self._given.pop(option, default)
        require(value is not _NONE_GIVEN, self.path(option), None, "a value, since it is needed")
        return value

    def path(self, option: str) -> str:
        """What the user knows an option as."""
        return f"{self._name}.{option}" if self._name else option

    def number(
        self,
        option: str,
        default: Any = _NONE_GIVEN,
        *,
        low: float = -math.inf,
        high: float = math.inf,
        above: bool = False,
    ) -> float:
        """A finite number from `low` (or above it) to `high`."""
        value = self.take(option, default)
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        fits = math.isfinite(number) and low <= number <= high and not (above and number == low)
        start = (
            "a number" if low == -math.inf else f"a number {'above' if above else 'from'} {low:g}"
        )
        end = "" if high == math.inf else f" to {high:g}"
        require(fits, self.path(option), value, start + end)
        return number

    def optional_number(self, option: str, *, low: float) -> float | None:
        """A finite number of at least `low`, or None."""
        value = self.take(option, None)
        return (
            None if value is None else Options(self._name, {option: value}).number(option, low=low)
        )

    def whole(self, option: str, default: Any = _NONE_GIVEN, *, low: int) -> int:
        """A number of at least `low` when its decimals are cut off."""
        value = self.take(option, default)
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError):
            number = low - 1
        require(number >= low, self.path(option), value, f"a whole number of at least {low}")
        require(number <= _LARGEST, self.path(option), value, f"a whole number up to {_LARGEST}")
        return number

    def optional_whole(self, option: str, *, low: int) -> int | None:
        """A number of at least `low` when its decimals are cut off, or None."""
        value = self.take(option, None)
        return (
            None if value is None else Options(self._name, {option: value}).whole(option, low=low)
        )

    def flag(self, option: str, default: bool) -> bool:
        """Whatever Python takes for true or false."""
        return bool(self.take(option, default))

    def choice(self, option: str, default: str, allowed: tuple[str, ...]) -> str:
        """One of some words, in any case."""
        value = self.take(option, default)
        known = isinstance(value, str) and value.lower() in allowed
        require(known, self.path(option), value, ", ".join(allowed))
        return str(value).lower()

    def finish(self) -> None:
        """Raise `ConfigurationError` if there are options that nobody took."""
        for option, value in self._given.items():
            allowed = "one of " + ", ".join(self._known) if self._known else "no options"
            raise ConfigurationError(self.path(option), value, allowed)
