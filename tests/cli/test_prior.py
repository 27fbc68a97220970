"""`--prior`: worlds that are drawn, from the file to what is played."""

import json

import numpy as np
import pytest

from solon.cli import main
from solon.errors import ConfigurationError, DamageError
from solon.evidence.outcomes import Outcomes
from solon.luck import WORLDS
from solon.runs import Recipe, RunFolder
from solon.runs.build import build_recipe

from .conftest import OWN_ECONOMY

TRAIN = ("train", "--economy", f"{OWN_ECONOMY}:Harvest", "--steps", "80", "--quiet")
SIZES = ("--environments", "4", "--unroll", "10", "--ppo", "hidden=[4]")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A run in drawn worlds."""
    place = tmp_path_factory.mktemp("drawn")
    (place / "prior.yaml").write_text("params:\n  growth: {uniform: [1, 1.5]}\n")
    given = ("--prior", str(place / "prior.yaml"), "--run", str(place / "run"))
    assert main([*TRAIN, *SIZES, *given]) == 0
    return place / "run"


def test_a_run_keeps_its_prior_and_which_worlds_are_for_what(drawn, trained):
    record = json.loads((drawn / "run.json").read_text())
    assert record["config"]["prior"] == {"params": {"growth": {"uniform": [1, 1.5]}}}
    assert record["provenance"]["worlds"] == WORLDS
    assert len(set(WORLDS.values())) == 3
    prior = Recipe.from_folder(RunFolder.open(drawn)).learner().prior
    assert dict(prior.params)["growth"].numbers == (1.0, 1.5)
    # One without is written as before there were any, and read.
    before = json.loads((trained / "run.json").read_text())
    assert "prior" not in before["config"] and "worlds" not in before["provenance"]
    assert Recipe.from_folder(RunFolder.open(trained)).learner().prior is None


def stocks(run):
    return Outcomes.load(run / "evaluation").episodes["stock"]


def test_evaluation_is_in_worlds_of_the_training_or_of_a_file(drawn, tmp_path, capsys):
    constant = tmp_path / "constant.json"
    constant.write_text('{"params": {"growth": 1.0}}')
    assert main(["evaluate", str(drawn), "--episodes", "8"]) == 0
    own = stocks(drawn)
    assert len(set(own)) == 8
    assert json.loads(Outcomes.load(drawn / "evaluation").labels["prior"])["params"]["growth"]
    assert main(["evaluate", str(drawn), "--episodes", "8", "--prior", str(constant)]) == 0
    # What nobody lets grow is eaten or stays.
    assert (stocks(drawn) <= own).all()
    assert np.ptp(stocks(drawn)) < np.ptp(own)
    assert "8 episodes" in capsys.readouterr().out


def test_what_is_compared_shares_its_worlds(drawn, trained, tmp_path, capsys):
    assert main(["compare", str(drawn), str(trained), "--episodes", "2"]) == 2
    error = capsys.readouterr().err
    assert "another prior" in error and "--prior FILE" in error
    prior = tmp_path / "prior.yaml"
    prior.write_text("params: {growth: {choice: [1, 1.4]}}")
    lasting = tmp_path / "lasting.yaml"
    lasting.write_text("params: {growth: {choice: [1, 1.4]}}\nepisodes_per_world: 3")
    runs = ["compare", str(drawn), str(trained)]
    assert main([*runs, "--episodes", "3", "--prior", str(lasting)]) == 2
    assert "two worlds" in capsys.readouterr().err
    assert main([*runs, "--episodes", "6", "--prior", str(lasting)]) == 0
    assert "correlation" in capsys.readouterr().out
    given = ["--episodes", "6", "--prior", str(prior)]
    assert main(["compare", str(drawn), str(trained), *given]) == 0
    assert "correlation" in capsys.readouterr().out


def test_worlds_that_last_are_played_as_a_whole(workplace, capsys):
    (workplace / "prior.yaml").write_text("params: {growth: 1.2}\nepisodes_per_world: 3")
    assert main([*TRAIN, *SIZES, "--prior", "prior.yaml", "--run", "run"]) == 0
    capsys.readouterr()
    assert main(["evaluate", "run", "--episodes", "7"]) == 2
    error = capsys.readouterr().err
    assert "episodes: got 7" in error and "a multiple of 3" in error
    assert main(["evaluate", "run", "--episodes", "6"]) == 0
    assert json.loads(Outcomes.load("run/evaluation").labels["prior"])["episodes_per_world"] == 3
    assert main(["train", "--resume", "run"]) == 2
    assert "steps left" in capsys.readouterr().err


def test_what_is_shown_in_the_training_is_shown_afterwards(workplace, capsys):
    text = "params: {labor_cost: {uniform: [0.01, 0.02]}}"
    (workplace / "blind.yaml").write_text(text)
    (workplace / "told.yaml").write_text(f"{text}\nshown: {{worker: [labor_cost]}}")
    train = ["train", "--economy", "one-step-economy", "--steps", "16", "--quiet"]
    sizes = [
        "--environments",
        "2",
        "--unroll",
        "4",
        "--ppo",
        "minibatches=2",
        "--ppo",
        "hidden=[4]",
    ]
    for name in ("told", "blind"):
        assert main([*train, *sizes, "--prior", f"{name}.yaml", "--run", name]) == 0
    capsys.readouterr()
    assert main(["evaluate", "told", "--episodes", "2"]) == 0
    assert main(["evaluate", "blind", "--episodes", "2", "--prior", "told.yaml"]) == 2
    assert "prior.shown" in capsys.readouterr().err
    compare = ["compare", "told", "blind", "camelback", "--episodes", "4", "--prior", "blind.yaml"]
    assert main(compare) == 0
    assert "correlation" in capsys.readouterr().out


def test_layouts_are_copied_into_the_run_and_drawn_from_there(workplace, capsys):
    for name, amount in (("rich", 900), ("poor", 90)):
        (workplace / f"{name}.txt").write_text(str(amount))
    (workplace / "prior.yaml").write_text("layouts: {rich.txt: 3, poor.txt: 1}")
    (workplace / "rich.yaml").write_text("layouts: [rich.txt]")
    train = ["train", "--economy", f"{OWN_ECONOMY}:Fields", "--steps", "80", "--quiet", *SIZES]
    assert main([*train, "--prior", "prior.yaml", "--run", "run"]) == 0
    config = json.loads((workplace / "run" / "run.json").read_text())["config"]
    kept = {"inputs/rich.txt": 3, "inputs/poor.txt": 1}
    assert config["prior"] == {"layouts": kept}
    assert (workplace / "run" / "inputs" / "poor.txt").read_text() == "90"
    (workplace / "poor.txt").unlink()
    (workplace / "run").rename(workplace / "moved")
    assert main(["evaluate", "moved", "--episodes", "40"]) == 0
    rich = stocks(workplace / "moved") > 100
    # Four deviations of the number of three in four.
    assert abs(rich.sum() - 30) <= 11 and not rich.all()
    label = json.loads(Outcomes.load("moved/evaluation").labels["prior"])
    assert label == {"layouts": {"rich.txt": 3, "poor.txt": 1}}
    assert main(["evaluate", "moved", "--episodes", "40", "--prior", "rich.yaml"]) == 0
    assert (stocks(workplace / "moved") > 100).all()
    # The layout is the economy's own again where another prior says nothing of it.
    (workplace / "growth.yaml").write_text("params: {growth: 1}")
    assert main(["evaluate", "moved", "--episodes", "4", "--prior", "growth.yaml"]) == 0
    assert (stocks(workplace / "moved") < 3).all()
    (workplace / "moved" / "inputs" / "poor.txt").write_text("9")
    capsys.readouterr()
    assert main(["evaluate", "moved"]) == 1
    assert "poor.txt" in capsys.readouterr().err


def test_the_run_of_a_shipped_economy_has_its_maps_and_skills(workplace):
    """Without training it, which takes long to compile."""
    (workplace / "maps").mkdir()
    (workplace / "maps" / "mine.txt").write_text(("." * 25 + "\n") * 24 + "S" + "." * 24)
    prior = {
        "layouts": ["open-quadrant", "maps/mine.txt"],
        "skills": {"build": [10, 12, 15, 22], "gather": {"uniform": [0, {"uniform": [0.5, 1]}]}},
    }
    recipe = build_recipe("gather-trade-build", prior=prior, steps=1000)
    config, files = recipe.to_config()
    assert config["prior"]["layouts"] == ["open-quadrant", "inputs/mine.txt"]
    assert [*files] == ["inputs/mine.txt"]
    folder = RunFolder.create(workplace / "run", config, provenance={}, files=files)
    again = Recipe.from_folder(folder)
    assert again.env() == recipe.env()
    assert again.env().layout.name == "open-quadrant, mine"
    assert again.worlds() == recipe.worlds()
    assert again.worlds().label == recipe.worlds().label
    assert again.plain_env.layout.name == "open-quadrant"
    with pytest.raises(ConfigurationError, match=r"layout: got 'open-quadrant'.*prior draws"):
        build_recipe("gather-trade-build", {"layout": "open-quadrant"}, prior=prior, steps=1000)


def test_a_run_folder_that_leads_to_other_files_is_refused(workplace):
    (workplace / "mine.txt").write_text("3")
    recipe = Recipe("gather-trade-build", prior={"layouts": ["open-quadrant"]}, steps=10)
    config, _ = recipe.to_config()
    config["prior"]["layouts"] = ["open-quadrant", str(workplace / "mine.txt")]
    folder = RunFolder.create(workplace / "run", config, provenance={})
    with pytest.raises(ConfigurationError, match=r"only files in its inputs.*mine.txt"):
        Recipe.from_folder(folder)


@pytest.mark.parametrize(
    ("text", "more", "words"),
    [
        (None, (), ("prior", "prior.yaml", "text file")),
        ("params: {", (), ("prior", "JSON or YAML")),
        ("# params: {growth: 1}\n", (), ("prior", "prior.yaml", "not empty")),
        ("- growth", (), ("prior", "a mapping with params")),
        ("params: {groth: 1}", (), ("prior.params", "groth", "did you mean growth")),
        ("params: {growth: {uniform: [2, 1]}}", (), ("prior.growth.uniform", "[2, 1]", "below")),
        ("params: {growth: {normal: [2, -1]}}", (), ("prior.growth.normal", "above 0")),
        ("params: {growth: {normal: [2, .inf]}}", (), ("prior", "inf is no finite")),
        ("params: {growth: 1}", ("--curriculum", "growth=2"), ("curriculum", "growth", "draw")),
        ("skills: [1, 2]", (), ("prior.skills", "no skills that can be set")),
        ("layouts: [rich.txt]", (), ("prior.layouts", "no layouts")),
    ],
)
def test_mistakes_leave_nothing_behind(text, more, words, workplace, capsys):
    if text is not None:
        (workplace / "prior.yaml").write_text(text)
    assert main([*TRAIN, *SIZES, "--prior", "prior.yaml", "--run", "run", *more]) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.count("\n") == 1
    assert not (workplace / "run").exists()
    for word in words:
        assert word in shown.err


def test_a_prior_has_the_ending_of_what_it_is(workplace, capsys):
    (workplace / "prior.pkl").write_text("params: {growth: 1.2}")
    assert main([*TRAIN, *SIZES, "--prior", "prior.pkl", "--run", "run"]) == 2
    assert "prior.pkl" in (said := capsys.readouterr().err) and ".yaml, .yml, .json" in said
    assert not (workplace / "run").exists()


def test_a_prior_that_is_damaged_is_told():
    config, _ = Recipe("labor-supply", steps=10).to_config()
    config["prior"] = {"params": {"inequality_aversion": {"uniform": [1]}}}
    with pytest.raises(DamageError, match=r"prior.inequality_aversion.uniform.*two numbers"):
        Recipe.from_config(config, None, "run", "here")
