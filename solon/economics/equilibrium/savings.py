"""Saving against a risky income: endogenous grid points, and the distribution of wealth."""

import dataclasses
import math

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float
from scipy import sparse
from scipy.sparse.linalg import splu

from ...errors import ConfigurationError, require, require_number, require_whole
from ._arguments import Numbers, not_converged, numbers
from .markov import MarkovChain

__all__ = ["SavingPlan", "asset_grid", "saving_plan", "wealth_distribution"]

_SETTLED = 1e-10
_STEADY, _WARM_UP = 1e-12, 200


@dataclasses.dataclass(frozen=True, eq=False)
class SavingPlan:
    """What a household consumes and saves.

    Attributes:
        assets: grid of wealth at the start of a period, in goods.
        consumption: in each income state and at each point of the grid.
        next_assets: what is left for the next period.
        residual: the largest relative change of consumption that a further round would make.
    """

    assets: Float[np.ndarray, " assets"]
    consumption: Float[np.ndarray, "incomes assets"]
    next_assets: Float[np.ndarray, "incomes assets"]
    residual: float


def asset_grid(
    points: int = 500, top: float = 100.0, *, limit: float = 0.0, power: float = 3.0
) -> Float[np.ndarray, " assets"]:
    """Points from a borrowing limit to a highest wealth, closer together at the bottom.

    Args:
        points: how many, at least 3.
        top: the highest wealth.
        limit: the lowest wealth.
        power: 1 is equally spaced.
    """
    count = require_whole("points", points, low=3, high=1_000_000)
    limit = require_number("limit", limit, low=-math.inf)
    top = require_number("top", top, low=limit, above=True)
    power = require_number("power", power, low=1)
    return limit + (top - limit) * np.linspace(0, 1, count) ** power


def saving_plan(
    interest: float,
    earnings: Numbers,
    income: MarkovChain,
    assets: Numbers,
    *,
    discount: float,
    risk_aversion: float,
    start: SavingPlan | None = None,
    max_rounds: int = 20_000,
) -> SavingPlan:
    """The best plan at a constant interest rate, by endogenous grid points.

    A household maximises the expected sum of `beta ** t c ** (1 - mu) / (1 - mu)` under
    `a' = (1 + r) a + earnings - c` with a' at least the lowest point of the grid. For each a' the
    Euler equation gives the consumption, and with it the wealth, from which a' is chosen; that is
    interpolated at the points of the grid.

    Args:
        interest: r, above -1.
        earnings: in each income state, in goods.
        income: the chain by which states follow each other.
        assets: rising grid; the lowest point is the borrowing limit.
        discount: beta, above 0 and below 1.
        risk_aversion: mu, above 0.
        start: a plan on the same grid to begin from.
        max_rounds: of substitution.

    Raises:
        ConfigurationError: for arguments that are not allowed, such as a debt whose interest the
            lowest earnings do not pay.
        NotConvergedError: if consumption has not settled after all rounds.

    Source:
        Carroll (2006), The method of endogenous gridpoints for solving dynamic stochastic
        optimization problems, Economics Letters 91.
    """
    r = require_number("interest", interest, low=-1, above=True)
    y = numbers("earnings", earnings, income.states.shape, low=0)
    grid = numbers("assets", assets, (None,))
    rising = len(grid) > 2 and bool((np.diff(grid) > 0).all())
    require(rising, "assets", grid[:3].tolist(), "a rising grid of at least 3 points")
    beta = require_number("discount", discount, low=0, high=math.nextafter(1, 0), above=True)
    mu = require_number("risk_aversion", risk_aversion, low=0, above=True)
    rounds = require_whole("max_rounds", max_rounds, low=1, high=10**9)
    lowest = float(y.min() + r * grid[0])
    allowed = "a lowest point at which the lowest earnings leave something to consume"
    require(lowest > 0, "assets", float(grid[0]), allowed)

    shape = (len(y), len(grid))
    fits = start is None or start.consumption.shape == shape
    require(fits, "start", "a plan on another grid", f"a plan of shape {shape}")
    cash = (1 + r) * grid + y[:, None]
    consumption = cash - grid[0] if start is None else start.consumption
    with jax.enable_x64(True):
        solved = _settle(
            *map(jnp.asarray, (grid, y[:, None], income.transition, consumption)),
            *(r, beta, mu, _SETTLED, rounds),
        )
        residual = float(solved[1])
        if not residual <= _SETTLED:
            raise not_converged("the saving plan", rounds, residual, _SETTLED)
        consumption = np.asarray(solved[0])
    return SavingPlan(grid, consumption, cash - consumption, residual)


