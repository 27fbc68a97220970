"""Firms that set prices and a household that works for them: digits, and best answers by search."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from solon import ConfigurationError
from solon.economics.equilibrium import dixit_stiglitz


def test_a_continuum_and_a_subsidy_that_mends_it():
    found = dixit_stiglitz(6)
    assert found.markup == pytest.approx(1.2)
    assert found.hours == pytest.approx(0.912871, abs=6e-7)
    assert found.utility == pytest.approx(-0.507827, abs=6e-7)
    assert (found.efficient_hours, found.efficient_utility) == (1, -0.5)
    mended = dixit_stiglitz(6, subsidy=found.corrective_subsidy)
    assert found.corrective_subsidy == pytest.approx(0.2)
    assert (mended.hours, mended.utility) == pytest.approx((1, -0.5))
    # No other subsidy is better.
    others = [dixit_stiglitz(6, subsidy=s).utility for s in np.linspace(-0.5, 2, 26)]
    assert max(others) <= -0.5


@pytest.mark.parametrize(
    ("firms", "elasticity", "markup", "hours"),
    [(2, 3.5, 1.4, 0.845154), (3, 4.333333, 1.3, 0.877058), (10, 5.5, 1.222222, 0.904534)],
)
def test_few_firms(firms, elasticity, markup, hours):
    found = dixit_stiglitz(6, firms=firms)
    assert found.elasticity == pytest.approx(elasticity, abs=6e-7)
    assert found.markup == pytest.approx(markup, abs=6e-7)
    assert found.hours == pytest.approx(hours, abs=6e-7)


@pytest.mark.parametrize(
    ("eps", "firms", "chi", "phi"), [(3.0, 4, 2.0, 0.5), (1.5, 2, 0.7, 3.0), (8.0, 30, 1.0, 0.0)]
)
def test_nobody_gains_by_another_price_or_other_hours(eps, firms, chi, phi):
    found = dixit_stiglitz(eps, firms=firms, disutility=chi, curvature=phi)

    def loss(log_price):
        """The wage and spending are 1; the others charge the markup."""
        prices = np.append(math.exp(log_price), np.full(firms - 1, found.markup))
        sales = prices[0] ** -eps / np.sum(prices ** (1 - eps))
        return -(prices[0] - 1) * sales

    best = minimize_scalar(loss, bounds=(0.01, 6), method="bounded", options={"xatol": 1e-9})
    assert math.exp(best.x) == pytest.approx(found.markup, rel=1e-5)

    profits = found.hours * (1 - found.real_wage)

    def misery(hours):
        consumption = found.real_wage * hours + profits
        return -math.log(consumption) + chi * hours ** (1 + phi) / (1 + phi)

    best = minimize_scalar(misery, bounds=(1e-6, 10), method="bounded", options={"xatol": 1e-10})
    assert best.x == pytest.approx(found.hours, rel=1e-5)
    assert -best.fun == pytest.approx(found.utility)


@pytest.mark.parametrize(
    ("arguments", "options", "named"),
    [
        ((1.0,), {}, "substitution: got 1.0; allowed: a finite number above 1"),
        ((6.0,), {"firms": 1}, "firms: got 1;"),
        ((6.0,), {"firms": 2.5}, "firms: got 2.5"),
        ((6.0,), {"disutility": 0.0}, "disutility: got 0.0"),
        ((6.0,), {"curvature": -1.0}, "curvature: got -1.0"),
        ((6.0,), {"subsidy": -1.0}, "subsidy: got -1.0"),
    ],
)
def test_technologies_without_an_equilibrium(arguments, options, named):
    with pytest.raises(ConfigurationError) as error:
        dixit_stiglitz(*arguments, **options)
    assert str(error.value).startswith(named)
