"""The pandemic study: equal budgets, its numbers, and the page that quotes them."""

import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.agents import Silenced
from solon.applications.pandemic.outcome import SUMMARY
from solon.applications.pandemic.study import worlds
from solon.applications.pandemic.study.files import OUTCOMES, STATES, parquet
from solon.applications.pandemic.study.heard import FIELDS, OBSERVED
from solon.applications.pandemic.study.numbers import (
    THRESHOLD,
    Comparison,
    outcome_rows,
    practice_rows,
    regret_rows,
    state_rows,
    training_rows,
)
from solon.applications.pandemic.study.report import comparisons, figures_of
from solon.applications.pandemic.study.study import REAL
from solon.applications.pandemic.study.tables import tables
from solon.economies.pandemic import Pandemic
from solon.evidence.reproduce import CELL_FILE, read_cells
from solon.evidence.studies import load_study
from solon.policy import Policy

ROOT = pathlib.Path(__file__).parents[4]
STUDY = load_study("pandemic")


@pytest.mark.parametrize("scale", STUDY.scales)
def test_every_policy_has_the_same_episodes_and_the_same_draws(scale):
    cells = STUDY.checked_cells(scale)
    for world in worlds.WORLDS:
        found = [cell for cell in cells if cell.config.get("world") == world]
        chosen = [cell for cell in found if cell.config["kind"] in ("searched", "learned")]
        budgets = {c.config.get("evaluations", c.config.get("episodes")) for c in chosen}
        assert len(budgets) == 1 and len(chosen) >= 10
        assert len({cell.config["draws"] for cell in chosen}) == 1
        (compared,) = [cell for cell in found if cell.config["kind"] == "compared"]
        assert {cell.name for cell in chosen} <= set(compared.needs)


def test_no_draw_chooses_and_judges():
    chosen = worlds.draws("published", "chosen", 8, None).epidemic.slope
    judged = worlds.draws("published", "judged", 20, None).epidemic.slope
    assert not np.isin(np.asarray(chosen), np.asarray(judged)).any()


def test_both_worlds_have_real_policies_to_their_last_day():
    for name, world in worlds.WORLDS.items():
        economy = worlds.economy(name)
        real = Pandemic(start_date=world.start, horizon=world.days, replay="policy")
        assert economy.horizon == real.horizon == world.days
        last = np.datetime64(world.start) + np.timedelta64(world.days, "D")
        assert abs((last - np.datetime64("2021-05-01")).astype(int)) <= 1


def test_what_changes_is_what_is_said():
    draws = worlds.draws("published", "chosen", 2, None)
    stronger = worlds.changed(draws, "transmission 1.3").epidemic
    np.testing.assert_allclose(stronger.intercept_factor, 1.3, rtol=1e-6)
    np.testing.assert_allclose(stronger.slope_factor, 1.3, rtol=1e-6)
    sooner = worlds.changed(draws, "vaccines 60 days earlier").vaccination.begins
    np.testing.assert_array_equal(sooner, draws.vaccination.begins - 60)


@pytest.fixture
def made(tmp_path):
    """Five policies in four draws, made up, one of them trained twice."""
    welfare = {
        REAL: [10, 10, 10, 10],
        "level 7": [11, 9, 11, 9],
        "level 7, subsidy 20": [8, 8, 8, 8],
        THRESHOLD: [12, 12, 9, 12],
        "log-linear rule by gradients": [13, 13, 13, 9.5],
        "MLP governors, learned, seed 0": [12, 12, 12, 12],
        "MLP governors, learned, seed 1": [10, 10.5, 8, 9],
    }
    rows = {key: [] for key in ("policy", "change", "draw", *SUMMARY)}
    for name, values in welfare.items():
        for change in ("none", *worlds.CHANGES):
            for draw, value in enumerate(values):
                worse = 0 if change == "none" or name != REAL else 5
                rows["policy"].append(name)
                rows["change"].append(change)
                rows["draw"].append(draw)
                for key in SUMMARY:
                    rows[key].append(float(value))
                rows["federal_welfare"][-1] = float(value) - worse
                rows["deaths"][-1] = 100.0 - value
                rows["unemployment"][-1] = 8.0 if name == REAL else 7.0 + (draw == 0) * 2
    states = {
        "policy": [name for name in welfare for _ in range(2)],
        "state": ["Texas", "Ohio"] * len(welfare),
        "deaths_per_100k": [float(i) for i in range(2 * len(welfare))],
        "unemployment": [8.0, 8.0] + [7.0, 9.0] * (len(welfare) - 1),
        "welfare": [5.0, 5.0] + [6.0, 3.0] * (len(welfare) - 1),
    }
    (tmp_path / OUTCOMES).write_bytes(parquet(rows))
    (tmp_path / STATES).write_bytes(parquet(states))
    return Comparison(tmp_path)


