"""`solon train` from the command line to the end of a run, and on from there."""

import json
import re
import shutil
import subprocess
import sys

import jax
import numpy as np
import pytest

import solon
from solon.cli import main
from solon.runs import RunFolder, load_trained, read_metrics
from solon.runs.arrays import pack
from solon.runs.folder import CHECKPOINTS, METRICS

from .conftest import OWN_ECONOMY

SMALL = ("--environments", "4", "--unroll", "10", "--ppo", "hidden=[4]")


def test_a_run_holds_what_it_takes_to_make_it_again(trained):
    record = json.loads((trained / "run.json").read_text())
    config = record["config"]
    assert config["economy"] == "inputs/own_economy.py:Harvest"
    assert (trained / "inputs" / "own_economy.py").read_bytes() == OWN_ECONOMY.read_bytes()
    assert (config["seed"], config["steps"], config["planner"]) == (0, 200, None)
    assert config["ppo"]["hidden"] == [4]
    assert record["provenance"]["rules"] == "harvest@1"
    assert record["provenance"]["code"]["version"] == solon.__version__
    assert record["history"][-1]["outcome"] == "finished"
    assert str(OWN_ECONOMY.parent) not in json.dumps(record)


def test_a_run_can_be_moved_and_read_without_the_users_file(run_folder, tmp_path):
    moved = shutil.move(run_folder, tmp_path / "elsewhere")
    trained = load_trained(RunFolder.open(moved))
    assert trained.environment_steps == 200
    assert trained.env.people == 2
    assert trained.recipe.ppo.hidden == (4,)
    assert set(trained.state.policies) == {"person"}


def test_the_default_folder_names_economy_and_seed(workplace, capsys):
    shutil.copy(OWN_ECONOMY, workplace)
    arguments = ["train", "--economy", "own_economy.py:Harvest", "--steps", "40", "--seed", "3"]
    assert main([*arguments, *SMALL, "--option", "people=2", "--quiet"]) == 0
    printed = capsys.readouterr()
    assert printed.out == "runs/harvest-3\n"
    assert printed.err == ""
    assert RunFolder.open("runs/harvest-3").config["options"] == {"people": 2}
    assert read_metrics("runs/harvest-3/metrics")["environment_steps"].to_pylist() == [40]


# The key is pressed in the midst of the seventh update, however fast the machine is.
PROCESS = """
import os, signal, sys

from solon.cli import main
from solon.learning import Learner

update, calls = Learner.update, []

def interrupted(self, state):
    calls.append(1)
    if len(calls) == 7:
        os.kill(os.getpid(), signal.SIGINT)
    return update(self, state)

Learner.update = interrupted
sys.exit(main())
"""


def test_interrupted_from_the_keyboard_it_goes_on_to_the_same_end(trained, workplace):
    """SIGINT to the real process, then `--resume`: as if nothing had happened, bit for bit."""
    steps = 600
    arguments = ["--economy", f"{OWN_ECONOMY}:Harvest", "--steps", str(steps), *SMALL]
    assert main(["train", *arguments, "--run", "whole", "--quiet"]) == 0
    process = subprocess.run(
        [sys.executable, "-c", PROCESS, "train", *arguments, "--run", "parts"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    out, err = process.stdout, process.stderr
    assert process.returncode == 130, err
    assert out == ""
    assert "Traceback" not in err
    assert re.search(r"interrupted after \d+ steps; go on with: solon train --resume parts", err)
    assert RunFolder.open("parts").saved_steps == 6 * 40  # the first call is the rehearsal

    assert main(["train", "--resume", "parts", "--quiet"]) == 0
    whole, parts = RunFolder.open("whole"), RunFolder.open("parts")
    assert [entry["outcome"] for entry in parts.history] == ["interrupted", "finished"]
    one, other = (pack(load_trained(folder).state) for folder in (whole, parts))
    assert {name: array.tobytes() for name, array in one.items()} == {
        name: array.tobytes() for name, array in other.items()
    }
    # As text, since an update in which no episode ends has nan among its metrics.
    curves = [
        str(read_metrics(folder.path / METRICS).drop_columns("seconds").to_pydict())
        for folder in (whole, parts)
    ]
    assert curves[0] == curves[1]


def test_a_run_that_never_got_to_a_checkpoint_starts_again(run_folder, trained):
    shutil.rmtree(run_folder / CHECKPOINTS)
    assert main(["train", "--resume", str(run_folder), "--quiet"]) == 0
    one, other = (pack(load_trained(RunFolder.open(f)).state) for f in (trained, run_folder))
    assert all((one[name] == other[name]).all() for name in one)


def test_a_curriculum_changes_a_param_until_the_loss_diverges(workplace, capsys):
    """What ends the run is one line and status 1; what led there can be looked at."""
    arguments = ["train", "--economy", f"{OWN_ECONOMY}:Harvest", "--steps", "4000", "--quiet"]
    schedule = [[0, 1.0], [80, 5.0], [200, 1e30]]
    broken = ["--curriculum", f"growth={schedule}", "--run", "broken"]
    assert main([*arguments, *SMALL, *broken]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("solon: error: person/")
    assert " became " in shown.err
    assert shown.err.count("\n") == 1
    folder = RunFolder.open("broken")
    assert folder.outcome == "stopped"
    assert folder.config["curriculum"] == {"growth": schedule}
    stock = read_metrics("broken/metrics")["episode/stock"].to_pylist()
    assert stock[0] < 5
    assert max(stock) > 1000


@pytest.mark.parametrize(("missing", "status"), [("inputs/own_economy.py", 1), ("checkpoints", 2)])
def test_what_is_missing_from_a_run_is_named(run_folder, missing, status, capsys):
    place = run_folder / missing
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    assert main(["evaluate", str(run_folder)]) == status
    assert missing.rpartition("/")[2] in capsys.readouterr().err


def test_devices_share_the_copies_out(tmp_path, run_python):
    """In a process of its own, as the number of a CPU's parts is settled when jax starts."""
    train = ["train", f"{OWN_ECONOMY}:Harvest", "--quiet", "--environments", "8", "--unroll", "10"]
    sizes = ["--ppo", "hidden=[4]"]
    four, one = tmp_path / "four", tmp_path / "one"
    typed = [*train, *sizes, "--steps", "400", "--devices", "4", "--run", str(four)]
    run_python(f"from solon.cli import main; assert main({typed!r}) == 0")
    assert main([*train, *sizes, "--steps", "400", "--shards", "4", "--run", str(one)]) == 0
    folders = [RunFolder.open(path) for path in (four, one)]
    assert folders[0].config == folders[1].config and folders[0].config["shards"] == 4
    found = [load_trained(folder).state.learned for folder in folders]
    for a, b in zip(*map(jax.tree.leaves, found), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)
    assert main(["evaluate", str(four), "--episodes", "4"]) == 0


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--devices", "0"), "devices: got 0"),
        (("--shards", "3"), "shards: got 3"),
        (("--devices", "2", "--seeds", "1-2"), "devices: got 2; allowed: 1 beside --seeds"),
    ],
)
def test_devices_that_do_not_fit_are_named(more, words, tmp_path, capsys):
    train = ["train", f"{OWN_ECONOMY}:Harvest", "--quiet", "--environments", "8", "--unroll", "10"]
    assert main([*train, "--steps", "80", "--run", str(tmp_path / "run"), *more]) == 2
    assert words in capsys.readouterr().err and not (tmp_path / "run").exists()
