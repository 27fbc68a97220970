"""`solon train --planner saez --planner-option KEY=VALUE`, and what a mistake gets."""

import pytest

from solon.cli import main
from solon.runs import RunFolder
from solon.runs.train import TrainingResult

TRAIN = ["train", "--economy", "one-step-economy", "--steps", "8", "--quiet"]
SMALL = ["--environments", "2", "--unroll", "4", "--ppo", "hidden=[4]", "--ppo", "minibatches=1"]


def test_planners_are_listed(capsys):
    assert main(["list", "planners"]) == 0
    assert "saez" in capsys.readouterr().out


def test_options_of_a_planner(workplace, monkeypatch):
    # What becomes of the options is tested with the planners; compiling a training takes long.
    monkeypatch.setattr("solon.runs.train.train", lambda *_, **__: TrainingResult(None, 0, False))
    options = ["--planner-option", "elasticity=0.5", "--planner-option", "welfare-weights=uniform"]
    assert main([*TRAIN, *SMALL, "--planner", "saez", *options]) == 0
    config = RunFolder.open("runs/one-step-economy-saez-0").config
    assert config["planner"] == {
        "name": "saez",
        "options": {"elasticity": 0.5, "welfare_weights": "uniform"},
    }


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--planner", "saez", "--planner-option", "elasticity=-1"], "saez.elasticity"),
        (["--planner", "saez", "--planner-option", "elasticity"], "planner_option"),
        (["--planner", "saez", "--planner-option", "elastic=1"], "saez.elastic"),
        (["--planner", "us-federal", "--planner-option", "elasticity=1"], "us-federal.elasticity"),
        (["--planner-option", "elasticity=1"], "planner_options"),
    ],
)
def test_mistakes_are_one_line(workplace, capsys, arguments, named):
    assert main([*TRAIN, *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert named in printed.err and printed.err.count("\n") == 1
    assert not (workplace / "runs").exists()
