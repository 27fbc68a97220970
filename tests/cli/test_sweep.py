"""`solon sweep`: seeds x settings from one file."""

import csv
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import jax
import numpy as np
import pytest

from solon.cli import main
from solon.cli._sweep_file import read_sweep
from solon.cli.sweep import _train_group
from solon.runs import RunFolder, load_trained, stopping
from solon.runs.arrays import pack
from solon.runs.metrics import read_metrics

from .conftest import OWN_ECONOMY

BASE = {
    "economy": f"{OWN_ECONOMY}:Harvest",
    "steps": 400,
    "environments": 4,
    "unroll": 10,
    "ppo": {"hidden": [4], "minibatches": 2},
}
POINTS = {
    "low": {"ppo.learning_rate": 0.001, "param.growth": 1.1},
    "high": {"ppo.learning_rate": 0.01, "param.growth": 1.3},
}


def written(folder, **content):
    path = pathlib.Path(folder, "sweep.json")
    path.write_text(json.dumps({"train": BASE, **content}))
    return str(path)


def table(path):
    return list(csv.DictReader(path.read_text().splitlines()))


def weights(folder):
    return {k: v.tobytes() for k, v in pack(load_trained(RunFolder.open(folder)).state).items()}


def test_the_file_reads_as_what_would_be_typed(tmp_path):
    path = tmp_path / "wide.yaml"
    path.write_text(
        """
train:
  economy: harvest.py:Harvest
  option: {periodic-bracket-tax: {period: 50}}
  learn: {person: pqn}
  planner-ppo: {entropy: 0.1}
seeds: 1-2,5
grid:
  learn.person.discount: [0.9, 0.5]
  option.periodic-bracket-tax.period: [10]
points:
  free: {planner: free-market}
  taxed: {planner: us-federal, ppo: {hidden: [8, 8]}}
"""
    )
    sweep = read_sweep(str(path))
    assert sweep.seeds == (1, 2, 5) and not sweep.together
    assert [point.name for point in sweep.points] == [
        f"{name},learn.person.discount={value},option.periodic-bracket-tax.period=10"
        for name in ("free", "taxed")
        for value in (0.9, 0.5)
    ]
    typed = sweep.points[3].options
    assert typed.economy == "harvest.py:Harvest" and typed.planner == "us-federal"
    assert typed.option == ("periodic-bracket-tax.period=10",)
    assert typed.learn == ("person=pqn:discount=0.5",)
    assert typed.ppo == ("hidden=[8, 8]",) and typed.planner_ppo == ("entropy=0.1",)


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A sweep in one program, of a coefficient and a param, and its folder."""
    place = tmp_path_factory.mktemp("swept")
    path = written(place, seeds="1-5", points=POINTS, together=True, metric="person/episode_return")
    assert main(["sweep", path, "--out", str(place / "out"), "--quiet"]) == 0
    return path, place / "out"


def test_in_one_program_each_comes_to_what_it_comes_to_alone(swept, tmp_path):
    _, out = swept
    path = written(tmp_path, seeds=2, points={"one": POINTS["high"]})
    assert main(["sweep", path, "--out", str(tmp_path / "alone"), "--quiet"]) == 0
    folders = [
        RunFolder.open(out / "high/seed-2"),
        RunFolder.open(tmp_path / "alone" / "one" / "seed-2"),
    ]
    assert folders[0].config == folders[1].config
    together, alone = (load_trained(folder).state for folder in folders)
    assert int(together.environment_steps) == 400
    for one, other in zip(*map(jax.tree.leaves, (together.learned, alone.learned)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)
    assert len(folders[0].provenance["together"]) == 10


def test_tables_and_report(swept, capsys):
    path, out = swept
    rows = table(out / "table.csv")
    assert [row["seeds"] for row in rows] == ["5"] * 2
    runs = table(out / "runs.csv")
    assert len(runs) == 10 and {run["outcome"] for run in runs} == {"finished"}
    metric = "person/episode_return"
    for row in rows:
        own = [float(run[metric]) for run in runs if run["param.growth"] == row["param.growth"]]
        np.testing.assert_allclose(float(row[metric]), np.mean(own))
        assert float(row[f"{metric} low"]) <= float(row[metric]) <= float(row[f"{metric} high"])
    page = (out / "report.html").read_text()
    assert "curves-0" in page and "high" in page
    # The same command trains nothing again, and says the same.
    before = (out / "table.csv").stat().st_mtime_ns, weights(out / runs[0]["run"])
    assert main(["sweep", path, "--out", str(out)]) == 0
    shown = capsys.readouterr()
    assert "0 of 10 trainings to do" in shown.err and "5 seeds" in shown.out
    assert table(out / "table.csv") == rows and weights(out / runs[0]["run"]) == before[1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"seeds": "1-6", "points": {"low": POINTS["low"]}}, ("file", "not among them")),
        (
            {
                "train": BASE | {"ppo": {"hidden": [4], "minibatches": 4}},
                **{"seeds": "1-5", "points": POINTS},
            },
            ("file", "another ppo", "--out"),
        ),
    ],
)
def test_a_file_that_changes_what_is_there_is_refused(swept, tmp_path, capsys, content, words):
    _, out = swept
    before = (out / "sweep.json").read_bytes()
    assert main(["sweep", written(tmp_path, **content), "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    for word in words:
        assert word in error
    assert (out / "sweep.json").read_bytes() == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({}, ("file", "seeds, grid or points")),
        ({"seeds": "1-x"}, ("seeds", "1-x")),
        ({"seeds": 1, "gird": {}}, ("gird", "grid")),
        ({"seeds": 1, "train": {"seed": 3}}, ("train.seed", "the file has seeds itself")),
        ({"seeds": 1, "train": {"step": 3}}, ("train.step", "steps")),
        ({"seeds": 1, "train": {"steps": 1.5}}, ("steps", "1.5", "an integer")),
        ({"grid": {"ppo": [{"epochs": 1}]}}, ("grid.ppo", "ppo.KEY")),
        ({"grid": {"ppo.learning_rate": 0.1}}, ("grid.ppo.learning_rate", "a list of values")),
        ({"grid": {"ppo.learning_rate": [0.1, 0.1]}}, ("each value once",)),
        ({"grid": {"ppo.learnin_rate": [0.1]}}, ("learnin_rate", "learning_rate")),
        ({"grid": {"learn.person.clip": [0.1]}}, ("learn.person", "a name, to which")),
        ({"points": {"a/b": {}}}, ("points", "a/b", "names of up to 100")),
        ({"seeds": 1, "metric": "reward"}, ("metric", "reward", "person/reward")),
        (
            {"grid": {"ppo.epochs": [1, 2]}, "together": True},
            ("epochs", "1, as in the others", "learning_rate"),
        ),
        (
            {"grid": {"option.people": [2, 3]}, "together": True},
            ("together", "options of the economy"),
        ),
        ({"grid": {"steps": [40, 80]}, "together": True}, ("steps", "80", "40, as in the others")),
    ],
)
def test_mistakes_are_told_in_a_line_and_nothing_is_left(content, words, tmp_path, capsys):
    path = written(tmp_path, **content)
    assert main(["sweep", path, "--out", str(tmp_path / "out")]) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.count("\n") == 1
    for word in words:
        assert word in shown.err
    assert os.listdir(tmp_path) == ["sweep.json"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("--backend", "threads"), ("backend", "processes, ray")),
        (("--address", "localhost:1"), ("address", "--backend ray")),
        (("--workers", "0"), ("workers", "0")),
    ],
)
def test_options_that_do_not_fit_are_refused(typed, words, tmp_path, capsys):
    assert main(["sweep", written(tmp_path, seeds=1), *typed]) == 2
    error = capsys.readouterr().err
    for word in words:
        assert word in error


def test_in_one_program_they_go_on_together(tmp_path, monkeypatch):
    """From the newest checkpoint that all of them have, to what they come to undisturbed."""
    sweep = read_sweep(written(tmp_path, points=POINTS))

    def group(name):
        runs = [str(tmp_path / name / point.name) for point in sweep.points]
        return [
            dataclasses.replace(point.options, run=run, quiet=True)
            for point, run in zip(sweep.points, runs, strict=True)
        ]

    asked = []

    def third_time(self):
        asked.append(self)
        self.number = signal.SIGINT if len(asked) > 2 else None
        return len(asked) > 2

    monkeypatch.setattr(stopping.Stop, "is_set", third_time)
    assert _train_group(group("disturbed"), ["low", "high"]) == 130
    monkeypatch.undo()
    # One of them alone has saved what came after.
    low, high = (RunFolder.open(tmp_path / "disturbed" / name) for name in POINTS)
    assert low.saved_steps == high.saved_steps == 80
    shutil.copytree(low.path / "checkpoints" / "80", low.path / "checkpoints" / "120")
    assert _train_group(group("disturbed"), ["low", "high"]) == 0
    assert [entry["first_step"] for entry in RunFolder.open(high.path).history] == [0, 80]
    assert _train_group(group("undisturbed"), ["low", "high"]) == 0
    for name in POINTS:
        assert weights(tmp_path / "disturbed" / name) == weights(tmp_path / "undisturbed" / name)
        steps = read_metrics(tmp_path / "disturbed" / name / "metrics")["environment_steps"]
        assert steps.to_pylist() == list(range(40, 401, 40))


LONG = 40_000


def test_a_worker_that_is_killed_goes_on_to_the_same_end(tmp_path):
    """Interrupted, and gone on with; its worker killed then, and the command itself after that."""
    path = written(tmp_path, seeds=1, points={"long": {"steps": LONG}})
    out = tmp_path / "out"
    run = out / "long" / "seed-1"
    command = [sys.executable, "-m", "solon", "sweep", path, "--out", str(out), "--quiet"]

    def started():
        return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def trains(sessions, process):
        """Wait until it trains for the so manieth time; the worker."""
        deadline = time.monotonic() + 120
        worker = None
        while True:
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.01)
            there = [] if worker else children(process.pid)
            worker = next((one for one in there if one not in workers), worker)
            if worker and (run / "run.json").exists():
                folder = RunFolder.open(run)
                if len(folder.history) == sessions and folder.outcome == "running":
                    workers.add(worker)
                    return worker

    workers = set()

    for sessions in range(1, 6):
        with started() as process:
            trains(sessions, process)
            # Before the first update is done, there is nothing to save.
            time.sleep(0.1 * 2**sessions)
            process.send_signal(signal.SIGINT)
            error = process.communicate(timeout=60)[1]
        assert process.returncode == 130 and "the same command goes on" in error
        saved = RunFolder.open(run).saved_steps
        if saved:
            break
    assert 0 < saved < LONG
    with started() as process:
        os.kill(trains(sessions + 1, process), signal.SIGKILL)
        trains(sessions + 2, process)
        process.kill()
        error = process.communicate(timeout=60)[1]
    assert "its worker died; it is started again (1 of 3)" in error
    deadline = time.monotonic() + 60
    while RunFolder.open(run).is_locked():
        assert time.monotonic() < deadline, "the worker outlives the command"
        time.sleep(0.05)
    with started() as process:
        shown, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    assert "1 seed" in shown
    history = RunFolder.open(run).history
    outcomes = ["interrupted", "killed", "interrupted", "finished"]
    assert [entry["outcome"] for entry in history][-4:] == outcomes
    assert [entry["first_step"] for entry in history][-4:-1] == [0, saved, saved]
    train = [
        "train",
        BASE["economy"],
        "--steps",
        str(LONG),
        "--environments",
        "4",
        "--unroll",
        "10",
    ]
    train += ["--ppo", "hidden=[4]", "--ppo", "minibatches=2", "--seed", "1", "--quiet"]
    assert main([*train, "--run", str(tmp_path / "undisturbed")]) == 0
    assert weights(run) == weights(tmp_path / "undisturbed")


def children(parent):
    """Processes that train, of those that a command has started."""
    text = subprocess.run(["ps", "-wweo", "pid,ppid,args"], capture_output=True, text=True).stdout
    rows = [line.split(None, 2) for line in text.splitlines()]
    return [int(p) for p, above, args in rows if above == str(parent) and "spawn_main" in args]
