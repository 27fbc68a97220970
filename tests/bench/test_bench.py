"""The benchmark measures what it says it does."""

import json

import pytest

import solon
from solon.bench import learning
from solon.bench import table as tables
from solon.bench.cases import BUSINESS_CYCLE_CASES, CASES, Case
from solon.bench.pandemic import ensemble_seconds, report
from solon.bench.simulator import measure
from solon.cli import main
from solon.errors import ConfigurationError
from solon.runs.build import build_recipe

TINY = Case("tiny", {"layout": "open-quadrant-9", "horizon": 20, "view": 1,
            "periodic_bracket_tax": {"period": 20}}, {}, (4,))  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_cases_are_what_their_names_say(case):
    env = solon.make("gather-trade-build", **case.options)
    assert case.name == f"{env.workers} workers {env.layout.height}x{env.layout.width}"
    original = case.original
    assert original["n_agents"] == env.workers
    assert original["world_size"] == [env.layout.height, env.layout.width]
    assert original["fixed_four_skill_and_loc"] == (env.placement == "corners")


@pytest.mark.parametrize("case", BUSINESS_CYCLE_CASES, ids=lambda case: case.name)
def test_business_cycles_are_of_the_size_in_their_name(case):
    env = solon.make(case.economy, **case.options)
    assert case.name == f"{env.consumers} consumers" and env.firms == 10


def test_all_that_is_seen_is_written_and_time_passes_in_between():
    env = solon.make("gather-trade-build", **TINY.options)
    waited = []
    found = measure(env, 4, seconds=0.01, ready=lambda: waited.append(1))
    assert waited == [1]
    assert found["steps_per_second"] > 0 and found["compile_seconds"] > 0
    assert found["state_bytes"] > 1_000
    # Three calls at least, each going on where the last one stopped.
    assert len(found["checksum"]) == 8
    # At the least the state is read and written, and what is shown written.
    assert found["moved_bytes"] > 2 * found["state_bytes"]
    assert found["copied_per_second"] > 1e8


def test_records_and_their_table(monkeypatch, tmp_path, capsys):
    """Two processes in earnest, on a small economy and without the original."""
    monkeypatch.setattr("solon.bench.cases.CASES", (TINY,))
    monkeypatch.setattr(tables, "usable_cores", lambda: 2)

    def missing(place):
        raise ConfigurationError("environment", str(place), "one")

    monkeypatch.setattr(tables.environment, "interpreter", missing)
    file = tmp_path / "new" / "speed.json"
    arguments = ["bench", "gather-trade-build", "--seconds", "0.1", "--json", str(file)]
    assert main(arguments) == 0
    printed = capsys.readouterr()
    records = json.loads(file.read_text())
    assert [record["processes"] for record in records] == [1, 2]
    for record in records:
        assert list(record) == list(tables.RECORDED)
        assert record["case"] == "tiny" and record["system"] == "solon"
        assert record["environments"] == 4 and record["ratio"] is None
        assert f"{record['steps_per_second']:,.0f}" in printed.out
    assert "%" in printed.out and "checksum" in printed.out
    assert "without the original" in printed.err


def test_a_study_of_the_pandemic_is_timed():
    env = solon.make("pandemic", states=("TX", "NY"), horizon=20)
    line = report("2 states", env, draws=3, plans=1)
    assert "20 days under 3 draws" in line and "times the forward pass" in line
    assert min(ensemble_seconds(env, 3)) > 0


def test_learning_is_timed_in_parts_that_add_up(monkeypatch):
    def small(economy, options, *, settings, steps):
        options = TINY.options | options
        settings = {"environments": 8, "unroll": 20, "minibatches": 2, "hidden": (8,)} | settings
        return build_recipe(economy, options, settings=settings, steps=steps)

    monkeypatch.setattr(learning, "build_recipe", small)
    waited = []
    found = learning.measure(
        "gather-trade-build",
        {"view": 1},
        {"epochs": 1},
        seconds=0.01,
        ready=lambda: waited.append(1),
    )
    assert waited == [1] and found["compile_seconds"] > 0
    total = sum(found["microseconds"].values())
    assert total == pytest.approx(1e6 / found["steps_per_second"], rel=1e-6)
    line = tables.learning_table([{"case": "tiny", "processes": 1} | found]).splitlines()[1]
    assert f"{found['steps_per_second']:,.0f}" in line and line.count("%") == 3
