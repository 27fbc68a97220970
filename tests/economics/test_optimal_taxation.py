"""Optimal taxes: closed forms with their digits, and searches that know of no closed form."""

import math

import numpy as np
import pytest
from scipy import integrate

from solon import ConfigurationError
from solon.economics.optimal_rates import (
    income_tail,
    optimal_linear_rate,
    optimal_top_rate,
    optimal_top_rate_with_income_effects,
    revenue_above,
    revenue_maximizing_rate,
    two_type_mirrlees,
)
from solon.economics.optimal_taxation import (
    _gain_of_tail,
    optimal_linear_tax,
    optimal_schedule,
    optimal_top_rate_of_tail,
)

FIVE = np.array([1.0, 2.0, 3.0, 4.0, 5.0])

# Skills 1 to 5, elasticity 0.5: objective -> rate, mean weight, lump sum, utilities.
LINEAR = {
    ("concave", 1.0): (0.324857, 0.759417, 1.505721,
                       [1.875552, 2.551760, 3.427417, 4.464366, 5.640552]),
    ("concave", 2.0): (0.421534, 0.635645, 1.808533,
                       [2.101842, 2.638136, 3.332611, 4.155005, 5.087827]),
    ("worst-off", 1.0): (0.621993, 0.177274, 2.157199,
                         [2.312138, 2.595431, 2.962282, 3.396706, 3.889463]),
}  # fmt: skip


def test_a_share_of_the_gain_is_none_where_nothing_can_be_gained():
    best = optimal_linear_tax(FIVE)
    assert best.captured(best.welfare) == 1
    assert best.captured(best.untaxed_welfare) == 0
    assert best.captured(best.untaxed_welfare - best.attainable_gain) == pytest.approx(-1)
    # Workers who are all alike pay for each other's transfer; the utilitarian sum of utilities
    # that are linear in coin does not rise when coin changes hands.
    alike = optimal_linear_tax(np.full(5, 3.0))
    linear = optimal_linear_tax(FIVE, inequality_aversion=0.0)
    for schedule in (alike, linear):
        assert schedule.rates == pytest.approx([0.0])
        for welfare in (schedule.welfare, schedule.welfare - 1, schedule.welfare + 1):
            assert math.isnan(schedule.captured(welfare))
    # The logarithm of a utility below 0 is no number: without a transfer welfare has no bottom.
    endless = optimal_linear_tax(np.arange(1.0, 5.0), risk_aversion=1.0)
    assert endless.untaxed_welfare == -math.inf
    assert math.isnan(endless.captured(endless.welfare))


@pytest.mark.parametrize(("objective", "aversion"), LINEAR)
def test_linear_tax_of_five_types(objective, aversion):
    found = optimal_linear_tax(FIVE, objective=objective, inequality_aversion=aversion)
    rate, weight, transfer, utilities = LINEAR[objective, aversion]
    assert found.rates[0] == pytest.approx(rate, abs=2e-6)
    assert found.mean_weight == pytest.approx(weight, abs=2e-6)
    assert found.transfer == pytest.approx(transfer, abs=2e-6)
    np.testing.assert_allclose(found.utilities, utilities, atol=2e-6)
    # The search knows nothing of the formula, which holds all the same.
    assert optimal_linear_rate(found.mean_weight, 0.5) == pytest.approx(rate, abs=2e-6)
    if aversion == 1:
        incomes = FIVE**1.5 * (1 - rate) ** 0.5
        np.testing.assert_allclose(found.incomes, incomes, rtol=1e-5)


def test_incomes_under_the_best_tax_for_the_mean_of_logs():
    found = optimal_linear_tax(FIVE)
    expected = [0.821671, 2.324037, 4.269528, 6.573369, 9.186562]
    np.testing.assert_allclose(found.incomes, expected, atol=2e-6)


@pytest.mark.parametrize("elasticity", [0.2, 0.5, 1.3])
def test_the_rate_that_raises_most(elasticity):
    found = optimal_linear_tax(FIVE, elasticity=elasticity, objective="revenue")
    assert found.rates[0] == pytest.approx(1 / (1 + elasticity), abs=1e-6)
    assert found.rates[0] == pytest.approx(revenue_maximizing_rate(elasticity), abs=1e-6)


@pytest.mark.parametrize(
    ("elasticity", "aversion"), [(0.2, 1.0), (0.8, 1.0), (0.5, 0.5), (1.5, 3.0)]
)
def test_the_linear_formula_at_other_parameters(elasticity, aversion):
    skills = np.random.default_rng(3).lognormal(0.3, 0.6, 1000)
    found = optimal_linear_tax(skills, elasticity=elasticity, inequality_aversion=aversion)
    formula = optimal_linear_rate(found.mean_weight, elasticity)
    assert found.rates[0] == pytest.approx(formula, abs=1e-5)
    assert 0 < found.rates[0] < revenue_maximizing_rate(elasticity)


