"""A short form of the study: cells from a training to the summary, the same each time."""

import dataclasses
import json
import os

import jax
import numpy as np
import pytest

from solon.applications.unknown_society.societies import Societies
from solon.applications.unknown_society.study import study
from solon.applications.unknown_society.study.shares import Draws, Gains, mean_share, share
from solon.applications.unknown_society.training import (
    PLANNER,
    read_planner,
    recipe_of,
    train_planner,
)
from solon.errors import ConfigurationError
from solon.evidence.reproduce import reproduce

SHORT = {
    "seeds": 1,
    "ablations": 0,
    "steps": {"standard": 20_480, "family": 20_480},
    "societies": 30,
    "searched": 40,
    "tried": 10,
    "regressed": 10,
    "chosen": 20,
    "left_out": False,
    "wider": False,
}


@pytest.fixture(scope="module")
def short_study(tmp_path_factory):
    """The study, with two updates a training and few societies."""
    before = dict(study._SCALES)
    models, outside = study.FAMILY, study._OUTSIDE
    study._SCALES = {"quick": SHORT}
    study.FAMILY, study._OUTSIDE = models[:2], ["elasticity-2"]
    try:
        folder = tmp_path_factory.mktemp("study")
        short = dataclasses.replace(study.STUDY, scales=("quick",))
        said = reproduce(short, folder, scale="quick", say=lambda line: None)
        again = reproduce(short, folder, scale="quick", say=lambda line: None)
        yield folder, said, again
    finally:
        study._SCALES, study.FAMILY, study._OUTSIDE = before, models, outside


@pytest.mark.skipif("SOLON_STUDIES" not in os.environ, reason="a minute: make test-studies")
def test_the_summary_has_a_row_for_each_planner_and_society(short_study):
    folder, said, again = short_study
    assert said == again
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["command"] == "solon reproduce unknown-society --quick"
    rows = summary["rows"]
    fields = {"workers", "shocks", "model", "inside", "who", "all_years", "last_five", "year_one"}
    assert all(fields | {"low", "high", "seeds", "beside"} == set(row) for row in rows)
    kinds = {row["model"] for row in rows}
    family = {"standard", "abler-more-elastic", "mean of the family"}
    assert kinds == family | {"elasticity-2"}
    law = [row for row in rows if row["who"] == "single rate" and row["beside"] == "standard law"]
    assert law and all(row["all_years"] == 0 for row in law)
    standard = [row for row in rows if (row["model"], row["beside"]) == ("standard", "own law")]
    by_who = {row["who"]: row for row in standard}
    assert by_who["formula, corrected"]["last_five"] > 0.9
    assert by_who["estimator"]["inside"]
    cell = json.loads((folder / "cells" / "scores-4" / "cell.json").read_text())
    measured = cell["result"]["kinds"]["standard"]["welfare"]
    assert max(measured["equality-times-output"].values()) == pytest.approx(
        measured["equality-times-output"]["best rates"]
    )
    assert set(measured) == {"equality-times-output", "utilitarian", "worst-off"}
    learned = by_who["learned in the standard model"]
    # After two updates it knows next to nothing.
    assert learned["all_years"] < 0.2
    assert learned["low"] <= learned["all_years"] <= learned["high"]


def test_a_planner_comes_back_from_its_file(tmp_path):
    recipe = recipe_of(Societies(), steps=10_240, seed=0)
    trained = train_planner(recipe, tmp_path)
    read = read_planner(tmp_path / PLANNER, recipe)
    for one, same in zip(jax.tree.leaves(trained), jax.tree.leaves(read), strict=True):
        np.testing.assert_array_equal(one, same)
    other = recipe_of(Societies(workers=100), steps=10_240, seed=0)
    with pytest.raises(ConfigurationError, match=r"^planner: got .*same workers and years") as told:
        read_planner(tmp_path / PLANNER, other)
    assert "\n" not in str(told.value)
    with pytest.raises(ConfigurationError, match=r"^planner: got "):
        read_planner(tmp_path / "none.safetensors", recipe)


def test_the_interval_is_that_of_a_ratio_of_means():
    generator = np.random.default_rng(0)
    gap = generator.gamma(2.0, size=(10, 400))
    gained = np.stack([gap * 0.5, gap * 0.7])
    gains, draws = Gains(gained, gap), Draws.of(400, seed=1)
    assert share(gains, slice(None)) == pytest.approx(0.6)
    estimate = mean_share([gains], [draws], slice(None))
    # Two seeds, drawn with replacement: .5, .6 or .7.
    assert (estimate.low, estimate.high) == pytest.approx((0.5, 0.7))
    lead = mean_share([gains], [draws], slice(None), [Gains(gained - 0.1 * gap, gap)])
    assert (lead.value, lead.low, lead.high) == pytest.approx((0.1, 0.1, 0.1))
