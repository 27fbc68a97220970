import dataclasses

import numpy as np
import pytest

from solon.applications.taxation.figures import prices
from solon.applications.taxation.figures.prices import window_edges, windows
from solon.figures import describe
from solon.figures.theme import Style
from tests.figures import synthetic


def test_windows_lose_nothing():
    values = np.random.default_rng(0).random((3, 1010))
    found = windows(values)
    assert found.shape == (3, 20)
    np.testing.assert_allclose(found.sum(1), values.sum(1))
    edges = window_edges(1010)
    np.testing.assert_allclose(found[:, 4], values[:, edges[4] : edges[5]].sum(1))
    np.testing.assert_allclose(windows(values[:, :7]), values[:, :7])


@pytest.mark.parametrize("narrow", [False, True])
def test_a_price_is_coin_over_units(narrow):
    pair = synthetic.pair()
    figure = prices(pair, Style(narrow=narrow))
    for name in ("stone", "wood"):
        lines = [t for t in figure.data if t.type == "scatter" and t.name == name]
        bars = [t for t in figure.data if t.type == "bar" and t.name == name]
        for line, bar, evaluation in zip(lines, bars, pair, strict=True):
            units = windows(evaluation.market[f"{name}_units"])
            coin = windows(evaluation.market[f"{name}_coin"])
            np.testing.assert_allclose(line.y, coin.sum(0) / units.sum(0))
            np.testing.assert_allclose(bar.y, units.mean(0))


def test_windows_without_trade_have_no_price_and_no_band():
    original = synthetic.evaluation()
    market = {name: values.copy() for name, values in original.market.items()}
    for values in market.values():
        values[:, 200:400] = 0
    figure = prices([dataclasses.replace(original, market=market)])
    line = next(t for t in figure.data if t.type == "scatter" and t.name == "wood")
    assert np.isnan(line.y[4:8]).all()
    assert not np.isnan(line.y[[0, 1, 2, 3, 8]]).any()
    bands = [t for t in figure.data if t.type == "scatter" and t.fill == "toself"]
    assert not any(((np.array(t.x) > 200) & (np.array(t.x) < 400)).any() for t in bands)
    nothing = {name: values * 0 for name, values in market.items()}
    figure = prices([dataclasses.replace(original, market=nothing)])
    assert "no wood was traded" in describe(figure)
    assert "no trade" in [a.text for a in figure.layout.annotations]