def test_isoelastic_workers_against_newtons_method():
    skills = np.linspace(1, 5, 5)
    found = optimal_linear_tax(skills, risk_aversion=0.5, inequality_aversion=0.0)
    rates = found.rates[0] + np.array([-0.01, 0.01])
    for rate in rates:
        other = _isoelastic_welfare(skills, rate, 0.5, 0.5)
        assert other < found.welfare
    assert _isoelastic_welfare(skills, found.rates[0], 0.5, 0.5) == pytest.approx(found.welfare)
    untaxed = _isoelastic_incomes(skills, 0.0, 0.0, 0.5, 0.5)
    np.testing.assert_allclose(untaxed, skills ** (3 / 2.5), rtol=1e-6)


def _isoelastic_incomes(skills, rate, transfer, e, eta):
    """By Newton's method on the first-order condition, worker by worker."""
    incomes = skills ** (1 + e)
    for _ in range(200):
        consumption = (1 - rate) * incomes + transfer
        gap = (1 - rate) * consumption**-eta - (incomes / skills) ** (1 / e) / skills
        slope = -eta * (1 - rate) ** 2 * consumption ** (-eta - 1)
        slope -= (incomes / skills) ** (1 / e) / skills / incomes / e
        incomes = np.maximum(incomes - gap / slope, 1e-3 * incomes)
    return incomes


def _isoelastic_welfare(skills, rate, e, eta):
    transfer = 0.0
    for _ in range(200):
        incomes = _isoelastic_incomes(skills, rate, transfer, e, eta)
        transfer = (transfer + rate * incomes.mean()) / 2
    consumption = (1 - rate) * incomes + transfer
    power = 1 + 1 / e
    utility = (consumption ** (1 - eta) - 1) / (1 - eta) - (incomes / skills) ** power / power
    return utility.mean()


def test_top_rates_of_a_pareto_tail():
    for tail, elasticity, weight, expected in (
        (1.5, 0.25, 0.0, 0.727273),
        (2.0, 0.25, 0.0, 0.666667),
        (2.0, 0.25, 0.25, 0.6),
        (2.0, 0.5, 0.0, 0.5),
        (3.0, 0.5, 0.0, 0.4),
        # Other parameters than those that are known by heart.
        (2.4, 0.33, 0.1, 0.9 / (0.9 + 2.4 * 0.33)),
    ):
        assert optimal_top_rate(weight, tail, elasticity) == pytest.approx(expected, abs=1e-6)
        found = optimal_top_rate_of_tail(tail, elasticity, weight)
        assert found == pytest.approx(expected, abs=5e-5)
    with_effects = optimal_top_rate_with_income_effects(0.0, 2.0, 0.1, 0.4)
    assert with_effects == pytest.approx(0.666667, abs=1e-6)
    assert income_tail(3.0, 0.5) == 2
    assert revenue_above(2 / 3, 2.0, 0.25) == pytest.approx(0.384900, abs=1e-6)
    assert max(revenue_above(t, 2.0, 0.25) for t in (0.6, 0.7)) < 0.3849


def test_two_types_who_can_not_be_told_apart():
    found = two_type_mirrlees((1.0, 2.0), 0.5)
    for name, expected in (
        ("incomes", (0.958640, 2.828427)),
        ("consumptions", (1.440483, 2.346584)),
        ("utilities", (1.146822, 1.403775)),
        ("marginal_rates", (0.081009, 0.0)),
        ("taxes", (-0.481843, 0.481843)),
    ):
        np.testing.assert_allclose(getattr(found, name), expected, atol=2e-6, err_msg=name)
    assert found.welfare == pytest.approx(0.238080, abs=1e-6)
    # At other parameters: no rate at the top, a high type that is just not tempted, and more than
    # the best linear tax.
    other = two_type_mirrlees((1.0, 3.0), 0.8)
    assert other.marginal_rates[1] == pytest.approx(0, abs=1e-9)
    power = 1 + 1 / 0.8
    tempted = other.consumptions[0] - (other.incomes[0] / 3.0) ** power / power
    assert tempted == pytest.approx(other.utilities[1])
    linear = optimal_linear_tax(np.array([1.0, 3.0]), elasticity=0.8)
    assert other.welfare > linear.welfare > linear.untaxed_welfare


