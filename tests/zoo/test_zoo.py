"""The zoo: what is packed is what was trained, and acts where it is asked to."""

import functools
import json

import jax
import numpy as np
import pytest

import solon
from solon import ConfigurationError
from solon.cli import main
from solon.evidence.outcomes import Outcomes
from solon.evidence.run import evaluate_players
from solon.learning.playing import play
from solon.runs import RunFolder, load_trained, save
from solon.runs.arrays import pack
from solon.runs.build import build_recipe
from solon.runs.folder import CHECKPOINTS, EVALUATION
from solon.runs.players import under_schedule
from solon.runs.schedules import NamedSchedule, schedule
from solon.runs.start import read_start
from solon.zoo import files
from solon.zoo.packing import pack as pack_run

from .conftest import NAME


def test_what_is_loaded_is_what_was_trained(zoo, run):
    state = load_trained(RunFolder.open(run)).state
    entry = solon.zoo.load(NAME)
    assert solon.zoo.names() == (NAME,)
    assert (entry.name, entry.version, entry.status, entry.steps) == (NAME, 1, "pilot", 48)
    assert entry.env == load_trained(RunFolder.open(run)).env
    before, after = pack(state.learned), pack(entry.learned)
    assert before.keys() == after.keys()
    for path, value in before.items():
        assert after[path].dtype == value.dtype
        if ".network" in path:
            # Half precision has 11 bits.
            np.testing.assert_allclose(after[path], value, rtol=2**-11, atol=1e-7)
        else:
            np.testing.assert_array_equal(after[path], value)
    assert any((after[path] != value).any() for path, value in before.items())
    memories = {role: state.economies.memories[role] for role in entry.given}
    before, after = pack(memories), pack(entry.memories)
    assert "['planner'].elasticity" in before
    assert {p: v.tobytes() for p, v in before.items()} == {p: v.tobytes() for p, v in after.items()}


def test_it_scores_as_the_run_does_and_in_larger_economies(zoo, run):
    record = json.loads((zoo / NAME / files.RECORD).read_text())
    found = evaluate_players(solon.zoo.load(NAME), episodes=4)
    for name, stated in record["scores"]["metrics"].items():
        # Rounded weights may change a choice or two of dozens.
        assert np.mean(found.episodes[name]) == pytest.approx(stated["mean"], rel=0.1, abs=0.1)
    larger = solon.zoo.load(NAME, workers=10)
    assert larger.env.roles["worker"].count == 10
    outcomes = evaluate_players(larger, episodes=2)
    assert np.mean(outcomes.episodes["productivity"]) > 1.5 * np.mean(
        found.episodes["productivity"]
    )


def test_the_card_says_what_the_evaluation_found(zoo, run, capsys):
    assert main(["zoo", "show", NAME]) == 0
    card = capsys.readouterr().out
    for part in (
        *("# " + NAME, "*pilot*", "Only for *tests*.", "one-step-economy@1", "48 environment"),
        *("seed 0", "`saez` with capacity = 40", "memories of 2 copies", "Over 4 episodes"),
    ):
        assert part in card, part
    assert str(run.parent) not in card
    main(["evaluate", str(run), "--episodes", "4"])
    (line,) = (x for x in capsys.readouterr().out.splitlines() if "productivity  " in x[:17])
    row = next(x for x in card.splitlines() if x.startswith("| productivity |"))
    assert float(row.split("|")[2]) == pytest.approx(float(line.split()[-2]), rel=1e-3)
    assert main(["list", "zoo"]) == 0
    listed = capsys.readouterr().out
    assert NAME in listed and "pilot: one-step-economy@1, 4 workers, saez" in listed


def test_commands_take_its_names(zoo, run, tmp_path, capsys):
    before = {file: file.read_bytes() for file in zoo.rglob("*.*")}
    assert main(["compare", NAME, str(run), "us-federal", "--episodes", "2"]) == 0
    scores = capsys.readouterr().out.split("\nproductivity\n")[1].splitlines()[:3]
    values = [float(line.split()[1]) for line in scores if not line.startswith("  us")]
    assert values[0] == pytest.approx(values[1], rel=0.1)
    assert main(["compare", "us-federal", "free-market", "--workers", NAME, "--episodes", "2"]) == 0
    assert main(["evaluate", NAME, "--episodes", "2"]) == 0
    assert "saez, 2 episodes" in capsys.readouterr().out
    assert {file: file.read_bytes() for file in zoo.rglob("*.*")} == before


