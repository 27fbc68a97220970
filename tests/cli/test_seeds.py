"""`solon train --seeds`: several trainings in one command."""

import os
import pathlib
import signal
import subprocess
import sys
import time

import jax
import numpy as np
import pytest

from solon import ConfigurationError
from solon.cli import main
from solon.cli._seeds import seeds_of
from solon.runs import RunFolder, load_trained, recording, stopping
from solon.runs.arrays import pack
from solon.runs.errors import RunError
from solon.runs.metrics import read_metrics

from .conftest import OWN_ECONOMY

SIZES = ("--environments", "4", "--unroll", "10", "--ppo", "hidden=[4]", "--quiet")

# The first process beside the command's own that loads it fails, and no other one.
FAILS_ONCE = """

import multiprocessing, os
if multiprocessing.parent_process() is not None:
    try:
        os.mkdir({!r})
    except FileExistsError:
        pass
    else:
        raise RuntimeError("out of luck")
"""


@pytest.mark.parametrize(
    ("text", "seeds"), [("3", (3,)), ("1-3", (1, 2, 3)), ("7, 1-2", (7, 1, 2)), ("0-0", (0,))]
)
def test_seeds_are_listed(text, seeds):
    assert seeds_of(text) == seeds


@pytest.mark.parametrize(
    "text", ["", "x", "3-1", "1-", "1,1", "1-3,2", "-1", "0-1000", "4294967296"]
)
def test_what_is_no_list_of_seeds_is_refused(text):
    with pytest.raises(ConfigurationError, match="seeds: got"):
        seeds_of(text)


def test_one_that_fails_loses_no_other(tmp_path, capfd):
    """Two trainings beside it come to the end that they have alone."""
    economy = tmp_path / "harvest.py"
    economy.write_text(OWN_ECONOMY.read_text() + FAILS_ONCE.format(str(tmp_path / "failed")))
    train = ("train", f"{economy}:Harvest", "--steps", "80", *SIZES)
    assert main([*train, "--seeds", "4-6", "--run", str(tmp_path / "runs")]) == 1
    error = capfd.readouterr().err
    assert "out of luck" in error and "1 of 3 trainings failed: seed " in error
    there = sorted((tmp_path / "runs").iterdir())
    assert len(there) == 2
    seed = there[0].name.removeprefix("seed-")
    assert f"failed: seed {seed}" not in error
    assert main([*train, "--seed", seed, "--run", str(tmp_path / "alone")]) == 0
    states = [load_trained(RunFolder.open(run)).state for run in (there[0], tmp_path / "alone")]
    one, other = ({k: v.tobytes() for k, v in pack(state).items()} for state in states)
    assert one == other
    assert main(["compare", *map(str, there), "--episodes", "2"]) == 0
    assert "2 seeds" in capfd.readouterr().out


