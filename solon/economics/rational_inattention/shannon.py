"""Choice between a few actions when attention to the state costs so much a nat.

Someone with the prior mu over states picks how often to take which action in which state,
P(a | w), so as to maximize

    sum_w mu(w) sum_a P(a | w) u(a, w) - lambda I(a; w).

With p(a) for how often an action is taken in all, the best choice is a logit with p for its
weights: P(a | w) is proportional to p(a) exp(u(a, w) / lambda), and p maximizes the concave

    V(p) = lambda sum_w mu(w) ln sum_a p(a) exp(u(a, w) / lambda).

It is the best p if and only if no action is worth more than 1 of

    s(a) = sum_w mu(w) exp(u(a, w) / lambda) / sum_b p(b) exp(u(b, w) / lambda),

and those that are taken at all, the consideration set, are worth exactly 1. Whatever p is, V(p)
is below its maximum by at most lambda ln max_a s(a): that is the gap of a solution.

References:
    Matejka and McKay (2015), "Rational inattention to discrete choices: a new foundation for the
    multinomial logit model", American Economic Review 105.
    Caplin, Dean and Leahy (2019), "Rational inattention, optimal consideration sets, and stochastic
    choice", Review of Economic Studies 86.
    Blahut (1972), "Computation of channel capacity and rate-distortion functions", and Arimoto
    (1972), both IEEE Transactions on Information Theory 18: the iteration and the bound.
"""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.scipy.linalg import cho_solve
from jaxtyping import Array, Bool, Float, Int

from ...errors import require
from ._checks import (
    check_distribution,
    check_finite,
    check_numbers,
    require_converged,
    solve_batch,
)

__all__ = ["ShannonChoice", "blahut_arimoto", "shannon_choice", "solve_shannon_choice"]

# Steps of Newton's method at most, and from where the gap is small enough on: the gap goes with the
# square of what is wrong with the probabilities.
_STEPS, _MORE = 80, 4
# Relative to the range of payoffs, by the bytes of a number.
_TOLERANCE = {4: 1e-5, 8: 1e-11}
# Of the way to where a probability would be 0.
_REACH = 0.995


class ShannonChoice(eqx.Module):
    """The best choice between actions when attention costs so much a nat.

    Attributes:
        marginal: p(a), how often each action is taken in all; exactly 0 outside the consideration
            set.
        choice: P(a | w), how often in each state.
        considered: which actions are ever taken.
        information: I(a; w) in nats.
        utility: mean payoff before the cost of attention.
        value: mean payoff less the cost of attention.
        gap: by how much `value` is at most below the maximum, in units of payoff.
        converged: whether the gap is within the tolerance.
        steps: of Newton's method.
    """

    marginal: Float[Array, "*batch actions"]
    choice: Float[Array, "*batch actions states"]
    considered: Bool[Array, "*batch actions"]
    information: Float[Array, "*batch"]
    utility: Float[Array, "*batch"]
    value: Float[Array, "*batch"]
    gap: Float[Array, "*batch"]
    converged: Bool[Array, "*batch"]
    steps: Int[Array, "*batch"]


class _Problem(NamedTuple):
    """Payoffs over the cost, less the best of each state, so that the exponential is at most 1."""

    best: Float[Array, " states"]
    log_weight: Float[Array, "actions states"]
    weight: Float[Array, "actions states"]
    weight_less_1: Float[Array, "actions states"]
    prior: Float[Array, " states"]
    cost: Float[Array, ""]


def _problem(payoffs, prior, cost):
    best = jnp.max(payoffs, axis=0)
    below = payoffs - best[None]
    # A cost of 0 leaves the actions that are best in a state.
    log_weight = jnp.where(below == 0, 0.0, below / jnp.where(cost > 0, cost, 0.0))
    return _Problem(best, log_weight, jnp.exp(log_weight), jnp.expm1(log_weight), prior, cost)


def _normalizer(problem, marginal):
    total = marginal @ problem.weight
    # Where attention is free, no action of the set may be the best of a state that never is.
    return jnp.where(total > 0, total, 1.0)


def _excess(problem, marginal):
    """s(a) - 1, to full relative precision where payoffs are small beside the cost."""
    mean = marginal @ problem.weight_less_1
    each = (problem.weight_less_1 - mean[None]) / _normalizer(problem, marginal)[None]
    return each @ problem.prior


