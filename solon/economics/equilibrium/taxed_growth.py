"""Households, firms and a government with two taxes: a growth economy solved in closed form.

Households differ in productivity e_i and in capital k_i. Each maximises the expected sum of
`beta ** t (ln c - chi n ** (1 + phi) / (1 + phi))`. Competitive firms produce
`Y = z K ** alpha L ** (1 - alpha)` with `L = sum e_i n_i`, and capital is used up. The government
taxes labor income at t_l and capital income at t_k and pays the revenue out in equal shares.

What makes this economy solvable is that everything a household gets is a fixed share of Y:

- of capital income, its share s_i of capital, which never changes;
- of labor income, `e_i n_i / L`, with hours that never change;
- of the revenue, one N-th.

It saves the share `beta` of its capital income after tax, as in Brock and Mirman's economy, and
consumes the rest, which is the share f_i of Y:

    f_i = (1 - beta) (1 - t_k) alpha s_i + (1 - t_l) (1 - alpha) e_i n_i / L
          + (t_l (1 - alpha) + t_k alpha) / N.

Consumption grows with Y, so that the Euler equation
`beta E[(1 - t_k) alpha (Y' / K') c_i / c_i'] = 1` holds with `K' = alpha beta (1 - t_k) Y`. Hours
equate the marginal disutility of work with the net wage over consumption, in both of which Y
cancels: `chi n_i ** phi f_i = (1 - t_l) (1 - alpha) e_i / L`.

References:
    Brock and Mirman (1972), Journal of Economic Theory 4, for one household without taxes.
    Chatterjee (1994), Transitional dynamics and the distribution of wealth in a neoclassical growth
    model, Journal of Public Economics 54, for shares of wealth that stay.
"""

import dataclasses
import itertools
import math

import numpy as np
from jaxtyping import Float
from scipy.optimize import brentq, minimize

from ...errors import ConfigurationError, require, require_number
from ._arguments import Numbers, not_converged, numbers

__all__ = ["TaxedGrowth", "TaxedGrowthEquilibrium", "TaxedGrowthOptimum"]

_BELOW_ONE, _ROUNDING = math.nextafter(1, 0), 4 * np.finfo(float).eps
_NEWTON_STEPS = 40
_SETTLED, _NOTHING = 1e-9, 1e-12
# Where the search for the best rates begins.
_LEVELS = np.linspace(-0.45, 0.9, 10)


@dataclasses.dataclass(frozen=True, eq=False)
class TaxedGrowthEquilibrium:
    """The equilibrium under constant tax rates.

    Attributes:
        labor_tax, capital_tax: t_l and t_k.
        hours: n, of each household, in every period.
        labor: L, hours in efficiency units.
        consumption_shares: f, consumption of each household as a share of output.
        output: Y_0, in the first period.
        consumption: of each household in the first period.
        wage: of an efficiency unit in the first period.
        gross_return: of a unit of capital in the first period, before tax.
        transfer: to each household in the first period.
        next_capital: K_1.
        steady_capital: what capital converges to without shocks.
        values: expected discounted utility of each household.
    """

    labor_tax: float
    capital_tax: float
    hours: Float[np.ndarray, " households"]
    labor: float
    consumption_shares: Float[np.ndarray, " households"]
    output: float
    consumption: Float[np.ndarray, " households"]
    wage: float
    gross_return: float
    transfer: float
    next_capital: float
    steady_capital: float
    values: Float[np.ndarray, " households"]

    @property
    def welfare(self) -> float:
        """The mean of `values`."""
        return float(self.values.mean())


@dataclasses.dataclass(frozen=True, eq=False)
class TaxedGrowthOptimum:
    """The constant rates that maximise the mean of households' values.

    Attributes:
        equilibrium: under these rates.
        untaxed: the equilibrium without taxes.
    """

    equilibrium: TaxedGrowthEquilibrium
    untaxed: TaxedGrowthEquilibrium

    @property
    def attainable_gain(self) -> float:
        """Welfare at the best rates less welfare without taxes."""
        return self.equilibrium.welfare - self.untaxed.welfare

    def captured(self, welfare: float) -> float:
        """The share of the attainable gain that another policy of this welfare captures.

        Raises:
            ConfigurationError: if no tax is better than none.
        """
        gain = self.attainable_gain
        require(gain > _NOTHING, "gain", gain, "an economy in which some tax is better than none")
        return (welfare - self.untaxed.welfare) / gain


