"""What a problem of attention may consist of, and what is no answer to it."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...errors import ConfigurationError, NotConvergedError, require

__all__ = [
    "check_distribution",
    "check_finite",
    "check_numbers",
    "check_transition",
    "require_converged",
    "solve_batch",
]

# Probabilities that were written down to six digits add up to 1 that closely.
_ROUNDING = 1e-5


def check_finite(argument: str, value: Any, *, axes: int) -> np.ndarray:
    """An array of finite numbers in float64, with at least so many axes, none of them empty.

    Raises:
        ConfigurationError: if it is none.
    """
    try:
        array = np.asarray(value)
    except ValueError:
        raise ConfigurationError(argument, value, "an array, with rows of one length") from None
    number = np.issubdtype(array.dtype, np.integer) or np.issubdtype(array.dtype, np.floating)
    require(number, argument, value, "numbers")
    require(
        array.ndim >= axes and array.size > 0,
        argument,
        f"shape {array.shape}",
        f"at least {axes} axes, none of them empty" if axes else "a number",
    )
    array = array.astype(np.float64)
    return _all(argument, array, np.isfinite(array), "finite numbers")


def check_numbers(
    argument: str, value: Any, *, low: float, high: float = np.inf, above: bool = False
) -> np.ndarray:
    """Finite numbers from `low` to `high`, in float64; `low` itself is not allowed if `above`."""
    array = check_finite(argument, value, axes=0)
    fits = (array >= low) & (array <= high) & ~(above & (array == low))
    start = f"numbers above {low:g}" if above else f"numbers of at least {low:g}"
    return _all(argument, array, fits, start + ("" if high == np.inf else f" and at most {high:g}"))


def check_distribution(argument: str, value: Any) -> np.ndarray:
    """Probabilities that add up to 1 along the last axis, in float64, scaled to do so exactly."""
    array = check_finite(argument, value, axes=1)
    _all(argument, array, array >= 0, "probabilities that sum to 1")
    total = np.asarray(array.sum(axis=-1))
    _all(
        f"sum of {argument}",
        total,
        abs(total - 1) <= _ROUNDING,
        "1: probabilities along the last axis sum to 1",
    )
    return array / total[..., None]


def check_transition(argument: str, value: Any) -> np.ndarray:
    """A square matrix whose rows are distributions."""
    array = check_finite(argument, value, axes=2)
    square = array.ndim == 2 and array.shape[0] == array.shape[1]
    require(square, argument, f"shape {array.shape}", "a square matrix")
    return check_distribution(argument, array)


def solve_batch(solve: Callable[..., Any], **given: tuple[np.ndarray, int]) -> Any:
    """What a solver of batches finds, in float64 and in arrays of NumPy.

    Args:
        solve: takes arrays with one leading axis.
        **given: each argument, and how many axes are its own; those before them are broadcast.
    """
    leading = {name: each.shape[: each.ndim - own] for name, (each, own) in given.items()}
    try:
        batch = np.broadcast_shapes(*leading.values())
    except ValueError:
        *others, (name, shape) = leading.items()
        against = ", ".join(f"{key} {value}" for key, value in others)
        raise ConfigurationError(
            f"leading axes of {name}", shape, f"what broadcasts against those of {against}"
        ) from None
    flat = []
    for each, own in given.values():
        shape = each.shape[each.ndim - own :]
        flat.append(np.broadcast_to(each, batch + shape).reshape((-1, *shape)))
    with jax.enable_x64(True):
        found = jax.tree.map(np.asarray, solve(*map(jnp.asarray, flat)))
    return jax.tree.map(lambda each: each.reshape(batch + each.shape[1:]), found)


def require_converged(what: str, converged: Any, residual: Any, measure: str) -> None:
    """Raise `NotConvergedError` unless all of a batch converged."""
    converged, residual = np.atleast_1d(converged), np.atleast_1d(residual)
    if converged.all():
        return
    failed = np.flatnonzero(~converged.ravel())
    worst = residual.ravel()[failed].max()
    of = f" in {len(failed)} of {converged.size} problems" if converged.size > 1 else ""
    first = f" (the first is number {failed[0]})" if converged.size > 1 else ""
    raise NotConvergedError(f"{what} did not converge{of}{first}: {measure} is {worst:.3g}")


def _all(argument: str, array: np.ndarray, good: Any, allowed: str) -> np.ndarray:
    """The array, if all of it is good; the error names the first number that is not."""
    if not np.all(good):
        raise ConfigurationError(argument, float(array[~np.asarray(good)].ravel()[0]), allowed)
    return array
