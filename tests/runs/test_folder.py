import json
import os
import re
import subprocess
import sys

import pytest

from solon import ConfigurationError
from solon.errors import DamageError
from solon.runs import RunFolder
from solon.runs.seals import sealed


def test_what_is_created_can_be_opened(tmp_path):
    config = {"economy": "gather-trade-build", "options": {"workers": 4}, "rates": [0.1, 0.2]}
    made = RunFolder.create(
        tmp_path / "deep" / "run", config, provenance={"rules": "x@1"}, files={"inputs/a.txt": b"a"}
    )
    opened = RunFolder.open(tmp_path / "deep" / "run")
    assert opened.config == made.config == config
    assert opened.provenance == {"rules": "x@1"}
    assert opened.created == made.created
    assert (opened.path / "inputs" / "a.txt").read_bytes() == b"a"
    assert opened.outcome == "new"
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["run"]


def test_an_empty_folder_may_be_used(tmp_path):
    RunFolder.create(tmp_path, {})
    assert RunFolder.open(tmp_path).config == {}


def put_file(place):
    place.write_text("")


def put_full_folder(place):
    (place / "x").mkdir(parents=True)


def put_nothing(place):
    pass


@pytest.mark.parametrize(
    ("inside", "put", "allowed"),
    [
        ("run", put_file, "does not exist yet or is empty"),
        ("run", put_full_folder, "does not exist yet or is empty"),
        ("file/run", lambda place: put_file(place.parent), "a place to write in"),
        ("a/" + 300 * "x", put_nothing, "a place to write in"),
    ],
)
def test_places_that_can_not_be_used_are_left_as_they_were(tmp_path, inside, put, allowed):
    place = tmp_path / inside
    if put is not put_nothing:
        put(place)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ConfigurationError, match=allowed):
        RunFolder.create(place, {})
    assert sorted(tmp_path.rglob("*")) == before


def test_what_can_not_be_encoded_leaves_nothing(tmp_path):
    with pytest.raises(TypeError):
        RunFolder.create(tmp_path / "a" / "run", {"x": object()})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "allowed"),
    [
        (None, "has no run.json"),
        ("{", "damaged"),
        ("[]", "no schema"),
        ("{}", "no schema"),
        ('{"schema": 99}', "schema 2 or before it .this has 99"),
        ('{"schema": 1, "config": {}}', "`provenance` is missing"),
        ('{"schema": 1, "config": 3}', "`config` is missing or damaged"),
    ],
)
def test_foreign_and_damaged_folders_are_named(tmp_path, content, allowed):
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(ConfigurationError, match=allowed) as error:
        RunFolder.open(tmp_path)
    assert str(tmp_path)[:60] in str(error.value)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="an existing run folder"):
        RunFolder.open(tmp_path / "nowhere")


HOLDER = """
import sys
from solon.runs import RunFolder
with RunFolder.open(sys.argv[1]).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_another_process_holds_the_lock_until_it_is_gone(tmp_path):
    folder = RunFolder.create(tmp_path / "run", {})
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout.readline() == "held\n"
        assert folder.is_locked()
        assert folder.outcome == "running"
        with pytest.raises(ConfigurationError, match="no other process"), folder.lock():
            pass
        holder.kill()
    assert not folder.is_locked()
    with folder.lock():
        assert folder.is_locked()


def test_the_history_tells_how_it_ended(tmp_path):
    folder = RunFolder.create(tmp_path / "run", {})
    with folder.lock():
        folder.begin(first_step=0)
        assert folder.outcome == "running"
    assert RunFolder.open(folder.path).outcome == "killed"
    folder.begin(first_step=5)
    folder.end(outcome="finished", last_step=9)
    first, second = json.loads((folder.path / "run.json").read_text())["history"]
    assert first["outcome"] == "killed"
    assert second["outcome"] == "finished"
    assert (second["first_step"], second["last_step"]) == (5, 9)


@pytest.mark.parametrize("kind", ["fifo", "link", "folder"])
def test_a_lock_that_is_no_file_of_the_user_is_told_with_what_to_do(tmp_path, kind):
    folder = RunFolder.create(tmp_path / "run", {})
    place = folder.path / ".lock"
    {"fifo": os.mkfifo, "folder": os.mkdir, "link": lambda p: os.symlink(tmp_path / "x", p)}[kind](
        place
    )
    told = pytest.raises(ConfigurationError, match=r"a file of yours \(remove .*\.lock")
    with told, folder.lock():
        pass
    assert not (tmp_path / "x").exists()


def test_nobody_else_can_hold_the_lock(tmp_path):
    folder = RunFolder.create(tmp_path / "run", {})
    (folder.path / ".lock").touch(0o666)
    with folder.lock():
        assert (folder.path / ".lock").stat().st_mode & 0o777 == 0o600


def test_a_start_that_is_refused_leaves_nothing(tmp_path):
    folder = RunFolder.create(tmp_path / "a" / "run", {})
    with pytest.raises(RuntimeError), folder.removed_if_refused():
        raise RuntimeError
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("provenance", "code"), True),
        (("provenance", "code", "commit"), 7),
        (("provenance", "packages"), "jax"),
        (("provenance", "command"), ["solon"]),
        (("provenance", "settings"), 1),
    ],
)
def test_what_it_was_made_with_is_of_its_kind(place, value, tmp_path):
    """With a hash that fits: a mistake of another program, and not of the disk."""
    made = {"code": {"version": "1", "commit": "abc", "changed": False}, "packages": {}}
    RunFolder.create(tmp_path / "run", {}, provenance=made)
    path = tmp_path / "run" / "run.json"
    record = json.loads(path.read_text())
    *outer, last = place
    inner = record
    for name in outer:
        inner = inner[name]
    inner[last] = value
    path.write_text(json.dumps(sealed(record)))
    with pytest.raises(DamageError, match=re.escape(f"`{'.'.join(place)}` is missing or damaged")):
        RunFolder.open(tmp_path / "run")
