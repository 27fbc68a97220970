import pathlib
import shutil

import pytest

from solon.cli import main

OWN_ECONOMY = pathlib.Path(__file__).with_name("own_economy.py")


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A finished run of an economy that trains in a second."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    arguments = ["train", "--economy", f"{OWN_ECONOMY}:Harvest", "--steps", "200"]
    sizes = ["--environments", "4", "--unroll", "10", "--ppo", "hidden=[4]"]
    assert main([*arguments, *sizes, "--run", str(folder), "--quiet"]) == 0
    return folder


@pytest.fixture
def run_folder(trained, tmp_path):
    """A copy of it to do things to."""
    return pathlib.Path(shutil.copytree(trained, tmp_path / "run"))


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    """An empty working directory."""
    place = tmp_path / "workplace"
    place.mkdir()
    monkeypatch.chdir(place)
    return place
