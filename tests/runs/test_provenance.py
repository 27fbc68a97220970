import getpass
import json
import os
import pathlib
import platform
import subprocess

import jax
import pytest

import solon
from solon.runs.provenance import code_version, command_line, provenance


def test_it_says_what_a_result_was_made_with():
    found = provenance(rules="gather-trade-build@1")
    assert found["rules"] == "gather-trade-build@1"
    assert found["code"]["version"] == solon.__version__
    assert found["packages"]["jax"] == jax.__version__
    assert found["python"] == platform.python_version()
    assert found["devices"] and found["machine"]["cores"] >= 1
    assert found["machine"]["memory_bytes"] > 2**20
    assert json.loads(json.dumps(found)) == found


def test_it_names_no_user_and_no_host():
    home = str(pathlib.Path.home() / "secret" / "map.txt")
    found = provenance(
        command=[f"{pathlib.Path.home()}/bin/solon", "train", f"--option=layout={home}"]
    )
    text = json.dumps(found)
    assert str(pathlib.Path.home()) + "/" not in text
    assert platform.node() not in text.replace(platform.release(), "")
    assert getpass.getuser() == "root" or getpass.getuser() not in text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (["/x/bin/solon", "train", "--seed", "3"], "solon train --seed 3"),
        (["/x/site-packages/solon/__main__.py", "list"], "solon list"),
        (["solon", "report", "/home/someone/runs/a"], "solon report .../a"),
        (["solon", "--out=/tmp/x.html"], "solon --out=.../x.html"),
        (["solon", "../other/run"], "solon .../run"),
        (["solon", "~someone/run"], "solon .../run"),
        (["solon", os.path.join(os.getcwd(), "runs", "a")], "solon runs/a"),
        (["solon", "--option", "rates=[0, 0.5]"], "solon --option 'rates=[0, 0.5]'"),
        (["solon", "evaluate", "\udcff"], r"solon evaluate '\udcff'"),
    ],
)
def test_the_command_can_be_typed_again_without_folders_of_this_machine(typed, kept):
    assert command_line(typed) == kept


def test_the_commit_is_known_in_a_checkout():
    package = pathlib.Path(solon.__file__).parent
    asked = subprocess.run(
        ["git", "-C", str(package), "ls-files", "--error-unmatch", "__init__.py"],
        capture_output=True,
    )
    assert (code_version()["commit"] is None) == (asked.returncode != 0)
