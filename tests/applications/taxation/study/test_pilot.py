"""The tax study: its cells, what a cell leaves, and what the report says of them."""

import dataclasses
import json
import pathlib

import equinox as eqx
import jax
import numpy as np
import pytest
import safetensors.numpy

from solon.applications.taxation.study import cells as tax_cells
from solon.applications.taxation.study import outcomes as tax_outcomes
from solon.applications.taxation.study import pilot as tax
from solon.applications.taxation.study import tables as tax_tables
from solon.applications.taxation.study.fresh import adapting_rows, fresh_rows, read_years
from solon.applications.taxation.study.stopping import Stopping, stopping
from solon.evidence.reproduce import read_cells
from solon.evidence.run import evaluate_players, evaluate_run
from solon.evidence.social_measures import SOCIAL_MEASURES
from solon.evidence.studies import load_study
from solon.runs.arrays import pack
from solon.runs.build import build_recipe
from solon.runs.folder import RunFolder

STUDY = load_study("tax")

TINY = {
    "economy": {
        **{"layout": "open-quadrant-9", "view": 1, "horizon": 20},
        "periodic_bracket_tax": {"period": 10},
    },
    **{"seed": 1, "episodes": 3, "steps": 480},
    "learner": {"unroll": 20, "environments": 4, "minibatches": 2, "hidden": [8]},
}


FOUNDATION = {**TINY["economy"], "compatibility": "foundation"}


def test_all_regimes_have_the_same_budget_start_learner_and_years():
    cells = STUDY.checked_cells("pilot")
    by_name = {cell.name: cell for cell in cells}
    regimes = [cell for cell in cells if cell.config["kind"] in ("regime", "fixed")]
    known = [cell for cell in regimes if cell.config.get("frozen")]
    regimes = [cell for cell in regimes if cell not in known]
    for key in ("steps", "learner", "episodes", "economy"):
        assert len({json.dumps(cell.config[key]) for cell in regimes}) == 1, key
    for cell in regimes:
        assert cell.needs[0] == f"workers-{cell.config['seed']}"
    names = {cell.name.rpartition("-")[0] for cell in regimes}
    assert {"free-market", "us-federal", "saez", "search", "learned", "learned-fixed"} <= names
    alike = {name for name in names if name.endswith("-alike")}
    assert {"free-market-alike", "us-federal-alike", "saez-alike", "search-alike"} <= alike
    assert len(names - alike) == 7 + 2
    assert len(alike) == 5 + 2
    # Workers who know every tax are the same for all, and so is the highest rate.
    assert len({json.dumps(cell.config["economy"]) for cell in known}) == 1
    assert {cell.config["highest_rate"] for cell in known} == {0.6}
    assert all(cell.needs[0] == f"mixed-workers-{cell.config['seed']}" for cell in known)
    assert len(known) == 2 * (5 + 4 + 3 + 1)
    # Every regime of the table is asked what the ablest gains by stopping, in the same years.
    stopping = {c.name: c for c in cells if c.config["kind"] == tax.STOPPING}
    shown = {f"saez-{tax.TRIED:g}" if n == tax.TUNED else n for n in tax.KNOWN_REGIMES}
    wanted = {f"{tax.STOPPING}-{n}-{tax.MIXED}-{seed}" for n in shown for seed in (1, 2)}
    assert set(stopping) == wanted
    assert {c.config["after"] for c in stopping.values()} == {500}
    assert all(c.config["regime"] == by_name[c.needs[1]].config for c in stopping.values())


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    """A planner that learned with workers of no experience, on nine by nine cells."""
    folder = tmp_path_factory.mktemp("tax") / "cells"
    (folder / "learned").mkdir(parents=True)
    nobody = build_recipe(
        "gather-trade-build", TINY["economy"], settings=TINY["learner"], steps=480
    ).initial_state()
    start = folder / tax_cells.WORKERS
    start.write_bytes(safetensors.numpy.save(pack(nobody.learned)))
    config = {**TINY, "planner": "learned", "highest_rate": 0.4}
    return folder, start, config, tax_cells.regime(config, start, folder / "learned")


def test_a_cell_keeps_what_its_years_came_to(cells):
    folder, _, _, found = cells
    assert set(found["means"]) >= set(SOCIAL_MEASURES)
    assert np.shape(found["rates"]) == (2, 7)
    assert 0 <= np.min(found["rates"]) <= np.max(found["rates"]) <= 0.4 + 1e-6
    assert found["steps"] == 480
    assert sum(found["occupancy"]) == 3 * 2 * 4
    assert (folder / "learned" / tax_cells.EPISODES).stat().st_size < 300_000
    # It is what the run says of itself on the same luck.
    run = RunFolder.open(folder / "learned" / "run")
    again = evaluate_run(run, episodes=3, seed=tax_cells.LUCK)
    coin = again.workers["coin"].sum(axis=1).mean()
    assert found["means"]["productivity"] == pytest.approx(coin, rel=1e-5)


