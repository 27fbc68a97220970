"""The single-step principal and agent, to the digits of an independent multi-start search."""

import numpy as np
import pytest

from solon.economics.rational_inattention import (
    Agency,
    published_agency,
    solve_inattentive_contract,
    solve_shannon_choice,
)
from solon.errors import ConfigurationError

# Rationality, cost: net, profit, nats, agent, mean wage.
EXACT = {
    (5, 0): (3.490490, 3.490490, None, 0.139826, 0.388188),
    (5, 0.5): (3.168190, 3.422782, 0.509183, 0.140934, 0.404065),
    (5, 1): (2.936423, 3.357051, 0.420628, 0.138207, 0.404944),
    (5, 2): (2.584520, 3.169446, 0.292463, 0.123289, 0.384624),
    (5, 4): (2.174051, 2.698720, 0.131167, 0.077194, 0.277888),
    (20, 0): (4.512059, 4.512059, None, 0.146447, 0.497264),
    (20, 2): (None, 4.312979, None, 0.161563, 0.577444),
    (2, 0): (3.075403, 3.075403, None, 0.066701, 0.219638),
    (2, 2): (None, 2.642440, None, -0.077830, 0.078160),
}


@pytest.mark.parametrize(("rationality", "cost"), EXACT)
def test_the_best_contract_to_six_digits(rationality, cost):
    # Where attention is cheap the first start may end in a local optimum.
    starts = 2 if cost == 0.5 else 1
    found = solve_inattentive_contract(published_agency(rationality), cost, starts=starts)
    have = (found.net, found.profit, found.information, found.agent, found.mean_wage)
    for value, expected in zip(have, EXACT[rationality, cost], strict=True):
        assert expected is None or value == pytest.approx(expected, abs=3e-5)
    if EXACT[rationality, cost][0] is not None:
        assert found.net == pytest.approx(EXACT[rationality, cost][0], abs=1e-6)
    assert found.gap < 1e-6
    assert found.net == pytest.approx(found.profit - cost * found.information, abs=1e-12)
    if cost > 0:
        assert len(found.wages) == 2 and found.wages[0] == 0


def test_wages_are_as_theory_has_them_where_attention_is_free():
    found = solve_inattentive_contract(published_agency(), 0, starts=2)
    expected = [0, 0, 0, 0, 0, 0, 0.244525, 0.502637, 0.696908, 0.838469]
    np.testing.assert_allclose(found.wages, expected, atol=2e-5)
    assert found.effort @ np.arange(10) / 9 == pytest.approx(0.676049, abs=1e-5)


def test_dear_attention_has_a_bonus_that_depends_on_output_less():
    close = solve_inattentive_contract(published_agency(), 1, starts=1)
    loose = solve_inattentive_contract(published_agency(), 4, starts=1)
    expected = [0.000018, 0.000129, 0.001196, 0.011990, 0.100784]
    np.testing.assert_allclose(close.probability[:5, 1], expected, atol=2e-5)
    expected = [0.060100, 0.100827, 0.173626, 0.278863, 0.395861]
    np.testing.assert_allclose(loose.probability[:5, 1], expected, atol=2e-4)
    assert close.wages[1] == pytest.approx(0.672197, abs=2e-5)


def test_cheap_attention_brings_in_a_third_wage():
    """Two wages would come to 3.388114; the best that other searches found is 3.389178."""
    found = solve_inattentive_contract(published_agency(), 0.1, starts=1)
    assert len(found.wages) > 2
    assert found.net >= 3.389178 - 1e-6


def test_agents_who_do_not_respond_leave_a_static_choice_of_wages():
    """With q = 0 output is chance, any wage is a loss, and attention is worth nothing."""
    found = solve_inattentive_contract(published_agency(0), 1, starts=1)
    np.testing.assert_allclose(found.wages, [0], atol=1e-6)
    assert found.information == pytest.approx(0, abs=1e-9)
    static = solve_shannon_choice(np.zeros((1, 10)), np.full(10, 0.1), 1)
    assert static.information == 0
    assert found.profit == pytest.approx(published_agency().value.mean(), abs=1e-3)


@pytest.mark.parametrize(
    ("changes", "cost", "line"),
    [
        ({}, -1, "cost: got -1"),
        ({"production": np.ones((10, 10))}, 1, "sum of production: got 10.0"),
        ({"value": np.ones(9)}, 1, r"shape of value: got \(9,\); allowed: 10 outputs"),
        ({"effort_cost": np.ones(3)}, 1, r"shape of effort_cost: got \(3,\); allowed: 10 efforts"),
        ({"rationality": -1}, 1, "rationality: got -1"),
        ({"wage_scale": 0}, 1, "wage_scale: got 0"),
    ],
)
def test_bad_input_is_one_line(changes, cost, line):
    agency: Agency = published_agency()._replace(**changes)
    with pytest.raises(ConfigurationError, match=line) as caught:
        solve_inattentive_contract(agency, cost)
    assert "\n" not in str(caught.value)