def _gap(problem, marginal):
    return problem.cost * jnp.log1p(jnp.maximum(jnp.max(_excess(problem, marginal)), 0.0))


def blahut_arimoto(
    payoffs: Float[Array, "actions states"],
    prior: Float[Array, " states"],
    cost: Float[Array, ""],
    marginal: Float[Array, " actions"],
    rounds: int,
) -> Float[Array, " actions"]:
    """How often each action is taken after some rounds of p(a) <- p(a) s(a).

    No round lowers V(p). An action that leaves the consideration set leaves it as slowly as s(a)
    is close to 1.

    Args:
        payoffs: u(a, w).
        prior: of the states.
        cost: lambda, payoff a nat.
        marginal: p(a) to begin with.
        rounds: how many.
    """
    problem = _problem(payoffs, prior, cost)

    def again(_, marginal):
        marginal = marginal * (1 + _excess(problem, marginal))
        # What rounding adds to the sum would grow.
        return marginal / jnp.sum(marginal)

    return jax.lax.fori_loop(0, rounds, again, marginal)


def shannon_choice(
    payoffs: Float[Array, "actions states"],
    prior: Float[Array, " states"],
    cost: Float[Array, ""],
    *,
    tolerance: float | None = None,
) -> ShannonChoice:
    """The best choice, for use under `jit` and `vmap`; nothing is checked but `converged`.

    Newton's method solves what Blahut-Arimoto approaches, p(a) (1 - s(a)) = tau for a tau that
    falls to 0 (a primal-dual interior point). It takes ten to twenty steps however close an action
    is to the edge of the consideration set, where Blahut-Arimoto takes thousands.

    Args:
        payoffs: u(a, w).
        prior: of the states, sums to 1.
        cost: lambda, payoff a nat, at least 0. At 0 the choice is that with least information
            among those that are best in every state.
        tolerance: on the gap, relative to the range of payoffs; 1e-11 in float64 and 1e-5 in
            float32 unless given.
    """
    problem = _problem(payoffs, prior, cost)
    actions, dtype = payoffs.shape[0], payoffs.dtype
    if tolerance is None:
        tolerance = _TOLERANCE[dtype.itemsize]
    scale = jnp.max(problem.best - jnp.min(payoffs, axis=0))
    allowed = tolerance * scale
    # What 1 - s(a) is measured in: it is small where payoffs are small beside the cost.
    unit = jnp.where(scale > 0, jnp.minimum(1.0, scale / jnp.where(cost > 0, cost, scale)), 1.0)
    start = jnp.full(actions, 1 / actions, dtype)
    below = problem.weight_less_1

    def met(marginal):
        # At a cost of 0 every choice of what is best has this gap: the information is left.
        return jnp.where(
            cost > 0,
            _gap(problem, marginal) <= allowed,
            jnp.max(_excess(problem, marginal)) <= tolerance,
        )

    def unfinished(carry):
        *_, steps, more = carry
        return (more > 0) & (steps < _STEPS)

    def newton(carry):
        marginal, slack, price, level, steps, more = carry
        normalizer = _normalizer(problem, marginal)
        short = prior / normalizer - price
        curvature = (below * (price / normalizer)[None]) @ below.T
        product = jnp.mean(marginal * slack)
        target = product * jnp.minimum(0.2, 10 * product / unit)
        unmet = level - slack - below @ price - below @ short
        # Of two actions that are alike the curvature does not say which it is.
        ridge = 4 * jnp.finfo(dtype).eps * jnp.diag(curvature)
        system = curvature + jnp.diag(slack / marginal + ridge)
        sides = jnp.stack([target / marginal - slack - unmet, jnp.ones(actions, dtype)])
        solved = cho_solve((jnp.linalg.cholesky(system), True), sides.T).T
        # Probabilities go on adding up to 1.
        rise = jnp.sum(solved[0]) / jnp.sum(solved[1])
        step = solved[0] - rise * solved[1]
        slack_step = target / marginal - slack - slack / marginal * step
        price_step = short - price / normalizer * (step @ below)
        falls = [(marginal, step), (slack, slack_step), (price, price_step)]
        fastest = jnp.max(jnp.stack([_fall(*each) for each in falls]))
        reach = jnp.minimum(1.0, _REACH / jnp.maximum(fastest, _REACH))
        marginal = marginal + reach * step
        marginal = marginal / jnp.sum(marginal)
        return (
            marginal,
            slack + reach * slack_step,
            price + reach * price_step,
            level + reach * rise,
            steps + 1,
            more - met(marginal),
        )

    # The price of a state is mu(w) over the sum of its weights, and an unknown of its own: all that
    # is then not linear are products of two unknowns, which Newton's method is good at.
    price = prior / _normalizer(problem, start)
    level = jnp.max(below @ price) + 0.1 * unit
    # What payoffs do not tell apart is settled.
    more = jnp.where(scale > 0, _MORE, 0)
    carry = start, level - below @ price, price, level, jnp.zeros((), int), more
    marginal, slack, _, _, steps, _ = jax.lax.while_loop(unfinished, newton, carry)
    marginal = _pruned(problem, marginal, slack / unit, allowed)
    return _described(problem, payoffs, marginal, allowed, steps)


