"""Tracking a Gaussian target when attention costs so much a nat.

A state follows x_t = A x_(t-1) + Q e_t with standard normal shocks e_t. Someone picks actions a_t,
and before that what to learn of the state, so as to minimize

    sum_t beta^t (E |a_t - H' x_t|^2 + lambda I_t)

with I_t for the nats that are learned in period t. The best actions are the mean of H' x_t, and
what remains to be chosen is the covariance of beliefs P_t, which is at most that before anything is
learned, S_t = A P_(t-1) A' + Q Q'. With W for what a smaller P saves now and later, R R' = S and
U D U' = R' W R, the best choice is reverse water-filling,

    P = R U min(1, (lambda / 2) / D) U' R':

whatever is worth more than it costs is learned, down to where it is worth what it costs. And from
one period to the next

    W = H H' + beta A' (W - W R U max(D - lambda / 2, 0) D^(-2) U' R' W) A.

The steady state is found by repeating both. R is carried from step to step by a QR decomposition:
no covariance is inverted, and states that are known exactly are allowed. The problem is convex, so
that what does not change from step to step is the optimum.

References:
    Afrouzi and Yang (2021), "Dynamic rational inattention and the Phillips curve", CESifo Working
    Paper 8840: the equations above. Their cost omega is lambda / 2.
    Sims (2003), "Implications of rational inattention", Journal of Monetary Economics 50.
    Cover and Thomas (2006), Elements of Information Theory, section 10.3.3: reverse water-filling.
"""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from ...errors import require
from ._checks import check_finite, check_numbers, require_converged, solve_batch

__all__ = [
    "Target",
    "Tracking",
    "impulse_responses",
    "solve_static_tracking",
    "solve_tracking",
    "tracking",
]

_STEPS = 5000
# On the change from step to step, relative to the largest number, by the bytes of a number.
_TOLERANCE = {4: 1e-5, 8: 1e-10}
_UNIT = 1 + 1e-9


class Target(NamedTuple):
    """What is tracked: H' x_t, where x_t = A x_(t-1) + Q e_t.

    Attributes:
        transition: A, (n, n).
        shocks: Q, (n, shocks), what a shock of one standard deviation does to the state.
        loading: H, (n, targets), how each target depends on the state.
    """

    transition: Any
    shocks: Any
    loading: Any


class Tracking(eqx.Module):
    """What someone learns about a target, period by period, in the steady state.

    Attributes:
        posterior: P, covariance of the state given what has been learned.
        prior: S, the same before this period's signals.
        worth: W, loss now and later from a larger P.
        gain: how the mean belief moves: by `gain` times what the state is beyond what was expected.
        signals: what can be learned, one linear form of the state a column, most worth first, each
            scaled to a prior variance of 1. Only those with a precision above 0 are learned.
        precision: of each signal: prior variance over the variance of its noise.
        information: nats a period.
        loss: E |a - H' x|^2 a period.
        cost: lambda, loss a nat.
        residual: relative change in the last step.
        converged: whether that is within the tolerance.
        steps: how many were taken.
    """

    posterior: Float[Array, "*batch n n"]
    prior: Float[Array, "*batch n n"]
    worth: Float[Array, "*batch n n"]
    gain: Float[Array, "*batch n n"]
    signals: Float[Array, "*batch n n"]
    precision: Float[Array, "*batch n"]
    information: Float[Array, "*batch"]
    loss: Float[Array, "*batch"]
    cost: Float[Array, "*batch"]
    residual: Float[Array, "*batch"]
    converged: Bool[Array, "*batch"]
    steps: Int[Array, "*batch"]


class Learned(NamedTuple):
    """What is learned in a period: R U, R'WR's eigenvalues, the share of variance left of each."""

    directions: Float[Array, "n n"]
    values: Float[Array, " n"]
    left: Float[Array, " n"]
    level: Float[Array, ""]
    signals: Float[Array, "n n"]


def learn(root, worth, level, information=None):
    """Reverse water-filling down to a level, or for so many nats."""
    values, basis = jnp.linalg.eigh(root.T @ worth @ root)
    values, basis = jnp.maximum(values[::-1], 0.0), basis[:, ::-1]
    if information is not None:
        level = _level(values, information)
    directions = root @ basis
    left = jnp.where(values > level, level / jnp.where(values > 0, values, 1.0), 1.0)
    # The inverse of R' U, without inverting it, for those that can be learned.
    floor = jnp.finfo(values.dtype).eps * values[0]
    signals = worth @ directions / jnp.where(values > floor, values, jnp.inf)[None]
    return Learned(directions, values, left, level, signals)


