"""The cells of the study of tax theory on a small society, with small budgets."""

import numpy as np
import pytest

from solon.applications.taxation.study import theory_cells as cells

ECONOMY = {"skills": "pareto", "workers": 60}


@pytest.fixture(scope="module")
def known():
    return cells.truth(ECONOMY, [0.5, 0.9])


def captured(known, result):
    gain = known["welfare"] - known["untaxed_welfare"]
    return (result["welfare"] - known["untaxed_welfare"]) / gain


def test_the_truth_is_at_least_as_good_as_one_rate(known):
    assert known["welfare"] > known["untaxed_welfare"]
    assert 0.5 < known["linear_captured"] < 1
    assert len(known["rates"]) == len(known["cutoffs"]) == 3
    # The best schedule is the best, whoever looks for another one.
    found = cells.search(ECONOMY, known, 600, 0)
    assert 0.99 < captured(known, found) <= 1 + 1e-9
    assert found["curve"][-1][0] >= 500


def test_few_types_get_brackets_between_them():
    found = cells.truth({"skills": "four-atoms", "workers": 40}, [0.2, 0.4, 0.7, 0.9])
    incomes = np.unique(np.round(found["incomes"], 3))
    assert len(found["cutoffs"]) == 4
    assert max(found["rates"]) <= 0.9
    assert len(incomes) <= 4


def test_saez_and_the_learner_set_rates_in_the_same_economy(known):
    formula = cells.saez(ECONOMY, known, 4)
    assert len(formula["curve"]) == 4
    assert 0.9 < captured(known, formula) <= 1 + 1e-9
    learned = cells.learned(ECONOMY, known, episodes=640, environments=32, evaluated=16, seed=0)
    assert [point[0] for point in learned["curve"]] == [160, 320, 480, 640]
    assert -5 < captured(known, learned) <= 1 + 1e-9
    assert all(0 <= rate <= 0.9 + 1e-6 for rate in learned["rates"])
    assert 1 <= learned["schedules"] <= 16
