"""Tables of the documentation: complete, of what is there, and as the results have it."""

import dataclasses
import json
import pathlib
import re

import jax
import numpy as np
import pytest
import safetensors.numpy

import solon
from solon.applications.taxation.study import outcomes as tax_outcomes
from solon.applications.taxation.study import tables as tax_tables
from solon.applications.taxation.study.fresh import fresh_rows
from solon.economies.gather_trade_build import layouts
from solon.economies.gather_trade_build.economy import COMPONENTS
from solon.evidence.reproduce import read_cells
from solon.evidence.studies import load_study
from solon.zoo.files import read_entry

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


TAX = DOCS.parent / "results" / "tax"
PRODUCT = tax_outcomes.PRODUCT


@pytest.fixture(scope="module")
def pilot():
    """Where workers go on learning, where they know every tax, and what was asked besides."""
    results = read_cells(load_study("tax"), TAX, "pilot")
    return (
        tax_outcomes.rows(results, "pilot"),
        tax_outcomes.mixed_rows(results, "pilot"),
        fresh_rows(results, "pilot", TAX),
    )


def by_regime(table, key):
    found = {}
    for row in table:
        found.setdefault(row["regime"], []).append(key(row))
    return found


def text(file):
    """Without line ends, so that a sentence can be looked for."""
    return " ".join((DOCS.parent / file).read_text(encoding="utf-8").split())


def test_the_readme_has_the_table_of_the_tax_pilot(pilot):
    """Workers who go on learning; those who stay as they are, in fresh years."""
    learning = by_regime(pilot[0], lambda row: row["means"][PRODUCT])
    fresh, gains = (by_regime(pilot[2], key) for key in (_product, lambda row: row["gain"][0]))
    lines = (DOCS.parent / "README.md").read_text(encoding="utf-8").splitlines()
    shown = {row[0]: row[1:] for row in rows("\n".join(lines)) if len(row) == 5}
    assert set(fresh) <= set(shown)
    for regime in fresh:
        bar = tax_outcomes.PUBLISHED.get(regime)
        expected = [
            _several(learning.get(regime), ",.0f"),
            _several(bar and [bar[PRODUCT]], ",.0f"),
            _several(fresh[regime], ",.0f"),
            _several(gains[regime], "+.1f"),
        ]
        assert shown[regime] == expected, regime


def _product(row):
    return row["product"]


def _several(means, form):
    return "–" if means is None else ", ".join(format(m, form) for m in means)


@pytest.mark.parametrize("file", ["README.md", "docs/tax-pilot.md"])
def test_what_is_said_of_fresh_years_is_what_was_found(pilot, file):
    said = text(file)
    for row in pilot[2]:
        if row["regime"] in ("Saez, corrected, estimated", "direct search"):
            assert "{:+.0f} [{:+.0f}, {:+.0f}]".format(*row["learned_over"]) in said
    fresh, stopped = (by_regime(pilot[2], key) for key in (_product, lambda row: row["stopped"]))
    for means in (stopped["learned"], fresh["US federal"]):
        assert "{:,.0f} and {:,.0f}".format(*means) in said
    leads = [
        100 * (a / b - 1) for a, b in zip(fresh["learned"], fresh["Saez, estimated"], strict=True)
    ]
    assert "{:.0f} and {:.0f} %".format(*leads) in said
    # Who gains by stopping: under high taxes, all but the learned planner's of seed 2.
    low = ("free market", "US federal", "Saez, estimated")
    gains = {(row["regime"], row["seed"]): row["gain"] for row in pilot[2]}
    assert all(gain[2] < 0 for (regime, _), gain in gains.items() if regime in low)
    high = {key for key, gain in gains.items() if key[0] not in low and gain[1] > 0}
    assert {key for key in gains if key[0] not in low} - high == {("learned", 2)}


def test_what_the_page_says_of_the_tax_pilot_is_what_it_found(pilot):
    known = by_regime(pilot[1], lambda row: row["means"][PRODUCT])
    said = text("docs/tax-pilot.md")
    corrected = "Saez, corrected, estimated"
    for regime in (corrected, "flat 60 %", "learned"):
        assert "{:,.0f} and {:,.0f}".format(*known[regime]) in said, regime
    low, high = sorted(
        100 * (a / b - 1) for a, b in zip(known["learned"], known["Saez, estimated"], strict=True)
    )
    assert f"{low:.0f} to {high:.0f} % ahead" in said

    def pair(regime, key, form):
        return " and ".join(format(row[key], form) for row in pilot[2] if row["regime"] == regime)

    assert pair("learned", "product", ",.0f") in said
    assert pair("learned", "utility", ".1f") in said
    for row in pilot[2]:
        if row["regime"] == "learned":
            assert "{:+.1f} [{:+.1f}, {:+.1f}]".format(*row["gain"]) in said
    # The five others under which the ablest gains by stopping, with both seeds.
    low = ("free market", "US federal", "Saez, estimated", "learned")
    high = [row for row in pilot[2] if row["regime"] not in low]
    assert len(high) == 10
    ends = [
        end([row["gain"][0] if key == "gain" else row[key] for row in high])
        for key in ("gain", "utility")
        for end in (min, max)
    ]
    assert "{:.0f} to {:.0f} of {:.0f} to {:.0f}".format(*ends) in said
    # How far equality x coin falls if the ablest stops, with the workers that are in the zoo.
    mixture = [row for row in pilot[2] if row["regime"] not in low[:3] and row["seed"] == 1]
    falls = [100 * (1 - row["stopped"] / row["product"]) for row in mixture]
    assert f"would fall by {min(falls):.0f} to {max(falls):.0f} %" in text(
        "docs/three-questions.md"
    )


