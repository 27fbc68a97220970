"""The tax schedules that a planner may choose from: brackets and rates.

Apart from `allowed_rates` these run once, on the host, in float64.
"""

import numbers
import sys
from typing import Any, Literal, TypeAlias

import numpy as np
from jaxtyping import Array, ArrayLike, Bool, Float, Real

from .._plain import plain
from ..errors import ConfigurationError, require
from ._arrays import as_float
from .inequality import Compatibility

__all__ = [
    "US_FEDERAL_2018_PUBLISHED_CUTOFFS",
    "US_FEDERAL_2018_PUBLISHED_RATES",
    "BracketSpacing",
    "allowed_rates",
    "bracket_cutoffs",
    "camelback_rates",
    "check_cutoffs",
    "check_rates",
    "check_schedule",
    "linear_cutoffs",
    "log_cutoffs",
    "rate_grid",
    "us_federal_cutoffs",
]

US_FEDERAL_2018_PUBLISHED_RATES = (0.10, 0.12, 0.22, 0.24, 0.32, 0.35, 0.37)
"""Marginal rates of the US federal income tax (2018 to 2025), as the published experiment had
them."""

US_FEDERAL_2018_PUBLISHED_CUTOFFS = (0, 9_700, 39_475, 84_200, 160_725, 204_100, 510_300)
"""Lower edges of the brackets in dollars of the published experiment, which labels them 2018.
They are those of a single filer in the tax year 2019; for 2018 the law had 9,525, 38,700, 82,500,
157,500, 200,000 and 500,000."""

# Rates that differ by less are the same rate, up to rounding.
_RATE_TOLERANCE = 1e-6

# What nobody earns, and far from where single precision ends.
_HIGHEST_CUTOFF = 1e30

BracketSpacing: TypeAlias = Literal["us-federal", "linear", "log"]


def us_federal_cutoffs(usd_scaling: float = 1000.0) -> Float[np.ndarray, "7"]:
    """The published US federal cutoffs in coin.

    Args:
        usd_scaling: dollars that one coin stands for, above 0.

    Returns:
        Lower edges of the seven brackets in coin.
    """
    require(_is_number(usd_scaling) and usd_scaling > 0, "usd_scaling", usd_scaling, "above 0")
    return np.asarray(US_FEDERAL_2018_PUBLISHED_CUTOFFS) / float(usd_scaling)


def linear_cutoffs(brackets: int, top: float) -> Float[np.ndarray, " brackets"]:
    """Cutoffs at equal distances.

    Args:
        brackets: number of brackets, at least 2.
        top: where the last bracket begins, in coin.

    Returns:
        Lower edges from 0 to `top` in coin.
    """
    _check_spacing(brackets, top)
    return np.linspace(0.0, top, brackets)


def log_cutoffs(brackets: int, top: float) -> Float[np.ndarray, " brackets"]:
    """Cutoffs that double from bracket to bracket, after a first one at 0.

    Args:
        brackets: number of brackets, at least 2.
        top: where the last bracket begins, in coin.

    Returns:
        Lower edges 0, top / 2^(brackets - 2), ..., top / 2, top in coin.
    """
    _check_spacing(brackets, top)
    return np.append(0.0, top * 0.5 ** np.arange(brackets - 2, -1, -1))


def bracket_cutoffs(
    spacing: str,
    *,
    brackets: int = 5,
    top: float = 100.0,
    usd_scaling: float = 1000.0,
) -> Float[np.ndarray, " brackets"]:
    """Cutoffs by the name of their spacing.

    Args:
        spacing: a `BracketSpacing`: "us-federal" (seven brackets, takes only `usd_scaling`),
            "linear" or "log" (these take `brackets` and `top`).
        brackets: number of brackets, at least 2.
        top: where the last bracket begins, in coin.
        usd_scaling: dollars that one coin stands for.

    Returns:
        Lower edges in coin.

    Raises:
        ConfigurationError: for an unknown spacing or a value that is not allowed.
    """
    if spacing == "us-federal":
        return us_federal_cutoffs(usd_scaling)
    if spacing == "linear":
        return linear_cutoffs(brackets, top)
    if spacing == "log":
        return log_cutoffs(brackets, top)
    raise ConfigurationError("bracket_spacing", spacing, "us-federal, linear, log")


