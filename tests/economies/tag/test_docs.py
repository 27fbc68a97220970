"""The page on tag: options, params and observations are all there."""

import dataclasses
import pathlib
import re

import pytest

import solon

PAGE = pathlib.Path(__file__).parents[3] / "docs" / "tag.md"


@pytest.mark.parametrize(
    ("name", "title"), [("grid-tag", "Grid Tag"), ("continuous-tag", "Continuous Tag")]
)
def test_nothing_is_left_out(name, title):
    env = solon.make(name)
    text = re.split(r"^## ", PAGE.read_text("utf-8").split(f"\n## {title}\n")[1], flags=re.M)[0]
    tables = {"option": set(), "param": set()}
    for line in re.findall(r"^\|.*$", text, flags=re.M):
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if cells[0] in tables:
            table = tables[cells[0]]
        elif cells[0].startswith("`"):
            table.update(re.findall("`([^`]+)`", cells[0]))
    assert tables["option"] == {field.name for field in dataclasses.fields(env)}
    assert tables["param"] == {field.name for field in dataclasses.fields(env.default_params())}
    partial = [solon.make(name, observation="partial")] if name == "grid-tag" else []
    fields = {f for each in (env, *partial) for f in each.roles["tagger"].observation}
    assert not {field for field in fields if f"`{field}`" not in text}
