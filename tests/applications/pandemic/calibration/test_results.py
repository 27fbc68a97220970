"""The results in the repository: scores are those of the forecasts, and the page shows them."""

import json
import pathlib

import numpy as np
import pytest

from solon.applications.pandemic.calibration.ensemble import read_ensemble
from solon.applications.pandemic.calibration.known import cut
from solon.applications.pandemic.calibration.scores_text import lost_text, origins_text, scores_text
from solon.applications.pandemic.calibration.study import read_table, score
from solon.data.covid19 import load

ROOT = pathlib.Path(__file__).parents[4]
RESULTS = ROOT / "results" / "pandemic" / "calibration"

pytestmark = pytest.mark.skipif(not RESULTS.exists(), reason="not in this copy")


@pytest.fixture(scope="module")
def table():
    return read_table((RESULTS / "forecasts.parquet").read_bytes())


@pytest.fixture(scope="module")
def scores():
    return json.loads((RESULTS / "scores.json").read_text(encoding="utf-8"))["scores"]


def test_scores_are_those_of_the_forecasts(table, scores):
    assert score(table) == scores


def test_outcomes_and_naive_forecasts_are_those_of_the_data(table):
    """Worked out here from the data alone, with none of the functions that made them."""
    data = load()
    for origin, months in (("2020-08", 1), ("2020-11", 4), ("2021-02", 2)):
        first = np.datetime64(origin)
        row = data.row(str(first.astype("datetime64[D]")))
        end = (first + np.timedelta64(months, "M")).astype("datetime64[D]")
        last = data.row(str(end - np.timedelta64(1, "D")))
        rows = (table["target"] == "deaths") & (table["origin"] == origin)
        rows &= table["months"] == months
        naive = rows & (table["method"] == "N")
        assert table["state"][naive].tolist() == list(data.states)
        observed = data.deaths[last] - data.deaths[row - 1]
        np.testing.assert_allclose(table["observed"][naive], observed)
        rate = np.maximum(data.deaths[row - 1] - data.deaths[row - 15], 0) / 14
        np.testing.assert_allclose(table["q50"][naive], rate * (last - row + 1), atol=0.51)


def test_the_page_shows_them(scores):
    page = (ROOT / "docs" / "pandemic-calibration.md").read_text(encoding="utf-8")
    assert scores_text(scores) in page
    for target in ("deaths", "unemployment"):
        assert origins_text(scores, target) in page
    assert lost_text(scores) in page


def test_what_the_page_says_of_one_origin_and_of_persons(table):
    page = " ".join((ROOT / "docs" / "pandemic-calibration.md").read_text("utf-8").split())
    deaths = table["target"] == "deaths"
    for rows, weight in (
        (deaths & (table["origin"] != "2021-02"), 1 / table["population"]),
        (deaths, np.ones(len(deaths))),
    ):
        for other in ("N", "M since start"):
            below = []
            for months in (1, 2, 4):
                errors = {}
                for method in ("model", other):
                    chosen = rows & (table["months"] == months) & (table["method"] == method)
                    missed = np.abs(table["q50"] - table["observed"]) * weight
                    errors[method] = missed[chosen].mean()
                below.append(f"{100 * (1 - errors['model'] / errors[other]):.0f}")
            assert f"{below[0]}, {below[1]} and {below[2]} % below {other}" in page


def test_small_enough():
    assert sum(path.stat().st_size for path in RESULTS.iterdir() if path.is_file()) <= 300_000


def test_ensemble_starts_where_reports_are():
    ensemble = read_ensemble(RESULTS / "ensemble.safetensors")
    known = cut(load(), "2021-02")
    assert ensemble.start_date == str(known.dates[-1])
    deaths = ensemble.arrays["deaths"].mean(axis=0)
    # Reports of four months are fitted, not copied.
    assert deaths.sum() == pytest.approx(known.deaths[-1].sum(), rel=0.03)
    level = known.stringency[-1]
    rate = ensemble.arrays["intercept"] + ensemble.arrays["slope"] * level
    assert (rate > 0.03).all() and (rate < 0.15).all()