def camelback_rates(
    brackets: int = 7,
    *,
    base: float = 0.1,
    humps: tuple[float, float] = (0.4, 0.6),
    places: tuple[float, float] = (0.2, 0.9),
    width: float = 0.12,
) -> Float[np.ndarray, " brackets"]:
    """A schedule with two humps: high rates on low and on high incomes, lower ones elsewhere.

    The published experiments with people had a fixed schedule of this name. Its rates could
    not be read, so these are Solon's own: `base` plus two bell curves over the brackets' order.

    Args:
        brackets: number of brackets, at least 2.
        base: rate far from the humps, in [0, 1].
        humps: height of the lower and the upper hump above `base`.
        places: of their tops, from 0 for the first bracket to 1 for the last.
        width: standard deviation of the bell curves, on the same scale, above 0.

    Returns:
        Marginal rates, rounded to percents.

    Raises:
        ConfigurationError: for a value that is not allowed, or rates outside [0, 1].
    """
    _check_spacing(brackets, 1.0)
    require(_is_number(width) and width > 0, "width", width, "a number above 0")
    for name, value in (("base", base), ("humps", humps), ("places", places)):
        given: Any = (value,) if name == "base" else value
        require(all(map(_is_number, given)), name, value, "finite numbers")
    place = np.linspace(0.0, 1.0, brackets)
    bells = [
        height * np.exp(-0.5 * ((place - top) / width) ** 2)
        for height, top in zip(humps, places, strict=True)
    ]
    return check_rates(np.round(base + np.sum(bells, axis=0), 2), argument="camelback rates")


def _check_spacing(brackets: int, top: float) -> None:
    whole = _is_number(brackets) and isinstance(plain(brackets), int)
    require(whole and brackets >= 2, "brackets", brackets, "an integer of at least 2")
    require(_is_number(top) and top > 0, "top", top, "coin above 0")


def check_cutoffs(cutoffs: Any, argument: str = "cutoffs") -> Float[np.ndarray, " brackets"]:
    """Validate the lower edges of brackets.

    Args:
        cutoffs: lower edges in coin, as a user gave them.
        argument: what the user knows them as, for the error.

    Returns:
        The same as an array.

    Raises:
        ConfigurationError: unless they are finite numbers that increase from 0, also in the single
            precision of economies.
    """
    edges = _numbers(cutoffs, argument)
    shown = cutoffs.tolist() if isinstance(cutoffs, np.ndarray) else cutoffs
    if edges[0] != 0:
        allowed = "cutoffs that start at 0, as the first bracket begins where income does"
        raise ConfigurationError(argument, shown, allowed, item=0)
    with np.errstate(over="ignore"):
        single = edges.astype(np.float32)
    for k in range(1, len(edges)):
        below, found = float(edges[k - 1]), float(edges[k])
        if not single[k] > single[k - 1]:
            allowed = (
                f"cutoffs that increase strictly: number {k + 1}, {found:.9g}, is not above "
                f"number {k}, {below:.9g}"
            )
            raise ConfigurationError(argument, shown, allowed, item=k)
        if found > _HIGHEST_CUTOFF:
            allowed = f"cutoffs of at most {_HIGHEST_CUTOFF:g} coin, and number {k + 1} is above"
            raise ConfigurationError(argument, shown, allowed, item=k)
    return edges


def check_rates(
    rates: Any, brackets: int | None = None, argument: str = "rates"
) -> Float[np.ndarray, " brackets"]:
    """Validate marginal rates.

    Args:
        rates: one rate a bracket, as a user gave them.
        brackets: how many there must be, if that is known.
        argument: what the user knows them as, for the error.

    Returns:
        The same as an array.

    Raises:
        ConfigurationError: unless they are as many numbers in [0, 1] as there are brackets.
    """
    values = _numbers(rates, argument)
    shown = rates.tolist() if isinstance(rates, np.ndarray) else rates
    for k, rate in enumerate(values.tolist()):
        if not 0 <= rate <= 1:
            share = f"; {rate:g} percent is {rate / 100:g}" if 1 < rate <= 100 else ""
            allowed = (
                f"numbers between 0 and 1 (0.25 is 25 percent{share}), and number {k + 1}, "
                f"{rate:g}, is not"
            )
            raise ConfigurationError(argument, shown, allowed, item=k)
    fitting = brackets is None or len(values) == brackets
    allowed = f"{brackets} rates, one for each bracket, and not {len(values)}"
    require(fitting, argument, shown, allowed)
    return values