def _level(values, information):
    """Where sum max(0, ln(value / level)) / 2 is the information; values are in falling order."""
    count = jnp.arange(1, len(values) + 1, dtype=values.dtype)
    logs = jnp.log(jnp.maximum(values, jnp.finfo(values.dtype).tiny))
    levels = (jnp.cumsum(logs) - 2 * information) / count
    # With the first k above the level, it is below the k-th of them.
    return jnp.exp(levels[jnp.sum(levels <= logs) - 1])


def gain(learned):
    """How the mean belief moves with what is news in the state."""
    return (learned.directions * (1 - learned.left)[None]) @ learned.signals.T


def next_period(target, discount, learned, worth):
    """The root of the next prior, and the worth of a belief in the period before."""
    known = learned.directions * jnp.sqrt(learned.left)[None]
    stacked = jnp.concatenate([(target.transition @ known).T, target.shocks.T])
    root = jnp.linalg.qr(stacked, mode="r").T
    used = (1 - learned.left) * learned.values
    saved = worth - (learned.signals * used[None]) @ learned.signals.T
    ahead = target.transition.T @ saved @ target.transition
    return root, target.loading @ target.loading.T + discount * (ahead + ahead.T) / 2


def first_root(target):
    """Where steps begin: the state of the period before is known up to a variance of 1."""
    stacked = jnp.concatenate([target.transition.T, target.shocks.T])
    return jnp.linalg.qr(stacked, mode="r").T


def change(new, old):
    """The largest difference, relative to the largest number."""
    return jnp.max(jnp.abs(new - old)) / jnp.max(jnp.abs(new))


def described(target, learned, worth, residual, tolerance, steps):
    """The solution, from what is learned in its last step."""
    directions, left = learned.directions, learned.left
    posterior = (directions * left[None]) @ directions.T
    return Tracking(
        posterior=posterior,
        prior=directions @ directions.T,
        worth=worth,
        gain=gain(learned),
        signals=learned.signals,
        precision=1 / left - 1,
        information=-0.5 * jnp.sum(jnp.log(left)),
        loss=jnp.trace(target.loading.T @ posterior @ target.loading),
        cost=2 * learned.level,
        residual=residual,
        converged=residual <= tolerance,
        steps=steps,
    )


def tracking(
    target: Target,
    cost: Float[Array, ""] | None,
    discount: Float[Array, ""],
    *,
    information: Float[Array, ""] | None = None,
    tolerance: float | None = None,
) -> Tracking:
    """The steady state, for use under `jit` and `vmap`; nothing is checked but `converged`.

    Args:
        target: what is tracked.
        cost: lambda, loss a nat, above 0.
        discount: beta, from 0 to 1.
        information: nats a period that are learned, instead of a cost of them.
        tolerance: on the relative change in a step; 1e-10 in float64 and 1e-5 in float32 unless
            given.
    """
    dtype = target.transition.dtype
    if tolerance is None:
        tolerance = _TOLERANCE[dtype.itemsize]
    level = jnp.zeros((), dtype) if cost is None else cost / 2

    def unfinished(carry):
        *_, residual, steps = carry
        return (residual > tolerance) & (steps < _STEPS)

    def step(carry):
        root, worth, _, steps = carry
        new = next_period(target, discount, learn(root, worth, level, information), worth)
        residual = change(new[0] @ new[0].T, root @ root.T) + change(new[1], worth)
        return *new, residual, steps + 1

    now = target.loading @ target.loading.T
    carry = first_root(target), now, jnp.full((), jnp.inf, dtype), jnp.zeros((), int)
    root, worth, residual, steps = jax.lax.while_loop(unfinished, step, carry)
    learned = learn(root, worth, level, information)
    return described(target, learned, worth, residual, tolerance, steps)


_by_cost = jax.jit(jax.vmap(lambda a, q, h, cost, beta: tracking(Target(a, q, h), cost, beta)))
_by_information = jax.jit(
    jax.vmap(lambda a, q, h, i, beta: tracking(Target(a, q, h), None, beta, information=i))
)


