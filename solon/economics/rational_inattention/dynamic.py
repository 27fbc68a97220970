"""Choice over several periods when attention to a changing state costs so much a nat.

A state follows a Markov chain. In period t someone knows the own actions so far, and picks how
often to take which action in which state, P_t(a | actions so far, w), so as to maximize

    E sum_t beta^t (u_t(a_t, w_t) - lambda I_t)

with I_t for the nats that the action of period t tells of the states so far, given the actions
before. What was learned is in the actions: someone who looked closely once repeats the action until
it is worth looking again. With q_t(a | actions so far) for how often an action then is taken in
all, the best choice is a logit whose payoffs have the future in them,

    P_t(a | past, w)  proportional to  q_t(a | past) exp(V_t(past, a, w) / lambda),
    V_t(past, a, w) = u_t(a, w) + beta E[lambda ln sum_b q_(t+1)(b | past, a)
                                          exp(V_(t+1)(past, a, b, w') / lambda)],

where lambda counts in units of the period. Given the rest, each q_t(. | past) solves a static
problem of `shannon_choice`; a round solves all of them, last period first.

The value is concave in how often each whole sequence of actions is taken. As in the static problem,
no sequence may be worth more than 1 in the best of them; how much more one is worth bounds what is
lost.

References:
    Steiner, Stewart and Matejka (2017), "Rational inattention dynamics: inertia and delay in
    decision-making", Econometrica 85.
"""

import functools
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import logsumexp
from jaxtyping import Array, Bool, Float, Int

from ...errors import require, require_whole
from ._checks import (
    check_distribution,
    check_finite,
    check_numbers,
    check_transition,
    require_converged,
    solve_batch,
)
from .shannon import shannon_choice

__all__ = ["DynamicChoice", "dynamic_choice", "solve_dynamic_choice"]

_ROUNDS = 500
_TOLERANCE = {4: 1e-5, 8: 1e-11}
# Sequences of actions: all of them are in memory.
_MOST = 2**16


class DynamicChoice(eqx.Module):
    """The best choices over several periods when attention costs so much a nat.

    Arrays of period t have t axes for the actions so far, each as long as there are actions.

    Attributes:
        frequency: of each period, q_t(a | past), how often an action is then taken in all.
        choice: of each period, P_t(a | past, w), (*past, actions, states).
        reached: of each period, how often each past comes about.
        information: nats of each period.
        utility: of each period, mean payoff before the cost of attention.
        value: discounted sum of mean payoffs less the cost of attention.
        gap: by how much `value` is at most below the maximum.
        converged: whether the gap is within the tolerance.
        rounds: of solving all static problems.
    """

    frequency: tuple[Float[Array, "..."], ...]
    choice: tuple[Float[Array, "..."], ...]
    reached: tuple[Float[Array, "..."], ...]
    information: Float[Array, "*batch periods"]
    utility: Float[Array, "*batch periods"]
    value: Float[Array, "*batch"]
    gap: Float[Array, "*batch"]
    converged: Bool[Array, "*batch"]
    rounds: Int[Array, "*batch"]


def _continuation(frequency, payoffs, log_normalizer, transition, cost, discount):
    """V_t, (pasts, actions, states), from ln of the normalizer of the next period."""
    pasts, actions = frequency.shape
    if log_normalizer is None:
        return jnp.broadcast_to(payoffs[None], (pasts, *payoffs.shape))
    ahead = discount * cost * log_normalizer @ transition.T
    return payoffs[None] + ahead.reshape(pasts, actions, -1)


def _log_normalizer(frequency, worth, cost):
    return logsumexp(worth / cost, b=frequency[:, :, None], axis=1)


def _log_weights(log_prior, log_transition, ratios):
    """ln of how likely each past with each state is, over how often that past is chosen.

    It does not depend on the own frequencies, so that it is known of pasts that never are.
    """
    log_weights = [log_prior[None]]
    for ratio in ratios:
        joint = log_weights[-1][:, None] + ratio
        flat = joint.reshape(-1, joint.shape[-1])
        log_weights.append(logsumexp(flat[:, :, None] + log_transition[None], axis=1))
    return log_weights


