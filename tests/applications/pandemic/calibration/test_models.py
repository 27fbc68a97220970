"""The models: what follows from known numbers, and which rows they were made from."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.applications.pandemic.calibration.baselines import usual_unemployment
from solon.applications.pandemic.calibration.fit import KNOTS, negative_log_posterior
from solon.applications.pandemic.calibration.known import cut
from solon.applications.pandemic.calibration.prior import Prior, VaccineScenario
from solon.applications.pandemic.calibration.published import (
    published_deaths,
    published_unemployment,
)
from solon.applications.pandemic.calibration.recovery import (
    RecoveryNumbers,
    RecoveryPrior,
    fit_recovery,
    kept_share,
)
from solon.applications.pandemic.calibration.transmission import (
    WINDOW,
    prior_numbers,
    setting,
    simulate,
)
from solon.applications.pandemic.calibration.widths import scales, stretch
from solon.data.covid19 import load


@pytest.fixture(scope="module")
def known():
    return cut(load(), "2021-02")


@pytest.fixture(scope="module")
def steady(known):
    """Nothing but caution and a resting death rate, which is above the nation's in all states."""
    prior = Prior(season=0.0, stringency=0.0)
    given = setting(known, prior, ahead=0, vaccines=None)
    given = dataclasses.replace(given, doses=jnp.zeros_like(given.doses))
    numbers = prior_numbers(len(known.states), KNOTS)
    numbers = dataclasses.replace(numbers, death_rates=jnp.full(len(known.states), 1.0))
    return prior, given, simulate(numbers, given, prior, days=WINDOW)


def test_epidemic_returns_to_the_resting_rate(known, steady):
    prior, given, course = steady
    persons = course.compartments
    total = np.asarray(persons.susceptible + persons.infected + persons.recovered)
    np.testing.assert_allclose(total, np.broadcast_to(known.population, total.shape), rtol=2e-6)
    # It rests where caution makes up for those who are not susceptible any more: R · S/N = 1.
    left = np.asarray(persons.susceptible[-1]) / known.population
    rate = np.asarray(course.deaths[-1]) / known.population * 1e5
    resting = float(given.usual) * np.exp(prior.death_rate_spread_of_states)
    expected = resting * left ** (1 / prior.caution)
    np.testing.assert_allclose(rate, expected, rtol=0.12, atol=0.03)


def test_deaths_are_those_of_the_infected(steady):
    prior, _, course = steady
    before = np.asarray(course.compartments.infected[:-1])
    expected = prior.infection_fatality * prior.recovery_rate * before
    # In single precision, as a difference of persons who are no longer ill.
    np.testing.assert_allclose(np.asarray(course.deaths[1:]), expected, rtol=1e-2, atol=0.02)


def test_the_start_fits_better_than_one_that_is_off(known):
    prior = Prior()
    given = setting(known, prior, ahead=0, vaccines=None)
    centre = prior_numbers(len(known.states), KNOTS)
    judge = jax.jit(
        lambda numbers: negative_log_posterior(numbers, given, prior, centre, given.weekly)
    )
    off = dataclasses.replace(centre, death_rate=jnp.asarray(8.0))
    assert judge(centre) < judge(off)


def test_levels_of_the_last_day_stay_and_doses_follow_the_scenario(known):
    given = setting(known, Prior(), ahead=60, vaccines=VaccineScenario())
    last = known.stringency[-1] - known.stringency[-WINDOW:].mean()
    np.testing.assert_allclose(given.levels[-1], last, rtol=1e-5)
    np.testing.assert_allclose(given.doses[-1], 0.003 * known.population, rtol=1e-5)
    # What was given up to the origin, spread evenly from 12 January on.
    done = np.asarray(given.doses[:WINDOW]).sum(axis=0)
    np.testing.assert_allclose(done, known.vaccinated[-1], rtol=1e-4)
    without = setting(known, Prior(), ahead=60, vaccines=None)
    assert float(without.doses[WINDOW:].sum()) == 0
    np.testing.assert_array_equal(without.doses[:WINDOW], given.doses[:WINDOW])


def test_the_old_come_first():
    vaccines = VaccineScenario()
    assert vaccines.fatality(0.0) == 1
    # Half of 16.5 % of the people are half of the old: 0.8 · 0.9 / 2 of the deaths are prevented.
    assert vaccines.fatality(0.165) == pytest.approx(0.64)
    assert vaccines.fatality(0.9) == pytest.approx(0.28)


def test_published_deaths_scale(known):
    # With next to nobody infected, all are susceptible and deaths do not depend on the share.
    few = dataclasses.replace(known, deaths=known.deaths * 1e-4)
    found = published_deaths(few, 1, vaccines=None)
    other = published_deaths(few, 1, vaccines=None, death_share=0.007)
    np.testing.assert_allclose(found, other, rtol=0.02)
    vaccinated = published_deaths(known, 4, vaccines=VaccineScenario()).sum()
    assert vaccinated < published_deaths(known, 4, vaccines=None).sum()


def test_published_unemployment_without_a_change(known):
    still = dataclasses.replace(known, stringency=np.ones_like(known.stringency))
    from solon.data.covid19 import load_calibration

    bias = load_calibration().by_state["unemployment_bias"]
    np.testing.assert_allclose(published_unemployment(still, 2), bias + np.log(2), rtol=1e-6)


def test_recovery_finds_the_mixture_that_made_the_data(known):
    prior = RecoveryPrior(noise=0.001)
    truth = RecoveryNumbers(lasting=jnp.asarray(0.8), fast=jnp.asarray(-0.7), slow=jnp.zeros(()))
    ages = np.arange((known.months >= np.datetime64("2020-04")).sum(), dtype=float)
    left = np.asarray(kept_share(truth, prior, np.zeros(1), ages))
    made = np.full_like(known.unemployment, 4.0)
    made[known.months >= np.datetime64("2020-04")] += 10 * left[:, None]
    made = dataclasses.replace(known, unemployment=made)
    np.testing.assert_allclose(usual_unemployment(made), 4)
    # A prior's centre far away, as nothing is known of the numbers here.
    found = fit_recovery(jax.random.key(0), made, prior, members=1, steps=500)
    ahead = np.array([6.0])
    expected = np.asarray(kept_share(truth, prior, ages[-1:], ahead))
    numbers = jax.tree.map(lambda leaf: leaf[0], found)
    np.testing.assert_allclose(kept_share(numbers, prior, ages[-1:], ahead), expected, rtol=0.02)


def test_widths_follow_what_happened():
    levels = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    quantiles = np.expm1(5 + 0.1 * levels)[:, None].repeat(200, axis=1)
    rng = np.random.default_rng(0)
    # Errors twice as wide as the inner interval, on both sides: half of them within ± 0.2.
    observed = np.expm1(5 + rng.permutation(np.linspace(-0.4, 0.4, 200)))
    inner, outer = scales([(quantiles, observed)])
    assert inner == pytest.approx(2**0.5, rel=0.01), "a single outcome counts by half"
    assert outer == pytest.approx(1.8**0.5, rel=0.01)
    wider = stretch(quantiles, (inner, outer))
    np.testing.assert_allclose(wider[2], quantiles[2])
    np.testing.assert_allclose(np.log1p(wider[3]) - 5, 0.1 * inner)
    assert scales([]) == (1.0, 1.0)