def solve_tracking(
    target: Target, *, cost: Any = None, information: Any = None, discount: Any = 1.0
) -> Tracking:
    """The steady state, checked and in float64.

    Leading axes of all arguments are a batch, and are broadcast against each other.

    Args:
        target: what is tracked.
        cost: lambda, loss a nat, above 0.
        information: nats a period, instead of a cost.
        discount: beta, from 0 to 1: how much less the next period counts.

    Returns:
        The solution, in arrays of NumPy.

    Raises:
        ConfigurationError: for a value that is not allowed, shapes that do not fit, a state that
            explodes, and if not exactly one of `cost` and `information` is given.
        NotConvergedError: if the solution still changes by more than 1e-10 after 5,000 steps, as it
            does if a state without a mean is no part of the target.
    """
    target = check_target(target)
    given = "both" if cost is not None and information is not None else "neither"
    one = (cost is None) != (information is None)
    require(one, "cost and information", given, "one of the two")
    if cost is not None:
        solve, price = _by_cost, check_numbers("cost", cost, low=0, above=True)
    else:
        solve, price = _by_information, check_numbers("information", information, low=0)
    discount = check_numbers("discount", discount, low=0, high=1)
    found = solve_batch(
        solve,
        transition=(target.transition, 2),
        shocks=(target.shocks, 2),
        loading=(target.loading, 2),
        price=(price, 0),
        discount=(discount, 0),
    )
    require_converged("tracking", found.converged, found.residual, "the change in a step")
    return found


def solve_static_tracking(
    covariance: Any, loading: Any, *, cost: Any = None, information: Any = None
) -> Tracking:
    """What to learn once of a Gaussian state: reverse water-filling.

    Args:
        covariance: of the state before anything is learned, (*batch, n, n).
        loading: H, (*batch, n, targets), how each target depends on the state.
        cost: lambda, loss a nat, above 0.
        information: nats, instead of a cost.

    Returns:
        The solution; its prior is the covariance.

    Raises:
        ConfigurationError: as `solve_tracking`, and for what is no covariance.
    """
    covariance = check_finite("covariance", covariance, axes=2)
    require(
        covariance.shape[-1] == covariance.shape[-2],
        "shape of covariance",
        covariance.shape,
        "a square matrix",
    )
    flipped = np.swapaxes(covariance, -1, -2)
    require(np.allclose(covariance, flipped), "covariance", covariance, "a symmetric matrix")
    values, basis = np.linalg.eigh(covariance)
    least = float(values.min())
    require(bool(least >= -1e-9 * values.max()), "eigenvalue of covariance", least, "at least 0")
    root = basis * np.sqrt(np.maximum(values, 0.0))[..., None, :]
    target = Target(np.zeros_like(covariance), root, loading)
    return solve_tracking(target, cost=cost, information=information, discount=0.0)


def check_target(target: Target) -> Target:
    """A target in float64.

    Raises:
        ConfigurationError: if shapes do not fit or the state explodes.
    """
    transition = check_finite("transition", target.transition, axes=2)
    shocks = check_finite("shocks", target.shocks, axes=2)
    loading = check_finite("loading", target.loading, axes=2)
    n = transition.shape[-1]
    require(transition.shape[-2] == n, "shape of transition", transition.shape, "a square matrix")
    for name, each in (("shocks", shocks), ("loading", loading)):
        require(each.shape[-2] == n, f"rows of {name}", each.shape[-2], f"{n}, one a state")
    largest = float(np.abs(np.linalg.eigvals(transition)).max())
    require(
        largest <= _UNIT,
        "largest eigenvalue of transition",
        largest,
        "at most 1: the state must not explode",
    )
    return Target(transition, shocks, loading)


def impulse_responses(
    target: Target, found: Tracking, periods: int
) -> tuple[
    Float[np.ndarray, "periods targets shocks"], Float[np.ndarray, "periods targets shocks"]
]:
    """What a shock of one standard deviation does to the target, and to the mean action.

    Args:
        target: what is tracked.
        found: how, of one problem.
        periods: how many, the first that of the shock.
    """
    target = check_target(target)
    state, belief = target.shocks, np.asarray(found.gain) @ target.shocks
    targets, actions = [], []
    for _ in range(periods):
        targets.append(target.loading.T @ state)
        actions.append(target.loading.T @ belief)
        state, expected = target.transition @ state, target.transition @ belief
        belief = expected + np.asarray(found.gain) @ (state - expected)
    return np.stack(targets), np.stack(actions)
