"""A writer is killed before each of its operations, and another one comes by after it."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

from solon.runs import atomic
from solon.runs.atomic import restore_folder, write_file, write_folder
from tests.kills import BELOW, ENVIRONMENT, STATUS, lay, states, tree

OLD, NEW = {"a": b"old", "b/c": b"old"}, {"a": b"new", "b/c": b"new"}


def test_a_file_is_the_old_or_the_new_whenever_its_writer_is_killed(tmp_path):
    place = tmp_path / "x"
    write_file(place, b"old")
    left = states(tmp_path, lambda: write_file(place, b"new" * 99))
    assert len(left) > 5
    assert {state["x"] for _, state in left} == {b"old", b"new" * 99}
    for _, state in left:
        lay(tmp_path, state)
        write_file(place, b"last")
        assert os.listdir(tmp_path) == ["x"]


@pytest.mark.parametrize("kind", ["exchanged", "renamed"])
def test_a_folder_is_the_old_or_the_new_whenever_its_writer_is_killed(kind, tmp_path, monkeypatch):
    if kind == "renamed":
        monkeypatch.setattr(atomic, "_exchange", lambda *_: False)
    elif sys.platform != "linux":
        pytest.skip("this system cannot exchange two names")
    place = tmp_path / "x"
    write_folder(place, OLD)
    left = states(tmp_path, lambda: write_folder(place, NEW))
    assert len(left) > 15
    found = set()
    for _, state in left:
        lay(tmp_path, state)
        assert place.exists() or kind == "renamed"
        restore_folder(place)
        assert os.listdir(tmp_path) == ["x"]
        content = {(place / name).read_bytes() for name in NEW}
        assert len(content) == 1
        found |= content
    assert found == {b"old", b"new"}


def test_a_real_kill_leaves_what_is_there_before_an_operation(tmp_path):
    """A few of the folder's, the exchange among them; `make endurance` tries whole commands."""
    place = tmp_path / "x"
    write_folder(place, OLD)
    left = states(tmp_path, lambda: write_folder(place, NEW))
    exchange = next((n for n, (words, _) in enumerate(left) if "exchange" in words), 12)
    for number in (5, exchange, exchange + 1):
        lay(tmp_path, {name: b"old" if data else data for name, data in left[-1][1].items()})
        done = subprocess.run(
            [sys.executable, "-c", _WRITER, str(place)],
            env={**os.environ, ENVIRONMENT: str(number + 1), BELOW: str(tmp_path)},
            cwd=pathlib.Path(__file__).parents[2],
        )
        assert done.returncode == STATUS
        assert _plain(tree(tmp_path)) == _plain(left[number][1])


_WRITER = """
import pathlib, sys
sys.path.insert(0, "")
import tests.kills
from solon.runs.atomic import write_folder
tests.kills.arm()
write_folder(pathlib.Path(sys.argv[1]), {"a": b"new", "b/c": b"new"})
"""


def _plain(content):
    """Without the number of the process, which stands in unfinished names."""
    return {re.sub(r"\d+-[0-9a-f]+", "N", name): data for name, data in content.items()}


def test_what_is_being_written_now_is_no_leftover(tmp_path):
    import fcntl

    place, other = tmp_path / "x", tmp_path / ".x.1-2.tmp"
    other.write_bytes(b"half")
    with open(other, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        write_file(place, b"new")
        assert other.exists()
    write_file(place, b"newer")
    assert not other.exists()


def test_nobody_can_keep_a_writer_waiting_for_ever(tmp_path, monkeypatch):
    import fcntl

    monkeypatch.setattr(atomic, "_PATIENCE", 0.1)
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with pytest.raises(OSError, match="another process holds"):
            write_folder(tmp_path / "x", NEW)
    finally:
        os.close(descriptor)
    assert os.listdir(tmp_path) == []


def test_a_new_folder_takes_the_place_of_nothing_but_an_empty_one(tmp_path):
    place = tmp_path / "x"
    place.mkdir()
    write_folder(place, OLD, new=True)
    with pytest.raises(OSError, match="not empty"):
        write_folder(place, NEW, new=True)
    assert (place / "a").read_bytes() == b"old" and os.listdir(tmp_path) == ["x"]


def test_files_that_are_not_ours_stay(tmp_path):
    for name in (".x.tmp", ".x.mine.tmp", ".y.1-2.tmp", "x.1-2.tmp"):
        (tmp_path / name).write_bytes(b"")
    write_file(tmp_path / "x", b"new")
    assert len(os.listdir(tmp_path)) == 5


def test_a_long_name_can_be_written(tmp_path):
    write_file(tmp_path / ("x" * 250), b"new")
    assert os.listdir(tmp_path) == ["x" * 250]


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_a_file_has_the_permissions_that_were_asked_for(tmp_path, mode):
    write_file(tmp_path / "x", b"", mode=mode)
    assert (tmp_path / "x").stat().st_mode & 0o777 == mode & 0o755 or mode == 0o644
