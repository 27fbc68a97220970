"""A target that depends on what everybody does: firms that track prices that others set.

Everybody tracks

    target_t = sum_j c_j' e_(t-j) + alpha (mean action)_t,

and nobody sees the shocks e for free. In equilibrium the target is a moving average of shocks whose
weights H are such that the mean of what is then done leads to them. The state is the history of
shocks over some lags; a shock whose effects last is in it as the sum of all so far, so that the
weights on its lags die out. With x^ = X x for the mean belief as a function of that history,

    H = c + alpha X' H.

A step takes H from this equation, with what is learned held, and then one step of `tracking`.

References:
    Mackowiak and Wiederholt (2009), "Optimal sticky prices under rational inattention", American
    Economic Review 99.
    Afrouzi and Yang (2021), "Dynamic rational inattention and the Phillips curve", CESifo Working
    Paper 8840.
    Woodford (2003), "Imperfect common knowledge and the effects of monetary policy".
"""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, ArrayLike, Float

from ...errors import require
from ._checks import check_finite, check_numbers, require_converged, solve_batch
from .tracking import (
    Target,
    Tracking,
    change,
    described,
    first_root,
    gain,
    learn,
    next_period,
)

__all__ = ["FeedbackTracking", "feedback_tracking", "shock_history", "solve_feedback_tracking"]

_STEPS = 5000
_TOLERANCE = {4: 1e-4, 8: 1e-9}


class FeedbackTracking(eqx.Module):
    """An equilibrium of those who track what depends on all of them.

    Attributes:
        target: H, the weight of the target on each entry of the history of shocks.
        mean_action: the same of the mean action.
        tracking: what is learned; its residual is that of the equilibrium.
    """

    target: Float[Array, "*batch n"]
    mean_action: Float[Array, "*batch n"]
    tracking: Tracking


def shock_history(
    deviations: Float[ArrayLike, " shocks"], lasting: Float[ArrayLike, " shocks"], lags: int
) -> tuple[Float[Array, "n n"], Float[Array, "n shocks"]]:
    """Transition and shocks of a state that is the history of shocks: newest first, by lag.

    Args:
        deviations: standard deviation of each shock.
        lasting: 1 for those that are in the state as the sum of all so far, else 0.
        lags: how many periods are kept, that of the shock included.
    """
    deviations, lasting = jnp.asarray(deviations), jnp.asarray(lasting)
    shocks = len(deviations)
    n = shocks * lags
    new = jnp.eye(n, shocks)
    transition = jnp.eye(n, k=-shocks) + (new * lasting[None]) @ new.T
    return transition, new * deviations[None]


def _mean_belief(gain, transition, shocks):
    """X, so that the mean belief is X x: the sum of ((1 - G) A)^j G L^j, with L a lag of x."""
    n = len(gain)
    total, power, lag = gain, transition - gain @ transition, shocks
    while lag < n:
        lagged = jnp.pad(total, ((0, 0), (lag, 0)))[:, :n]
        total, power, lag = total + power @ lagged, power @ power, 2 * lag
    return total


