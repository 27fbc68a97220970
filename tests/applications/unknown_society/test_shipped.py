"""Who governs in the lab: what was shipped is of the societies that it governs."""

import dataclasses
import json
import pathlib

import pytest

from solon.applications.unknown_society.opponents import EXPLORING, REGRESSING
from solon.applications.unknown_society.shipped import (
    CHOSEN,
    entry_of,
    governing,
    planner,
    prior,
    rivals,
)
from solon.applications.unknown_society.training import recipe_of
from solon.errors import ConfigurationError
from solon.zoo import names

CELLS = pathlib.Path(__file__).parents[3] / "results" / "unknown-society" / "cells"


@pytest.mark.parametrize("shocks", [False, True])
def test_a_planner_is_shipped_for_each_kind_of_societies(shocks):
    assert entry_of(shocks) in names()
    assert int(planner(shocks).level) == 6  # of twenty: 30 %
    assert {"estimator", "single rate"} <= set(rivals(shocks))


@pytest.mark.parametrize("shocks", [False, True])
def test_opponents_are_as_the_study_chose_them(shocks):
    chosen = CHOSEN[shocks]
    assert set(chosen.explore.values()) <= set(EXPLORING)
    assert set(chosen.regress.values()) <= set(REGRESSING)
    place = f"4{'-shocks' * shocks}"
    laws = json.loads((CELLS / f"laws-{place}" / "cell.json").read_text())["result"]
    assert (chosen.standard, chosen.family) == (laws["rates"]["standard"], laws["family"])
    assert chosen.explore == laws["explore"]
    formulas = json.loads((CELLS / f"formulas-{place}" / "cell.json").read_text())["result"]
    assert chosen.regress == formulas["regress"]


def of(**changes):
    societies = dataclasses.replace(prior(False), **changes)
    return recipe_of(societies, steps=1, seed=0)


@pytest.mark.parametrize(
    ("recipe", "line"),
    [
        (lambda: of(workers=100), "^planner's workers: got 100; allowed: 4"),
        (lambda: of(models=("standard",)), "^planner's models: got .*; allowed: .*reservation"),
        (lambda: of(shocks=True), "^shock_deviation of the planner's prior: got 0.2; "),
        (lambda: of(elasticity=0.5), "^elasticity of the planner's prior: got 0.5; "),
        (
            lambda: dataclasses.replace(of(), options={**of().options, "years": 12}),
            "^planner's years: got 12; allowed: 10",
        ),
    ],
)
def test_a_planner_of_other_societies_is_refused_in_a_line(recipe, line):
    with pytest.raises(ConfigurationError, match=line) as told_so:
        governing(recipe(), None, False)
    assert "\n" not in str(told_so.value)
