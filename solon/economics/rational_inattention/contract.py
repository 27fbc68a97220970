"""A wage schedule by a principal who pays for attention to output.

An agent picks an effort, output follows from it by chance, and the principal pays a wage that may
depend on output as closely as attention to it is worth. A contract is a distribution of wages for
each output, P(w | o). The agent knows it and takes effort a with a probability proportional to
exp(q v(a)), with v(a) expected utility of wages less the cost of the effort. With rho(o) for how
often an output then comes about, the principal maximizes

    sum_o rho(o) (value of o - mean wage at o) - lambda I(o; w).

Given how effort responds at the margin, this is the static problem of `shannon`, with payoffs of a
wage that count what it does to effort. It has the same certificate, over all wages there are; here
it is a condition that is necessary, since effort's response bends the problem: `gap` says what a
further wage would gain to first order. Where one would, it is brought in and all is optimized anew.
The optimum has few wages. Several starts guard against local optima.

References:
    Mu, Zheng and Trott (2022), "Solving dynamic principal-agent problems with a rationally
    inattentive principal", arXiv 2202.01691: the environment of `published_agency`.
    Jung, Kim, Matejka and Sims (2019), "Discrete actions in information-constrained decision
    problems", Review of Economic Studies 86: why so few wages.
"""

import dataclasses
import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from ...errors import require, require_number, require_whole
from ..utility import crra
from ._checks import check_distribution, check_finite, require_converged

__all__ = ["Agency", "Contract", "published_agency", "solve_inattentive_contract"]

# Wages of a contract, 0 among them; wages that are tried for what a further one would gain.
_MOST, _GRID = 8, 2001
_SAME, _NEVER = 1e-4, 1e-7
# What a further wage gains, relative to the range of outputs, above which it is tried, and above
# which the contract is none.
_TRIED, _ALLOWED = 1e-7, 1e-5
_NEAR = {"maxiter": 2000, "maxfun": 4000, "ftol": 1e-13, "gtol": 1e-7, "maxcor": 30}
_EXACT = {"maxiter": 500, "gtol": 1e-8}
# The log-odds of a wage that is not there: too small to have a gradient.
_ABSENT = -40.0


class Agency(NamedTuple):
    """What effort does, and what it costs and brings.

    Attributes:
        production: P(output | effort), (efforts, outputs).
        value: of each output to the principal.
        effort_cost: of each effort to the agent, in utility.
        rationality: q, precision of the agent's logit response.
        wage_scale: c, wages count as c w + 1 in the agent's utility.
        risk_aversion: of the agent, at least 0: utility is ((c w + 1)^(1 - r) - 1) / (1 - r).
    """

    production: Any
    value: Any
    effort_cost: Any
    rationality: Any
    wage_scale: Any
    risk_aversion: Any


@dataclasses.dataclass(frozen=True, eq=False)
class Contract:
    """The best contract that was found.

    Attributes:
        wages: that are ever paid, in rising order.
        probability: P(w | o), (outputs, wages).
        net: the principal's profit less the cost of attention.
        profit: before it.
        information: nats between output and wage.
        agent: the agent's expected utility.
        mean_wage: over outputs as they come about.
        effort: probability of each effort.
        gap: what a further wage, or others for the same outputs, would gain to first order.
        agreement: how far apart in net profit the best two starts ended.
    """

    wages: Float[np.ndarray, " wages"]
    probability: Float[np.ndarray, "outputs wages"]
    net: float
    profit: float
    information: float
    agent: float
    mean_wage: float
    effort: Float[np.ndarray, " efforts"]
    gap: float
    agreement: float


def published_agency(rationality: float = 5.0) -> Agency:
    """Ten efforts and ten outputs, of which the output of an effort is the likeliest.

    Args:
        rationality: q, precision of the agent's logit response.

    Source:
        The single-step environment of Mu, Zheng and Trott (2022) and its public implementation.
    """
    distance = np.abs(np.subtract.outer(np.arange(10), np.arange(10)))
    other = np.where(distance > 0, 0.7**distance, 0.0)
    production = 0.7 * np.eye(10) + 0.3 * other / other.sum(axis=1, keepdims=True)
    share = np.arange(10) / 9
    return Agency(production, 6 * share, 0.5 * share, rationality, 5.0, 2.0)


def _utility(agency, wage):
    return crra(agency.wage_scale * wage + 1, agency.risk_aversion)


