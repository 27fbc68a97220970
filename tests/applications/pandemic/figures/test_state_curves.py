import numpy as np
import pytest

import solon
from solon.applications.pandemic.figures import state_curves
from solon.figures.panels import describe
from solon.figures.theme import Style
from tests.applications.pandemic.figures import made as pandemic

FEW = ("Texas", "Ohio")


def drawn(states=FEW, draws=1, style=None, **changes):
    outcome = pandemic.outcome("<i>a</i>", states=states, draws=draws)
    real = pandemic.reported(states).unemployment
    options = {"quantity": "Unemployment", "unit": "%", "reported": real, **changes}
    curves = {outcome.policy: outcome.unemployment}
    figure = state_curves(curves, outcome.states, outcome.dates, style=style or Style(), **options)
    return outcome, real, figure


def test_lines_are_the_numbers():
    outcome, real, figure = drawn()
    names = [trace.name for trace in figure.data]
    assert names == ["reported", "&lt;i&gt;a&lt;/i&gt;"] * 2
    grey, line = figure.data[2:]
    rows = np.arange(len(outcome.dates))[::2] if len(line.y) < 80 else np.arange(121)
    assert line.x0 == str(outcome.dates[rows[0]])
    assert line.dx == (rows[1] - rows[0]) * 86_400_000
    np.testing.assert_allclose(line.y, outcome.unemployment[0, rows, 1], rtol=5e-3)
    np.testing.assert_allclose(grey.y, real[rows, 1], rtol=5e-3)
    titles = [a.text for a in figure.layout.annotations if a.name == "state"]
    assert titles == ["<b>Texas</b>", "<b>Ohio</b>"]
    ranges = {axis.range for axis in figure.select_yaxes()}
    assert len(ranges) == 1
    assert "Ohio" in describe(figure) or "Texas" in describe(figure)


def test_draws_are_a_band_and_their_median():
    outcome, _, figure = drawn(draws=21, reported=None)
    low, high, line = figure.data[:3]
    rows = slice(None, None, 2) if len(line.y) < 80 else slice(None)
    expected = np.percentile(outcome.unemployment[:, rows, 0], [10, 90, 50], axis=0)
    for trace, values in zip((low, high, line), expected, strict=True):
        np.testing.assert_allclose(trace.y, values, rtol=6e-3)
    assert high.fill == "tonexty"


@pytest.mark.parametrize("narrow", [False, True])
def test_all_states_have_a_panel_that_overlaps_no_other(narrow):
    _, _, figure = drawn(states=None, style=Style(narrow=narrow))
    boxes = [
        (*x.domain, *y.domain)
        for x, y in zip(figure.select_xaxes(), figure.select_yaxes(), strict=True)
    ]
    assert len(boxes) == len(set(boxes)) == 51
    for k, (left, right, low, high) in enumerate(boxes):
        assert 0 <= left < right <= 1 + 1e-9 and 0 <= low < high <= 1
        for l2, r2, b2, h2 in boxes[:k]:
            assert right <= l2 or r2 <= left or high <= b2 or h2 <= low


def test_a_gap_in_the_data_is_a_gap():
    outcome = pandemic.outcome(states=FEW)
    real = np.full(outcome.unemployment.shape[1:], np.nan)
    figure = state_curves(
        *({"a": outcome.unemployment}, outcome.states, outcome.dates),
        **{"quantity": "q", "unit": "u", "reported": real},
    )
    assert set(figure.data[0].y) == {None}


def test_what_does_not_fit_is_named():
    outcome = pandemic.outcome(states=FEW)
    for curves, words in (({}, "at least one"), ({"a": np.zeros((1, 2, 3))}, "values of shape")):
        with pytest.raises(solon.ConfigurationError, match=words):
            state_curves(curves, outcome.states, outcome.dates, quantity="q", unit="u")


@pytest.mark.parametrize("days", [1, 6, 40, 120])
@pytest.mark.parametrize("states", [FEW, None])
def test_short_episodes_have_dates_below(states, days):
    """Also those in which no month begins."""
    outcome = pandemic.outcome(states=states, days=days)
    curves = {"a": outcome.unemployment}
    figure = state_curves(curves, outcome.states, outcome.dates, quantity="q", unit="u")
    (axis, *_) = figure.select_xaxes()
    assert len(axis.tickvals) == len(axis.ticktext) == 2
    first, last = (np.datetime64(day) for day in axis.tickvals)
    assert outcome.dates[0] <= first < last <= outcome.dates[-1]
