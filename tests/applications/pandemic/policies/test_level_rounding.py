"""Whole levels near real ones: against trying all of them."""

import itertools

import numpy as np
import pytest

from solon.applications.pandemic.policies.level_rounding import keeps_pause, nearest_levels
from solon.applications.pandemic.policies.limits import Limits
from solon.errors import ConfigurationError


@pytest.mark.parametrize(("pause", "highest"), [(1, 4), (2, 4), (3, 3), (9, 4)])
def test_no_other_levels_are_nearer(pause, highest):
    """All of up to 4^5 sequences are tried for each state."""
    wanted = np.random.default_rng(pause).uniform(1, 4.4, (5, 6))
    given = np.array([1, 2, 3, 4, 1, 2])
    found = nearest_levels(wanted, given, pause=pause, highest=highest)
    assert found.max() <= highest and keeps_pause(found, given, pause).all()
    every = np.array(list(itertools.product(range(1, highest + 1), repeat=5))).T
    for i in range(6):
        fits = keeps_pause(every, np.full(every.shape[1], given[i]), pause)
        distance = ((every - wanted[:, i : i + 1]) ** 2).sum(axis=0)[fits]
        own = ((found[:, i] - wanted[:, i]) ** 2).sum()
        np.testing.assert_allclose(own, distance.min())


def test_a_pause_is_counted_from_change_to_change():
    levels = np.array([[2, 5, 1], [2, 5, 2], [3, 5, 3]])
    given = np.array([1, 5, 1])
    assert keeps_pause(levels, given, 2).tolist() == [True, True, False]
    assert keeps_pause(levels, given, 3).tolist() == [False, True, False]


def test_limits_become_pauses_and_levels():
    assert Limits().pause(28, 405) == 28
    assert Limits(changes_a_month=1).pause(28, 405) == 30
    assert Limits(changes_a_month=0.5).pause(28, 405) == 60
    assert Limits(changes_a_month=0).pause(28, 405) == 406
    Limits(budget=1e9).check_subsidy(2, 1e10)
    with pytest.raises(ConfigurationError, match=r"budget: got 1000000000.0; allowed: at least"):
        Limits(budget=1e9).check_subsidy(3, 1e10)


@pytest.mark.parametrize(
    "given", [{"changes_a_month": -1}, {"stringency": 0}, {"budget": -1.0}, {"budget": np.nan}]
)
def test_limits_that_no_policy_keeps_to(given):
    (argument,) = given
    with pytest.raises(ConfigurationError, match=f"{argument}: got"):
        Limits(**given)