def test_the_page_has_every_row_of_the_pilot():
    results = read_cells(load_study("tax"), TAX, "pilot")
    made = [r for r in tax_tables.tables(results, "pilot", TAX).splitlines() if r.startswith("|")]
    lines = set((DOCS / "tax-pilot.md").read_text(encoding="utf-8").splitlines())
    assert len(made) > 100 and not [row for row in made if row not in lines]


def test_what_the_formulas_remember(pilot):
    """Of the original's estimator in an entry of the zoo, and of the corrected one in the pilot."""
    kept = safetensors.numpy.load(read_entry("tax/open-quadrant/saez").data)
    published = kept["memories['planner'].elasticity"]
    assert len(published) == 8
    found = [row["elasticities"] for row in pilot[2] if row["regime"].startswith("Saez, corrected")]
    corrected = np.concatenate(found)
    for file in ("docs/tax-pilot.md", "docs/saez.md", "docs/oddities.md"):
        assert f"{published.min():.1f} to {published.max():.1f}" in text(file), file
        assert f"{corrected.min():.2f} to {corrected.max():.2f}" in text(file), file


def test_short_years_are_what_was_measured():
    """Of the shipped workers that are played against."""
    place = DOCS.parent / "results" / "lab" / "short-years.json"
    found = json.loads(place.read_text(encoding="utf-8"))["utility"]
    titles = {"us-federal": "US federal", "learned": "learned planner"}
    page, room = text("docs/three-questions.md"), text("solon/applications/taxation/rooms/play.py")
    for regime, by_steps in found.items():
        for steps, both in by_steps.items():
            (short, short_error), (long, long_error) = both["short"], both["long"]
            row = f"{short:.1f} ({short_error:.1f}) | {long:.1f} ({long_error:.1f})"
            assert f"| {titles[regime]} | {steps} | {row} |" in page
            assert abs(short / long - 1) < 0.1
    for both in found["us-federal"].values():
        assert f"{both['short'][0]:.1f} against {both['long'][0]:.1f}" in room


def society_scores(cell):
    study = load_study("unknown-society")
    results = read_cells(study, DOCS.parent / "results" / "unknown-society", "full")
    return results[cell]


def short(value):
    """A share as the page has it."""
    return f"{value:.2f}".replace("0.", ".", 1)


def short_interval(three):
    value, low, high = map(short, three)
    return f"{value} [{low}, {high}]"


PERIODS = "all_years", "last_five"


def test_the_shares_of_unknown_societies():
    plain, shocks = (society_scores(f"scores-4{more}") for more in ("", "-shocks"))
    page = "unknown-society-study.md"
    table = rows(section(page, "What was found"))[1:]
    assert len(table) == 9
    for row in table:
        found = [
            cell["mean"]["standard law"][row[0]][p] for cell in (plain, shocks) for p in PERIODS
        ]
        assert row[2:] == [short_interval(three) for three in found], row[0]
    tables = rows(section(page, "Model by model")), rows(section(page, "Where it fails"))
    by_planner = [tables[0], [row for row in tables[1] if len(row) == 5]]
    for head, *lines in by_planner:
        for society, *cells in lines:
            of = plain["shares"]["standard law"][society]
            for who, cell in zip(head[1:], cells, strict=True):
                assert cell == ", ".join(short(of[who][p][0]) for p in PERIODS), (society, who)
    left_out = [row for row in tables[1] if len(row) == 3][1:]
    assert len(left_out) == 5
    for society, *cells in left_out:
        of = plain["shares"]["standard law"][society]
        for who, cell in zip(
            (f"learned without {society}", "learned over five models"), cells, strict=True
        ):
            assert cell == ", ".join(short(of[who][p][0]) for p in PERIODS), (society, who)


def test_what_the_readme_says_of_unknown_societies():
    plain, shocks = (society_scores(f"scores-4{more}") for more in ("", "-shocks"))
    text = (DOCS.parent / "README.md").read_text("utf-8")
    text = text.split("### Can a planner tax a society")[1].split("\n### ")[0]
    whose = (
        *("learned over five models", "model averaging, exploring"),
        *("formula, corrected, over five models", "estimator"),
    )
    for who, row in zip(whose, rows(text)[1:], strict=True):
        for cell, said in zip((plain, shocks), row[1:], strict=True):
            shares = cell["mean"]["standard law"][who]
            assert said == ", ".join(short(shares[p][0]) for p in PERIODS), who
    ahead = shocks["ahead"]["standard law"]["learned over five models"]
    for rival in ("formula, corrected, over five models", "estimator"):
        assert short_interval(ahead[rival]["all_years"]) in text.replace("\n", " ")
