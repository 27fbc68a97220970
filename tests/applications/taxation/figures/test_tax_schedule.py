import dataclasses

import numpy as np
import pytest

from solon.applications.taxation.figures import tax_schedule
from solon.applications.taxation.figures.tax_schedule import average_rate, income_histogram
from solon.figures import describe
from tests.figures import synthetic


@pytest.mark.parametrize(
    ("income", "tax"),
    [(5, 0.5), (9.7, 0.97), (50, 6.8585), (100, 18.1745), (200, 45.3165), (600, 186.9875)],
)
def test_average_rate_is_tax_due_over_income(income, tax):
    rate = average_rate(np.array([float(income)]), synthetic.CUTOFFS, np.array(synthetic.FEDERAL))
    assert rate[0] * income == pytest.approx(tax)


def test_histogram_counts_every_income_below_its_end():
    incomes = [e.periods["income"] for e in synthetic.pair()]
    edges, counts = income_histogram(incomes)
    assert 0.0 in edges
    np.testing.assert_allclose(np.diff(edges), edges[1] - edges[0])
    for values, found in zip(incomes, counts, strict=True):
        above = (values > edges[-1]).sum()
        assert found.sum() + above == values.size
        assert above <= 0.005 * values.size
        inside = (values >= edges[3]) & (values < edges[4])
        assert found[3] == inside.sum()


def test_histogram_of_nothing_earned():
    edges, counts = income_histogram([np.zeros((2, 3, 4))])
    assert counts[0].sum() == 24
    assert edges[0] <= 0 < edges[-1]


def test_lines_are_the_rates_and_bars_the_shares():
    pair = synthetic.pair()
    figure = tax_schedule(pair)
    edges, counts = income_histogram([e.periods["income"] for e in pair])
    marginal = [t for t in figure.data if t.name == "marginal rate"]
    average = [t for t in figure.data if t.name == "average rate"]
    bars = [t for t in figure.data if t.type == "bar"]
    assert not np.any(marginal[0].y)
    below = edges[-1] > synthetic.CUTOFFS
    np.testing.assert_allclose(marginal[1].x, [*synthetic.CUTOFFS[below], edges[-1]])
    np.testing.assert_allclose(marginal[1].y[:-1], 100 * np.array(synthetic.FEDERAL)[below])
    assert marginal[1].line.shape == "hv"
    np.testing.assert_allclose(
        average[1].y,
        100 * average_rate(average[1].x, synthetic.CUTOFFS, np.array(synthetic.FEDERAL)),
    )
    for bar, count, evaluation in zip(bars, counts, pair, strict=True):
        np.testing.assert_allclose(bar.y, 100 * count / evaluation.periods["income"].size)
    assert [a.text for a in figure.layout.annotations].count("no tax") == 1
    assert "22 % from 39.475" in describe(figure)


def test_rates_that_change_get_a_band():
    original = synthetic.evaluation("planner", synthetic.FEDERAL, episodes=2, steps=200)
    rates = original.periods["rates"].copy()
    rates[0] = 0.5
    varied = dataclasses.replace(original, periods={**original.periods, "rates": rates})
    named = [t.name for t in tax_schedule([varied]).data]
    assert "10th to 90th percentile" in named
    mean = next(t for t in tax_schedule([varied]).data if t.name == "marginal rate")
    assert mean.y[0] == pytest.approx(100 * (0.5 + 0.1) / 2)
    assert "10th to 90th percentile" not in [t.name for t in tax_schedule([original]).data]
