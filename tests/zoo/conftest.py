import pathlib
import shutil

import pytest

from solon.cli import main
from solon.zoo import files

NAME = "tests/one-step/saez"


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """A run under a planner with a memory that was evaluated."""
    folder = tmp_path_factory.mktemp("zoo") / "run"
    arguments = ["train", "--economy", "one-step-economy", "--steps", "48", "--quiet"]
    planner = ["--planner", "saez", "--planner-option", "capacity=40"]
    sizes = ["--environments", "2", "--unroll", "4"]
    settings = ["--ppo", "minibatches=2", "--ppo", "hidden=[4]"]
    assert main([*arguments, *planner, *sizes, *settings, "--run", str(folder)]) == 0
    assert main(["evaluate", str(folder), "--episodes", "4"]) == 0
    return folder


@pytest.fixture(scope="session")
def packed(run, tmp_path_factory):
    """A zoo with that run in it."""
    root = tmp_path_factory.mktemp("zoo") / "policies"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "ROOT", root)
        arguments = ["--status", "pilot", "--card-note", "Only for *tests*."]
        assert main(["zoo", "pack", str(run), NAME, *arguments]) == 0
    return root


@pytest.fixture
def zoo(packed, tmp_path, monkeypatch):
    """A copy of it, to do things to, in the place of the one that is shipped."""
    root = pathlib.Path(shutil.copytree(packed, tmp_path / "policies"))
    monkeypatch.setattr(files, "ROOT", root)
    return root


@pytest.fixture
def entry(zoo):
    """The folder of its entry."""
    return zoo / NAME


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    """An empty working directory."""
    place = tmp_path / "workplace"
    place.mkdir()
    monkeypatch.chdir(place)
    return place
