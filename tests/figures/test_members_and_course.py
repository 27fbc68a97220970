import numpy as np
import pytest

import solon
from solon.evidence import Outcomes
from solon.figures import describe
from solon.figures.course import course, series_in_common
from solon.figures.members import members, values_in_common
from solon.figures.theme import Style


def fishery(regime, more=0.0):
    random = np.random.default_rng(0)
    stock = random.random((5, 7)) + more
    stock[2, 3:] = np.nan
    return Outcomes(
        regime,
        {"stock": stock[:, 0]},
        members={
            "fisher": {"return": random.random((5, 3)) + more},
            "ministry": {"return": random.random((5, 1))},
        },
        series={"stock": stock, "unknown": np.full((5, 7), np.nan)},
    )


@pytest.mark.parametrize("narrow", [False, True])
def test_the_course_is_the_mean_over_episodes(narrow):
    found = [fishery("open access"), fishery("quota <b>", more=2.0)]
    assert series_in_common(found) == ("stock",)
    figure = course(found, Style(narrow=narrow))
    lines = [trace for trace in figure.data if trace.fill is None]
    assert [line.name for line in lines] == ["open access", "quota &lt;b&gt;"]
    for line, one in zip(lines, found, strict=True):
        np.testing.assert_array_equal(line.x, np.arange(7))
        np.testing.assert_allclose(line.y, np.nanmean(one.series["stock"], axis=0))
    band = next(trace for trace in figure.data if trace.fill == "toself")
    low = np.nanpercentile(found[0].series["stock"], 10, axis=0)
    np.testing.assert_allclose(band.y[:7], low)
    assert "open access, stock: from" in describe(figure)


def test_members_are_shown_where_a_role_has_several():
    found = [fishery("open access"), fishery("quota", more=2.0)]
    assert values_in_common(found) == (("fisher", "return"),)
    figure = members(found)
    for i, (marks, one) in enumerate(zip(figure.data, found, strict=True)):
        values = one.members["fisher"]["return"]
        np.testing.assert_allclose(marks.y, values.mean(axis=0))
        np.testing.assert_allclose(marks.y + marks.error_y.array, np.percentile(values, 90, axis=0))
        # Beside each other, and nearer to their own member than to the next.
        assert (np.abs(marks.x - np.arange(1, 4)) < 0.5).all()
        assert (marks.x > np.arange(1, 4)).all() == (i == 1)
    titles = [annotation.text for annotation in figure.layout.annotations]
    assert titles == ["Return, fisher"]


def test_what_regimes_do_not_share_is_not_shown():
    one = fishery("open access")
    other = Outcomes(
        "quota", {"stock": np.ones(5)}, members={"fisher": {"return": np.ones((5, 2))}}
    )
    assert values_in_common([one, other]) == series_in_common([one, other]) == ()
    for draw in (members, course):
        with pytest.raises(solon.ConfigurationError, match=r"in common|same members"):
            draw([one, other])
