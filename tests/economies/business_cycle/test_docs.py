"""The page on the business cycle: options, params, fields and metrics are all there."""

import dataclasses
import pathlib
import re

import jax

import solon
from solon.economies.business_cycle import COMPONENTS
from solon.learning.params import param_places

PAGE = pathlib.Path(__file__).parents[3] / "docs" / "business-cycle.md"


def section(title):
    """The cells of all table rows under a heading, and its text."""
    text = re.split(r"^## ", PAGE.read_text("utf-8").split(f"\n## {title}\n")[1], flags=re.M)[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in re.findall(r"^\|.*\|$", text, flags=re.M)
    ]
    return rows, text


def names(cell):
    return re.findall(r"`([^`]+)`", cell)


def test_options():
    rows, _ = section("Options")
    own = {names(row[0])[0] for row in rows if len(row) == 3 and names(row[0])}
    fields = {field.name for field in dataclasses.fields(solon.make("business-cycle"))}
    assert own == fields - {"flatten_masks"} | {"market"}
    documented, component = {}, None
    for row in rows:
        if len(row) == 4 and names(row[1]):
            component = names(row[0])[0] if names(row[0]) else component
            documented.setdefault(component, set()).add(names(row[1])[0])
    actual = {part.name: {field.name for field in dataclasses.fields(part)} for part in COMPONENTS}
    assert documented == {name: options for name, options in actual.items() if options}


def test_params():
    env = solon.make("business-cycle", production={"shocks": True})
    rows, _ = section("Params")
    documented = {name for row in rows for name in names(row[0])}
    assert documented == set(param_places(env.default_params()))


def test_observations_and_metrics():
    env = solon.make("business-cycle")
    rows, text = section("Observations")
    fields = {field for role in env.roles.values() for field in role.observation}
    assert {name for row in rows for name in names(row[0])} == fields - {"action_mask"}
    shared = {n for row in rows if len(row) == 3 and "shared" in row[1] for n in names(row[0])}
    assert all(set(role.shared) == shared for role in env.roles.values())
    state = jax.eval_shape(lambda: env.reset(jax.random.key(0), env.default_params()))[0]
    metrics = set(jax.eval_shape(env.metrics, state))
    assert metrics <= set(names(text))
