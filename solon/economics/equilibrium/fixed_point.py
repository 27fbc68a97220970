"""Fixed points by substitution, with a residual that is either small or said."""

import functools
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from ...errors import require, require_number, require_whole
from ._arguments import Numbers, not_converged, numbers

__all__ = ["find_fixed_point"]


def find_fixed_point(
    function: Callable[[jax.Array], jax.Array],
    start: Numbers,
    *,
    step: float = 1.0,
    tolerance: float = 1e-12,
    max_rounds: int = 10_000,
) -> Float[np.ndarray, "*shape"]:
    """Iterate `x + step * (f(x) - x)` in float64 until f moves x no more.

    It converges where the map is a contraction. A step below 1 tames maps that overshoot, such as
    firms that all answer to what the others did before.

    Args:
        function: f, of jax arrays, from a shape to the same shape.
        start: the first x.
        step: share of the way to f(x), above 0 and at most 1.
        tolerance: the largest `max |f(x) - x| / (1 + |x|)` that is an answer.
        max_rounds: how often f is tried.

    Raises:
        ConfigurationError: for arguments that are not allowed.
        NotConvergedError: if f still moves x after all rounds, or x has left all bounds.
    """
    step = require_number("step", step, low=0, high=1, above=True)
    tolerance = require_number("tolerance", tolerance, low=0, above=True)
    rounds = require_whole("max_rounds", max_rounds, low=1, high=10**9)
    first = numbers("start", start, None)
    with jax.enable_x64(True):
        shape = jax.eval_shape(function, jnp.asarray(first)).shape
        require(shape == first.shape, "function", shape, f"values in the shape {first.shape}")
        x, residual, count = _iterate(function, jnp.asarray(first), step, tolerance, rounds)
        if not residual <= tolerance:
            raise not_converged("the fixed point", int(count), float(residual), tolerance)
        return np.asarray(x)


@functools.partial(jax.jit, static_argnums=0)
def _iterate(function, start, step, tolerance, rounds):
    def unsettled(search):
        _, residual, count = search
        # A residual that is no number ends the search, too.
        return (residual > tolerance) & (count < rounds) & jnp.isfinite(residual)

    def closer(search):
        x, _, count = search
        move = function(x) - x
        residual = jnp.max(jnp.abs(move) / (1 + jnp.abs(x)))
        # What fits is returned as it was tried.
        return jnp.where(residual <= tolerance, x, x + step * move), residual, count + 1

    first = start, jnp.asarray(jnp.finfo(start.dtype).max), jnp.zeros((), int)
    return jax.lax.while_loop(unsettled, closer, first)