def test_a_training_starts_from_it(zoo):
    sizes = {"environments": 2, "unroll": 4, "minibatches": 2, "hidden": [4]}
    made = build_recipe("one-step-economy", settings=sizes, start=NAME, steps=8)
    entry = solon.zoo.load(NAME)
    worker = pack(made.starting_policies()["worker"].network)
    for path, value in pack(entry.policies["worker"].network).items():
        np.testing.assert_array_equal(worker[path], value)
    config, files_ = made.to_config()
    assert list(files_) == [config["start"]]
    with pytest.raises(ConfigurationError, match=r"labor-supply@2 \(these are of one-step"):
        read_start(NAME, solon.make("labor-supply"))


def test_an_entry_is_replaced_by_the_next_version(zoo, run):
    place = pack_run(run, NAME)
    assert solon.zoo.load(NAME).version == 2
    assert [file.name for file in sorted(place.parent.iterdir())] == ["saez"]
    assert json.loads((place / files.RECORD).read_text())["status"] == "provisional"


def test_options_are_changed_in_part(zoo):
    entry = solon.zoo.load(NAME, periodic_bracket_tax={"rate_max": 0.5})
    assert entry.env.component("periodic-bracket-tax").rate_max == 0.5
    assert float(entry.policies["planner"].rate_max) == 0.5
    # A schedule to compare with may go higher, and has as many brackets as workers know.
    taxed = under_schedule(entry, NamedSchedule("high", (0.9,), (0.0,)))
    assert taxed.env.component("periodic-bracket-tax").rate_max == 1
    assert taxed.policies["planner"].rates.tolist() == pytest.approx([0.9] * 7)


def test_commands_take_options_and_params_for_an_entry(zoo, capsys):
    changes = ["--option", "periodic_bracket_tax.rate_max=0.1", "--param", "labor_cost=0.02"]
    assert main(["evaluate", NAME, "--episodes", "2", *changes]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    rates = [float(line[-2]) for line in lines if line[0].startswith("tax/rate/")]
    assert len(rates) == 7 and max(rates) == pytest.approx(0.1)
    assert main(["compare", NAME, "free-market", "--episodes", "2", *changes]) == 0
    assert "correlation" in capsys.readouterr().out
    assert main(["evaluate", NAME, "--option", "components=[simple-labor]"]) == 2
    assert "the economy has no role planner" in capsys.readouterr().err


def test_two_levels_that_learned_and_their_workers_under_a_schedule(zoo, tmp_path):
    sizes = {"environments": 2, "unroll": 4, "minibatches": 2, "hidden": [4]}
    made = build_recipe("one-step-economy", planner="learned", settings=sizes, steps=8)
    config, _ = made.to_config()
    folder = RunFolder.create(tmp_path / "run", config, provenance={"rules": made.env().rules})
    save(folder.path / CHECKPOINTS, 8, made.initial_state())
    found = Outcomes("learned", {"productivity": np.array([1.0, 2.0])}, {"steps": "8"})
    found.save(folder.path / EVALUATION)
    pack_run(folder.path, "tests/learned")

    learned = solon.zoo.load("tests/learned")
    assert (set(learned.learned), learned.given) == ({"worker", "planner"}, {})
    assert "`planner` learned: one network" in learned.card
    assert "| productivity | 1.5 |" in learned.card
    taxed = under_schedule(learned, schedule("us-federal"))
    assert (set(taxed.learned), set(taxed.given)) == ({"worker"}, {"planner"})
    run = functools.partial(play, taxed.env, episodes=2, record=lambda _, shown: shown.metrics)
    shapes = jax.eval_shape(run, taxed.policies, key=jax.random.key(0), params=taxed.params)
    assert shapes["productivity"].shape == (taxed.env.horizon + 1, 2)