@dataclasses.dataclass(frozen=True)
class TaxedGrowth:
    """The economy of this module.

    Args:
        productivities: e, of each household, above 0.
        capital: k, that each household starts with, at least 0, of some more than 0.
        capital_share: alpha, above 0 and below 1.
        discount: beta, above 0 and below 1.
        disutility: chi, at least 0. At 0 everyone works one hour.
        curvature: phi, the inverse of the Frisch elasticity, above 0.

    Raises:
        ConfigurationError: for arguments that are not allowed, such as negative wealth.
    """

    productivities: tuple[float, ...]
    capital: tuple[float, ...]
    capital_share: float = 0.36
    discount: float = 0.96
    disutility: float = 1.0
    curvature: float = 1.0

    def __post_init__(self) -> None:
        e = numbers("productivities", self.productivities, (None,), low=0, open_ends=True)
        k = numbers("capital", self.capital, e.shape, low=0)
        require(bool(k.any()), "capital", self.capital, "some capital")
        require_number("capital_share", self.capital_share, low=0, high=_BELOW_ONE, above=True)
        require_number("discount", self.discount, low=0, high=_BELOW_ONE, above=True)
        require_number("disutility", self.disutility, low=0)
        require_number("curvature", self.curvature, low=0, above=True)

    def equilibrium(
        self, labor_tax: float = 0.0, capital_tax: float = 0.0
    ) -> TaxedGrowthEquilibrium:
        """The competitive equilibrium under constant rates; one has the form derived above.

        Args:
            labor_tax: t_l, below 1. Below 0 it is a subsidy, paid for by all in equal shares.
            capital_tax: t_k, below 1.

        Raises:
            ConfigurationError: for rates that are not allowed, such as subsidies that a household
                cannot pay its share of.
        """
        t_l = _rate("labor_tax", labor_tax)
        t_k = _rate("capital_tax", capital_tax)
        alpha, beta = self.capital_share, self.discount
        e, k = np.array(self.productivities, float), np.array(self.capital, float)
        total, shares = float(k.sum()), k / k.sum()

        revenue = t_l * (1 - alpha) + t_k * alpha
        # Consumption as a share of output but for what comes from the household's own work.
        unearned = (1 - beta) * (1 - t_k) * alpha * shares + revenue / len(e)
        allowed = "rates at which no household pays a lump sum beyond its income from capital"
        require(bool(unearned.min() >= 0), "labor_tax and capital_tax", (t_l, t_k), allowed)
        hours, labor = self._hours(e, unearned, (1 - t_l) * (1 - alpha))

        f = unearned + (1 - t_l) * (1 - alpha) * e * hours / labor
        output = total**alpha * labor ** (1 - alpha)
        saved = alpha * beta * (1 - t_k)
        work = self.disutility * hours ** (1 + self.curvature) / (1 + self.curvature)
        # Expected discounted sum of ln Y: shocks have mean 0 in logs.
        growth = alpha * math.log(saved) + (1 - alpha) * math.log(labor)
        logs = (math.log(output) + beta / (1 - beta) * growth) / (1 - alpha * beta)
        return TaxedGrowthEquilibrium(
            labor_tax=t_l,
            capital_tax=t_k,
            hours=hours,
            labor=labor,
            consumption_shares=f,
            output=output,
            consumption=f * output,
            wage=(1 - alpha) * output / labor,
            gross_return=alpha * output / total,
            transfer=revenue * output / len(e),
            next_capital=saved * output,
            steady_capital=saved ** (1 / (1 - alpha)) * labor,
            values=(np.log(f) - work) / (1 - beta) + logs,
        )

    def _hours(self, e: np.ndarray, unearned: np.ndarray, kept: float) -> tuple[np.ndarray, float]:
        """Hours of each household, and labor in efficiency units.

        At a given L each household solves `chi n ** phi (g + n) = 1`, where g is its other
        consumption over its pay for an hour: `unearned L / (kept e)`. The more labor there is, the
        lower the pay and the fewer the hours, so that one L is the sum of `e n`.
        """
        if self.disutility == 0:
            return np.ones_like(e), float(e.sum())
        chi, phi = self.disutility, self.curvature
        most = chi ** (-1 / (1 + phi))

        def hours_at(labor: float) -> np.ndarray:
            g = unearned * labor / (kept * e)
            x = np.full_like(e, math.log(most))
            # Newton's method in ln n on a function that is convex in it, from above: each step
            # comes closer, and the last ones double the digits.
            for _ in range(_NEWTON_STEPS):
                n = np.exp(x)
                step = (math.log(chi) + phi * x + np.log(g + n)) / (phi + n / (g + n))
                x = x - step
                if np.abs(step).max() < _ROUNDING:
                    break
            return np.exp(x)

        def excess(labor: float) -> float:
            return float(e @ hours_at(labor)) - labor

        highest = most * float(e.sum())
        if excess(highest) >= 0:
            # Nobody has anything but pay.
            return hours_at(highest), highest
        labor = brentq(excess, 0.0, highest, xtol=1e-15 * highest, rtol=_ROUNDING)
        return hours_at(labor), labor

    def optimum(
        self, *, labor_tax: float | None = None, capital_tax: float | None = None
    ) -> TaxedGrowthOptimum:
        """The constant rates that maximise the mean of values, to about seven digits.

        A grid of rates finds the region and a simplex search the rates.

        Args:
            labor_tax: t_l if it is given; by default it is chosen.
            capital_tax: t_k if it is given; by default it is chosen.

        Raises:
            ConfigurationError: for rates that are not allowed.
            NotConvergedError: if the search has not settled, as where the best rate is 1.
        """
        given = [
            None if rate is None else _rate(name, rate)
            for name, rate in (("labor_tax", labor_tax), ("capital_tax", capital_tax))
        ]
        free = [place for place, rate in enumerate(given) if rate is None]

        def at(point: Numbers) -> TaxedGrowthEquilibrium:
            rates = [0.0 if rate is None else rate for rate in given]
            for place, rate in zip(free, np.atleast_1d(point), strict=True):
                rates[place] = float(rate)
            return self.equilibrium(*rates)

        def loss(point: Numbers) -> float:
            try:
                return -at(point).welfare
            except ConfigurationError:
                return math.inf

        best = np.array(min(itertools.product(_LEVELS, repeat=len(free)), key=loss))
        if free and math.isfinite(loss(best)):
            around = np.vstack([best, best + 0.05 * np.eye(len(free))])
            options = {"initial_simplex": around, "xatol": _SETTLED, "fatol": 1e-13}
            found = minimize(loss, best, method="Nelder-Mead", options=options)
            if not found.success:
                spread = float(np.ptp(found.final_simplex[0], axis=0).max())
                raise not_converged("the search for rates", found.nit, spread, _SETTLED)
            best = found.x
        return TaxedGrowthOptimum(at(best), self.equilibrium())


def _rate(argument: str, value: float) -> float:
    return float(require_number(argument, value, low=-math.inf, high=_BELOW_ONE))