def _fall(values, step):
    """The largest share of a value that a step takes from it."""
    return jnp.max(jnp.where(values > 0, -step / values, 0.0))


def _pruned(problem, marginal, loss, allowed):
    """Probabilities that are on their way to 0 are 0, if the gap is no worse for it."""
    # Of two numbers whose product goes to 0, the one that goes to 0 is the smaller.
    kept = jnp.where(marginal > loss, marginal, 0.0)
    kept = kept / jnp.sum(kept)
    limit = jnp.maximum(_gap(problem, marginal), allowed)
    return jnp.where(_gap(problem, kept) <= limit, kept, marginal)


def _described(problem, payoffs, marginal, allowed, steps):
    normalizer = _normalizer(problem, marginal)
    ratio = problem.weight / normalizer[None]
    choice = marginal[:, None] * ratio
    unplanned = jnp.sum(choice, axis=0) == 0
    best = problem.log_weight == 0
    choice = jnp.where(unplanned[None], best / jnp.sum(best, axis=0)[None], choice)
    mean = marginal @ problem.weight_less_1
    log_normalizer = jnp.where(mean > -0.5, jnp.log1p(mean), jnp.log(normalizer))
    each = jnp.where(
        (choice > 0) & ~unplanned[None],
        choice * (problem.log_weight - log_normalizer[None]),
        0.0,
    )
    # Each term is rounded: what is nothing can come out below it.
    information = jnp.maximum(jnp.sum(each @ problem.prior), 0.0)
    utility = jnp.sum((choice * payoffs) @ problem.prior)
    gap = _gap(problem, marginal)
    return ShannonChoice(
        marginal=marginal,
        choice=choice,
        considered=marginal > 0,
        information=information,
        utility=utility,
        value=utility - problem.cost * information,
        gap=gap,
        converged=gap <= allowed,
        steps=steps,
    )


_solve = jax.jit(jax.vmap(shannon_choice))


def solve_shannon_choice(payoffs: Any, prior: Any, cost: Any) -> ShannonChoice:
    """The best choice when attention costs so much a nat, checked and in float64.

    Leading axes are a batch, and are broadcast against each other: many costs for one table of
    payoffs are one call.

    Args:
        payoffs: u(a, w), finite; (*batch, actions, states).
        prior: mu, not negative, sums to 1 along the last axis; (*batch, states).
        cost: lambda, payoff a nat, finite and not negative; (*batch,).

    Returns:
        The solution, in arrays of NumPy.

    Raises:
        ConfigurationError: for a value that is not allowed, and shapes that do not fit.
        NotConvergedError: if the gap of one of the problems is above 1e-11 of its range of payoffs.
    """
    payoffs = check_finite("payoffs", payoffs, axes=2)
    prior = check_distribution("prior", prior)
    cost = check_numbers("cost", cost, low=0)
    require(
        prior.shape[-1] == payoffs.shape[-1],
        "states of prior",
        prior.shape[-1],
        f"as many as payoffs have, {payoffs.shape[-1]}",
    )
    found = solve_batch(_solve, payoffs=(payoffs, 2), prior=(prior, 1), cost=(cost, 0))
    require_converged("the choice", found.converged, found.gap, "the gap")
    return found
