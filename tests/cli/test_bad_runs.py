"""Whatever is wrong with a run folder: one line that says so, and the folder is left as it was.

To add a case, add a line to `CASES`: what happened to a finished run, what is typed, and what the
line has to name.
"""

import hashlib
import json
import os
import shutil

import pytest

from solon.runs import RunFolder
from solon.runs.seals import sealed

from .conftest import OWN_ECONOMY, assert_one_line, contents

OWN = ("train", "--economy", "own.py:Harvest")


@pytest.fixture
def desk(workplace):
    """A working directory with an economy, and a folder that is not empty."""
    (workplace / "own.py").write_text(OWN_ECONOMY.read_text())
    (workplace / "occupied").mkdir()
    (workplace / "occupied" / "file.txt").write_text("mine")
    return workplace


def other_schema(folder):
    edit(folder, lambda record: record.update(schema=99))


def other_rules(folder):
    edit(folder, lambda record: record["provenance"].update(rules="harvest@7"))


def no_seed(folder):
    edit(folder, lambda record: record["config"].pop("seed"))


def bad_learner(folder):
    edit(folder, lambda record: record["config"]["ppo"].update(clip=-1))


def unknown_setting(folder):
    edit(folder, lambda record: record["config"]["ppo"].update(clap=1))


def other_network(folder):
    edit(folder, lambda record: record["config"].update(steps=400))
    edit(folder, lambda record: record["config"]["ppo"].update(hidden=[5]))


def no_configuration(folder):
    edit(folder, lambda record: record.update(config={}))


def odd_planner(folder):
    edit(folder, lambda record: record["config"].update(planner="x"))


def odd_inputs(folder):
    edit(folder, lambda record: record.update(inputs=[record["inputs"]]))


def odd_history(folder):
    edit(folder, lambda record: record.update(history=[5]))


def nested_record(folder):
    (folder / "run.json").write_text(50_000 * "[")


def with_link(folder):
    folder.with_name("loop.html").symlink_to("loop.html")


def number_that_is_none(folder):
    edit(folder, lambda record: record["config"].update(seed=float("nan")))


def twice(folder):
    (folder / "run.json").write_text('{"schema": 1,\n"schema": 1}')


def huge(folder):
    text = (folder / "run.json").read_text()
    (folder / "run.json").write_text(text.replace('"schema"', f'"a": {"9" * 5000}, "schema"', 1))


def pipe(folder):
    (folder / "run.json").unlink()
    os.mkfifo(folder / "run.json")


def half_a_learner(folder):
    edit(folder, lambda record: record["config"].update(own_ppo={"person": 3}))


def forge(folder, change):
    """Another manifest, with the hash that it has."""
    file = folder / "checkpoints" / "200" / "manifest.json"
    manifest = json.loads(file.read_text())
    manifest.pop("sha256")
    change(manifest)
    text = json.dumps(manifest, sort_keys=True).encode()
    manifest["sha256"] = hashlib.sha256(text).hexdigest()
    file.write_text(json.dumps(manifest))


def forged_leaves(folder):
    forge(folder, lambda manifest: manifest.update(leaves=[{"path": 3}]))


def forged_meta(folder):
    forge(folder, lambda manifest: manifest.update(meta=None))


def odd_numbers(folder):
    """Numbers of eight bits, for which NumPy has no type."""
    data = folder / "checkpoints" / "200" / "state.safetensors"
    header = b'{"a": {"dtype": "F8_E4M3", "shape": [1], "data_offsets": [0, 1]}}'
    content = len(header).to_bytes(8, "little") + header + b"\0"
    data.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    forge(folder, lambda manifest: manifest["data"].update(sha256=digest))


def damaged_record(folder):
    (folder / "run.json").write_text((folder / "run.json").read_text()[:100])


def no_economy(folder):
    (folder / "inputs" / "own_economy.py").unlink()


def no_checkpoint(folder):
    shutil.rmtree(folder / "checkpoints")


def damaged_checkpoints(folder):
    (folder / "checkpoints" / "200" / "state.safetensors").write_bytes(b"")


def untouched(folder):
    pass


def edit(folder, change):
    file = folder / "run.json"
    record = json.loads(file.read_text())
    change(record)
    file.write_text(json.dumps(sealed(record)))