def dynamic_choice(
    payoffs: Float[Array, "periods actions states"],
    transition: Float[Array, "states states"],
    prior: Float[Array, " states"],
    cost: Float[Array, ""],
    discount: Float[Array, ""],
    *,
    tolerance: float | None = None,
) -> DynamicChoice:
    """The best choices, for use under `jit` and `vmap`; nothing is checked but `converged`.

    Args:
        payoffs: u_t(a, w) of each period.
        transition: how likely each state is after each, (from, to).
        prior: of the first state.
        cost: lambda, payoff a nat, above 0.
        discount: beta, from 0 to 1; of payoffs and costs.
        tolerance: on the gap, relative to the discounted sum of the ranges of payoffs; 1e-11 in
            float64 and 1e-5 in float32 unless given.
    """
    periods, actions, states = payoffs.shape
    dtype = payoffs.dtype
    if tolerance is None:
        tolerance = _TOLERANCE[dtype.itemsize]
    log_prior, log_transition = jnp.log(prior), jnp.log(transition)
    discounts = discount ** jnp.arange(periods, dtype=dtype)
    scale = discounts @ jnp.max(jnp.max(payoffs, axis=1) - jnp.min(payoffs, axis=1), axis=1)
    # How much each length of a sequence counts in the bound.
    shares = discounts * jnp.append(jnp.full(periods - 1, 1 - discount), 1.0)

    def ahead(frequency, t, log_normalizer):
        return _continuation(frequency, payoffs[t], log_normalizer, transition, cost, discount)

    def evaluated(frequencies):
        """Value, gap, ln of P / q and ln of weights, of these frequencies."""
        log_normalizer: Any = None
        ratios = [jnp.zeros(())] * periods
        for t in reversed(range(periods)):
            worth = ahead(frequencies[t], t, log_normalizer)
            log_normalizer = _log_normalizer(frequencies[t], worth, cost)
            ratios[t] = worth / cost - log_normalizer[:, None]
        value = cost * log_normalizer[0] @ prior
        log_weights = _log_weights(log_prior, log_transition, ratios)
        excess = jnp.zeros(1, dtype)
        for t in range(periods):
            worth = jnp.exp(logsumexp(log_weights[t + 1], axis=1))
            excess = jnp.repeat(excess, actions) + shares[t] * (worth - 1)
        return value, cost * jnp.maximum(jnp.max(excess), 0.0), ratios, log_weights

    def better(log_weights):
        """Solve every static problem, last period first, given what comes before it."""
        log_normalizer: Any = None
        frequencies = [jnp.zeros(())] * periods
        for t in reversed(range(periods)):
            # Only the shape of the frequencies is asked for.
            worth = ahead(jnp.zeros((actions**t, actions)), t, log_normalizer)
            belief = jax.nn.softmax(log_weights[t], axis=1)
            solve = functools.partial(shannon_choice, cost=cost)
            frequencies[t] = jax.vmap(solve)(worth, belief).marginal
            log_normalizer = _log_normalizer(frequencies[t], worth, cost)
        return frequencies

    def unfinished(carry):
        *_, gap, rounds = carry
        return (gap > tolerance * scale) & (rounds < _ROUNDS)

    def again(carry):
        _, log_weights, _, rounds = carry
        frequencies = better(log_weights)
        _, gap, _, log_weights = evaluated(frequencies)
        return frequencies, log_weights, gap, rounds + 1

    frequencies = [jnp.full((actions**t, actions), 1 / actions, dtype) for t in range(periods)]
    _, gap, _, log_weights = evaluated(frequencies)
    carry = frequencies, log_weights, gap, jnp.zeros((), int)
    frequencies, _, gap, rounds = jax.lax.while_loop(unfinished, again, carry)
    value, gap, ratios, log_weights = evaluated(frequencies)

    choices, reached, information, utility = [], [jnp.ones(1, dtype)], [], []
    for t in range(periods):
        past = (actions,) * t
        choice = frequencies[t][:, :, None] * jnp.exp(ratios[t])
        joint = reached[t][:, None] * jnp.exp(log_weights[t])
        nats = jnp.sum(jnp.where(choice > 0, choice * ratios[t], 0.0), axis=1)
        information.append(jnp.maximum(jnp.sum(joint * nats), 0.0))
        utility.append(jnp.sum(joint * jnp.sum(choice * payoffs[t][None], axis=1)))
        choices.append(choice.reshape(*past, actions, states))
        reached.append((reached[t][:, None] * frequencies[t]).ravel())
    return DynamicChoice(
        frequency=tuple(each.reshape((actions,) * (t + 1)) for t, each in enumerate(frequencies)),
        choice=tuple(choices),
        reached=tuple(each.reshape((actions,) * t) for t, each in enumerate(reached[:-1])),
        information=jnp.stack(information),
        utility=jnp.stack(utility),
        value=value,
        gap=gap,
        converged=gap <= tolerance * scale,
        rounds=rounds,
    )


_solve = jax.jit(jax.vmap(dynamic_choice))


def solve_dynamic_choice(
    payoffs: Any,
    transition: Any,
    prior: Any,
    cost: Any,
    *,
    periods: int | None = None,
    discount: Any = 1.0,
) -> DynamicChoice:
    """The best choices over several periods, checked and in float64.

    Leading axes of `cost` and `discount` are a batch.

    Args:
        payoffs: u(a, w) of all periods, (actions, states), or of each, (periods, actions, states).
        transition: how likely each state is after each, (from, to), rows sum to 1.
        prior: of the first state, sums to 1.
        cost: lambda, payoff a nat, above 0.
        periods: how many, where payoffs do not say it.
        discount: beta, from 0 to 1; of payoffs and costs.

    Returns:
        The solution, in arrays of NumPy.

    Raises:
        ConfigurationError: for a value that is not allowed, shapes that do not fit, and more than
            65,536 sequences of actions.
        NotConvergedError: if the gap is above 1e-11 of the range of payoffs after 500 rounds.
    """
    payoffs = check_finite("payoffs", payoffs, axes=2)
    require(payoffs.ndim <= 3, "axes of payoffs", payoffs.ndim, "2, or 3 with periods")
    if payoffs.ndim == 2:
        periods = require_whole("periods", periods, low=1, high=100)
        payoffs = np.broadcast_to(payoffs, (periods, *payoffs.shape))
    else:
        same = periods is None or periods == len(payoffs)
        require(same, "periods", periods, f"{len(payoffs)}, as many as payoffs have, or none")
    _, actions, states = payoffs.shape
    sequences = actions ** len(payoffs)
    require(sequences <= _MOST, "sequences of actions", sequences, f"at most {_MOST}")
    transition = check_transition("transition", transition)
    prior = check_distribution("prior", prior)
    for name, each in (("transition", transition), ("prior", prior)):
        fits = each.shape[-1] == states and each.ndim == (2 if name == "transition" else 1)
        require(fits, f"shape of {name}", each.shape, f"{states} states, as payoffs have")
    found = solve_batch(
        _solve,
        payoffs=(payoffs, 3),
        transition=(transition, 2),
        prior=(prior, 1),
        cost=(check_numbers("cost", cost, low=0, above=True), 0),
        discount=(check_numbers("discount", discount, low=0, high=1), 0),
    )
    require_converged("the choices", found.converged, found.gap, "the gap")
    return found
