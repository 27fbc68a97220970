"""A writer is killed before each of its operations, and another one comes by after it."""

import os
import pathlib
import subprocess
import sys

import pytest

from solon.runs.atomic import restore_folder, write_file, write_folder
from tests.kills import ENVIRONMENT, STATUS

# The writer runs alone, so that all operations are its own.
_WRITER = """
import pathlib, sys
from solon.runs.atomic import write_file, write_folder
import tests.kills
tests.kills.arm()
place = pathlib.Path(sys.argv[2])
if sys.argv[1] == "file":
    write_file(place, b"new" * 99)
else:
    write_folder(place, {"a": b"new", "b/c": b"new"})
"""


def killed(kind, place, number):
    """Whether the writer was killed before its operation of this number, and not done by then."""
    root = str(pathlib.Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", _WRITER, kind, str(place)],
        env={**os.environ, ENVIRONMENT: str(number), "PYTHONPATH": root},
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, STATUS), done.stderr
    return done.returncode == STATUS


def test_a_file_is_the_old_or_the_new_whenever_its_writer_is_killed(tmp_path):
    place = tmp_path / "x"
    number = 0
    found = set()
    while True:
        write_file(place, b"old")
        number += 1
        going = killed("file", place, number)
        found.add(place.read_bytes())
        if not going:
            break
    assert found == {b"old", b"new" * 99}
    write_file(place, b"last")
    assert os.listdir(tmp_path) == ["x"]


def test_a_folder_is_the_old_or_the_new_whenever_its_writer_is_killed(tmp_path):
    place = tmp_path / "x"
    number = 0
    found = set()
    while True:
        write_folder(place, {"a": b"old", "b/c": b"old"})
        number += 1
        going = killed("folder", place, number)
        restore_folder(place)
        assert os.listdir(tmp_path) == ["x"]
        content = {(place / name).read_bytes() for name in ("a", "b/c")}
        assert len(content) == 1
        found |= content
        if not going:
            break
    assert found == {b"old", b"new"} and number > 8


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