def test_an_interruption_is_told_to_all(tmp_path):
    command = [sys.executable, "-m", "solon", "train", f"{OWN_ECONOMY}:Harvest", *SIZES]
    more = ["--steps", "100000000", "--seeds", "1-2", "--run", str(tmp_path / "runs")]
    with subprocess.Popen([*command, *more], stderr=subprocess.PIPE, text=True) as process:
        parts = [tmp_path / "runs" / f"seed-{seed}" / "metrics" for seed in (1, 2)]
        deadline = time.monotonic() + 240
        while not all(part.is_dir() and os.listdir(part) for part in parts):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        error = process.communicate(timeout=120)[1]
    assert process.returncode == 130
    for seed in (1, 2):
        folder = RunFolder.open(tmp_path / "runs" / f"seed-{seed}")
        assert folder.outcome == "interrupted" and folder.saved_steps
        assert f"seed {seed}: " in error


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("--seeds", "1-x"), ("seeds", "'1-x'", "1-3")),
        (("--seeds", "1-2", "--seed", "3"), ("seed", "3", "nothing beside --seeds")),
        (("--seeds", "1-2", "--option", "people=20"), ("people", "20")),
        (("--seeds", "1-2", "--run", "taken"), ("run", "seed-2", "does not exist yet")),
        (("--seeds", "1-2", "--run", "taken/seed-2/mine/x"), ("run", "mine", "a place to write")),
        (("--seeds", "1-2", "--run", "x" * 300), ("run", "xxx", "255 letters")),
    ],
)
def test_mistakes_are_told_once_and_nothing_is_left(typed, words, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    taken = tmp_path / "taken" / "seed-2"
    taken.mkdir(parents=True)
    (taken / "mine").touch()
    assert main(["train", f"{OWN_ECONOMY}:Harvest", "--steps", "80", *SIZES, *typed]) == 2
    shown = capfd.readouterr()
    assert shown.out == "" and shown.err.count("\n") == 1
    for word in words:
        assert word in shown.err
    assert [path for path in pathlib.Path().rglob("*") if path.is_file()] == [
        pathlib.Path("taken/seed-2/mine")
    ]


def test_in_one_program_each_comes_to_what_it_comes_to_alone(tmp_path, capsys):
    train = ("train", f"{OWN_ECONOMY}:Harvest", "--steps", "400", *SIZES)
    assert main([*train, "--seeds", "4-6", "--together", "--run", str(tmp_path / "runs")]) == 0
    said = capsys.readouterr().out.split()
    assert said == [str(tmp_path / "runs" / f"seed-{seed}") for seed in (4, 5, 6)]
    assert main([*train, "--seed", "5", "--run", str(tmp_path / "alone")]) == 0
    folders = [RunFolder.open(tmp_path / "runs" / "seed-5"), RunFolder.open(tmp_path / "alone")]
    together, alone = (load_trained(folder).state for folder in folders)
    assert int(together.environment_steps) == 400
    for one, other in zip(*map(jax.tree.leaves, (together.learned, alone.learned)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)
    metrics = [read_metrics(folder.path / "metrics") for folder in folders]
    for name in metrics[1].column_names:
        if name != "seconds":
            one, other = (table[name].to_numpy() for table in metrics)
            np.testing.assert_allclose(one, other, rtol=2e-3, atol=1e-4)
    assert folders[0].provenance["together"] == [4, 5, 6]
    assert folders[0].config == folders[1].config
    others = RunFolder.open(tmp_path / "runs" / "seed-4")
    assert others.config["seed"] == 4
    # And may be used as any other.
    assert main(["evaluate", str(others.path), "--episodes", "4"]) == 0


def test_in_one_program_one_that_fails_loses_no_other(tmp_path, monkeypatch, capfd):
    saved = recording.Recording.metrics

    def fails(self, steps, seconds, values):
        if self._folder.path.name == "seed-5" and steps >= 80:
            raise RunError("worker/value_loss became nan")
        saved(self, steps, seconds, values)

    monkeypatch.setattr(recording.Recording, "metrics", fails)
    train = ("train", f"{OWN_ECONOMY}:Harvest", "--steps", "200", *SIZES)
    assert main([*train, "--seeds", "4-6", "--together", "--run", str(tmp_path / "runs")]) == 1
    assert "1 of 3 trainings failed: seed 5" in capfd.readouterr().err
    steps = {p.name: RunFolder.open(p).saved_steps for p in (tmp_path / "runs").iterdir()}
    assert steps["seed-4"] and steps["seed-6"] and not steps["seed-5"]


def test_in_one_program_all_are_interrupted_and_go_on_alone(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(stopping.Stop, "is_set", _second_time())
    train = ("train", f"{OWN_ECONOMY}:Harvest", "--steps", "400", *SIZES)
    path = str(tmp_path / "runs")
    assert main([*train, "--seeds", "4-5", "--together", "--run", path]) == 130
    assert "goes on alone" in capfd.readouterr().err
    monkeypatch.undo()
    folder = RunFolder.open(tmp_path / "runs" / "seed-4")
    assert 0 < folder.saved_steps < 400
    assert main(["train", "--resume", str(folder.path), "--quiet"]) == 0
    assert RunFolder.open(folder.path).saved_steps == 400


def _second_time():
    asked = []

    def is_set(self):
        asked.append(self)
        if len(asked) > 1:
            self.number = signal.SIGINT
        return len(asked) > 1

    return is_set


def test_together_is_said_of_several_seeds(tmp_path, capsys):
    train = ("train", f"{OWN_ECONOMY}:Harvest", "--steps", "400", *SIZES)
    assert main([*train, "--together", "--run", str(tmp_path / "run")]) == 2
    assert "together: got True; allowed: nothing but beside --seeds" in capsys.readouterr().err