def test_numbers_of_made_up_policies(made):
    rows = {row["policy"]: row for row in outcome_rows(made)}
    rule = rows["log-linear rule by gradients"]
    assert rule["above_real"] == 0.75 and rule["fewer_deaths"] == 0.75
    assert rule["no_higher_unemployment"] == 0.75 and rule["all_three"] == 0.5
    assert rule["above_constant"] == 1.0 and rule["above_threshold"] == 0.75
    assert rule["difference"]["federal_welfare"][0] == pytest.approx(3)
    assert made.best_constant() == "level 7"
    regret = regret_rows(made)
    best = np.mean([13, 13, 13, 9.5])
    assert regret[REAL]["none"] == pytest.approx(best - 10)
    assert regret[REAL]["transmission 0.9"] == pytest.approx(best - 5)
    (first, *_) = state_rows(made)
    assert first["higher_welfare"] == 1 and first["worst"] == ["Ohio", -2.0]
    assert first["lower_unemployment"] == 1 and first["fewer_deaths"] == 0


def test_trainings_of_a_learner_are_one_policy(made):
    rows = {row["policy"]: row for row in outcome_rows(made)}
    pooled = rows["MLP governors, learned, 2 times"]
    assert pooled["trainings"] == 2 and rows[REAL]["trainings"] == 1
    # 2, 2, 2, 2 and 0, 0.5, -2, -1 above the real policy.
    assert pooled["mean_difference"]["mean"] == pytest.approx(5.5 / 8)
    assert pooled["mean_difference"]["low"] < 0 < pooled["mean_difference"]["high"] <= 2
    assert pooled["above_real"] == 5 / 8 and pooled["above_threshold"] == 1 / 8
    assert pooled["difference"]["federal_welfare"][0] == pytest.approx(1.25)
    first, second = training_rows(made)
    assert first["policy"] == "MLP governors, learned, seed 0"
    assert first["above_real"] == 1 and second["above_real"] == 0.25
    assert second["mean_difference"] == pytest.approx(-2.5 / 4)
    (states,) = [row for row in state_rows(made) if row["policy"].startswith("MLP")]
    assert states["states"] == 2 and states["worst"] == ["Ohio", -2.0]
    practice = {
        one: {"changes": 1.0, "within_cooldown": False, "deaths_after": [1.0] * 3}
        for names in made.trainings.values()
        for one in names
    }
    practice["MLP governors, learned, seed 1"] |= {"changes": 4.0, "within_cooldown": True}
    own = practice_rows(made, practice)["MLP governors, learned, 2 times"]
    assert own["changes"] == 2.5 and own["within_cooldown"]


@pytest.fixture(scope="module")
def committed():
    folder = ROOT / "results" / "pandemic"
    results = read_cells(STUDY, folder, "full")
    return results, comparisons(results, folder)


def test_the_study_is_whole_and_the_page_quotes_it(committed):
    results, found = committed
    assert set(results) == {cell.name for cell in STUDY.checked_cells("full")}
    page = (ROOT / "docs" / "pandemic-study.md").read_text("utf-8")
    for name, table in tables(results, found):
        assert table in page, name
    summary = json.loads((ROOT / "results" / "pandemic" / "summary.json").read_text("utf-8"))
    for world, one in found.items():
        kept = {row["policy"]: row["above_real"] for row in summary["worlds"][world]["policies"]}
        assert kept == {row["policy"]: row["above_real"] for row in outcome_rows(one)}


def test_what_the_study_cost_is_what_its_cells_say(committed):
    cells = ROOT / "results" / "pandemic" / "cells"
    spent = [
        json.loads((cells / name / CELL_FILE).read_text("utf-8"))["processor_seconds"]
        for name in committed[0]
    ]
    page = (ROOT / "docs" / "pandemic-study.md").read_text("utf-8")
    assert f"took {sum(spent) / 60:.0f} minutes of processor time" in page


def test_rules_that_act_keep_to_the_cooldown(committed):
    results, _ = committed
    for world in worlds.WORLDS:
        practice = results[f"{world}/compared"]["practice"]
        assert practice.pop(REAL)["within_cooldown"]
        assert not any(one["within_cooldown"] for one in practice.values())


def test_figures_are_drawn(committed):
    for make, caption in figures_of(*committed).values():
        figure = make()
        assert len(figure.data) >= 2 and caption.endswith(".")


def test_governors_who_do_not_hear_something():
    """What is silenced is what another says, state by state, and nothing else changes."""

    class Adds(Policy):
        def init(self, key):
            return ()

        def act(self, memory, observation, key):
            return jnp.concatenate([observation["persons"], observation["income"]], axis=1), memory

    n = len(OBSERVED)
    kept = jnp.ones((2, n)).at[:, OBSERVED.index("infected")].set(0)
    given = jnp.asarray([[7.0], [8.0]]) * jnp.ones((2, n))
    seen = {
        "persons": jnp.arange(12.0).reshape(2, 6),
        **{name: jnp.ones((2, 1)) for name in ("lagged_stringency", "stringency", "vaccination")},
        "income": jnp.zeros((2, 1)),
    }
    heard, _ = Silenced(Adds(), kept, given, FIELDS).act((), seen, jax.random.key(0))
    expected = np.arange(12.0).reshape(2, 6)
    expected[:, 1] = [7, 8]
    np.testing.assert_array_equal(heard[:, :6], expected)
    np.testing.assert_array_equal(heard[:, 6], [0, 0])
