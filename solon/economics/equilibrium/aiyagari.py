"""Households that save against risks which no market insures, firms, and one interest rate."""

import dataclasses
import math
from collections.abc import Callable

import numpy as np
from jaxtyping import Float
from scipy.optimize import brentq

from ...errors import NotConvergedError, require, require_number
from ._arguments import Numbers, numbers
from .markov import MarkovChain
from .savings import SavingPlan, asset_grid, saving_plan, wealth_distribution

__all__ = ["Aiyagari", "AiyagariEquilibrium"]

# Excess supply of capital, as a share of what firms use, that is an equilibrium.
_CLEARED = 1e-6
# Share of households at the top of the grid that is negligible.
_AT_TOP = 1e-6
_BRACKETING = 24


@dataclasses.dataclass(frozen=True, eq=False)
class AiyagariEquilibrium:
    """The stationary equilibrium.

    Attributes:
        interest: net return of capital, a period.
        wage: pay of a unit of labor.
        capital, labor, output, consumption: of the whole economy, a household.
        plan: what households consume and save.
        distribution: of households over income states and wealth.
        excess: capital that households hold less what firms use, as a share of that.
    """

    interest: float
    wage: float
    capital: float
    labor: float
    output: float
    consumption: float
    plan: SavingPlan
    distribution: Float[np.ndarray, "incomes assets"]
    excess: float

    @property
    def share_at_limit(self) -> float:
        """Share of households that own as little as they may."""
        return float(self.distribution[:, 0].sum())

    @property
    def wealth_gini(self) -> float:
        """Gini index of wealth."""
        wealth, mass = self.plan.assets, self.distribution.sum(0)
        held = np.cumsum(wealth * mass) / np.sum(wealth * mass)
        return float(1 - np.sum(mass * (held + np.append(0, held[:-1]))))


@dataclasses.dataclass(frozen=True)
class Aiyagari:
    """A continuum of households with risky earnings, and firms that rent capital and labor.

    A household has `e` units of labor, a Markov chain, saves in capital with the interest r, and
    maximises the expected sum of `beta ** t c ** (1 - mu) / (1 - mu)`. Firms produce
    `Z K ** alpha L ** (1 - alpha)`.

    Args:
        income: e and how it moves. Its mean need not be 1.
        capital_share: alpha, above 0 and below 1.
        discount: beta, above 0 and below 1.
        depreciation: delta, above 0 and at most 1.
        risk_aversion: mu, above 0.
        technology: Z, above 0.
        labor: L; by default the mean of e.

    Raises:
        ConfigurationError: for arguments that are not allowed.

    Source:
        Aiyagari (1994), Uninsured idiosyncratic risk and aggregate saving, Quarterly Journal of
        Economics 109.
    """

    income: MarkovChain
    capital_share: float = 0.36
    discount: float = 0.96
    depreciation: float = 0.08
    risk_aversion: float = 1.0
    technology: float = 1.0
    labor: float | None = None

    def __post_init__(self) -> None:
        just_below = math.nextafter(1, 0)
        numbers("income", self.income.states, (None,), low=0)
        require_number("capital_share", self.capital_share, low=0, high=just_below, above=True)
        require_number("discount", self.discount, low=0, high=just_below, above=True)
        require_number("depreciation", self.depreciation, low=0, high=1, above=True)
        require_number("risk_aversion", self.risk_aversion, low=0, above=True)
        require_number("technology", self.technology, low=0, above=True)
        if self.labor is not None:
            require_number("labor", self.labor, low=0, above=True)

    def capital_demand(self, interest: float) -> float:
        """Capital that firms use at an interest rate."""
        r = require_number("interest", interest, low=-self.depreciation, above=True)
        productivity = self.capital_share * self.technology / (r + self.depreciation)
        return self._labor * productivity ** (1 / (1 - self.capital_share))

    def equilibrium(self, assets: Numbers | None = None) -> AiyagariEquilibrium:
        """The interest rate at which households hold the capital that firms use.

        It lies below `1 / beta - 1`, where wealth would grow without bound.

        Args:
            assets: rising grid of wealth; the lowest point is the borrowing limit. By default
                `asset_grid()`.

        Raises:
            ConfigurationError: if the grid does not reach the equilibrium.
            NotConvergedError: if a solver does not settle.
        """
        grid = numbers("assets", asset_grid() if assets is None else assets, (None,))
        lowest, highest = -self.depreciation, 1 / self.discount - 1
        market = _Market(self, grid)
        span = highest - lowest

        def excess(gap: float) -> float:
            return market.excess(highest - gap, self.discount)

        gap = _root(excess, span, grid)
        return market.settled(highest - gap, self.discount)

    def calibrated(self, interest: float, assets: Numbers | None = None) -> "Aiyagari":
        """The same economy with the discount factor at which an interest rate is the equilibrium.

        Args:
            interest: r.
            assets: as for `equilibrium`.

        Raises:
            ConfigurationError: if there is none, or if the grid does not reach the equilibrium.
            NotConvergedError: if a solver does not settle.
        """
        grid = numbers("assets", asset_grid() if assets is None else assets, (None,))
        self.capital_demand(interest)
        highest = 1 / (1 + interest)
        market = _Market(self, grid)

        def excess(gap: float) -> float:
            return market.excess(interest, highest - gap)

        gap = _root(excess, highest, grid)
        market.settled(interest, highest - gap)
        return dataclasses.replace(self, discount=highest - gap)

    @property
    def _labor(self) -> float:
        return self.income.mean if self.labor is None else self.labor


