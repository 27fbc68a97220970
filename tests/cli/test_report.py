"""`solon report` of an economy of one's own: metrics, learning curves, and a comparison."""

import json
import re
import shutil

import pytest

from solon.cli import main
from solon.runs.seals import sealed

from .conftest import OWN_ECONOMY


@pytest.fixture(scope="module")
def other(trained, tmp_path_factory):
    """A run with another seed, of a folder that is called otherwise."""
    folder = tmp_path_factory.mktemp("other") / "longer"
    arguments = ["train", "--economy", f"{OWN_ECONOMY}:Harvest", "--steps", "400", "--seed", "1"]
    sizes = ["--environments", "4", "--unroll", "10", "--ppo", "hidden=[4]"]
    assert main([*arguments, *sizes, "--run", str(folder), "--quiet"]) == 0
    return folder


def drawn(page):
    found = re.search(r'<script[^>]*id="figures"[^>]*>(.*?)</script>', page, re.S)
    return json.loads(found.group(1))


def test_a_run_has_its_metrics_members_course_and_curves(run_folder, capsys):
    assert main(["report", str(run_folder)]) == 0
    page = (run_folder / "report.html").read_text("utf-8")
    figures = drawn(page)
    assert list(figures) == ["outcomes", "members", "course", "learning"]
    titles = [a["text"] for a in figures["learning"]["light-wide"]["layout"]["annotations"]]
    assert set(titles) == {"Return of an episode, person", "Policy entropy, person", "Stock"}
    assert "return of a person" in page and "stock" in page


def test_runs_are_held_against_the_first_on_the_same_luck(run_folder, other, tmp_path, capsys):
    out = tmp_path / "both.html"
    assert main(["report", str(run_folder), str(other), "--out", str(out)]) == 0
    page = out.read_text("utf-8")
    assert list(drawn(page)) == ["outcomes", "differences", "members", "course", "learning"]
    # Both are called "learned": the folders tell them apart.
    assert "Difference to run in the same episode" in page and ">longer" in page
    capsys.readouterr()
    assert main(["evaluate", str(other), "--seed", "7"]) == 0
    assert main(["report", str(run_folder), str(other), "--out", str(out)]) == 2
    line = capsys.readouterr().err
    assert "same luck" in line and line.count("\n") == 1
    assert main(["report", str(run_folder), str(run_folder)]) == 2
    assert "each run once" in capsys.readouterr().err
    assert main(["report"]) == 2
    assert "run" in capsys.readouterr().err


def test_runs_of_other_economies_are_refused(run_folder, tmp_path, capsys):
    strange = shutil.copytree(run_folder, tmp_path / "strange")
    record = json.loads((strange / "run.json").read_text("utf-8"))
    record["config"]["economy"] = "one-step-economy"
    (strange / "run.json").write_text(json.dumps(sealed(record)))
    assert main(["report", str(run_folder), str(strange)]) == 2
    line = capsys.readouterr().err
    assert "one-step-economy" in line and line.count("\n") == 1
