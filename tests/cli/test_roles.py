"""Any role is driven by a policy, or learns by an algorithm, from training to comparison."""

import json
import pathlib
import shutil

import numpy as np
import pytest

from solon.cli import main
from solon.evidence.outcomes import Outcomes
from solon.runs import Recipe, RunFolder, load_trained
from solon.runs.arrays import pack
from solon.runs.build import build_recipe
from solon.runs.metrics import read_metrics
from solon.runs.named import split_name
from solon.runs.train import train

MARKET = pathlib.Path(__file__).with_name("market.py")
SMALL = {"environments": 4, "unroll": 6, "minibatches": 2, "hidden": [4]}
SIZES = ("--environments", "4", "--unroll", "6", "--ppo", "minibatches=2", "--ppo", "hidden=[4]")
FIRM = f"{MARKET}:Rising:first=1.5,step=0.01"
POLICIES = {"firm": FIRM, "regulator": "constant:action=1"}


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    """A run with a role that learns, one under a named policy and one under a class in a file."""
    folder = tmp_path_factory.mktemp("market") / "run"
    policies = [part for role, text in POLICIES.items() for part in ("--policy", f"{role}={text}")]
    learn = ("--learn", "consumer=ppo:entropy=0.1,learning_rate=[[0, 0.01], [240, 0.001]]")
    train = ("train", f"{MARKET}:Market", "--steps", "240", "--quiet", "--run", str(folder))
    assert main([*train, *SIZES, *policies, *learn]) == 0
    return folder


def test_a_run_keeps_who_decides(market):
    config = json.loads((market / "run.json").read_text())["config"]
    firm = {"name": "inputs/market.py:Rising", "options": {"first": 1.5, "step": 0.01}}
    regulator = {"name": "constant", "options": {"action": 1}}
    assert config["policies"] == {"firm": firm, "regulator": regulator}
    assert config["planner"] is None and config["own_ppo"]["consumer"]["entropy"] == 0.1
    assert "algorithms" not in config
    recipe = Recipe.from_folder(RunFolder.open(market))
    assert recipe.learner().learn == ("consumer",)
    assert recipe.learner().config_of("consumer").learning_rate == ((0, 0.01), (240, 0.001))
    assert list(recipe.given()) == ["firm", "regulator"]


def test_everyone_acts_as_it_was_said(market):
    state = load_trained(RunFolder.open(market)).state
    # 240 steps in 4 copies: the firm's memory lasts beyond the end of an episode.
    assert state.economies.memories["firm"].tolist() == [60] * 4
    assert main(["evaluate", str(market), "--episodes", "4"]) == 0
    prices = Outcomes.load(market / "evaluation").series["price"]
    expected = 1.5 + 0.01 * (60 + np.arange(6)) - 0.25
    np.testing.assert_allclose(prices[:, 1:], np.tile(expected, (4, 1)), rtol=1e-5)


def test_a_resumed_training_is_the_uninterrupted_one(tmp_path):
    made = build_recipe(f"{MARKET}:Market", policies=POLICIES, settings=SMALL, steps=96)
    states = []
    for name, first in (("whole", 96), ("parts", 48)):
        config, files = made.to_config()
        provenance = {"rules": made.env().rules}
        folder = RunFolder.create(tmp_path / name, config, provenance=provenance, files=files)
        train(folder, made.trainer(), made.initial_state(), first, quiet=True)
        if first < 96:
            again = Recipe.from_folder(folder)
            train(folder, again.trainer(), again.abstract_state(), 96, quiet=True, resume=True)
        state = load_trained(RunFolder.open(folder.path)).state
        states.append({path: value.tobytes() for path, value in pack(state).items()})
    assert states[0] == states[1]


def test_regimes_of_roles_are_compared(market, tmp_path, capsys):
    policies = (
        "--policy",
        f"firm={MARKET}:Rising:first=0.6",
        "--policy",
        "regulator=constant:action=0",
    )
    train = ("train", "--economy", f"{MARKET}:Market", "--steps", "24", "--quiet")
    assert main([*train, *SIZES, *policies, "--run", str(tmp_path / "cheap")]) == 0
    capsys.readouterr()
    assert main(["compare", str(market), str(tmp_path / "cheap"), "--episodes", "4"]) == 0
    dear, cheap = capsys.readouterr().out.split("\nprice\n")[1].splitlines()[:2]
    assert float(dear.split()[1]) == pytest.approx(1.9, abs=0.05)
    assert float(cheap.split()[1]) == pytest.approx(0.6)


