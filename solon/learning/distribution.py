"""Distributions of one number, as they are written in a file of a prior."""

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from .._plain import is_number, plain
from ..errors import ConfigurationError, did_you_mean, require

__all__ = ["KINDS", "Distribution"]

_LARGEST = 1e30
"""Of the numbers that describe a distribution, so that draws in single precision are finite."""
_LARGEST_WHOLE = 2**24
"""Up to it single precision holds all whole numbers."""
_LARGEST_LOG = 60.0
"""Of the logarithm of a draw, likewise: e^60 is 1e26."""

_Numbers: TypeAlias = tuple[Any, ...]
"""Of a distribution: of Python, or arrays where they are drawn themselves."""


@dataclasses.dataclass(frozen=True)
class Distribution:
    """How a number is drawn.

    | kind | numbers |
    |---|---|
    | `constant` | the number |
    | `uniform` | low, high |
    | `log_uniform` | low, high; the logarithm is uniform |
    | `normal` | mean, standard deviation |
    | `lognormal` | mean and standard deviation of the logarithm |
    | `pareto` | lowest value, tail exponent |
    | `choice` | the numbers, each as likely as the others |

    Attributes:
        kind: see above.
        numbers: that describe it.
    """

    kind: str
    numbers: tuple[float, ...]

    @classmethod
    def of(cls, content: Any, argument: str) -> "Distribution":
        """From what a file says, such as `{"uniform": [0.8, 1.3]}`.

        Args:
            content: a mapping from a kind to its numbers, or a number, which is a constant.
            argument: what the user knows it as, for errors.

        Raises:
            ConfigurationError: if it is no distribution.
        """
        content = plain(content)
        if is_number(content):
            content = {"constant": content}
        one = isinstance(content, Mapping) and len(content) == 1
        allowed = f"one of {', '.join(KINDS)} with its numbers, such as {{uniform: [0.8, 1.3]}}"
        require(one, argument, content, allowed)
        kind, given = next(iter(content.items()))
        require(kind in KINDS, argument, kind, f"one of {', '.join(KINDS)}{_close(kind)}")
        numbers = given if isinstance(given, list | tuple) else [given]
        problem = KINDS[kind].problem(tuple(numbers))
        if problem is not None:
            raise ConfigurationError(f"{argument}.{kind}", given, problem)
        return cls(kind, tuple(float(x) for x in numbers))

    def draw(self, key: Key[Array, ""], shape: tuple[int, ...] = ()) -> Float[Array, "*shape"]:
        """Independent draws."""
        return KINDS[self.kind].draw(key, shape, self.numbers)

    @property
    def whole(self) -> bool:
        """Whether each draw is a whole number, and one that single precision holds exactly."""
        exact = all(x == int(x) and abs(x) <= _LARGEST_WHOLE for x in self.numbers)
        return self.kind in ("constant", "choice") and exact

    @property
    def reach(self) -> tuple[float, float]:
        """The lowest and the highest draw. A normal one is never six deviations off."""
        if self.kind == "pareto":
            low, tail = self.numbers
            # Uniform draws of double precision have 52 bits.
            return low, low * 2 ** (52 / tail)
        if self.kind not in ("normal", "lognormal"):
            return min(self.numbers), max(self.numbers)
        mean, deviation = self.numbers
        ends = mean - 6 * deviation, mean + 6 * deviation
        return ends if self.kind == "normal" else (math.exp(ends[0]), math.exp(ends[1]))

    def plain(self) -> dict[str, Any]:
        """What `of` takes, as a value of JSON."""
        single = self.kind == "constant"
        return {self.kind: self.numbers[0] if single else list(self.numbers)}


def _close(kind: Any) -> str:
    return did_you_mean(kind, KINDS)


@dataclasses.dataclass(frozen=True)
class _Kind:
    """A kind of distribution.

    Attributes:
        allowed: what its numbers may be, in words.
        fits: whether numbers are allowed.
        draw: from key, shape and numbers to draws.
    """

    allowed: str
    fits: Callable[[tuple[float, ...]], bool]
    draw: Callable[[Any, tuple[int, ...], _Numbers], Any]

    def problem(self, numbers: tuple[Any, ...]) -> str | None:
        """What would be allowed instead; None if these numbers are."""
        finite = all(is_number(x) and abs(x) <= _LARGEST for x in numbers)
        return None if finite and self.fits(numbers) else self.allowed


def _uniform(key: Any, shape: tuple[int, ...], numbers: _Numbers) -> Any:
    low, high = numbers
    return jax.random.uniform(key, shape, minval=low, maxval=high)


def _log_uniform(key: Any, shape: tuple[int, ...], numbers: _Numbers) -> Any:
    low, high = map(_log, numbers)
    return jnp.exp(_uniform(key, shape, (low, high)))


def _log(number: Any) -> Any:
    # A number that is drawn itself is an array.
    return math.log(number) if isinstance(number, float | int) else jnp.log(number)


def _pareto(key: Any, shape: tuple[int, ...], numbers: _Numbers) -> Any:
    low, tail = numbers
    return low * jnp.exp(-jnp.log1p(-jax.random.uniform(key, shape)) / tail)


def _normal(key: Any, shape: tuple[int, ...], numbers: _Numbers) -> Any:
    mean, deviation = numbers
    return mean + deviation * jax.random.normal(key, shape)


def _few_powers(numbers: tuple[float, ...]) -> bool:
    # No draw in single precision is six deviations off.
    return abs(numbers[0]) + 6 * numbers[1] <= _LARGEST_LOG


KINDS: Mapping[str, _Kind] = {
    "constant": _Kind(
        f"a number of at most {_LARGEST:g}",
        lambda n: len(n) == 1,
        lambda key, shape, n: jnp.full(shape, n[0]),
    ),
    "uniform": _Kind(
        "two numbers, the lower bound first and below the upper one",
        lambda n: len(n) == 2 and n[0] < n[1],
        _uniform,
    ),
    "log_uniform": _Kind(
        "two numbers above 0, the lower bound first and below the upper one",
        lambda n: len(n) == 2 and 0 < n[0] < n[1] and n[0] >= 1 / _LARGEST,
        _log_uniform,
    ),
    "normal": _Kind(
        "two numbers, the mean and a standard deviation above 0",
        lambda n: len(n) == 2 and n[1] > 0,
        _normal,
    ),
    "lognormal": _Kind(
        "two numbers, mean and standard deviation (above 0) of the logarithm, "
        f"with |mean| + 6 deviations at most {_LARGEST_LOG:g}",
        lambda n: len(n) == 2 and n[1] > 0 and _few_powers(n),
        lambda key, shape, n: jnp.exp(_normal(key, shape, n)),
    ),
    "pareto": _Kind(
        "two numbers, the lowest value (above 0) and a tail exponent of at least 1",
        lambda n: len(n) == 2 and n[0] > 0 and n[1] >= 1,
        _pareto,
    ),
    "choice": _Kind(
        "a list of at least one number",
        lambda n: len(n) >= 1,
        lambda key, shape, n: jax.random.choice(key, jnp.asarray(n, float), shape),
    ),
}
"""The kinds of distributions by name."""