def test_a_cell_that_was_finished_but_for_its_record_trains_no_more(cells):
    folder, start, config, found = cells
    before = sorted((folder / "learned" / "run").rglob("*"))
    again = tax_cells.regime(config, start, folder / "learned")
    assert sorted((folder / "learned" / "run").rglob("*")) == before
    assert again["means"] == found["means"]


def test_a_regime_that_is_brought_in_alike_has_what_a_planner_that_learns_has(tmp_path):
    """The same highest rate, the same rising cap, and stand-ins in the same share of the copies."""
    recipes = {}
    for name, config in {
        "learned": {"planner": "learned", "highest_rate": 0.4},
        "us-federal": {"planner": "us-federal", "alike": 0.4},
        "saez": {"planner": "saez", "elasticity": 3.0, "alike": 0.4},
        "search": {"planner": "search", "alike": 0.4},
    }.items():
        recipes[name] = tax_cells.recipe_of({**TINY, **config, "steps": 4000}, tmp_path, tmp_path)
    learned = recipes.pop("learned")
    for recipe in recipes.values():
        assert recipe.env().component("periodic-bracket-tax").rate_max == 0.4
        assert recipe.curriculum == learned.curriculum
        assert recipe.own_ppo["planner"].stand_in == learned.own_ppo["planner"].stand_in > 0
        assert recipe.ppo == learned.ppo


def test_the_formula_with_its_estimator_corrected_is_told_from_the_published_one(tmp_path):
    config = {**TINY, "planner": "saez", "highest_rate": 0.6, "frozen": True}
    published = tax_cells.recipe_of({**config, "economy": FOUNDATION}, tmp_path, tmp_path)
    given = {**config, "economy": FOUNDATION, "compatibility": None}
    corrected = tax_cells.recipe_of(given, tmp_path, tmp_path)
    assert published.given()["planner"].compatibility == "foundation"
    assert corrected.given()["planner"].compatibility is None
    assert corrected.given()["planner"].elasticity is None


def test_a_flat_tax_is_one_rate_for_all(tmp_path):
    config = {**TINY, "planner": "flat 50 %", "highest_rate": 0.6, "frozen": True}
    recipe = tax_cells.recipe_of(config, tmp_path, tmp_path, [0.5] * 7)
    assert recipe.given()["planner"].rates.tolist() == [0.5] * 7
    assert recipe.planner.name == "flat 50 %"


def test_the_ablest_stops_and_nobody_else(cells):
    """From the step on it does nothing; before, all is as it was."""
    folder, start, config, found = cells
    players = tax_cells.trained(config, start, folder / "learned")
    halted = {
        after: dataclasses.replace(players, env=Stopping(**_fields(players.env), after=after))
        for after in (0, 8, 20)
    }
    seen = {
        after: evaluate_players(one, episodes=3, seed=tax_cells.LUCK)
        for after, one in halted.items()
    }
    never = seen[20].workers["labor"]
    assert never.sum(axis=1).mean() > 0
    usual = seen[20].episodes["productivity"].mean()
    assert usual == pytest.approx(found["means"]["productivity"], rel=1e-6)
    assert (seen[0].workers["labor"][:, -1] == 0).all()
    assert (seen[0].workers["labor"][:, :-1].sum(axis=1) > 0).all()
    assert (seen[8].workers["labor"][:, -1] < never[:, -1]).any()
    first = seen[8].trajectory["labor"]
    ablest = int(np.argmax(seen[8].trajectory["payment"]))
    assert (first[8:, ablest] == first[8, ablest]).all()
    np.testing.assert_array_equal(first[:9], seen[20].trajectory["labor"][:9])


def test_what_the_ablest_gains_is_kept_with_its_interval(cells, tmp_path):
    folder, start, config, _ = cells
    given = {"regime": config, "after": 8, "episodes": 3, "seed": 1}
    found = stopping(given, {}, start, folder / "learned", tmp_path)
    years = read_years(tmp_path)
    gain = years["stopped_utility"] - years["utility"]
    assert found["gain"][0] == pytest.approx(gain.mean(), rel=1e-4, abs=1e-5)
    assert gain.min() - 1e-4 <= found["gain"][1] <= found["gain"][2] <= gain.max() + 1e-4
    assert "elasticities" not in found


def _fields(env):
    return {field.name: getattr(env, field.name) for field in dataclasses.fields(env)}


def test_workers_who_know_every_tax_stay_as_they_are(cells, tmp_path):
    """Only the planner learns, though both go through the same years."""
    _, start, config, _ = cells
    recipe = tax_cells.recipe_of({**config, "frozen": True}, start, tmp_path)
    learner, before = recipe.learner(), recipe.initial_state()
    policies = jax.tree.map(np.asarray, eqx.filter(before.policies, eqx.is_array))
    after, metrics = learner.update(before)
    assert jax.tree.all(jax.tree.map(np.array_equal, policies["worker"], after.policies["worker"]))
    changed = jax.tree.map(np.array_equal, policies["planner"], after.policies["planner"])
    assert not jax.tree.all(changed)
    assert "worker/kl" not in metrics and "worker/reward" in metrics


