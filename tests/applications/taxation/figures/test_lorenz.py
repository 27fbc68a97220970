import dataclasses

import numpy as np
import pytest

from solon.applications.taxation.figures import lorenz
from solon.applications.taxation.figures.lorenz import gini, lorenz_curve, yearly_incomes
from solon.figures import describe
from solon.figures.theme import Style
from tests.figures import synthetic


@pytest.mark.parametrize(
    ("income", "expected"),
    [([5.0] * 4, 0), ([0.0, 0, 0, 8], 1), ([1.0, 2, 3, 4], 1 / 3), ([7.0], 0)],
)
def test_gini_of_known_incomes(income, expected):
    assert gini(lorenz_curve(np.array([income]))) == pytest.approx(expected)


def test_a_curve_is_a_mean_over_episodes_that_earned_something():
    income = np.array([[4.0, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]])
    np.testing.assert_allclose(lorenz_curve(income), [0, 0.125, 0.25, 0.375, 1])
    assert np.isnan(lorenz_curve(np.zeros((2, 3)))).all()
    assert lorenz_curve(np.array([[-2.0, 4]]))[1] == -1


def test_gini_after_tax_is_the_economy_s_equality():
    # Workers start without coin, so that income after tax and transfer is the final coin.
    for evaluation in synthetic.pair():
        before, after = yearly_incomes(evaluation)
        np.testing.assert_allclose(np.sort(after), np.sort(evaluation.workers["coin"]))
        equality = evaluation.episodes["equality"].mean()
        assert 1 - gini(lorenz_curve(after)) == pytest.approx(equality)
        assert before.sum() == pytest.approx(after.sum())


@pytest.mark.parametrize("narrow", [False, True])
def test_panels_show_both_curves_from_nothing_to_everything(narrow):
    pair = synthetic.pair()
    figure = lorenz(pair, Style(narrow=narrow))
    for i, evaluation in enumerate(pair):
        equal, after, before = figure.data[3 * i : 3 * i + 3]
        assert list(equal.x) == list(equal.y) == [0, 100]
        for trace, income in zip((before, after), yearly_incomes(evaluation), strict=True):
            np.testing.assert_allclose(trace.y, 100 * lorenz_curve(income))
            assert (trace.x[0], trace.y[0]) == (0, 0)
            assert trace.x[-1] == 100
            assert trace.y[-1] == pytest.approx(100)
            assert f"{gini(lorenz_curve(income)):.2f}" in describe(figure)


def test_nobody_earned_anything():
    evaluation = synthetic.evaluation(episodes=1, steps=200)
    periods = {**evaluation.periods, "income": evaluation.periods["income"] * 0}

    figure = lorenz([dataclasses.replace(evaluation, periods=periods)])
    assert "not defined" in describe(figure)
