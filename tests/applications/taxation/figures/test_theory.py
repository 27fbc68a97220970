"""The page of the study of tax theory, from made-up results."""

import json

import pytest

from solon.applications.taxation.figures.theory import (
    gaps,
    search_curves,
    theory_schedules,
    write_tax_theory,
)
from solon.figures.panels import describe
from solon.figures.theme import DARK, Style

TRUTHS = {
    "pareto": {"cutoffs": [0.0, 50.0], "rates": [0.1, 0.4], "linear_captured": 0.85},
    "<b>atoms</b>": {"cutoffs": [0.0, 80.0], "rates": [0.9, 0.2], "linear_captured": 0.5},
}
ROWS = [
    {"world": w, "planner": p, "seed": s, "captured": c, "rates": r, "assumptions_hold": h}
    for w, p, s, c, r, h in (
        ("pareto", "saez", None, 0.999, [0.1, 0.38], True),
        ("pareto", "search", 0, 1.0000001, [0.1, 0.4], True),
        ("pareto", "learned", 0, 0.99, [0.2, 0.4], True),
        ("pareto", "learned", 1, 0.98, [0.4, 0.5], True),
        ("<b>atoms</b>", "saez", None, 0.38, [0.1, 0.2], False),
    )
]
CURVES = {
    "pareto/search-0": [[32, 0.1], [64, 0.9]],
    "pareto/learned-0": [[64, 0.5], [128, 0.7]],
    "pareto/saez": [[1, 0.4]],
}


@pytest.mark.parametrize("style", [Style(), Style(DARK, narrow=True)])
def test_gaps_are_in_percent_of_the_attainable_gain(style):
    figure = gaps(ROWS, TRUTHS, style)
    linear, saez, search, learned = figure.data
    assert list(linear.x) == pytest.approx([15, 50])
    assert list(saez.x) == pytest.approx([0.1, 62])
    # Above the best by rounding is as good as the best.
    assert list(search.x) == [0.001]
    assert list(learned.x) == pytest.approx([1, 2])
    assert list(figure.layout.yaxis.categoryarray) == ["&lt;b&gt;atoms&lt;/b&gt; *", "pareto"]
    assert "pareto, learned: 98.00 %" in describe(figure)


def test_schedules_are_means_over_seeds():
    figure = theory_schedules("pareto", TRUTHS["pareto"], ROWS)
    names = [trace.name for trace in figure.data if trace.showlegend]
    assert names == ["best", "Saez, true elasticity", "direct search", "learned"]
    assert list(figure.data[-2].y) == pytest.approx([30, 45, 45])


def test_curves_leave_out_what_does_not_search():
    figure = search_curves(CURVES)
    assert [trace.name for trace in figure.data] == ["direct search", "learned"]
    assert list(figure.data[0].y) == pytest.approx([10, 90])


def test_the_page_holds_all_of_it_and_escapes_names(tmp_path):
    formulas = [{"name": "a < b", "formula": 0.25, "found": 0.2500001}]
    page = write_tax_theory(tmp_path, "quick", ROWS, TRUTHS, formulas, CURVES).read_text()
    assert "a &lt; b" in page and "<b>atoms" not in page
    assert "98.50 %<small>lowest of 2: 98.00 %</small>" in page
    assert "A sketch" in page
    drawn = sorted(path.name for path in (tmp_path / "figures").iterdir())
    assert "gaps.json" in drawn and "curves.json" in drawn
    assert json.loads((tmp_path / "figures" / "gaps.json").read_text())["data"]
