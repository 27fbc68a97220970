"""Households, firms and a taxing government: digits, and plans that nobody would change."""

import numpy as np
import pytest
from scipy.optimize import minimize, root

from solon import ConfigurationError
from solon.economics.equilibrium import BrockMirman, TaxedGrowth

ECONOMY = TaxedGrowth(productivities=(0.5, 1.0, 1.5, 3.0), capital=(0.05, 0.10, 0.25, 0.60))

UNTAXED = {
    "hours": (0.993347, 0.993347, 0.988936, 0.986738),
    "labor": 5.933640,
    "consumption_shares": (0.054291, 0.108582, 0.163599, 0.327928),
    "output": 3.125544,
    "consumption": (0.169689, 0.339378, 0.511337, 1.024952),
    "values": (-55.660534, -38.331854, -27.974687, -10.536105),
    "welfare": -33.125795,
    "steady_capital": 1.128087,
}
TAXED = {
    "hours": (0.516524, 0.704188, 0.784751, 0.878808),
    "labor": 4.775998,
    "consumption_shares": (0.090802, 0.133206, 0.179297, 0.320215),
    "output": 2.720201,
    "consumption": (0.246999, 0.362348, 0.487724, 0.871049),
    "values": (-42.055936, -35.338887, -29.409691, -16.866883),
    "welfare": -30.917849,
    "steady_capital": 0.640713,
}


@pytest.mark.parametrize(("rates", "expected"), [((0, 0), UNTAXED), ((0.3, 0.2), TAXED)])
def test_four_households(rates, expected):
    found = ECONOMY.equilibrium(*rates)
    for name, value in expected.items():
        np.testing.assert_allclose(getattr(found, name), value, atol=6e-7, err_msg=name)


@pytest.mark.parametrize(
    ("given", "labor_tax", "capital_tax", "welfare"),
    [
        ({}, 0.387074, 0.017541, -30.532489),
        ({"capital_tax": 0}, 0.392844, 0, -30.535688),
        ({"labor_tax": 0}, 0, 0.200125, -32.418288),
    ],
)
def test_the_best_constant_rates(given, labor_tax, capital_tax, welfare):
    found = ECONOMY.optimum(**given)
    assert found.equilibrium.labor_tax == pytest.approx(labor_tax, abs=1e-6)
    assert found.equilibrium.capital_tax == pytest.approx(capital_tax, abs=1e-6)
    assert found.equilibrium.welfare == pytest.approx(welfare, abs=6e-7)
    assert found.attainable_gain == pytest.approx(welfare + 33.125795, abs=1e-6)
    assert found.captured(found.untaxed.welfare) == 0
    assert found.captured(found.equilibrium.welfare) == 1


def test_the_best_capital_tax_if_hours_are_fixed():
    shares = tuple(e / 6 for e in ECONOMY.productivities)
    inelastic = TaxedGrowth(shares, ECONOMY.capital, disutility=0.0)
    found = inelastic.optimum(labor_tax=0)
    assert found.equilibrium.capital_tax == pytest.approx(0.203269, abs=1e-6)
    values = (-82.735438, -68.793356, -59.737006, -43.620358)
    # The best rate is known to seven digits, and a rate moves a value some 80 times as much.
    np.testing.assert_allclose(found.equilibrium.values, values, atol=1e-5)
    assert found.equilibrium.welfare == pytest.approx(-63.721539, abs=6e-7)
    assert found.untaxed.welfare == pytest.approx(-64.437415, abs=6e-7)


OTHERS = [
    (TaxedGrowth((1.0,), (2.0,), 0.3, 0.9, 1.0, 2.0), (0.2, -0.1)),
    (TaxedGrowth((1.0, 2.0, 0.3), (0.0, 1.0, 3.0), 0.5, 0.8, 2.0, 0.5), (0.4, 0.3)),
    (TaxedGrowth((0.2, 5.0), (1.0, 0.1), 0.2, 0.99, 0.5, 3.0), (-0.01, 0.6)),
]


@pytest.mark.parametrize(("economy", "rates"), [(ECONOMY, (0.3, 0.2)), *OTHERS])
def test_what_households_get_adds_up_and_nobody_would_change_a_plan(economy, rates):
    """A path of prices is computed from the equilibrium; each household's plan is then its own.

    Nothing here is the closed form but the levels of capital and hours: budgets are followed step
    by step, and the plan is compared with many others that the same budget allows.
    """
    t_l, t_k = rates
    alpha, beta, phi = economy.capital_share, economy.discount, economy.curvature
    found = economy.equilibrium(t_l, t_k)
    e, k0 = np.array(economy.productivities), np.array(economy.capital)
    periods = 3000 if beta > 0.97 else 1200
    # Any path of productivity that is known in advance.
    z = np.exp(0.1 * np.sin(np.arange(periods)))
    capital = np.empty(periods + 1)
    capital[0] = k0.sum()
    for t in range(periods):
        y = z[t] * capital[t] ** alpha * found.labor ** (1 - alpha)
        capital[t + 1] = alpha * beta * (1 - t_k) * y
    output = z * capital[:-1] ** alpha * found.labor ** (1 - alpha)
    wage = (1 - t_l) * (1 - alpha) * output / found.labor
    gross = (1 - t_k) * alpha * output / capital[:-1]
    transfer = (t_l * (1 - alpha) + t_k * alpha) * output / len(e)

    def consumed(i, hours, own):
        return gross * own[:-1] + wage * e[i] * hours + transfer - own[1:]

    def utility(i, hours, own):
        flow = np.log(consumed(i, hours, own))
        flow = flow - economy.disutility * hours ** (1 + phi) / (1 + phi)
        return beta ** np.arange(periods) @ flow

    generator = np.random.default_rng(0)
    total = 0
    for i in range(len(e)):
        own = k0[i] / k0.sum() * capital
        hours = np.full(periods, found.hours[i])
        total = total + consumed(i, hours, own)
        np.testing.assert_allclose(consumed(i, hours, own), found.consumption_shares[i] * output)
        planned = utility(i, hours, own)
        for _ in range(30):
            size = 10 ** generator.uniform(-4, -1)
            other = own * np.exp(size * generator.normal(size=own.size))
            other[[0, -1]] = own[[0, -1]]
            worked = hours * np.exp(size * generator.normal(size=hours.size))
            with np.errstate(invalid="ignore"):
                changed = utility(i, worked, other)
            assert np.isnan(changed) or changed < planned
    np.testing.assert_allclose(total + capital[1:], output)


