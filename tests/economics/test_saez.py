"""Saez's formula: golden values of the published estimation, closed forms, fixed-size buffers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.economics import (
    US_FEDERAL_2018_PUBLISHED_RATES,
    WelfareWeights,
    add_tax_returns,
    bracket_cutoffs,
    bracket_rates,
    income_distribution,
    marginal_rate,
    no_tax_returns,
    optimal_bin_rates,
    optimal_marginal_rate,
    saez_rates,
    tax_due,
    update_elasticity,
)
from solon.economics.saez import IncomeDistribution

US = bracket_cutoffs("us-federal")
US_RATES = np.asarray(US_FEDERAL_2018_PUBLISHED_RATES)


def case_a():
    incomes = 0.5 * np.arange(500)
    return incomes, np.asarray(marginal_rate(incomes, US, US_RATES))


def case_b():
    k = np.arange(600)
    return 20 * np.exp(0.006 * k), 0.1 * (k % 10)


def case_c():
    k = np.arange(600)
    return 20 * np.exp(0.006 * k), 0.9 * (1 - k / 600)


def whole_incomes(shift):
    """Incomes on the edges of bins, some of them losses, others above the top cutoff."""

    def case():
        incomes = (37 * np.arange(500)) % 131
        return incomes - float(shift), 0.05 * (19 - incomes // 7)

    return case


def uniform_rates():
    k = np.arange(500)
    return ((37 * k) % 131).astype(float), 0.05 * ((7 * k) % 20)


# case, cutoffs, highest rate, welfare weights; elasticity from 0.5 and rates that result. Made by
# running version 1.7.1 of the original framework.
GOLDEN = {
    "A": (
        *(case_a, US, 1.0, "inverse_income", 0.49),
        [0.966375246, 0.914533305, 0.809663651, 0.615875472, 0.375559461, 0.454332999, 0.999999999],
    ),
    "B": (
        *(case_b, US, 1.0, "inverse_income", 0.49),
        [0.176286769, 0.519632711, 0.731244331, 0.723623033, 0.685700976, 0.551829966, 0.230708760],
    ),
    "C": (
        *(case_c, US, 1.0, "inverse_income", 0.5239780247211),
        [0.170133371, 0.504539055, 0.717878280, 0.710033509, 0.671126423, 0.535732707, 0.219024900],
    ),
    "losses": (
        *(whole_incomes(30), US, 1.0, "inverse_income", 0.5365999656247108),
        [0.967673367, 0.843781221, 0.515649434, 0.123808499, 0.236201492, 0.640296879, 0.999999999],
    ),
    "capped": (
        *(whole_incomes(30), bracket_cutoffs("linear", top=40), 0.6, "inverse_income"),
        0.5365999656247108,
        [0.6, 0.6, 0.6, 0.575602272011, 0.432750771778],
    ),
    "uniform weights": (
        *(uniform_rates, bracket_cutoffs("linear"), 1.0, "uniform", 0.49),
        [5.5153e-08, 7.563e-09, 4.362e-09, 3.092e-09, 1.186e-09],
    ),
}


def computation(
    incomes,
    marginal_rates,
    valid,
    cutoffs,
    cap,
    welfare_weights: WelfareWeights = "inverse_income",
):
    elasticity = update_elasticity(0.5, incomes, marginal_rates, valid)
    rates = saez_rates(
        incomes, valid, elasticity, cutoffs, rate_cap=cap, welfare_weights=welfare_weights
    )
    return elasticity, rates


compiled = jax.jit(computation, static_argnames="welfare_weights")


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_values(float64, name):
    case, cutoffs, cap, weights, elasticity, rates = GOLDEN[name]
    incomes, marginal_rates = case()
    valid = jnp.ones(len(incomes), bool)
    found, schedule = compiled(incomes, marginal_rates, valid, cutoffs, cap, weights)
    assert float(found) == pytest.approx(elasticity, rel=1e-12)
    np.testing.assert_allclose(schedule, rates, atol=1e-9)


def test_golden_values_without_compilation(float64):
    case, cutoffs, cap, weights, elasticity, rates = GOLDEN["losses"]
    incomes, marginal_rates = case()
    valid = jnp.ones(len(incomes), bool)
    found, schedule = computation(incomes, marginal_rates, valid, cutoffs, cap, weights)
    assert float(found) == pytest.approx(elasticity, rel=1e-12)
    np.testing.assert_allclose(schedule, rates, atol=1e-9)


@pytest.mark.parametrize("name", GOLDEN)
def test_single_precision_is_close(name):
    case, cutoffs, cap, weights, elasticity, rates = GOLDEN[name]
    incomes, marginal_rates = (jnp.asarray(x, jnp.float32) for x in case())
    valid = jnp.ones(len(incomes), bool)
    found, schedule = compiled(incomes, marginal_rates, valid, cutoffs, cap, weights)
    assert float(found) == pytest.approx(elasticity, rel=1e-5)
    np.testing.assert_allclose(schedule, rates, atol=1e-4)


@pytest.mark.parametrize("shuffled", [False, True])
def test_unused_entries_and_order_do_not_matter(float64, shuffled):
    incomes, marginal_rates = case_c()
    rng = np.random.default_rng(0)
    order = rng.permutation(1000) if shuffled else np.arange(1000)
    padded_incomes = np.append(incomes, rng.uniform(-100, 900, 400))[order]
    padded_rates = np.append(marginal_rates, rng.uniform(0, 1, 400))[order]
    valid = jnp.asarray((np.arange(1000) < 600)[order])
    elasticity, rates = compiled(padded_incomes, padded_rates, valid, US, 1.0)
    assert float(elasticity) == pytest.approx(GOLDEN["C"][4], rel=1e-12)
    np.testing.assert_allclose(rates, GOLDEN["C"][5], atol=1e-9)


def test_edges_of_bins_do_not_depend_on_compilation_or_batching(float64):
    """Whole incomes lie on edges, and a rounding would move them to another bin."""
    tops = np.arange(1.0, 300.0)
    incomes = jnp.asarray(np.arange(500.0))
    valid = jnp.ones(500, bool)

    def observed(top):
        return income_distribution(incomes, valid, top).observed

    expected = [np.histogram(incomes, np.linspace(0, top, 101))[0] > 0 for top in tops]
    np.testing.assert_array_equal(jax.jit(jax.vmap(observed))(tops)[:, :-1], expected)
    one_by_one = jax.jit(observed)
    for top, bins in zip(tops, expected, strict=True):
        np.testing.assert_array_equal(one_by_one(top)[:-1], bins)
    np.testing.assert_array_equal(observed(14.0)[:-1], expected[13])


def test_elasticity_of_isoelastic_incomes(float64):
    """Where income is skill * (1 - rate)^e the regression finds e."""
    rates = jnp.linspace(0, 0.9, 40)
    incomes = 30 * (1 - rates) ** 0.7
    valid = jnp.ones(40, bool)
    found = update_elasticity(0.5, incomes, rates, valid)
    assert float(found) == pytest.approx(0.98 * 0.5 + 0.02 * 0.7, rel=1e-12)
    at_once = update_elasticity(0.5, incomes, rates, valid, inertia=0.0)
    assert float(at_once) == pytest.approx(0.7, rel=1e-12)
    # Skills that do not depend on the rate only add noise around it.
    noisy = incomes * jnp.where(jnp.arange(40) % 2 == 0, 2.0, 0.5)
    at_once = update_elasticity(0.5, noisy, rates, valid, inertia=0.0)
    assert float(at_once) == pytest.approx(0.7, abs=0.2)


def test_elasticity_stays_when_there_is_nothing_to_learn():
    rates = jnp.linspace(0, 0.9, 40)
    incomes = 30 * (1 - rates) ** 0.7
    everything = jnp.ones(40, bool)
    nine = jnp.arange(40) < 9
    assert float(update_elasticity(0.5, incomes, rates, nine)) == 0.5
    assert float(update_elasticity(0.5, incomes, rates, jnp.arange(40) < 10)) > 0.5
    assert float(update_elasticity(0.5, incomes, jnp.full(40, 0.3), everything)) == 0.5
    assert float(update_elasticity(0.5, -incomes, rates, everything)) == 0.5
    assert float(update_elasticity(0.5, incomes, jnp.ones(40), everything)) == 0.5
    # People who work more where they keep less count as inelastic.
    falling = update_elasticity(0.5, 30 * (1 - rates) ** -0.7, rates, everything)
    assert float(falling) == pytest.approx(0.49)


def test_uniform_incomes_have_pareto_parameter_z_over_top_minus_z(float64):
    top = 50.0
    incomes = (jnp.arange(1000) + 0.5) / 1000 * top
    distribution = income_distribution(incomes, jnp.ones(1000, bool), top)
    centers = (np.arange(100) + 0.5) / 100 * top
    np.testing.assert_allclose(
        distribution.pareto_parameter[:-1], centers / (top - centers), rtol=1e-6
    )
    assert float(distribution.pareto_parameter[-1]) == 0
    assert bool(distribution.observed.all())


def test_a_pareto_tail_has_its_exponent(float64):
    exponent, top = 4.0, 30.0
    survival = 1 - (jnp.arange(200_000) + 0.5) / 200_000
    incomes = 10 * survival ** (-1 / exponent)
    distribution = income_distribution(incomes, jnp.ones(200_000, bool), top)
    assert float(distribution.pareto_parameter[-1]) == pytest.approx(exponent, rel=2e-3)
    np.testing.assert_allclose(distribution.pareto_parameter[40:100], exponent, rtol=0.02)


def test_welfare_weights_by_hand(float64):
    """Three persons with 5, 15 and 100 coin; ten bins up to 100."""
    incomes, valid = jnp.array([5.0, 15.0, 100.0]), jnp.ones(3, bool)
    distribution = income_distribution(incomes, valid, 100.0, bins=10)
    values = np.array([1 / 5, 1 / 15, 1 / 95])
    above = values[::-1].cumsum()[::-1] / values.sum() / np.array([1, 2 / 3, 1 / 3])
    np.testing.assert_allclose(
        distribution.welfare_weight[jnp.array([0, 1, 5])],
        [(above[0] + above[1]) / 2, (above[1] + above[2]) / 2, above[2]],
        rtol=1e-7,
    )
    assert np.flatnonzero(distribution.observed).tolist() == [0, 1, 9, 10]
    same = income_distribution(incomes, valid, 100.0, bins=10, welfare_weights="uniform")
    np.testing.assert_allclose(same.welfare_weight[:9], 1, rtol=1e-7)


def test_optimal_rate_in_closed_form():
    cases = [
        # welfare weight, Pareto parameter, elasticity, rate
        (0, 1.5, 0.25, 0.727273),
        (0, 2, 0.25, 0.666667),
        (0.25, 2, 0.25, 0.6),
        (0, 2, 0.5, 0.5),
        (0, 3, 0.5, 0.4),
        (1, 2, 0.5, 0),
    ]
    for weight, parameter, elasticity, rate in cases:
        found = optimal_marginal_rate(weight, parameter, elasticity)
        assert float(found) == pytest.approx(rate, abs=1e-6)


def test_empty_bins_are_interpolated(float64):
    """With elasticity 1 and weight 0 the rate is 1 / (1 + a): 0.5, 0.2 and 0.8 where observed."""
    distribution = IncomeDistribution(
        welfare_weight=jnp.zeros(7),
        pareto_parameter=jnp.array([9.0, 1.0, 9.0, 9.0, 4.0, 9.0, 0.25]),
        observed=jnp.array([False, True, False, False, True, False, True]),
    )
    rates = optimal_bin_rates(distribution, 1.0)
    np.testing.assert_allclose(rates, [0.25, 0.5, 0.4, 0.3, 0.2, 0.5, 0.8], rtol=1e-8)


def test_bracket_rates_raise_the_same_tax_at_each_cutoff(float64):
    bin_rates = jnp.asarray(np.random.default_rng(0).uniform(0, 1, 101))
    rates = bracket_rates(bin_rates, US)
    bins = np.linspace(0, US[-1], 101)
    np.testing.assert_allclose(
        tax_due(US, US, rates), tax_due(US, bins, bin_rates), rtol=1e-12, atol=1e-12
    )
    assert float(rates[-1]) == float(bin_rates[-1])
    flat = bracket_rates(jnp.full(101, 0.3), US)
    np.testing.assert_allclose(flat, 0.3, rtol=1e-12)


def test_rates_keep_within_their_bounds():
    incomes, _ = case_b()
    schedule = jax.jit(lambda z, v: saez_rates(z, v, 0.5, US, rate_min=0.2, rate_cap=0.6))
    rates = schedule(incomes, jnp.ones(600, bool))
    np.testing.assert_allclose(rates[jnp.array([0, 2])], [0.2, 0.6])
    assert ((rates >= 0.2) & (rates <= 0.6)).all()


def test_a_higher_elasticity_means_lower_rates(float64):
    incomes, _ = case_b()
    valid = jnp.ones(600, bool)
    schedule = jax.jit(jax.vmap(lambda e: saez_rates(incomes, valid, e, US)))
    rates = schedule(jnp.array([0.1, 0.5, 2.0]))
    assert (jnp.diff(rates, axis=0) < 0).all()


def test_batches_and_gradients(float64):
    incomes = np.stack([case_b()[0], case_b()[0][::-1] * 1.5 - 20])
    valid = np.stack([np.ones(600, bool), np.arange(600) % 3 > 0])
    elasticity = np.array([0.3, 0.8])
    schedule = jax.jit(lambda z, v, e: saez_rates(z, v, e, US))
    looped = jnp.stack([schedule(*each) for each in zip(incomes, valid, elasticity, strict=True)])
    batched = jax.jit(jax.vmap(schedule))(incomes, valid, elasticity)
    np.testing.assert_allclose(batched, looped, rtol=1e-12)
    gradient = jax.jit(jax.grad(lambda z, v, e: jnp.sum(schedule(z, v, e)), (0, 2)))
    for each in zip(incomes, valid, elasticity, strict=True):
        by_incomes, by_elasticity = gradient(*each)
        assert np.isfinite(by_incomes).all()
        assert float(by_elasticity) < 0


def test_no_return_yet_gives_a_schedule_all_the_same():
    returns = no_tax_returns(20)
    rates = saez_rates(returns.incomes, returns.valid, 0.5, US)
    assert np.isfinite(rates).all()
    found = update_elasticity(0.5, returns.incomes, returns.marginal_rates, returns.valid)
    assert float(found) == 0.5


def test_tax_returns_keep_the_latest(float64):
    add = jax.jit(add_tax_returns)
    returns = no_tax_returns(10)
    assert not returns.valid.any()
    for period in range(4):
        of_period = 4.0 * period + np.arange(4)
        returns = add(returns, of_period, of_period / 100)
        expected = np.arange(4 * period + 4.0)[-10:]
        assert int(returns.count) == len(expected)
        np.testing.assert_array_equal(returns.incomes[returns.valid], expected)
        np.testing.assert_allclose(returns.marginal_rates[returns.valid], expected / 100)
    many = add(returns, np.arange(25.0), np.zeros(25))
    np.testing.assert_array_equal(many.incomes, np.arange(15.0, 25.0))
    assert int(many.count) == 10