class _Market:
    """The market for capital; each solution is where the next one starts."""

    def __init__(self, economy: Aiyagari, grid: np.ndarray):
        self.economy, self.grid = economy, grid
        self.plan: SavingPlan | None = None
        self.distribution: np.ndarray | None = None

    def excess(self, interest: float, discount: float) -> float:
        economy = self.economy
        capital = economy.capital_demand(interest)
        self.plan = saving_plan(
            interest,
            self._wage(capital) * economy.income.states,
            economy.income,
            self.grid,
            discount=discount,
            risk_aversion=economy.risk_aversion,
            start=self.plan,
        )
        self.distribution = wealth_distribution(self.plan, economy.income)
        return float(self.distribution.sum(0) @ self.grid) / capital - 1

    def settled(self, interest: float, discount: float) -> AiyagariEquilibrium:
        excess = self.excess(interest, discount)
        if abs(excess) > _CLEARED:
            message = (
                f"the market for capital did not clear: excess supply is {excess:.3g} of demand"
            )
            raise NotConvergedError(message, abs(excess))
        assert self.plan is not None and self.distribution is not None
        at_top = float(self.distribution[:, -1].sum())
        allowed = f"a grid whose top is out of reach: {at_top:.2g} of households are there"
        require(at_top < _AT_TOP, "assets", float(self.grid[-1]), allowed)
        economy, capital = self.economy, self.economy.capital_demand(interest)
        alpha, labor = economy.capital_share, economy._labor
        return AiyagariEquilibrium(
            interest=interest,
            wage=self._wage(capital),
            capital=capital,
            labor=labor,
            output=economy.technology * capital**alpha * labor ** (1 - alpha),
            consumption=float(np.sum(self.distribution * self.plan.consumption)),
            plan=self.plan,
            distribution=self.distribution,
            excess=excess,
        )

    def _wage(self, capital: float) -> float:
        alpha = self.economy.capital_share
        return (1 - alpha) * self.economy.technology * (capital / self.economy._labor) ** alpha


def _root(excess: Callable[[float], float], span: float, grid: np.ndarray) -> float:
    """The distance from the bound at which the market clears: excess falls with it."""
    near, far = span / 16, span / 16
    value = excess(near)
    if value > 0:
        # Firms use without bound as interest falls towards depreciation, or households hold ever
        # less as they become more impatient.
        while value > 0:
            allowed = "a lowest point below what firms use"
            require(far < span * (1 - 1e-12), "assets", float(grid[0]), allowed)
            near, far = far, span - (span - far) / 2
            value = excess(far)
    else:
        for _ in range(_BRACKETING):
            near, far = near / 4, near
            value = excess(near)
            if value > 0:
                break
        allowed = (
            "a grid that goes beyond what firms use: no interest rate makes households hold it"
        )
        require(value > 0, "assets", float(grid[-1]), allowed)
    return brentq(excess, near, far, xtol=1e-12, rtol=1e-9)
