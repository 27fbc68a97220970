"""Unemployment: it answers to changes of the restrictions, at once and for a long time."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

__all__ = [
    "MEMORY",
    "UnemploymentParams",
    "baseline_rate",
    "first_responses",
    "next_responses",
    "rate",
]

#: Days after which a change of the level is forgotten.
MEMORY = 600


class UnemploymentParams(eqx.Module):
    """Numbers of unemployment. It is a sum of five responses that decay exponentially.

    Attributes:
        time_constants: of the responses, days.
        weights: percentage points a level.
        factor: what the changes of the level are multiplied with in studies of sensitivity.
        bias: percent.
    """

    time_constants: Float[Array, "*batch k"]
    weights: Float[Array, "*batch k n"]
    factor: Float[Array, "*batch"]
    bias: Float[Array, "*batch n"]


def first_responses(
    params: UnemploymentParams, levels: Float[Array, "days n"]
) -> Float[Array, "k n"]:
    """Responses on the first day, to the changes of the levels up to it."""
    changes = levels[1:] - levels[:-1]
    age = jnp.arange(changes.shape[0] - 1, -1, -1, dtype=changes.dtype)
    decay = jnp.exp(-age[None, :] / params.time_constants[:, None])
    return jnp.matmul(decay, changes, precision=jax.lax.Precision.HIGHEST)


def next_responses(
    params: UnemploymentParams,
    responses: Float[Array, "k n"],
    change: Float[Array, " n"],
    leaving: Float[Array, " n"] | None,
) -> Float[Array, "k n"]:
    """Responses a day later. The recursion equals the sum over all days of the memory.

    Args:
        params: of unemployment.
        responses: of the day before.
        change: of the level today, which acts at once.
        leaving: change of the level as many days ago as the memory is long; None if there is none.
    """
    constants = params.time_constants[:, None]
    # What fades in a day is small: in single precision, hundreds of days add up better like this.
    responses = responses + (jnp.expm1(-1 / constants) * responses + change[None, :])
    if leaving is not None:
        responses = responses - jnp.exp(-MEMORY / constants) * leaving[None, :]
    return responses


def rate(
    params: UnemploymentParams, responses: Float[Array, "k n"], *, zero_based: bool
) -> Float[Array, " n"]:
    """Unemployment rate, percent.

    Args:
        params: of unemployment.
        responses: to all changes so far.
        zero_based: see `baseline_rate`.
    """
    weighted = params.factor * jnp.sum(params.weights * responses, axis=0)
    return params.bias + _excess(weighted, zero_based)


def baseline_rate(params: UnemploymentParams, *, zero_based: bool) -> Float[Array, " n"]:
    """Unemployment rate where the restrictions never changed, percent.

    Args:
        params: of unemployment.
        zero_based: no response means no excess over the bias. As published, it means one of
            ln 2 = 0.69 points.
    """
    return params.bias + _excess(jnp.zeros_like(params.bias), zero_based)


def _excess(weighted: Float[Array, " n"], zero_based: bool) -> Float[Array, " n"]:
    """Percentage points above the bias: both forms tend to `weighted` where it is large."""
    if zero_based:
        return weighted * jax.nn.sigmoid(weighted)
    # ln(1 + exp(z)) in a form that neither overflows nor loses its gradient.
    smooth = jnp.maximum(weighted, 0) + jnp.log1p(jnp.exp(-jnp.abs(weighted)))
    return jnp.where(weighted > 20, weighted, smooth)