def _response(agency, utility):
    """Probabilities of efforts and of outputs, and the agent's utility."""
    worth = agency.production @ utility - agency.effort_cost
    effort = jax.nn.softmax(agency.rationality * worth)
    return effort, effort @ agency.production, effort @ worth


def _information(output, chosen):
    marginal = output @ chosen
    safe = jnp.where(chosen > 0, chosen, 1.0)
    logs = jnp.where(chosen > 0, jnp.log(safe) - jnp.log(marginal)[None], 0.0)
    return output @ jnp.sum(chosen * logs, axis=1)


def _parts(agency, wages, chosen):
    effort, output, agent = _response(agency, chosen @ _utility(agency, wages))
    profit = output @ (agency.value - chosen @ wages)
    return effort, output, agent, profit, _information(output, chosen)


def _unpacked(point, outputs):
    """Wages and their probabilities, of log wages and log-odds; a wage of 0 is always there."""
    wages = jnp.append(0.0, jnp.exp(point[: _MOST - 1]))
    odds = point[_MOST - 1 :].reshape(outputs, _MOST - 1)
    return wages, jax.nn.softmax(jnp.pad(odds, ((0, 0), (1, 0))), axis=1)


@jax.jit
@jax.value_and_grad
def _loss(point, agency, cost):
    *_, profit, information = _parts(agency, *_unpacked(point, len(agency.value)))
    return cost * information - profit


@jax.jit
@jax.value_and_grad
def _loss_of_schedule(wages, agency):
    _, output, _ = _response(agency, _utility(agency, wages))
    return -output @ (agency.value - wages)


@jax.jit
def _further(agency, wages, chosen, cost, highest):
    """What a further wage gains to first order, which gains most, and its log-odds by output."""

    def net(utility):
        _, output, _ = _response(agency, utility)
        return output @ (agency.value - chosen @ wages) - cost * _information(output, chosen)

    utility = chosen @ _utility(agency, wages)
    _, output, _ = _response(agency, utility)
    motive = jax.grad(net)(utility) / output

    def payoff(wage):
        return motive[None] * _utility(agency, wage)[:, None] - wage[:, None]

    tried = jnp.linspace(0.0, highest, _GRID)
    if_free = output @ (jnp.max(payoff(tried), axis=0) - jnp.sum(chosen.T * payoff(wages), axis=0))
    priced = jnp.where(cost > 0, cost, 1.0)
    marginal = output @ chosen
    normalizer = jax.nn.logsumexp(payoff(wages) / priced, b=marginal[:, None], axis=0)
    worth = jnp.exp(payoff(tried) / priced - normalizer[None]) @ output
    gap = jnp.where(cost > 0, cost * jnp.log(jnp.max(worth)), if_free)
    best = tried[jnp.argmax(worth)][None]
    # With the odds to a wage of 0 that it would have if it were as common.
    return jnp.maximum(gap, 0.0), best[0], (payoff(best) - payoff(jnp.zeros(1)))[0] / priced


def solve_inattentive_contract(
    agency: Agency, cost: float, *, starts: int = 6, seed: int = 0
) -> Contract:
    """The best contract at a cost of attention.

    Args:
        agency: what effort does.
        cost: lambda, profit a nat, at least 0. At 0 there is one wage for each output.
        starts: of the search.
        seed: of the starts.

    Returns:
        The best that was found. The problem is not concave: `agreement` says how firm it is.

    Raises:
        ConfigurationError: for a value that is not allowed, and shapes that do not fit.
        NotConvergedError: if a further wage would gain more than 1e-5 of the range of outputs.
    """
    agency = _checked(agency)
    cost = require_number("cost", cost, low=0)
    starts = require_whole("starts", starts, low=1, high=1000)
    search = _attentive if cost == 0 else functools.partial(_inattentive, cost=cost)
    generator = np.random.default_rng(seed)
    # Nobody pays more than what output is worth.
    highest = float(np.ptp(agency.value)) or 1.0
    with jax.enable_x64(True):
        agency = Agency(*map(jnp.asarray, agency))
        found = [search(agency, generator, highest) for _ in range(starts)]
        described = [_described(agency, wages, p, cost, highest) for wages, p in found]
    described.sort(key=lambda each: -each.net)
    best = described[0]
    converged = best.gap <= _ALLOWED * highest
    require_converged("the contract", converged, best.gap, "what a further wage would gain")
    agreement = best.net - described[1].net if starts > 1 else 0.0
    return dataclasses.replace(best, agreement=agreement)


