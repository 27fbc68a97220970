"""Measures of a society, and the table of a study."""

import json
import math

import numpy as np
import pytest

from solon import ConfigurationError
from solon.evidence.social_measures import SOCIAL_MEASURES, social_measures
from solon.evidence.summary import RegimeScores, summary, write_summary


def test_measures_of_two_persons_by_hand():
    coin, utility = np.array([[2.0, 6.0], [1.0, 4.0]]), np.array([[-1.0, 5.0], [0.0, 2.0]])
    found = social_measures(coin, utility)
    assert list(found) == list(SOCIAL_MEASURES)
    expected = {
        "productivity": [8, 5],
        "equality": [0.5, 0.4],
        "equality_times_productivity": [4, 2],
        "utilitarian_welfare": [4, 2],
        "rawlsian_welfare": [-1, 0],
        # Weights 3/4 and 1/4; 4/5 and 1/5.
        "inverse_income_weighted_utility": [0.5, 0.4],
        "atkinson_welfare_0.5": [((math.sqrt(2) + math.sqrt(6)) / 2) ** 2, 2.25],
        "atkinson_welfare_1": [math.sqrt(12), 2],
    }
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-5, err_msg=name)
    by_income = social_measures(coin[:1], utility[:1], np.array([[1.0, 3.0]]))
    assert by_income["inverse_income_weighted_utility"] == pytest.approx([0.5])
    # What may be negative or a logarithm is not compared by percentages.
    assert {name for name, measure in SOCIAL_MEASURES.items() if not measure.ratios} == {
        "utilitarian_welfare", "rawlsian_welfare", "inverse_income_weighted_utility",
    }  # fmt: skip
    with pytest.raises(ConfigurationError, match="coin"):
        social_measures(-coin, utility)


def regime(name, seeds, shift=0.0, world="open-quadrant"):
    generator = np.random.default_rng(7)
    coin = 100 + generator.normal(size=(seeds, 20)) + shift
    scores = {"productivity": coin, "utilitarian_welfare": coin - 100}
    return RegimeScores(name, world, "gather-trade-build@1", scores, steps=1000, minutes=2.5)


def test_the_table_has_the_published_format(tmp_path):
    regimes = [regime("free market", 6), regime("learned", 6, 10), regime("free market", 2, 0, "w")]
    table = summary(regimes, command="solon reproduce tax", version="0.1.0")
    file = tmp_path / "results" / "summary.json"
    write_summary(file, table)
    assert json.loads(file.read_text()) == table
    assert list(table) == ["regimes", "comparisons", "command", "version"]
    keys = ["regime", "world", "rules", "metric", "mean", "low", "high", "seeds", "episodes"]
    keys += ["steps", "minutes"]
    assert all(list(row) == keys for row in table["regimes"])
    keys = ["world", "rules", "a", "b", "metric", "ratio", "low", "high"]
    keys += ["probability_of_improvement", "correlation"]
    assert all(list(row) == keys for row in table["comparisons"])
    assert len(table["regimes"]) == 6 and len(table["comparisons"]) == 2
    coin, utility = table["comparisons"]
    assert (coin["a"], coin["b"]) == ("learned", "free market")
    assert coin["low"] <= coin["ratio"] <= coin["high"]
    assert coin["ratio"] == pytest.approx(1.1, abs=0.002)
    assert coin["probability_of_improvement"] == 1 and coin["correlation"] == pytest.approx(1)
    assert utility["ratio"] is utility["low"] is None
    assert utility["probability_of_improvement"] == 1
    confirmed, exploratory = table["regimes"][0], table["regimes"][4]
    assert confirmed["low"] < confirmed["mean"] < confirmed["high"]
    assert exploratory["seeds"] == 2 and exploratory["low"] is exploratory["high"] is None


def test_exploratory_comparisons_have_no_interval():
    table = summary([regime("a", 2), regime("b", 2, 5)], command="", version="", pairs=[("a", "b")])
    row = table["comparisons"][0]
    assert row["a"] == "a" and row["ratio"] < 1
    assert row["low"] is row["high"] is None


def test_regimes_that_can_not_be_told_apart_are_refused():
    with pytest.raises(ConfigurationError, match="each regime of a world once"):
        summary([regime("a", 2), regime("a", 2)], command="", version="")
    with pytest.raises(ConfigurationError, match=r"pairs.*zzz"):
        summary([regime("a", 2)], command="", version="", pairs=[("a", "zzz")])