@pytest.mark.parametrize(("economy", "rates"), OTHERS)
def test_values_from_a_path_without_shocks(economy, rates):
    found = economy.equilibrium(*rates)
    alpha, beta, phi = economy.capital_share, economy.discount, economy.curvature
    capital, values = sum(economy.capital), 0
    for t in range(4000):
        y = capital**alpha * found.labor ** (1 - alpha)
        flow = np.log(found.consumption_shares * y)
        flow = flow - economy.disutility * found.hours ** (1 + phi) / (1 + phi)
        values = values + beta**t * flow
        capital = alpha * beta * (1 - rates[1]) * y
    np.testing.assert_allclose(found.values, values, rtol=1e-10)
    assert capital == pytest.approx(found.steady_capital)


@pytest.mark.parametrize(("economy", "rates"), OTHERS)
def test_hours_against_a_root_finder(economy, rates):
    found = economy.equilibrium(*rates)
    e, s = np.array(economy.productivities), np.array(economy.capital) / sum(economy.capital)
    a, b, (t_l, t_k) = economy.capital_share, economy.discount, rates

    def gaps(log_hours):
        n = np.exp(log_hours)
        pay = (1 - t_l) * (1 - a) * e / (e @ n)
        f = (1 - b) * (1 - t_k) * a * s + pay * n + (t_l * (1 - a) + t_k * a) / len(e)
        return np.log(economy.disutility * n**economy.curvature * f / pay)

    other = root(gaps, np.zeros(len(e)), tol=1e-13)
    np.testing.assert_allclose(found.hours, np.exp(other.x), rtol=1e-9)


def test_no_other_rates_are_better():
    economy = OTHERS[1][0]
    found = economy.optimum()
    other = minimize(
        lambda t: -economy.equilibrium(*np.minimum(t, 0.99)).welfare, (0.1, 0.1), method="BFGS"
    )
    assert found.equilibrium.welfare >= -other.fun - 1e-9
    rates = (found.equilibrium.labor_tax, found.equilibrium.capital_tax)
    np.testing.assert_allclose(rates, other.x, atol=1e-4)


def test_nothing_is_gained_by_taxing_one_household():
    found = TaxedGrowth((1.0,), (0.3,)).optimum()
    rates = (found.equilibrium.labor_tax, found.equilibrium.capital_tax)
    np.testing.assert_allclose(rates, 0, atol=1e-5)
    with pytest.raises(ConfigurationError, match=r"gain: got .*some tax is better than none"):
        found.captured(-10.0)


def test_rates_at_which_somebody_cannot_pay():
    with pytest.raises(ConfigurationError, match="labor_tax and capital_tax: got"):
        ECONOMY.optimum(labor_tax=-20.0)


def test_one_household_of_brock_and_mirman():
    alone = TaxedGrowth((1.0,), (0.3,), disutility=1.0).equilibrium()
    known = BrockMirman(0.36, 0.96, disutility=1.0)
    assert alone.hours[0] == pytest.approx(known.hours)
    assert alone.values[0] == pytest.approx(float(known.value(0.3, 1.0)))
    assert alone.steady_capital == pytest.approx(known.steady_capital)
    assert (alone.gross_return, alone.wage) == pytest.approx(
        (float(known.gross_return(0.3, 1.0)), float(known.wage(0.3, 1.0)))
    )


@pytest.mark.parametrize(
    ("options", "rates", "named"),
    [
        ({"capital": (0.5, -0.1)}, (0, 0), "capital: got -0.1"),
        ({"capital": (0.0, 0.0)}, (0, 0), "capital: got (0.0, 0.0); allowed: some capital"),
        ({"productivities": (0.0, 1.0)}, (0, 0), "productivities: got 0.0"),
        ({"discount": 1.0}, (0, 0), "discount: got 1.0"),
        ({"discount": -0.5}, (0, 0), "discount: got -0.5"),
        ({"capital_share": 0.0}, (0, 0), "capital_share: got 0.0"),
        ({"curvature": 0.0}, (0, 0), "curvature: got 0.0"),
        ({}, (1.0, 0), "labor_tax: got 1.0"),
        ({}, (0, float("nan")), "capital_tax: got nan"),
        ({}, (-0.5, 0), "labor_tax and capital_tax: got (-0.5, 0.0); allowed: rates at which"),
    ],
)
def test_bad_input(options, rates, named):
    given = {"productivities": (1.0, 2.0), "capital": (0.5, 0.5)} | options
    with pytest.raises(ConfigurationError) as error:
        TaxedGrowth(**given).equilibrium(*rates)
    assert str(error.value).startswith(named)
