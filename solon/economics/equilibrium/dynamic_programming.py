"""Dynamic programming over finitely many states and actions."""

import dataclasses
import math

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, Int

from ...errors import ConfigurationError, require, require_number, require_whole
from ._arguments import Numbers, not_converged, shares_of_one

__all__ = ["DecisionPlan", "value_iteration"]

# Values of a fixed policy are improved this often between two choices of a better one.
_EVALUATIONS = 20


@dataclasses.dataclass(frozen=True, eq=False)
class DecisionPlan:
    """What is best in each state.

    Attributes:
        value: expected discounted reward from each state on.
        action: the best action in each state.
        error_bound: how far `value` can be from the truth, in any state.
        rounds: how often a better policy was looked for.
    """

    value: Float[np.ndarray, " states"]
    action: Int[np.ndarray, " states"]
    error_bound: float
    rounds: int


def value_iteration(
    reward: Numbers,
    transition: Numbers,
    discount: float,
    *,
    tolerance: float = 1e-9,
    max_rounds: int = 10_000,
) -> DecisionPlan:
    """Solve a finite Markov decision problem by modified policy iteration, in float64.

    If a further round changes values by at most d, they are within `beta d / (1 - beta)` of the
    truth.

    Args:
        reward: states by actions; minus infinity where an action is not possible.
        transition: probabilities, states by actions by next states.
        discount: beta, at least 0 and below 1.
        tolerance: the largest `error_bound` that is an answer.
        max_rounds: how often a better policy is looked for.

    Raises:
        ConfigurationError: for arguments that are not allowed.
        NotConvergedError: if values have not settled after all rounds.

    Source:
        Puterman and Shin (1978), Modified policy iteration algorithms for discounted Markov
        decision problems, Management Science 24.
    """
    p = shares_of_one("transition", transition, (None, None, None))
    try:
        u = np.array(reward, float)
    except (TypeError, ValueError):
        raise ConfigurationError("reward", reward, "numbers, states by actions") from None
    require(u.shape == p.shape[:2], "reward", u.shape, f"the shape {p.shape[:2]}")
    require(p.shape[0] == p.shape[2], "transition", p.shape, "as many next states as states")
    require(not (np.isnan(u) | (u == math.inf)).any(), "reward", "nan or inf", "no nan and no inf")
    allowed = "at least one possible action in each state"
    require(bool(np.isfinite(u).any(1).all()), "reward", "a row of -inf", allowed)
    beta = require_number("discount", discount, low=0, high=math.nextafter(1, 0))
    tolerance = require_number("tolerance", tolerance, low=0, above=True)
    rounds = require_whole("max_rounds", max_rounds, low=1, high=10**9)
    with jax.enable_x64(True):
        change = tolerance * (1 - beta) / beta if beta > 0 else np.finfo(float).max
        value, action, moved, count = _solve(jnp.asarray(u), jnp.asarray(p), beta, change, rounds)
        bound = float(moved) * beta / (1 - beta)
        if not bound <= tolerance:
            raise not_converged("value iteration", int(count), bound, tolerance)
        return DecisionPlan(np.asarray(value), np.asarray(action), bound, int(count))


@jax.jit
def _solve(reward, transition, beta, change, rounds):
    states = jnp.arange(reward.shape[0])

    def worth(value):
        return reward + beta * jnp.einsum("san,n->sa", transition, value)

    def unsettled(search):
        _, _, moved, count = search
        return (moved > change) & (count < rounds)

    def better(search):
        value, _, _, count = search
        options = worth(value)
        action = jnp.argmax(options, axis=1)
        best = jnp.max(options, axis=1)
        flow, law = reward[states, action], transition[states, action]
        improved = jax.lax.fori_loop(0, _EVALUATIONS, lambda _, v: flow + beta * law @ v, best)
        moved = jnp.max(jnp.abs(best - value))
        # The bound is that of `best`: what settles is returned without further improvement.
        return jnp.where(moved <= change, best, improved), action, moved, count + 1

    start = jnp.zeros(reward.shape[0]), jnp.zeros(reward.shape[0], int), jnp.asarray(jnp.inf), 0
    return jax.lax.while_loop(unsettled, better, start)
