import dataclasses

import numpy as np
import pytest

import solon
from solon import figures
from solon.applications.pandemic.outcome import (
    SUMMARY,
    Number,
    check_comparable,
    number_text,
    summarize,
)
from solon.evidence import Outcomes
from tests.applications.pandemic.figures import made as pandemic


@pytest.fixture
def outcome():
    return pandemic.outcome(states=("Texas", "Ohio"), draws=3, days=10)


def test_numbers_are_sums_over_the_simulated_days(outcome):
    found = summarize(outcome)
    assert tuple(found) == tuple(SUMMARY)
    assert all(values.shape == (3,) for values in found.values())
    np.testing.assert_allclose(
        found["deaths"], outcome.deaths[:, -1].sum(1) - outcome.deaths[:, 0].sum(1)
    )
    # Day 0 is the start, and nothing was produced in it.
    np.testing.assert_allclose(found["output"], outcome.output[:, 1:].sum((1, 2)))
    whole = dataclasses.replace(
        outcome, output=np.broadcast_to(outcome.full_output[:, None], outcome.output.shape)
    )
    np.testing.assert_allclose(summarize(whole)["lost_output"], 0, atol=1e-12)
    texas = outcome.population[0] / outcome.population.sum()
    by_hand = texas * outcome.unemployment[:, 1:, 0] + (1 - texas) * outcome.unemployment[:, 1:, 1]
    np.testing.assert_allclose(found["unemployment"], by_hand.mean(1))


def test_it_is_compared_like_the_outcomes_of_any_economy(outcome, tmp_path):
    other = pandemic.outcome("b", states=("Texas", "Ohio"), draws=3, days=10)
    assert outcome.regime == outcome.policy and outcome.episode_count == 3
    assert_same = np.testing.assert_allclose
    for name, values in summarize(outcome).items():
        assert_same(outcome.episodes[name], values)
    of_states = outcome.members["governor"]
    assert of_states["deaths"].shape == (3, 2)
    assert_same(of_states["deaths"].sum(axis=1), outcome.episodes["deaths"])
    assert_same(of_states["welfare"].mean(axis=1), outcome.episodes["state_welfare"])
    assert_same(outcome.members["planner"]["welfare"][:, 0], outcome.episodes["federal_welfare"])
    deaths = outcome.series["deaths"]
    assert deaths.shape == (3, len(outcome.dates))
    assert_same(deaths[:, -1] - deaths[:, 0], outcome.episodes["deaths"])
    assert_same(outcome.series["unemployment"][:, 1:].mean(1), outcome.episodes["unemployment"])
    # What draws and saves those of any economy draws and saves these.
    for draw in (figures.outcomes, figures.paired_differences, figures.members, figures.course):
        assert outcome.regime in figures.describe(draw([other, outcome]))
    outcome.save(tmp_path)
    found = Outcomes.load(tmp_path)
    assert found.regime == outcome.policy
    assert_same(found.members["governor"]["deaths"], of_states["deaths"])


def test_text_of_numbers():
    assert number_text(Number("", "", 1e3, 1), np.array([1_234_567.0])) == ("1,234.6", "")
    assert number_text(Number("", "", digits=0), np.array([-30.0])) == ("−30", "")
    assert number_text(Number("", "", 1e9, 0), np.array([1.24e9])) == ("1.2", "")
    assert number_text(Number("", "", 1e3, 1), np.array([10.8])) == ("0.011", "")
    assert number_text(Number("", "", 1e3, 1), np.array([0.0])) == ("0.0", "")
    middle, span = number_text(Number("", ""), np.arange(11.0))
    assert (middle, span) == ("5.0", "1.0 to 9.0")


def test_only_the_same_states_and_days_are_compared(outcome):
    check_comparable([outcome])
    with pytest.raises(solon.ConfigurationError, match="different name"):
        check_comparable([outcome, outcome])
    other = pandemic.outcome("b", states=("Texas",), days=10)
    with pytest.raises(solon.ConfigurationError, match="same states and days"):
        check_comparable([outcome, other])
    with pytest.raises(solon.ConfigurationError, match="at least one"):
        check_comparable([])
