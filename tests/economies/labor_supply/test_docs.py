"""The table of options on the page is complete."""

import dataclasses
import pathlib
import re

import solon

PAGE = pathlib.Path(__file__).parents[3] / "docs" / "tax-theory.md"


def test_options_and_their_defaults():
    env = solon.make("labor-supply", workers=2)
    text = PAGE.read_text(encoding="utf-8").split("\n## The economy\n")[1].split("\n## ")[0]
    table = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", text, re.MULTILINE))
    fields = {field.name: field.default for field in dataclasses.fields(env)}
    # What they share with other economies, and do not need here.
    assert set(fields) - set(table) == {"several_actions", "planner_several_actions"}
    for name in set(table) - {"components", "skill_spread"}:
        assert table[name].strip("` ") == str(fields[name]).removesuffix(".0"), name
