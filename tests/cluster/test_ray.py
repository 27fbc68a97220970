"""`solon sweep --backend ray` on Ray itself, begun here or by its address."""

import json
import os
import pathlib
import secrets
import signal
import socket
import subprocess
import sys
import time

import pytest

from solon.cli import main
from solon.runs import RunFolder, load_trained
from solon.runs.arrays import pack
from tests.cli.conftest import OWN_ECONOMY

BASE = {"economy": f"{OWN_ECONOMY}:Harvest", "environments": 4, "unroll": 10}
NETWORK = {"ppo": {"hidden": [4], "minibatches": 2}}


def written(folder, steps, **content):
    path = pathlib.Path(folder, "file.json")
    path.write_text(json.dumps({"train": BASE | NETWORK | {"steps": steps}, **content}))
    return str(path)


def environment():
    """Ray looks for this machine's own address, which is no loopback: nobody watches over that."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SOLON_TEST")}
    return {**kept, "RAY_USAGE_STATS_ENABLED": "0"}


def command(*typed):
    return [sys.executable, "-m", "solon", "sweep", *map(str, typed)]


def begun(typed):
    return subprocess.Popen(typed, stderr=subprocess.PIPE, text=True, env=environment())


def weights(folder):
    return {k: v.tobytes() for k, v in pack(load_trained(RunFolder.open(folder)).state).items()}


def processes(words):
    """Ids of processes whose command has these words."""
    text = subprocess.run(["ps", "-wweo", "pid,args"], capture_output=True, text=True).stdout
    return [int(line.split()[0]) for line in text.splitlines() if words in line]


def wait_for(done, process, seconds=180):
    deadline = time.monotonic() + seconds
    while not done():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)


def trains(run, sessions):
    def check():
        if not (run / "run.json").exists():
            return False
        folder = RunFolder.open(run)
        return len(folder.history) == sessions and folder.outcome == "running"

    return check


def locker(run):
    """The process that trains in a folder: the one that has its lock open."""
    lock = os.path.realpath(run / ".lock")
    for place in pathlib.Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(place) == lock:
                return int(place.parts[2])
        except OSError:
            continue
    raise AssertionError("nobody trains there")


def test_a_worker_that_is_killed_goes_on_and_an_interruption_leaves_nothing(tmp_path):
    path, out = written(tmp_path, 400_000, seeds=1), tmp_path / "out"
    run = out / "base" / "seed-1"
    typed = command(path, "--out", out, "--backend", "ray", "--workers", 1, "--quiet")
    with begun(typed) as process:
        wait_for(trains(run, 1), process)
        process.send_signal(signal.SIGINT)
        error = process.communicate(timeout=120)[1]
    assert process.returncode == 130 and "the same command goes on" in error, error
    saved = RunFolder.open(run).saved_steps
    assert RunFolder.open(run).outcome == "interrupted" and 0 < saved < 400_000
    with begun(typed) as process:
        wait_for(trains(run, 2), process)
        os.kill(locker(run), signal.SIGKILL)
        error = process.communicate(timeout=300)[1]
    assert process.returncode == 0 and "is started again (1 of 3)" in error, error
    history = RunFolder.open(run).history
    assert [entry["outcome"] for entry in history] == ["interrupted", "killed", "finished"]
    assert history[-1]["first_step"] == saved
    assert not processes(f"_{process.pid}/"), "something of it stays"
    alone = ["sweep", path, "--out", str(tmp_path / "alone"), "--quiet"]
    assert main(alone) == 0
    assert weights(run) == weights(tmp_path / "alone" / "base" / "seed-1")


@pytest.fixture
def cluster(tmp_path):
    """The address of a cluster that was begun apart, and the environment of who may use it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ours = environment() | {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    ray = str(pathlib.Path(sys.executable).with_name("ray"))
    start = [ray, "start", "--head", "--block", f"--port={port}", "--num-cpus=2"]
    with open(tmp_path / "ray.log", "w") as log:
        process = subprocess.Popen(
            [*start, "--include-dashboard=false"], stdout=log, stderr=log, env=ours
        )
    try:
        wait_for(lambda: "ray status" in (tmp_path / "ray.log").read_text(), process)
        yield f"127.0.0.1:{port}", ours
    finally:
        # It ends what it has begun, and nothing else.
        process.terminate()
        process.wait(60)


def test_a_cluster_that_runs_is_asked_by_its_address(cluster, tmp_path):
    address, ours = cluster
    path, out = written(tmp_path, 80, seeds="1-2", points={"a": {}, "b": {}}), tmp_path / "out"
    typed = command(path, "--out", out, "--backend", "ray", "--address", address)
    done = subprocess.run(typed, capture_output=True, text=True, timeout=300, env=ours)
    assert done.returncode == 0, done.stderr
    assert "4 of 4" in done.stderr and "2 seeds" in done.stdout
    # Nobody else may use it.
    other = ours | {"RAY_AUTH_TOKEN": secrets.token_hex(32)}
    typed[typed.index("--out") + 1] = str(tmp_path / "other")
    done = subprocess.run(typed, capture_output=True, text=True, timeout=300, env=other)
    assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr
    assert address in done.stderr and not (tmp_path / "other").exists()


@pytest.mark.parametrize("listens", [True, False])
def test_a_cluster_that_does_not_answer_is_told_in_a_line(listens, tmp_path, capfd, monkeypatch):
    """Whether nobody listens, or somebody who is no cluster."""
    monkeypatch.setattr("solon.cli._ray._SECONDS", 5)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        if listens:
            other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        path = written(tmp_path, 80, seeds="1-2")
        typed = ["sweep", path, "--out", str(tmp_path / "out"), "--backend", "ray"]
        began = time.monotonic()
        assert main([*typed, "--address", address]) == 2
    assert time.monotonic() - began < 20
    error = capfd.readouterr().err
    assert error.count("\n") == 1 and address in error and "can be reached" in error
    assert not (tmp_path / "out").exists()
