import dataclasses
import json
import pathlib
import shutil
import subprocess
import sys

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


@dataclasses.dataclass
class Answer:
    status: int
    out: str
    err: str


@pytest.fixture(scope="module")
def ask():
    """Runs commands in one other process, which loads jax but once."""
    with subprocess.Popen(
        [sys.executable, str(pathlib.Path(__file__).with_name("worker.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def run(arguments, folder):
            request = {"arguments": list(arguments), "folder": str(folder)}
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            return Answer(**json.loads(process.stdout.readline()))

        yield run
        process.stdin.close()
        process.wait(60)


def contents(folder):
    return {
        path.relative_to(folder): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
        if "__pycache__" not in path.parts and path.name != ".lock"
    }


def assert_one_line(answer, named, status=2):
    assert answer.status == status, answer
    assert answer.out == ""
    *notes, line = answer.err.splitlines()
    assert line.startswith("solon: error: ")
    for part in named:
        assert part in line
    return notes