def check_schedule(
    cutoffs: Any, rates: Any
) -> tuple[Float[np.ndarray, " brackets"], Float[np.ndarray, " brackets"]]:
    """Validate a bracket schedule.

    Args:
        cutoffs: lower edges in coin.
        rates: marginal rates, one a bracket.

    Returns:
        Cutoffs and rates as arrays.

    Raises:
        ConfigurationError: see `check_cutoffs` and `check_rates`.
    """
    edges = check_cutoffs(cutoffs)
    return edges, check_rates(rates, len(edges))


def _is_number(value: Any) -> bool:
    found = plain(value)
    real = isinstance(found, numbers.Real) and not isinstance(found, bool)
    return real and abs(found) <= sys.float_info.max


def _numbers(values: Any, argument: str) -> Float[np.ndarray, " n"]:
    allowed = "a list of finite numbers, at least one"
    shown = values.tolist() if isinstance(values, np.ndarray) else values
    for k, value in enumerate(shown if isinstance(shown, (list, tuple)) else ()):
        if not _is_number(value):
            wanted = f"a list of finite numbers, and number {k + 1}, {value!r:.40}, is none"
            raise ConfigurationError(argument, shown, wanted, item=k)
    try:
        given = np.asarray(values)
        # Text and truth values would pass as numbers.
        several = isinstance(values, (list, tuple))
        truths = several and any(isinstance(value, (bool, np.bool_)) for value in values)
        numeric = not truths and given.dtype.kind in "iuf"
        array = np.asarray(given, dtype=np.float64) if numeric else np.empty(0)
    except (TypeError, ValueError):
        raise ConfigurationError(argument, shown, allowed) from None
    usable = array.ndim == 1 and array.size > 0 and bool(np.all(np.isfinite(array)))
    require(usable, argument, shown, allowed)
    return array


def rate_grid(
    rate_min: float,
    rate_max: float,
    step: float,
    *,
    compatibility: Compatibility = None,
) -> Float[np.ndarray, " levels"]:
    """The marginal rates that a planner may choose from.

    Rates are `rate_min`, `rate_min + step`, ... up to `rate_max`. By default they are rounded to
    the decimals that were meant. With `compatibility="foundation"` they are floating sums
    as in the original framework, where the top rate gets lost when it rounds to above `rate_max`
    (steps of 0.1 up to 0.3 end at 0.2).

    Args:
        rate_min: lowest rate, in [0, 1].
        rate_max: highest rate, in [rate_min, 1].
        step: distance between rates, above 0.
        compatibility: None or "foundation".

    Returns:
        Rates in increasing order.

    Raises:
        ConfigurationError: for a value that is not allowed.
    """
    lowest = _is_number(rate_min) and 0 <= rate_min <= 1
    require(lowest, "rate_min", rate_min, "a rate between 0 and 1")
    highest = _is_number(rate_max) and rate_min <= rate_max <= 1
    require(highest, "rate_max", rate_max, f"a rate between rate_min = {rate_min} and 1")
    require(_is_number(step) and 0 < step <= 1, "step", step, "a rate above 0, at most 1")
    if compatibility == "foundation":
        rates = np.arange(rate_min, rate_max + step, step)
        return rates[rates <= rate_max]
    steps = int(np.floor((rate_max - rate_min) / step + _RATE_TOLERANCE))
    rates = np.round(rate_min + step * np.arange(steps + 1), 12)
    return np.minimum(rates, rate_max)


def allowed_rates(
    grid: Real[ArrayLike, " levels"],
    cap: Real[ArrayLike, ""],
    *,
    compatibility: Compatibility = None,
) -> Bool[Array, " levels"]:
    """Which rates of a grid a cap leaves to the planner.

    Args:
        grid: rates in increasing order.
        cap: highest rate that is allowed at present.
        compatibility: with "foundation" rates are compared as floating numbers, so that
            a rate of 0.15000000000000002 is above a cap of 0.15.

    Returns:
        Mask over the grid.
    """
    tolerance = 0.0 if compatibility == "foundation" else _RATE_TOLERANCE
    return as_float(grid) <= cap + tolerance
