import dataclasses

import numpy as np
import pytest

import solon
from solon.applications.pandemic.figures import frontier
from solon.applications.pandemic.figures.frontier import undominated
from solon.applications.pandemic.outcome import summarize
from tests.applications.pandemic.figures import made as pandemic

FEW = ("Texas", "Ohio")


def test_who_is_not_beaten():
    deaths = np.array([1.0, 2.0, 3.0, 2.0, 1.0])
    lost = np.array([5.0, 3.0, 4.0, 3.0, 6.0])
    # Twins do not beat each other.
    assert undominated(deaths, lost).tolist() == [True, True, False, True, False]


def test_marks_are_where_the_numbers_are():
    ours = [pandemic.outcome("a & b", level=3, states=FEW, draws=5)]
    levels = {k: pandemic.outcome(str(k), level=k, states=FEW) for k in (2, 8, 5)}
    figure = frontier(ours, levels)
    stairs, rings, mark = figure.data
    found = summarize(ours[0])
    assert mark.x[0] == pytest.approx(np.median(found["deaths"]) / 1e3)
    assert mark.y[0] == pytest.approx(np.median(found["lost_output"]) * 100)
    low, high = np.percentile(found["deaths"], [10, 90]) / 1e3
    assert mark.error_x.array[0] == pytest.approx(high - mark.x[0])
    assert mark.error_x.arrayminus[0] == pytest.approx(mark.x[0] - low)
    assert mark.name == "a &amp; b"
    assert list(rings.text) == ["2", "5", "8"]
    assert (np.diff(stairs.x) > 0).all() and (np.diff(stairs.y) < 0).all()


def test_wide_ranges_are_logarithmic():
    near, far = (pandemic.outcome(str(k), level=k, states=FEW) for k in (5, 6))
    far = dataclasses.replace(far, deaths=far.deaths * 100)
    assert frontier([near, far]).layout.xaxis.type == "log"
    assert frontier([near]).layout.xaxis.type == "linear"
    with pytest.raises(solon.ConfigurationError, match="at least one policy"):
        frontier([])
