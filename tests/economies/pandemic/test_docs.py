"""The tables of the page on this economy are complete, and name nothing that is not there."""

import dataclasses
import pathlib
import re

import jax
import pytest

import solon
from solon.economies.pandemic.corrections import CORRECTIONS
from solon.economies.pandemic.effects import PLANS, effect

PAGE = pathlib.Path(__file__).parents[3] / "docs" / "pandemic.md"


def table(title):
    """The cells of all table rows under a heading."""
    text = PAGE.read_text(encoding="utf-8").split(f"\n## {title}\n")[1]
    text = re.split(r"^## ", text, flags=re.MULTILINE)[0]
    lines = [line.strip().strip("|") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.split(" | ")] for line in lines]


def names(rows):
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row[0])}


@pytest.fixture(scope="module")
def env():
    return solon.make("pandemic", states=("VT",), horizon=10)


def test_options(env):
    assert names(table("Options")) == {field.name for field in dataclasses.fields(env)}


def test_params(env):
    leaves = jax.tree_util.tree_flatten_with_path(jax.eval_shape(env.default_params))[0]
    actual = {jax.tree_util.keystr(path).lstrip(".") for path, _ in leaves}
    grouped = ("beginning", "objectives.governor", "objectives.planner")
    actual = {next((g for g in grouped if name.startswith(g)), name) for name in actual}
    assert names(table("Params")) == actual


def test_observations_and_metrics(env):
    documented = {"governor": set(), "planner": set()}
    for row in table("Observations"):
        for role in documented if row[1] == "both" else (row[1],):
            if role in documented:
                documented[role] |= names([row])
    assert documented == {role: set(env.roles[role].observation) for role in env.roles}
    shown = jax.eval_shape(lambda: env.start((), env.default_params()))[1]
    assert names(table("Metrics")) == set(shown.metrics)


def test_effects_of_corrections_are_those_of_the_page():
    rows = {row[0].strip("`"): row[1:] for row in table("The original's rules")[1:]}
    assert set(CORRECTIONS) < set(rows)
    rules = {
        "all but `reported-start`: the default": {},
        "none: the original": {"compatibility": "foundation"},
    }
    for name, options in rules.items():
        found = effect("closed for 180 days", **options)
        shown = rows[name][list(PLANS).index("closed for 180 days")]
        deaths, unemployment = found["deaths"] / 1000, found["unemployment"]
        assert shown == f"{found['welfare']:.1f}, {deaths:,.0f}, {unemployment:.2f}"
