import numpy as np
import pytest

import solon
from solon.evidence import OUTCOMES
from solon.evidence.outcomes import Outcomes
from solon.figures.outcomes import (
    names_in_common,
    number,
    outcomes,
    paired,
    paired_differences,
    spread,
    title_and_unit,
)
from solon.figures.tables import difference_table, fact_table, outcome_table
from solon.figures.theme import DARK, Style
from tests.figures import synthetic

STYLES = [Style(), Style(narrow=True), Style(DARK)]


def traces(figure, **wanted):
    return [t for t in figure.data if all(t[name] == value for name, value in wanted.items())]


def test_spread_of_known_numbers():
    found = spread(np.arange(11.0))
    assert (found.mean, found.low, found.high, found.count) == (5, 1, 9, 11)
    assert found.deviation == pytest.approx(np.sqrt(11))
    assert spread(np.array([3.0])).deviation == 0


@pytest.mark.parametrize("style", STYLES)
def test_every_episode_is_a_dot_and_the_diamond_is_their_mean(style):
    pair = synthetic.pair()
    figure = outcomes(pair, style)
    for panel, name in enumerate(OUTCOMES):
        axis = "x" if panel == 0 else f"x{panel + 1}"
        for i, evaluation in enumerate(pair):
            dots, bar, mean = traces(figure, xaxis=axis)[3 * i : 3 * i + 3]
            np.testing.assert_array_equal(dots.x, evaluation.episodes[name])
            np.testing.assert_allclose(bar.x, np.percentile(evaluation.episodes[name], [10, 90]))
            assert mean.x[0] == pytest.approx(evaluation.episodes[name].mean())
            assert dots.marker.color == mean.marker.color == style.regime(i)
    assert {a.text for a in figure.layout.annotations} == {
        title_and_unit(name)[0] for name in OUTCOMES
    }


def test_differences_are_taken_episode_by_episode():
    free, taxed = synthetic.pair()
    figure = paired_differences([free, taxed])
    for panel, name in enumerate(OUTCOMES):
        difference, correlation = paired(taxed, free, name)
        np.testing.assert_array_equal(difference, taxed.episodes[name] - free.episodes[name])
        assert -1 <= correlation <= 1
        np.testing.assert_array_equal(figure.data[3 * panel].x, difference)
    twin = synthetic.renamed(free, "twin")
    assert paired(twin, free, "equality")[1] == pytest.approx(1)
    assert not paired(twin, free, "equality")[0].any()


def test_only_what_was_played_on_the_same_luck_is_paired():
    free = synthetic.evaluation(episodes=2, steps=200)
    short = synthetic.evaluation("short", episodes=1, steps=200)
    with pytest.raises(solon.ConfigurationError, match="same number of episodes"):
        paired(short, free, "equality")
    with pytest.raises(solon.ConfigurationError, match="two or more"):
        paired_differences([free])
    assert paired(short, synthetic.renamed(short, "twin"), "equality")[1] is None


def test_tables_print_the_numbers():
    free, taxed = synthetic.pair()
    table = outcome_table([free, taxed])
    for evaluation in (free, taxed):
        for name in OUTCOMES:
            assert f"<td>{number(evaluation.episodes[name].mean())}<" in table
    difference = taxed.episodes["equality"] - free.episodes["equality"]
    table = difference_table([free, taxed])
    assert f"<td>{number(difference.mean(), signed=True)}<" in table
    assert f"higher&nbsp;in&nbsp;{(difference > 0).sum()}&nbsp;of&nbsp;20" in table


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234.5, "1,234"), (56.78, "56.8"), (0.414, "0.41"), (-7.356, "−7.36"), (0.0, "0.00")],
)
def test_numbers_have_three_digits_or_so(value, text):
    assert number(value) == text
    assert number(abs(value), signed=True).startswith("+")


def test_facts_are_flattened_and_escaped():
    table = fact_table({"a": {"b<": [1, 2], "c": {}}, "d": "<script>"})
    assert '<th scope="row">a.b&lt;</th><td>1, 2</td>' in table
    assert "<td>&lt;script&gt;</td>" in table


def test_numbers_of_other_economies():
    rng = np.random.default_rng(0)
    columns = {f"number_{i}": rng.random(5) for i in range(12)}
    one = Outcomes("one", {**columns, "only here": rng.random(5)})
    two = Outcomes("two", {**columns, "number_3": np.array([1, 2, np.nan, 4, 5])})
    names = names_in_common([one, two])
    assert names == tuple(f"number_{i}" for i in range(12) if i != 3)
    assert title_and_unit("number_3") == ("number 3", "")
    figure = outcomes([one, two])
    assert len(figure.layout.annotations) == 8
    np.testing.assert_array_equal(figure.data[0].x, one.episodes["number_0"])
    assert outcome_table([one, two]).count("<tr>") == 1 + 11
