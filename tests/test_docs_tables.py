"""The tables of the page on Gather-Trade-Build are complete, and name nothing that is not there."""

import dataclasses
import pathlib
import re

import jax
import pytest

import solon
from solon.economies.gather_trade_build import layouts
from solon.economies.gather_trade_build.economy import COMPONENTS

DOCS = pathlib.Path(__file__).parents[1] / "docs"


def section(page, title):
    """The text under a heading."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.split(r"^## ", text.split(f"\n## {title}\n")[1], flags=re.MULTILINE)[0]


def rows(text):
    """The cells of all table rows, but those of heads and rules."""
    lines = [line.strip().strip("|") for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.split(" | ")] for line in lines]
    return [row for row in cells if not row[0].startswith("---")]


def names(cell):
    return re.findall(r"`([^`]+)`", cell)


@pytest.fixture(scope="module")
def env():
    return solon.make("gather-trade-build")


def test_observations(env):
    documented = {"worker": set(), "planner": set()}
    for row in rows(section("gather-trade-build.md", "Observations")):
        # The table of the map's codes has two columns.
        if len(row) == 3 and names(row[0]):
            for role in documented if row[1] == "both" else (row[1],):
                documented[role] |= set(names(row[0]))
    assert documented == {role: set(env.roles[role].observation) for role in env.roles}


def test_metrics(env):
    state = jax.eval_shape(lambda: env.reset(jax.random.key(0), env.default_params()))[0]
    actual = {re.sub(r"/\d+$", "", name) for name in jax.eval_shape(env.metrics, state)}
    table = rows(section("gather-trade-build.md", "Metrics"))
    documented = {re.sub(r"/\{\w\}$", "", name) for row in table for name in names(row[0])}
    assert documented == actual


def test_params(env):
    leaves = jax.tree_util.tree_flatten_with_path(env.default_params())[0]
    actual = {jax.tree_util.keystr(path).lstrip(".").replace("'", '"') for path, _ in leaves}
    table = rows(section("gather-trade-build.md", "Params"))
    assert {name for row in table for name in names(row[0])} == actual


def test_options(env):
    table = rows(section("gather-trade-build.md", "Options"))
    own = {name for row in table if len(row) == 3 for name in names(row[0])}
    assert own == {field.name for field in dataclasses.fields(env)}

    documented = {name: set() for name in COMPONENTS}
    for row in table:
        if len(row) == 4 and names(row[1]):
            component = names(row[0])[0] if row[0] else component
            documented[component] |= set(names(row[1]))
    for name, part in COMPONENTS.items():
        assert documented[name] == {field.name for field in dataclasses.fields(part)}


def test_action_numbers(env):
    table = rows(section("gather-trade-build.md", "Actions"))
    last = int(table[-1][0].rpartition(" ")[2])
    assert env.roles["worker"].action == solon.Discrete(last + 1)


def test_maps():
    table = {}
    for row in rows(section("maps.md", "The shipped maps")):
        if names(row[0]):
            table[names(row[0])[0]] = row[1:5]
    assert set(table) == set(layouts.names())
    for name, cells in table.items():
        layout = layouts.load(name)
        counts = (layout.source == layouts.WOOD, layout.source == layouts.STONE, layout.water)
        expected = [f"{layout.height} x {layout.width}", *(str(c.sum()) for c in counts)]
        assert cells == expected, name
