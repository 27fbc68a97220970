import contextlib
import errno
import itertools
import json
import math
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

import jax
import jax.numpy as jnp
import pytest

from solon import ConfigurationError
from solon.runs import RunError, RunFolder, checkpoint, read_metrics
from solon.runs.folder import CHECKPOINTS, METRICS, checkpoint_steps
from solon.runs.train import train

from .stand_in import Learner

TOTAL = 200


def start(folder, total=TOTAL, learner=None, **options):
    learner = learner or Learner()
    # On a machine that is busy with other things no checkpoint is made because time has passed.
    options = {"quiet": True, "checkpoint_seconds": math.inf, **options}
    return train(folder, learner, learner.init(jax.random.key(7)), total, **options)


def same(a, b):
    a, b = ({k: v.tobytes() for k, v in checkpoint.pack(tree).items()} for tree in (a, b))
    return a == b


@pytest.fixture
def folder(tmp_path):
    return RunFolder.create(tmp_path / "run", {})


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    folder = RunFolder.create(tmp_path_factory.mktemp("whole") / "run", {})
    return folder, start(folder).state


def curve(folder):
    return read_metrics(folder.path / METRICS).drop_columns("seconds").to_pydict()


def test_every_update_leaves_a_row_and_the_end_a_checkpoint(uninterrupted):
    folder, _ = uninterrupted
    rows = curve(folder)
    assert rows["environment_steps"] == list(range(10, TOTAL + 1, 10))
    assert rows["updates"] == list(range(1, TOTAL // 10 + 1))
    assert rows["loss/policy"][-1] < rows["loss/policy"][0]
    assert checkpoint_steps(folder.path / CHECKPOINTS) == (TOTAL,)
    assert folder.outcome == "finished"
    assert folder.history[-1]["last_step"] == TOTAL


@pytest.mark.parametrize("first", [10, 70, 190])
def test_a_resumed_training_is_the_uninterrupted_one_bit_for_bit(folder, uninterrupted, first):
    start(folder, first)
    result = start(RunFolder.open(folder.path), resume=True)
    assert same(result.state, uninterrupted[1])
    assert curve(folder) == curve(uninterrupted[0])


def test_a_damaged_checkpoint_is_passed_over_and_its_metrics_are_written_again(
    folder, uninterrupted, capsys
):
    start(folder, 120, checkpoint_steps=50)
    newest = folder.path / CHECKPOINTS / "120" / "state.safetensors"
    content = bytearray(newest.read_bytes())
    content[-1] ^= 1
    newest.write_bytes(content)
    result = start(RunFolder.open(folder.path), resume=True)
    assert "checkpoint 120 is damaged" in capsys.readouterr().err
    assert folder_history(folder)[-1]["first_step"] == 100
    assert same(result.state, uninterrupted[1])
    assert curve(folder) == curve(uninterrupted[0])


def folder_history(folder):
    return json.loads((folder.path / "run.json").read_text())["history"]


@contextlib.contextmanager
def run_in_process(folder, *moment, total=TOTAL):
    # Under nohup SIGHUP is ignored, here and by default in every process that is started.
    hang_up = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.runs.stand_in", str(folder.path), str(total), *moment],
            cwd=pathlib.Path(__file__).parents[2],
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        signal.signal(signal.SIGHUP, hang_up)
    with process:
        try:
            yield process
        finally:
            # To leave the context is to wait for it, and a test that fails has to end, too.
            process.kill()


# Checkpoints are due after every third update, the first three moments come before there is one.
MOMENTS = (
    "update:2",
    "write_file:1",  # the arrays of the first checkpoint are half written
    "write_file:2",  # its manifest is
    "rename:1",  # all of it is written, but not under its name yet
    "sync_folder:1",  # it has its name
    "update:2",
    "metrics:1",  # the learning curve is half written
    "update:4",
    "write_file:4",
    "_discard:1",  # there is one too many
    "rename:2",
    "update:1",
)


def test_killed_again_and_again_it_ends_where_it_would_have(folder, uninterrupted):
    for moment in MOMENTS:
        with run_in_process(folder, moment) as process:
            process.wait(60)
        assert process.returncode == -signal.SIGKILL, moment
    with run_in_process(folder) as process:
        process.wait(60)
    final = checkpoint.restore(folder.path / CHECKPOINTS, uninterrupted[1])
    assert final.step == TOTAL
    assert same(final.state, uninterrupted[1])
    assert curve(folder) == curve(uninterrupted[0])
    outcomes = [entry["outcome"] for entry in folder_history(folder)]
    assert outcomes == ["killed"] * len(MOMENTS) + ["finished"]
    leftovers = [p for p in folder.path.rglob(".*") if p.suffix in (".tmp", ".old")]
    assert leftovers == []


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_in_good_order(folder, kind):
    with run_in_process(folder, total=10**6) as process:
        while process.poll() is None and not folder.saved_steps:
            time.sleep(0.002)
        process.send_signal(kind)
        _, err = process.communicate(timeout=600)
    assert process.returncode == 130
    assert "solon train --resume" in err
    assert "Traceback" not in err
    newest = checkpoint_steps(folder.path / CHECKPOINTS)[-1]
    assert RunFolder.open(folder.path).history[-1]["reason"] == kind.name
    assert RunFolder.open(folder.path).outcome == "interrupted"
    assert curve(folder)["environment_steps"][-1] == newest


def test_a_damaged_part_of_the_curves_is_put_aside_and_told(folder, uninterrupted, capsys):
    start(folder, 50)
    part = folder.path / METRICS / "part-00000.parquet"
    data = part.read_bytes()
    part.write_bytes(data[: len(data) // 2])
    start(folder, resume=True)
    assert "part-00000.parquet is damaged" in capsys.readouterr().err
    final = checkpoint.restore(folder.path / CHECKPOINTS, uninterrupted[1])
    assert same(final.state, uninterrupted[1])
    assert part.with_name("part-00000.parquet.damaged").read_bytes() == data[: len(data) // 2]


def test_a_reader_that_leaves_does_not_end_it(folder, uninterrupted, monkeypatch):
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", buffering=1) as lost:
        monkeypatch.setattr(sys, "stderr", lost)
        assert start(folder, quiet=False).environment_steps == TOTAL
    final = checkpoint.restore(folder.path / CHECKPOINTS, uninterrupted[1])
    assert same(final.state, uninterrupted[1])


def test_a_loss_that_is_no_number_stops_it_and_keeps_the_last_good_checkpoint(folder):
    with pytest.raises(RunError, match=r"loss/policy became nan after 150 steps.* 100 steps is"):
        start(folder, learner=Learner(breaks_at=15), checkpoint_steps=50)
    assert checkpoint_steps(folder.path / CHECKPOINTS) == (50, 100)
    assert folder.outcome == "stopped"
    assert curve(folder)["environment_steps"][-1] == 150


def test_what_an_economy_calls_a_loss_is_none(folder):
    """It is nan as long as no episode has ended."""

    class Employing(Learner):
        def update(self, state):
            state, metrics = super().update(state)
            return state, metrics | {"episode/job_losses": jnp.asarray(jnp.nan)}

    assert start(folder, learner=Employing()).environment_steps == TOTAL


def test_a_loss_that_is_no_number_from_the_first_update_on_leaves_nothing(folder):
    told = pytest.raises(RunError, match=r"loss/policy became nan in the first update$")
    with told, folder.removed_if_refused():
        start(folder, learner=Learner(breaks_at=1))
    assert not folder.path.exists()


def test_weights_that_are_no_numbers_are_never_saved(folder):
    learner = Learner(breaks_at=10, spoils_weights=True)
    with pytest.raises(RunError, match=r"weights became nan .* 100 steps.* 50 steps is kept"):
        start(folder, learner=learner, checkpoint_steps=50)
    assert checkpoint_steps(folder.path / CHECKPOINTS) == (50,)


def test_a_second_training_in_the_same_folder_is_refused(folder):
    with folder.lock(), pytest.raises(ConfigurationError, match="no other process"):
        start(RunFolder.open(folder.path))
    assert start(folder, 10).environment_steps == 10


def test_a_finished_run_has_nothing_to_resume(folder):
    start(folder, 50)
    with pytest.raises(ConfigurationError, match="has done 50 of 50"):
        start(folder, 50, resume=True)
    with pytest.raises(ConfigurationError, match="a new run"):
        start(folder, 100)


@pytest.mark.parametrize("fits", [0, 3])
def test_a_full_disk_leaves_the_last_checkpoint_intact(folder, monkeypatch, fits):
    start(folder, 50)
    fsync, written = os.fsync, itertools.count()

    def fsync_until_full(descriptor):
        if next(written) >= fits:
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync_until_full)
        with pytest.raises(RunError, match=r"No space left on device.* 50 steps is kept"):
            start(RunFolder.open(folder.path), 100, resume=True)
    assert checkpoint_steps(folder.path / CHECKPOINTS) == (50,)
    assert start(RunFolder.open(folder.path), 100, resume=True).environment_steps == 100


def test_it_trains_outside_of_the_main_thread(folder):
    results = []
    thread = threading.Thread(target=lambda: results.append(start(folder, 20)))
    thread.start()
    thread.join()
    assert results[0].environment_steps == 20


def test_metrics_are_read_while_the_next_update_is_computed(folder, monkeypatch):
    order = []
    device_get = jax.device_get

    class Watched(Learner):
        def update(self, state):
            order.append("update")
            return super().update(state)

    def watched_device_get(tree):
        order.append("read" if isinstance(tree, dict) else "save")
        return device_get(tree)

    monkeypatch.setattr(jax, "device_get", watched_device_get)
    start(folder, 40, learner=Watched())
    together = " ".join(order)
    assert together == "update update read update read update read read save"