def test_an_algorithm_of_the_user_is_kept_with_the_run(tmp_path):
    run = str(tmp_path / "run")
    learn = ("--learn", f"consumer={MARKET}:Timid:timidity=4,minibatches=2,hidden=[3]")
    policies = ("--policy", "firm=random-actions", "--policy", "regulator=constant:action=0")
    train = ("train", f"{MARKET}:Market", "--steps", "48", "--quiet", "--run", run)
    assert main([*train, *SIZES, *policies, *learn]) == 0
    recipe = Recipe.from_folder(RunFolder.open(run))
    timid = recipe.learner().config_of("consumer")
    assert (type(timid).__name__, timid.timidity, timid.hidden) == ("Timid", 4, (3,))
    assert (timid.environments, timid.unroll) == (4, 6)
    assert main(["evaluate", run, "--episodes", "2", "--option", "horizon=4"]) == 0
    assert Outcomes.load(pathlib.Path(run) / "evaluation").series["price"].shape == (2, 5)


def test_short_forms_mean_the_same():
    sizes = {"environments": 2, "unroll": 4, "minibatches": 2, "hidden": [4]}
    tax = {"settings": sizes, "steps": 80}
    short = build_recipe(
        "one-step-economy", planner="saez", planner_options={"elasticity": 0.5}, **tax
    )
    long = build_recipe("one-step-economy", policies={"planner": "saez:elasticity=0.5"}, **tax)
    assert long == short and long.to_config() == short.to_config()
    own = {"planner": {"entropy": 0.1}}
    short = build_recipe("one-step-economy", planner="learned", own_settings=own, **tax)
    long = build_recipe("one-step-economy", learn={"planner": "ppo:entropy=0.1"}, **tax)
    assert long == short
    schedule = build_recipe("one-step-economy", policies={"planner": "us-federal"}, **tax)
    assert schedule == build_recipe("one-step-economy", planner="us-federal", **tax)


@pytest.mark.parametrize(
    ("text", "name", "options"),
    [
        ("saez", "saez", {}),
        ("level:level=7,subsidy=20", "level", {"level": 7, "subsidy": 20}),
        ("a/b.py:Mine", "a/b.py:Mine", {}),
        ("a/b.py:Mine:x=1", "a/b.py:Mine", {"x": 1}),
        (
            "ppo:hidden=[8, 8],learning-rate=[[0, 1e-3]]",
            "ppo",
            {"hidden": [8, 8], "learning_rate": [[0, 1e-3]]},
        ),
        ("n:text='a,b',z={p: 1, q: [2]}", "n", {"text": "a,b", "z": {"p": 1, "q": [2]}}),
    ],
)
def test_options_stand_behind_the_first_colon(text, name, options):
    assert split_name(text, "policy") == (name, options)


