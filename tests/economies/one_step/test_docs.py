"""The tables of the page on this economy are complete, and name nothing that is not there."""

import dataclasses
import pathlib
import re

import jax
import pytest

import solon

PAGE = pathlib.Path(__file__).parents[3] / "docs" / "one-step-economy.md"


def table(title):
    """The cells of all table rows under a heading, and the names in the first."""
    text = PAGE.read_text(encoding="utf-8").split(f"\n## {title}\n")[1]
    text = re.split(r"^## ", text, flags=re.MULTILINE)[0]
    lines = [line.strip().strip("|") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.split(" | ")] for line in lines]


def names(cell):
    return re.findall(r"`([^`]+)`", cell)


@pytest.fixture(scope="module")
def env():
    return solon.make("one-step-economy")


def test_observations(env):
    documented = {"worker": set(), "planner": set()}
    for row in table("Observations"):
        for role in documented if row[1] == "both" else (row[1],):
            if names(row[0]):
                documented[role] |= set(names(row[0]))
    assert documented == {role: set(env.roles[role].observation) for role in env.roles}


def test_metrics(env):
    state = jax.eval_shape(lambda: env.reset(jax.random.key(0), env.default_params()))[0]
    actual = {re.sub(r"^tax/.*", "tax/...", name) for name in jax.eval_shape(env.metrics, state)}
    assert {name for row in table("Metrics") for name in names(row[0])} == actual


def test_params(env):
    leaves = jax.tree_util.tree_flatten_with_path(env.default_params())[0]
    actual = {jax.tree_util.keystr(path).lstrip(".").replace("'", '"') for path, _ in leaves}
    assert {name for row in table("Params") for name in names(row[0])} == actual


def test_options(env):
    rows = table("Options")
    own = {name for row in rows if len(row) == 3 for name in names(row[0])}
    assert own == {field.name for field in dataclasses.fields(env)}
    labor = [row for row in rows if len(row) == 4 and row[0] in ("`simple-labor`", "")]
    documented = {name for row in labor for name in names(row[1])}
    fields = dataclasses.fields(env.component("simple-labor"))
    assert documented == {field.name for field in fields}