@jax.jit
def _settle(grid, earnings, transition, start, r, beta, mu, settled, rounds):
    cash = (1 + r) * grid[None] + earnings

    def unsettled(search):
        _, residual, count = search
        return (residual > settled) & (count < rounds)

    def closer(search):
        before, _, count = search
        marginal = beta * (1 + r) * transition @ before**-mu
        consumed = marginal ** (-1 / mu)
        # Wealth from which each point of the grid is chosen.
        wealth = (consumed + grid[None] - earnings) / (1 + r)
        chosen = jax.vmap(jnp.interp, (None, 0, None))(grid, wealth, grid)
        consumption = cash - chosen
        residual = jnp.max(jnp.abs(consumption / before - 1))
        return consumption, residual, count + 1

    first = start, jnp.asarray(jnp.inf, start.dtype), 0
    return jax.lax.while_loop(unsettled, closer, first)


def wealth_distribution(
    plan: SavingPlan, income: MarkovChain
) -> Float[np.ndarray, "incomes assets"]:
    """The stationary distribution over income states and the points of the grid.

    A household whose next wealth lies between two points goes to one of them at random, so that
    mean wealth is right. What each state gets is what it had: sparse linear equations, which are
    banded if states are ordered by wealth.

    Args:
        plan: from `saving_plan`.
        income: the chain that it was made with.

    Raises:
        ConfigurationError: if there is not one distribution that the plan keeps.

    Source:
        Young (2010), Solving the incomplete markets model with aggregate uncertainty using the
        Krusell-Smith algorithm and non-stochastic simulations, Journal of Economic Dynamics and
        Control 34.
    """
    grid, incomes = plan.assets, len(income.states)
    allowed = f"the chain of the plan, of {len(plan.next_assets)} states"
    require(incomes == len(plan.next_assets), "income", f"{incomes} states", allowed)
    chosen = np.clip(plan.next_assets, grid[0], grid[-1])
    left = np.clip(np.searchsorted(grid, chosen, side="right") - 1, 0, len(grid) - 2)
    share = (grid[left + 1] - chosen) / (grid[left + 1] - grid[left])
    size = plan.next_assets.size
    # Wealth moves by the plan, then income by its chain; a state is wealth * incomes + income.
    here = np.arange(len(grid)) * incomes + np.arange(incomes)[:, None]
    there = left * incomes + np.arange(incomes)[:, None]
    weights = np.concatenate([share.ravel(), 1 - share.ravel()])
    places = np.concatenate([there.ravel(), there.ravel() + incomes]), np.tile(here.ravel(), 2)
    saving = sparse.csc_array((weights, places), (size, size))
    law = sparse.kron(sparse.eye_array(len(grid)), income.transition.T, "csc") @ saving

    mass = np.full(size, 1 / size)
    for _ in range(_WARM_UP):
        mass = law @ mass
    # One equation follows from the others: some state that is visited is given a mass of 1.
    visited = int(np.argmax(mass))
    others = np.delete(np.arange(size), visited)
    system = (sparse.eye_array(size, format="csc") - law)[others][:, others].tocsc()
    allowed = "a plan that keeps one distribution of wealth"
    try:
        solved = splu(system, permc_spec="NATURAL").solve(law[others][:, [visited]].toarray()[:, 0])
    except RuntimeError:
        raise ConfigurationError("plan", "one that keeps many", allowed) from None
    mass = np.insert(solved, visited, 1.0)
    mass = mass / mass.sum()
    residual = float(np.abs(law @ mass - mass).max())
    steady = residual < _STEADY and float(mass.min()) > -_STEADY
    require(steady, "plan", f"one that keeps none to within {residual:.3g}", allowed)
    return np.maximum(mass, 0).reshape(len(grid), incomes).T
