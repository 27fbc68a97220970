"""`--param` and `--option`: numbers and structure of an economy, for what is trained and played."""

import json

import numpy as np
import pytest

from solon.cli import main
from solon.evidence.outcomes import Outcomes
from solon.runs import Recipe, RunFolder

from .conftest import OWN_ECONOMY

TRAIN = ("train", "--economy", f"{OWN_ECONOMY}:Harvest", "--steps", "80", "--quiet")
SIZES = ("--environments", "4", "--unroll", "10", "--ppo", "hidden=[4]")


@pytest.fixture(scope="module")
def barren(tmp_path_factory):
    """A run in which nothing grows."""
    folder = tmp_path_factory.mktemp("barren") / "run"
    assert main([*TRAIN, *SIZES, "--param", "growth=1", "--run", str(folder)]) == 0
    return folder


def stocks(run):
    return Outcomes.load(run / "evaluation").episodes["stock"]


def test_a_run_keeps_its_params(barren, trained):
    assert json.loads((barren / "run.json").read_text())["config"]["params"] == {"growth": 1}
    recipe = Recipe.from_folder(RunFolder.open(barren))
    assert float(recipe.start_params()["growth"]) == 1.0
    assert float(recipe.initial_state().params["growth"]) == 1.0
    # One without is written as before there were any, and read.
    assert "params" not in json.loads((trained / "run.json").read_text())["config"]
    usual = Recipe.from_folder(RunFolder.open(trained)).start_params()
    assert float(usual["growth"]) == pytest.approx(1.1)


def test_episodes_have_the_params_of_the_training_or_those_that_were_typed(barren, capsys):
    assert main(["evaluate", str(barren), "--episodes", "4"]) == 0
    own = stocks(barren)
    typed = ["evaluate", str(barren), "--episodes", "4", "--param"]
    assert main([*typed, "growth=1.0"]) == 0
    np.testing.assert_array_equal(stocks(barren), own)
    assert main([*typed, "growth=2"]) == 0
    # The luck is the same, and the stock doubles ten times; people may eat more of it.
    np.testing.assert_allclose(stocks(barren) / own, 2.0**10, rtol=0.5)
    assert json.loads(Outcomes.load(barren / "evaluation").labels["params"]) == {"growth": 2}
    assert "4 episodes" in capsys.readouterr().out


def test_policies_act_in_an_economy_with_other_options(run_folder):
    options = ["--option", "people=3", "--option", "horizon=5"]
    assert main(["evaluate", str(run_folder), "--episodes", "4", *options]) == 0
    found = Outcomes.load(run_folder / "evaluation")
    assert found.members["person"]["return"].shape == (4, 3)
    assert found.series["stock"].shape == (4, 6)
    assert found.labels["options"] == "people=3 horizon=5"


def test_runs_are_compared_at_the_same_params(barren, trained, capsys):
    compare = ["compare", str(barren), str(trained), "--episodes", "3"]
    assert main(compare) == 2
    error = capsys.readouterr().err
    assert "growth" in error and "--param for all" in error and error.count("\n") == 1
    assert main([*compare, "--param", "growth=1.3", "--option", "people=4"]) == 0
    assert "correlation" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("--param", "groth=2"), ("param", "groth", "did you mean growth")),
        (("--param", "growth"), ("param", "growth", "KEY=VALUE")),
        (("--param", "growth=fast"), ("param.growth", "'fast'", "a finite number")),
        (("--param", "growth=[1, 2]"), ("param.growth", "[1, 2]", "a finite number")),
        (("--param", "growth=1e60"), ("param.growth", "a finite number")),
        (("--param", "growth=true"), ("param.growth", "True")),
        (("--option", "people=20"), ("people", "20", "1 to 9")),
        (("--option", "peple=2"), ("peple", "one of", "people")),
    ],
)
def test_mistakes_are_told_in_a_line(typed, words, run_folder, trained, workplace, capsys):
    before = sorted(run_folder.rglob("*"))
    for command in (
        ("evaluate", str(run_folder), "--episodes", "2"),
        ("compare", str(trained), str(run_folder), "--episodes", "2"),
        (*TRAIN, *SIZES, "--run", "new"),
    ):
        assert main([*command, *typed]) == 2, command
        shown = capsys.readouterr()
        assert shown.out == "" and shown.err.count("\n") == 1
        for word in words:
            assert word in shown.err, (command, shown.err)
    assert sorted(run_folder.rglob("*")) == before and not (workplace / "new").exists()


def test_what_a_prior_or_a_curriculum_sets_has_no_other_value(workplace, capsys):
    (workplace / "prior.yaml").write_text("params: {growth: {uniform: [1, 2]}}")
    for more in (("--prior", "prior.yaml"), ("--curriculum", "growth=1.2")):
        assert main([*TRAIN, *SIZES, "--param", "growth=1", *more, "--run", "new"]) == 2
        assert "neither the prior nor the curriculum" in capsys.readouterr().err
