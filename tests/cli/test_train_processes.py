"""One training by several processes: the numbers of one, an end in good order, and no orphans."""

import os
import pathlib
import signal
import subprocess
import sys
import time

import jax
import numpy as np
import pytest

from solon.cli import main
from solon.runs.folder import RunFolder
from solon.runs.recipe import load_trained

OWN_ECONOMY = pathlib.Path(__file__).parent / "own_economy.py"
TRAIN = ["train", f"{OWN_ECONOMY}:Harvest", "--quiet", "--environments", "8", "--unroll", "10"]
TRAIN += ["--ppo", "hidden=[4]"]


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "solon", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def children(pid):
    """Of a process, those that train: one that tracks what they share is no such process."""
    found = []
    for place in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == pid and b"spawn_main" in (place / "cmdline").read_bytes():
                found.append(int(place.name))
        except OSError:
            continue
    return sorted(found)


def wait_for(condition, seconds=120):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.1)


def parts(run):
    return len(list((run / "metrics").glob("*.parquet")))


def learned(path):
    return jax.tree.leaves(load_trained(RunFolder.open(path)).state.learned)


@pytest.mark.skipif(not pathlib.Path("/proc/self/stat").exists(), reason="finds processes there")
def test_two_processes_train_as_one_and_all_end_when_one_does(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    # Ten updates, of which the first few are enough to see that it trains.
    steps = ["--steps", "800"]
    done = start(*TRAIN, *steps, "--processes", "2", "--run", two)
    out, err = done.communicate(timeout=300)
    assert done.returncode == 0, err
    assert out == f"{two}\n" and err == ""
    assert main([*TRAIN, *steps, "--shards", "2", "--run", str(one)]) == 0
    folders = [RunFolder.open(path) for path in (one, two)]
    assert folders[0].config == folders[1].config and folders[1].saved_steps
    for a, b in zip(learned(one), learned(two), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)

    long = tmp_path / "long"
    training = start(*TRAIN, "--steps", 10**8, "--processes", "2", "--run", long)
    wait_for(lambda: parts(long))
    training.send_signal(signal.SIGINT)
    _, err = training.communicate(timeout=120)
    assert training.returncode == 130 and "go on with" in err, err
    saved = RunFolder.open(long).saved_steps
    assert saved

    before = parts(long)
    again = start("train", "--resume", long, "--processes", "2", "--quiet")
    wait_for(lambda: parts(long) > before)
    both = children(again.pid)
    assert len(both) == 2
    os.kill(both[1], signal.SIGKILL)
    _, err = again.communicate(timeout=120)
    assert again.returncode == 1
    (line,) = err.splitlines()
    assert "was ended by SIGKILL, so all ended" in line and str(long) in line
    assert not [pid for pid in both if pathlib.Path(f"/proc/{pid}").exists()]
    assert RunFolder.open(long).saved_steps == saved


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--processes", "0"), "processes: got 0"),
        (("--processes", "3"), "shards: got 3; allowed: a divisor of 8"),
        (("--processes", "2", "--seeds", "1-2"), "seeds: got '1-2'; allowed: nothing beside"),
        (("--processes", "2", "--process", "1"), "process: got 1; allowed: a number together"),
        (("--processes", "2", "--coordinator", "a:1"), "process: got None"),
        (("--coordinator", "a:1", "--process", "0"), "processes: got 1; allowed: at least 2"),
        (
            ("--processes", "2", "--coordinator", "here", "--process", "1"),
            "coordinator: got 'here'; allowed: HOST:PORT",
        ),
        (
            ("--processes", "2", "--coordinator", "127.0.0.1:9", "--process", "2"),
            "process: got 2; allowed: a whole number from 0 to 1",
        ),
    ],
)
def test_processes_that_do_not_fit_are_named(more, words, tmp_path, capsys):
    run = tmp_path / "run"
    assert main([*TRAIN, "--steps", "80", "--run", str(run), *more]) == 2
    told = capsys.readouterr().err
    assert words in told and len(told.splitlines()) == 1 and not run.exists()