def result(product, seconds=360.0):
    means = dict.fromkeys(SOCIAL_MEASURES, 1.0) | {
        "equality_times_productivity": product,
        "productivity": 2 * product,
        "equality": 0.5,
        "average_rate": 0.2,
    }
    steps = np.arange(1, 41) * 1e5
    values = np.where(steps < 1e6, 2 * product, product).tolist()
    return {
        "means": means,
        "curve": {"steps": steps.tolist(), "equality_times_productivity": values},
        "seconds": seconds,
    }


RESULTS = {
    **{f"workers-{seed}": result(1000) for seed in (1, 2)},
    **{f"saez-1-{seed}": result(1200 + seed) for seed in (1, 2)},
    **{f"saez-3-{seed}": result(1300 + seed) for seed in (1, 2)},
    **{f"saez-6-alike-{seed}": result(1250 + seed) for seed in (1, 2)},
    **{f"learned-{seed}": result(1400 + 100 * seed) for seed in (1, 2)},
}


def test_the_tuned_formula_is_the_best_of_those_that_all_seeds_have():
    assert tax_outcomes.tuned_elasticity(RESULTS, "pilot") == 3.0
    some = {name: r for name, r in RESULTS.items() if name != "saez-3-2"}
    assert tax_outcomes.tuned_elasticity(some, "pilot") == 1.0
    assert tax_outcomes.tuned_elasticity({}, "pilot") is None
    assert tax_outcomes.tuned_elasticity(RESULTS, "pilot", "alike") == 6.0


def test_rows_and_winners():
    table = tax_outcomes.rows(RESULTS, "pilot")
    assert [(row["regime"], row["seed"]) for row in table] == [
        ("Saez, tuned", 1),
        ("Saez, tuned", 2),
        ("learned", 1),
        ("learned", 2),
        ("Saez, tuned, at once", 1),
        ("Saez, tuned, at once", 2),
    ]
    ranked = tax_outcomes.winners(table)["equality_times_productivity"]
    assert ranked == ["learned", "Saez, tuned"]


def test_a_curve_is_flat_from_where_it_stays_near_its_end():
    assert tax_outcomes.flat_from(result(1000)["curve"]) == pytest.approx(1.3e6, abs=1.5e5)
    steps = np.arange(1, 41) * 1e5
    rising = {"steps": steps.tolist(), "equality_times_productivity": steps.tolist()}
    assert tax_outcomes.flat_from(rising) is None


def test_the_budget_follows_from_what_was_spent():
    """5 seeds of 8 regimes and workers at a tenth of an hour each: 4.5 core hours."""
    lines = tax_outcomes.budget(tax_outcomes.rows(RESULTS, "pilot"), RESULTS)
    assert "4.5 core hours" in lines[1]
    # Learned: 1,500 and 1,600, so 3.2 % each way; Saez: almost none. Pooled over two regimes.
    assert "22 core hours" in lines[2]
    assert "3.2 %" in lines[3]


def test_shares_of_a_crossed_table_by_hand():
    """First seed: workers add 1 or -1, schedules 2 or -2. Second seed: workers alone."""
    both = np.array([[[3.0, -1.0], [1.0, -3.0]], [[1.0, 1.0], [-1.0, -1.0]]])
    crossed = tax_outcomes.Crossed(["a", "b"], ["x", "y"], both)
    np.testing.assert_allclose(crossed.shares(["x", "y"]), [(0.2, 0.8), (1.0, 0.0)])
    # Under one schedule all is due to workers.
    np.testing.assert_allclose(crossed.shares(["y"]), [(1.0, 0.0), (1.0, 0.0)])


ROOT = pathlib.Path(__file__).parents[4]
FOLDER = ROOT / "results" / "tax"


@pytest.fixture(scope="module")
def committed():
    return read_cells(STUDY, FOLDER, "pilot")


def test_the_page_says_what_the_results_say(committed):
    assert len(committed) == len(STUDY.checked_cells("pilot"))
    page = (ROOT / "docs" / "tax-pilot.md").read_text("utf-8")
    for table in tax_tables.tables(committed, "pilot", FOLDER).split("\n\n"):
        assert table in page


def test_the_summary_says_what_the_cells_say(committed):
    summary = json.loads((FOLDER / "summary.json").read_text("utf-8"))
    assert summary["fresh"] == fresh_rows(committed, "pilot", FOLDER)
    assert summary["adapting"] == adapting_rows(committed, "pilot", FOLDER)
    products = {
        (row["regime"], row["world"]): row["mean"]
        for row in summary["regimes"]
        if row["metric"] == "equality_times_productivity"
    }
    for rows in (tax_outcomes.rows, tax_outcomes.mixed_rows):
        for name in {row["regime"] for row in rows(committed, "pilot")}:
            mine = [r for r in rows(committed, "pilot") if r["regime"] == name]
            mean = np.mean([row["means"]["equality_times_productivity"] for row in mine])
            known = "who know" if rows is tax_outcomes.mixed_rows else "4 workers"
            (kept,) = [v for (n, w), v in products.items() if n == name and _is(w, known)]
            assert kept == pytest.approx(mean, rel=1e-5)


def _is(world, known):
    return ("who know" in world) == (known == "who know")