# What happened to a finished run -> what is typed, and what the line names.
CASES = [
    (untouched, ("train", "--resume", "run"), ("resume", "run", "200 of 200")),
    (untouched, ("train", "--resume", "run", "--quiet", "--seed", "3"), ("seed", "3", "--resume")),
    (untouched, (*OWN, "--run", "run"), ("run", "'run'", "empty")),
    (untouched, ("evaluate", "run", "--episodes", "-1"), ("episodes", "-1")),
    (untouched, ("report", "run", "--out", "occupied"), ("out", "occupied")),
    (untouched, ("report", "run", "--out", "own.py/x.html"), ("out", "own.py/x.html")),
    (other_schema, ("train", "--resume", "run"), ("run", "schema", "99")),
    (other_rules, ("train", "--resume", "run"), ("run", "harvest@7", "harvest@1")),
    (no_seed, ("train", "--resume", "run"), ("run", "seed")),
    (bad_learner, ("train", "--resume", "run"), ("clip", "-1")),
    (unknown_setting, ("train", "--resume", "run"), ("run", "clap")),
    (other_network, ("train", "--resume", "run"), ("checkpoint", "200", "5", "4")),
    (damaged_record, ("train", "--resume", "run"), ("run", "damaged")),
    (damaged_record, ("report", "run"), ("run", "damaged")),
    (no_configuration, ("report", "run"), ("run", "config.economy")),
    (odd_planner, ("report", "run"), ("run", "config.planner")),
    (odd_history, ("train", "--resume", "run"), ("run", "history")),
    (odd_inputs, ("evaluate", "run"), ("run", "`inputs` is missing or damaged")),
    (nested_record, ("evaluate", "run"), ("run", "damaged")),
    (untouched, ("report", "run", "--out", "/dev/full"), ("out", "/dev/full")),
    (with_link, ("report", "run", "--out", "loop.html"), ("out", "loop.html")),
    (no_economy, ("train", "--resume", "run"), ("run", "own_economy.py")),
    (no_checkpoint, ("evaluate", "run"), ("checkpoint", "checkpoints")),
    (damaged_checkpoints, ("train", "--resume", "run"), ("checkpoint", "damaged")),
    (number_that_is_none, ("evaluate", "run"), ("run.json", "damaged: line", "NaN is no number")),
    (twice, ("report", "run"), ("run.json", "line 2: a key that comes twice, schema")),
    (huge, ("report", "run"), ("run.json", "a whole number of 5000 digits")),
    (pipe, ("evaluate", "run"), ("run.json (it is a pipe)",)),
    (half_a_learner, ("evaluate", "run"), ("'run'", "a whole configuration")),
    (bad_learner, ("evaluate", "run"), ("'run'", "its config has clip: got -1")),
    (forged_leaves, ("evaluate", "run"), ("checkpoint", "not damaged")),
    (forged_meta, ("train", "--resume", "run"), ("checkpoint", "not damaged")),
    (odd_numbers, ("evaluate", "run"), ("checkpoint", "not damaged")),
]


# What no mistake in what is typed is to blame for: status 1.
DAMAGE = (
    *(no_seed, bad_learner, unknown_setting, damaged_record, no_configuration, odd_planner),
    *(
        odd_history,
        odd_inputs,
        nested_record,
        damaged_checkpoints,
        number_that_is_none,
        twice,
        huge,
        pipe,
    ),
    *(half_a_learner, forged_leaves, forged_meta, odd_numbers, no_economy),
)


@pytest.mark.parametrize(
    ("damage", "typed", "named"),
    CASES,
    ids=[f"{damage.__name__}-{' '.join(typed)}" for damage, typed, _ in CASES],
)
def test_a_run_that_can_not_be_used_is_named_and_left_alone(
    damage, typed, named, ask, desk, trained
):
    folder = desk / "run"
    shutil.copytree(trained, folder)
    damage(folder)
    before = contents(desk)
    status = 1 if damage in DAMAGE else 2
    notes = assert_one_line(ask(typed, desk), named, status)
    assert all("is damaged" in note for note in notes)
    assert contents(desk) == before


def test_a_run_that_another_process_trains_is_refused(ask, desk, trained):
    shutil.copytree(trained, desk / "run")
    with RunFolder.open(desk / "run").lock():
        answer = ask(("train", "--resume", "run"), desk)
    assert_one_line(answer, ("run", "no other process"))