def feedback_tracking(
    fundamental: Float[Array, "lags shocks"],
    complementarity: Float[Array, ""],
    deviations: Float[Array, " shocks"],
    lasting: Float[Array, " shocks"],
    cost: Float[Array, ""],
    discount: Float[Array, ""],
    *,
    tolerance: float | None = None,
) -> FeedbackTracking:
    """The equilibrium, for use under `jit` and `vmap`; nothing is checked but `converged`.

    Where there are several, it is the one that is reached from full information.

    Args:
        fundamental: c, the weight of the target on each shock by lag; of a lasting shock on the
            sum of all so far.
        complementarity: alpha, the weight on the mean action, below 1.
        deviations: standard deviation of each shock.
        lasting: 1 for shocks that are in the history as the sum of all so far, else 0.
        cost: lambda, loss a nat, above 0.
        discount: beta, from 0 to 1.
        tolerance: on the relative change in a step; 1e-9 in float64 and 1e-4 in float32 unless
            given.
    """
    lags, shocks = fundamental.shape
    constant, dtype = fundamental.ravel(), fundamental.dtype
    if tolerance is None:
        tolerance = _TOLERANCE[dtype.itemsize]
    transition, impact = shock_history(deviations, lasting, lags)
    identity = jnp.eye(lags * shocks, dtype=dtype)

    def tracked(weights):
        return Target(transition, impact, weights[:, None])

    def unfinished(carry):
        *_, residual, steps = carry
        return (residual > tolerance) & (steps < _STEPS)

    def step(carry):
        root, worth, weights, _, steps = carry
        learned = learn(root, worth, cost / 2)
        belief = _mean_belief(gain(learned), transition, shocks)
        new = jnp.linalg.solve(identity - complementarity * belief.T, constant)
        root_next, worth_next = next_period(tracked(new), discount, learned, worth)
        residual = change(root_next @ root_next.T, root @ root.T)
        residual += change(worth_next, worth) + change(new, weights)
        return root_next, worth_next, new, residual, steps + 1

    # With full information everybody does what depends on the fundamental alone.
    full = constant / (1 - complementarity)
    begin = first_root(tracked(full)), jnp.outer(full, full), full
    carry = *begin, jnp.full((), jnp.inf, dtype), jnp.zeros((), int)
    root, worth, weights, residual, steps = jax.lax.while_loop(unfinished, step, carry)
    learned = learn(root, worth, cost / 2)
    mean_action = _mean_belief(gain(learned), transition, shocks).T @ weights
    solution = described(tracked(weights), learned, worth, residual, tolerance, steps)
    return FeedbackTracking(weights, mean_action, solution)


_solve = jax.jit(jax.vmap(feedback_tracking))


def solve_feedback_tracking(
    fundamental: Any,
    complementarity: Any,
    *,
    deviations: Any,
    cost: Any,
    discount: Any = 1.0,
    lasting: Any = False,
) -> FeedbackTracking:
    """The equilibrium, checked and in float64.

    Leading axes of all arguments are a batch, and are broadcast against each other.

    Args:
        fundamental: c, (*batch, lags, shocks), see `feedback_tracking`. What has not died out at
            the last lag is cut off.
        complementarity: alpha, the weight on the mean action, of at least -1 and below 1.
        deviations: (*batch, shocks), standard deviation of each shock, above 0.
        cost: lambda, loss a nat, above 0.
        discount: beta, from 0 to 1.
        lasting: whether each shock is in the history as the sum of all so far; one answer for all,
            or (shocks,).

    Returns:
        The equilibrium, in arrays of NumPy.

    Raises:
        ConfigurationError: for a value that is not allowed, and shapes that do not fit.
        NotConvergedError: if the solution still changes by more than 1e-9 after 5,000 steps.
    """
    fundamental = check_finite("fundamental", fundamental, axes=2)
    shocks = fundamental.shape[-1]
    complementarity = check_numbers("complementarity", complementarity, low=-1, high=1)
    below = bool((complementarity < 1).all())
    require(below, "complementarity", float(complementarity.max()), "numbers below 1")
    deviations = np.atleast_1d(check_numbers("deviations", deviations, low=0, above=True))
    require(deviations.shape[-1] == shocks, "deviations", deviations, f"{shocks}, one a shock")
    lasting = np.asarray(lasting, dtype=float)
    require(lasting.shape in ((), (shocks,)), "lasting", lasting, f"one answer or {shocks}")
    found = solve_batch(
        _solve,
        fundamental=(fundamental, 2),
        complementarity=(complementarity, 0),
        deviations=(deviations, 1),
        lasting=(np.broadcast_to(lasting, (shocks,)), 1),
        cost=(check_numbers("cost", cost, low=0, above=True), 0),
        discount=(check_numbers("discount", discount, low=0, high=1), 0),
    )
    solved = found.tracking
    require_converged("the equilibrium", solved.converged, solved.residual, "the change in a step")
    return found