def test_a_schedule_of_brackets_for_a_pareto_society():
    elasticity, shares = 0.5, (np.arange(1000) + 0.5) / 1000
    skills = (1 - shares) ** (-1 / 3)
    cutoffs = [0.0, 1.2, 1.8, 3.0]
    found = optimal_schedule(skills, cutoffs, elasticity=elasticity, starts=2)
    assert found.agreement < 1e-9

    # No small change of any rate is better, to four digits.
    def welfare(rates):
        return _plain_welfare(skills, np.array(cutoffs), rates, elasticity)

    assert welfare(found.rates) == pytest.approx(found.welfare, abs=1e-10)
    assert welfare(np.zeros(4)) == pytest.approx(found.untaxed_welfare, abs=1e-10)
    for b in range(4):
        for change in (-1e-4, 1e-4):
            rates = found.rates.copy()
            rates[b] += change
            assert welfare(rates) < found.welfare
    linear = optimal_linear_tax(skills, elasticity=elasticity)
    assert 0.7 < found.captured(linear.welfare) < 1
    assert found.captured(found.welfare) == 1


def _plain_welfare(skills, cutoffs, rates, e):
    """Mean ln u when everyone picks the best of many incomes: edges, and optima within brackets."""

    def due(z):
        widths = np.diff(cutoffs, append=np.inf)
        return np.sum(np.clip(z[..., None] - cutoffs, 0, widths) * rates, axis=-1)

    within = skills[:, None] ** (1 + e) * (1 - rates) ** e
    upper = np.append(cutoffs[1:], np.inf)
    options = np.concatenate(
        [np.clip(within, cutoffs, upper), np.broadcast_to(cutoffs, within.shape)], axis=1
    )
    power = 1 + 1 / e
    value = options - due(options) - (options / skills[:, None]) ** power / power
    best = np.argmax(value, axis=1)[:, None]
    incomes = np.take_along_axis(options, best, axis=1)[:, 0]
    utility = np.take_along_axis(value, best, axis=1)[:, 0] + due(incomes).mean()
    return float(np.mean(np.log(utility)))


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: optimal_linear_tax(np.array([0.0, 1.0])), "skills"),
        (lambda: optimal_linear_tax(FIVE, elasticity=0.0), "elasticity"),
        (lambda: optimal_linear_tax(FIVE, objective="best"), "objective.*worst-off"),
        (lambda: optimal_schedule(FIVE, [1.0, 2.0]), "cutoffs"),
        (lambda: optimal_top_rate(0.0, 1.0, 0.5), "tail"),
        (lambda: optimal_top_rate(1.5, 2.0, 0.5), "weight"),
        (lambda: optimal_linear_rate(math.nan, 0.5), "mean_weight"),
        (lambda: two_type_mirrlees((2.0, 1.0), 0.5), "skills"),
    ],
)
def test_what_makes_no_sense_is_refused(call, named):
    with pytest.raises(ConfigurationError, match=named):
        call()


@pytest.mark.parametrize("tail", [1.0001, 1.1, 2.0, 50.0, 1000.0])
@pytest.mark.parametrize("elasticity", [1e-3, 0.5, 10.0, 100.0])
def test_the_best_rate_on_tails_of_any_length(tail, elasticity):
    """Also where nearly nobody stays above the threshold, and where the mean is nearly infinite."""
    for weight in (0.0, 0.5, 1.0):
        found = optimal_top_rate_of_tail(tail, elasticity, weight)
        assert found == pytest.approx(optimal_top_rate(weight, tail, elasticity), abs=1e-6)


@pytest.mark.parametrize(("tail", "elasticity", "weight"), [(2.0, 0.5, 0.3), (3.0, 2.0, 0.9)])
def test_the_gain_of_a_tail_is_the_sum_over_its_workers(tail, elasticity, weight):
    """Worker by worker, by quadrature: revenue and weighted utility under one rate and another."""
    power = 1 + 1 / elasticity

    def gained(rate, share):
        untaxed = share ** (-1 / tail)
        skill = untaxed ** (1 / (1 + elasticity))
        income = max(1.0, untaxed * (1 - rate) ** elasticity)
        paid = rate * (income - 1)
        return paid + weight * (income - paid - (income / skill) ** power / power)

    def total(rate):
        kink = (1 - rate) ** (elasticity * tail)
        pieces = (0, kink), (kink, 1)
        return sum(integrate.quad(lambda s: gained(rate, s), *ends)[0] for ends in pieces)

    def closed(rate):
        return (1 - rate) ** (tail * elasticity) * _gain_of_tail(rate, tail, elasticity, weight)

    for rate in (0.1, 0.4, 0.7):
        difference = total(rate) - total(0.2)
        assert closed(rate) - closed(0.2) == pytest.approx(difference, rel=1e-6)