def _checked(agency):
    production = check_distribution("production", agency.production)
    require(production.ndim == 2, "axes of production", production.ndim, "2: efforts, outputs")
    value = check_finite("value", agency.value, axes=1)
    effort_cost = check_finite("effort_cost", agency.effort_cost, axes=1)
    efforts, outputs = production.shape
    require(value.shape == (outputs,), "shape of value", value.shape, f"{outputs} outputs")
    require(
        effort_cost.shape == (efforts,), "shape of effort_cost", effort_cost.shape,
        f"{efforts} efforts",
    )  # fmt: skip
    return Agency(
        production,
        value,
        effort_cost,
        float(require_number("rationality", agency.rationality, low=0)),
        float(require_number("wage_scale", agency.wage_scale, low=0, above=True)),
        float(require_number("risk_aversion", agency.risk_aversion, low=0)),
    )


def _attentive(agency, generator, highest):
    """The best wage for each output."""
    from scipy.optimize import minimize

    outputs = len(agency.value)
    start = highest * generator.uniform(0, 0.2) * np.linspace(0, 1, outputs) ** 2
    found = minimize(
        lambda wages: tuple(np.asarray(each) for each in _loss_of_schedule(wages, agency)),
        start + 1e-3 * generator.uniform(size=outputs),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, highest)] * outputs,
        options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 2000},
    )
    return found.x, np.eye(outputs)


def _inattentive(agency, generator, highest, cost):
    """The best contract near a start of two wages, with more where they gain."""
    outputs = len(agency.value)
    odds = np.full((outputs, _MOST - 1), _ABSENT)
    wages = np.full(_MOST - 1, np.log(highest))
    wages[0] += np.log(generator.uniform(0.03, 0.25))
    middle, steepness = generator.uniform(0.2, 0.9) * outputs, generator.uniform(0.3, 2)
    odds[:, 0] = steepness * (np.arange(outputs) - middle)
    point = _climbed(np.concatenate([wages, odds.ravel()]), agency, cost)
    for k in range(1, _MOST - 1):
        gap, wage, tilt = _further(agency, *_unpacked(point, outputs), cost, highest)
        if gap <= _TRIED * highest:
            break
        wages, odds = point[: _MOST - 1].copy(), point[_MOST - 1 :].reshape(outputs, -1).copy()
        wages[k] = np.log(max(float(wage), 1e-3 * highest))
        odds[:, k] = np.log(0.05) + np.asarray(tilt)
        point = _climbed(np.concatenate([wages, odds.ravel()]), agency, cost)
    return tuple(np.asarray(each) for each in _unpacked(point, outputs))


def _climbed(point, agency, cost):
    from scipy.optimize import minimize

    def loss(point):
        return tuple(np.asarray(each) for each in _loss(point, agency, cost))

    # The first is quick on its way and the second exact at its end.
    near = minimize(loss, point, jac=True, method="L-BFGS-B", options=_NEAR).x
    return minimize(loss, near, jac=True, method="BFGS", options=_EXACT).x


def _described(agency, wages, chosen, cost, highest):
    """The contract, with wages that are the same taken together and those never paid left out."""
    if cost > 0:
        order = np.argsort(wages)
        wages, chosen = wages[order], chosen[:, order]
        group = np.cumsum(np.append(0, np.diff(wages) > _SAME * highest))
        merged = np.zeros((len(chosen), group[-1] + 1))
        np.add.at(merged.T, group, chosen.T)
        output = np.asarray(_parts(agency, wages, chosen)[1])
        paid = np.array([wages[group == g] @ (output @ chosen)[group == g] for g in set(group)])
        often = output @ merged
        kept = often > _NEVER
        wages = (paid / np.where(often > 0, often, 1.0))[kept]
        chosen = merged[:, kept] / merged[:, kept].sum(axis=1, keepdims=True)
    effort, output, agent, profit, information = _parts(agency, wages, chosen)
    gap, *_ = _further(agency, wages, chosen, cost, highest)
    return Contract(
        wages=np.asarray(wages),
        probability=np.asarray(chosen),
        net=float(profit - cost * information),
        profit=float(profit),
        information=float(information),
        agent=float(agent),
        mean_wage=float(output @ (chosen @ wages)),
        effort=np.asarray(effort),
        gap=float(gap),
        agreement=0.0,
    )
