"""A Python file in a run folder runs only if this user has trained with it, or said so."""

import json
import os
import shutil

import pytest

from solon import ConfigurationError
from solon.runs import RunFolder
from solon.runs.recipe import Recipe
from solon.runs.trust import is_trusted, trust, trust_run

FILE = """
import pathlib
from os import system
from solon.economies.labor_supply import labor_supply_economy as Mine
pathlib.Path(__file__).with_name("it-ran").touch()
# {}
"""


@pytest.fixture
def received(tmp_path, monkeypatch):
    """The folder of a run that somebody else has made."""
    monkeypatch.setenv("SOLON_STATE", str(tmp_path / "state"))
    content = FILE.format(tmp_path).encode()
    config, _ = Recipe("labor-supply").to_config()
    config["economy"] = "inputs/theirs.py:Mine"
    return RunFolder.create(tmp_path / "run", config, files={"inputs/theirs.py": content})


def ran(folder):
    return (folder.path / "inputs" / "it-ran").exists()


def refused(folder, match):
    with pytest.raises(ConfigurationError, match=match):
        Recipe.from_folder(RunFolder.open(folder.path))
    return not ran(folder)


def renamed(folder, **changes):
    """The same run with another configuration, as its maker could have written it."""
    config = {**folder.config, **changes}
    files = {"inputs/theirs.py": (folder.path / "inputs/theirs.py").read_bytes()}
    return RunFolder.create(folder.path.with_name("other"), config, files=files)


def test_it_does_not_run_before_it_is_trusted_and_does_after(received):
    assert refused(received, "add --trust")
    assert trust_run(received) is None
    assert Recipe.from_folder(received).env().rules.startswith("labor-supply")
    assert ran(received)


def test_trust_stays_with_the_content_wherever_the_folder_is(received, monkeypatch):
    content = (received.path / "inputs/theirs.py").read_bytes()
    trust(content, "Mine")
    # Another process knows the list only.
    monkeypatch.setattr("solon.runs.trust._here", set())
    moved = shutil.move(received.path, received.path.with_name("moved"))
    Recipe.from_folder(RunFolder.open(moved))
    assert not is_trusted(content + b"\n", "Mine")


def test_what_a_trusted_file_imports_is_not_trusted_with_it(received):
    trust_run(received)
    assert refused(renamed(received, economy="inputs/theirs.py:system"), "add --trust")


def test_nothing_in_the_folder_makes_it_trusted(received):
    record = json.loads((received.path / "run.json").read_text())
    record["provenance"]["trusted"] = True
    record.pop("sha256")
    record["schema"] = 1
    (received.path / "run.json").write_text(json.dumps(record))
    (received.path / "trusted").write_text("everything")
    assert refused(received, "add --trust")


@pytest.mark.parametrize(
    "economy", ["inputs/../../outside.py:Mine", "{}/outside.py:Mine", "inputs/link.py:Mine"]
)
def test_a_file_outside_the_folder_is_never_run(received, tmp_path, economy):
    outside = tmp_path / "outside.py"
    outside.write_text(FILE)
    trust(FILE.encode(), "Mine")
    other = renamed(received, economy=economy.format(tmp_path))
    os.symlink(outside, other.path / "inputs" / "link.py")
    assert refused(other, "only files in its inputs")
    assert not (tmp_path / "it-ran").exists()


@pytest.mark.parametrize("mode", [0o777, 0o770])
def test_a_list_that_others_may_write_is_not_believed(received, tmp_path, mode, monkeypatch):
    trust_run(received)
    monkeypatch.setattr("solon.runs.trust._here", set())
    os.chmod(tmp_path / "state", mode)
    assert refused(received, "may be written by other users")


def test_the_list_is_private(received, tmp_path):
    trust_run(received)
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "state" / "trusted").stat().st_mode & 0o777 == 0o600


def test_a_user_without_a_home_is_told_where_trust_would_be_kept(received, monkeypatch):
    for name in ("SOLON_STATE", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pathlib.Path.home", lambda: (_ for _ in ()).throw(RuntimeError()))
    assert refused(received, "SOLON_STATE=FOLDER")
    assert "SOLON_STATE=FOLDER" in trust_run(received)


def test_a_changed_copy_is_noticed(received):
    trust_run(received)
    place = received.path / "inputs/theirs.py"
    place.write_bytes(place.read_bytes() + b"#")
    assert refused(received, "inputs/theirs.py is as it was")