@pytest.mark.parametrize(
    ("typed", "words", "status"),
    [
        (("--policy", "firm"), ("policy", "'firm'", "ROLE=NAME"), 2),
        (("--policy", "frim=random-actions"), ("policy", "'frim'", "did you mean firm"), 2),
        (("--learn", "frim=ppo"), ("learn", "'frim'", "did you mean firm"), 2),
        (("--learn", "firm=pop"), ("learn firm", "'pop'", "did you mean ppo"), 2),
        (("--learn", "firm=ppo:entropi=1"), ("firm.entropi", "one of the learner's"), 2),
        (("--learn", "firm=ppo:entropy=-1"), ("firm.entropy", "-1"), 2),
        (("--learn", "firm=ppo:entropy"), ("learn firm", "'entropy'", "KEY=VALUE"), 2),
        (("--learn", "firm=ppo", "--policy", "firm=constant:action=1"), ("policy", "--learn"), 2),
        (("--policy", "firm=learned"), ("policy firm", "--learn firm=ppo"), 2),
        (("--policy", "regulator=search"), ("regulator", "'search'", "hands over rates"), 2),
        (("--learn", "planner=ppo"), ("learn", "'planner'", "a role of the economy"), 2),
        (("--policy", "firm=constnt"), ("policy firm", "'constnt'", "did you mean constant"), 2),
        (("--policy", "firm=constant:acton=1"), ("constant.acton", "one of the options"), 2),
        (("--policy", "firm=constant:action=7"), ("firm.action", "7"), 2),
        (("--policy", "firm=constant"), ("firm.action", "None"), 2),
        (("--learn", "firm=td3:capacity=99999999999"), ("firm.capacity", "memory of"), 2),
        (("--learn", "firm=ppo:learns-from=1,learns_from=2"), ("learn firm", "once"), 2),
        (("--policy", "firm=saez:a-b=1,a_b=2"), ("policy firm", "'a_b'", "once"), 2),
        (("--policy", "regulator=us-federal"), ("regulator", "hands over rates"), 2),
        (("--policy", "firm={}:Nobody"), ("firm", "Nobody", "a name defined in"), 2),
        (("--policy", "firm=none.py:Mine"), ("firm", "none.py", "an existing Python file"), 2),
        (("--policy", "firm={}:Market"), ("firm", "solon.policy.Policy"), 2),
        (("--policy", "firm={}:Rising:frist=1"), ("firm.frist", "first, step"), 2),
        (("--policy", "firm={}:Rising:step=-1"), ("firm.step", "-1", "at least 0"), 2),
        (("--policy", "firm={}:Broken"), ("firm", "shape (1, 2)", "(1, 1)"), 1),
        (("--policy", "firm={}:Forgetful"), ("firm", "market.py:", "KeyError: 'prize'"), 1),
        (("--learn", "firm={}:Rising"), ("learn firm", "solon.learning.Algorithm"), 2),
        (("--learn", "firm={}:Timid:timidity=0"), ("firm.timidity", "above 0"), 2),
        (
            (
                "--policy",
                "consumer=random-actions",
                "--policy",
                "firm=random-actions",
                "--policy",
                "regulator=random-actions",
            ),
            ("policy", "leave a role to learn"),
            2,
        ),
    ],
)
def test_mistakes_are_told_in_a_line(typed, words, status, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    typed = [text.format(MARKET) for text in typed]
    train = ("train", f"{MARKET}:Market", "--steps", "24", "--quiet", "--run", "new")
    assert main([*train, *SIZES, *typed]) == status
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.count("\n") == 1
    for word in words:
        assert word in shown.err, shown.err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("content", ["raise SystemExit", "x = 1\0", "import no_such", "while"])
@pytest.mark.parametrize("option", ["--policy", "--learn"])
def test_a_file_that_cannot_be_run_is_told_in_a_line(
    option, content, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(content)
    train = ("train", f"{MARKET}:Market", "--steps", "24", "--quiet", "--run", "new")
    assert main([*train, *SIZES, option, "firm=mine.py:Mine"]) == 1
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.count("\n") == 1
    assert shown.err.startswith("solon: error: mine.py cannot be run: ")
    assert not (tmp_path / "new").exists()


def test_a_role_may_begin_to_learn_later(tmp_path):
    """Until then it has no loss, which is no reason to stop."""
    policies = [part for role, text in POLICIES.items() for part in ("--policy", f"{role}={text}")]
    run = str(tmp_path / "run")
    train = ("train", f"{MARKET}:Market", "--steps", "96", "--quiet", "--run", run)
    assert main([*train, *SIZES, *policies, "--learn", "consumer=ppo:learns_from=48"]) == 0
    curves = read_metrics(tmp_path / "run" / "metrics")
    assert curves["consumer/learns"].to_pylist() == [0, 0, 1, 1]
    finite = np.isfinite(curves["consumer/policy_loss"].to_numpy())
    assert finite.tolist() == [False, False, True, True]
    assert main(["report", run]) == 0


def test_code_of_policies_runs_only_if_it_is_trusted(market, tmp_path, monkeypatch, capsys):
    received = pathlib.Path(shutil.copytree(market, tmp_path / "run"))
    monkeypatch.setenv("SOLON_STATE", str(tmp_path / "state"))
    monkeypatch.setattr("solon.runs.trust._here", set())
    monkeypatch.setattr("solon.registry._asked_for", set())
    assert main(["evaluate", str(received), "--episodes", "2"]) == 2
    assert "--trust" in capsys.readouterr().err
    assert main(["evaluate", str(received), "--episodes", "2", "--trust"]) == 0
    known = (tmp_path / "state" / "trusted").read_text().split()
    assert known[1::2] == ["Market", "Rising"]
    monkeypatch.setattr("solon.runs.trust._here", set())
    assert main(["evaluate", str(received), "--episodes", "2"]) == 0


@pytest.mark.parametrize(
    ("firm", "words"),
    [
        ({"name": "schedule", "options": {}}, "a policy that has a name here"),
        ({"name": "constant", "options": {"acton": 1}}, "constant.acton: got 1"),
        ({"name": 3, "options": {}}, "firm.name: got 3"),
        ({"name": "../market.py:Rising", "options": {}}, "only files in its inputs"),
    ],
)
def test_a_forged_policy_is_told_in_a_line(firm, words, market, tmp_path, capsys):
    config = json.loads((market / "run.json").read_text())["config"]
    config["policies"]["firm"] = firm
    files = {"inputs/market.py": MARKET.read_bytes()}
    folder = RunFolder.create(tmp_path / "run", config, files=files)
    assert main(["evaluate", str(folder.path), "--episodes", "2"]) in (1, 2)
    error = capsys.readouterr().err
    assert words in error and error.count("\n") == 1
