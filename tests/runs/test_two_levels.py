"""A planner that learns while workers learn, and trainings that start where others ended."""

import dataclasses
import shutil

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon import ConfigurationError
from solon.agents.normalization import RunningStatistics
from solon.cli import main
from solon.learning import PPO, Learner
from solon.runs import RunFolder, load_trained, read_metrics
from solon.runs.arrays import pack
from solon.runs.build import build_recipe
from solon.runs.recipe import Recipe
from tests.learning.economies import Meeting

TINY = {"layout": "open-quadrant-9", "view": 1, "horizon": 20}
SIZES = {"environments": 4, "unroll": 20, "minibatches": 2, "hidden": (8,)}
TAX = {"periodic-bracket-tax": {"period": 10}}


def recipe(**options):
    return build_recipe(
        "gather-trade-build", {**TINY, **TAX}, settings=SIZES, steps=1_000, **options
    )


@pytest.fixture(scope="module")
def first_phase(tmp_path_factory):
    """The folder of workers who learned without taxes."""
    folder = tmp_path_factory.mktemp("runs") / "workers"
    options = [f"--option={name}={value}" for name, value in TINY.items()]
    sizes = [f"--ppo={name}={list(v) if name == 'hidden' else v}" for name, v in SIZES.items()]
    arguments = ["train", *options, "--option=periodic-bracket-tax.period=10", *sizes]
    assert main([*arguments, "--steps=240", f"--run={folder}", "--quiet"]) == 0
    return folder


def test_a_role_learns_by_its_own_configuration():
    common = PPO(environments=8, unroll=4, minibatches=2, hidden=(8,), normalize_returns=False)
    still = dataclasses.replace(common, learning_rate=0.0, epochs=1, minibatches=1, hidden=(4,))
    learner = Learner(Meeting(), common, own_configs=(("seller", still),))
    state = learner.init(jax.random.key(0), Meeting().default_params())
    before = {role: pack(policy.network) for role, policy in state.policies.items()}
    state, metrics = learner.update(state)
    after = {role: pack(policy.network) for role, policy in state.policies.items()}
    moved = {
        role: any((after[role][name] != value).any() for name, value in leaves.items())
        for role, leaves in before.items()
    }
    assert moved == {"buyer": True, "seller": False}
    assert float(metrics["seller/learning_rate"]) == 0
    assert float(metrics["learning_rate"]) == pytest.approx(1e-3)
    assert state.policies["seller"].network.policy_head.weight.shape[0] == 4


def test_sizes_that_all_roles_share_and_strangers_are_refused():
    common = PPO(environments=8, unroll=4, minibatches=2)
    with pytest.raises(ConfigurationError, match=r"seller.environments: got 4; .*8"):
        Learner(
            Meeting(),
            common,
            own_configs=(("seller", dataclasses.replace(common, environments=4)),),
        )
    with pytest.raises(ConfigurationError, match="own_configs: got 'nobody'"):
        Learner(Meeting(), common, own_configs=(("nobody", common),))


def test_what_never_changed_is_measured_in_its_own_units():
    seen = jnp.array([[0.0, 1.0], [0.0, 3.0]])
    statistics = RunningStatistics.create((2,)).update(seen, jnp.ones(2))
    ready = statistics.forget_constants()
    new = jnp.array([0.3, 2.0])
    np.testing.assert_allclose(statistics.normalize(new), [10, 0], atol=1e-6)
    np.testing.assert_allclose(ready.normalize(new), [0.3, 0], atol=1e-6)


def test_a_planner_that_learns_sets_levels_under_a_cap_that_rises():
    made = recipe(planner="learned")
    assert made.planner is None
    assert made.env().component("periodic-bracket-tax").set_by == "levels"
    assert made.env().component("periodic-bracket-tax").period == 10
    assert made.learner().learn == ("worker", "planner")
    cap = made.curriculum["parts.periodic-bracket-tax.rate_cap"]
    labor = made.curriculum["labor_cost_weight"]
    # Workers bear the full cost before rates rise.
    assert labor[-1] == [500, 1.0] and cap == [[500, 0.1], [750, 1.0]]
    assert made.own_ppo["planner"].entropy[-1] == (800, 0.001)
    assert made.own_ppo["planner"].hidden == made.ppo.hidden
    changed = recipe(planner="learned", own_settings={"planner": {"entropy": 0.3, "epochs": 1}})
    assert (changed.own_ppo["planner"].entropy, changed.own_ppo["planner"].epochs) == (0.3, 1)


def test_the_second_phase_starts_where_the_first_ended(first_phase, tmp_path):
    before = load_trained(RunFolder.open(first_phase)).state.policies["worker"]
    made = recipe(planner="learned", start=str(first_phase))
    assert "labor_cost_weight" not in made.curriculum
    assert made.ppo.discount == 0.998
    config, files = made.to_config()
    assert list(files) == [config["start"]] == ["inputs/start.safetensors"]
    again = Recipe.from_folder(RunFolder.create(tmp_path / "run", config, files=files))
    assert again.own_ppo == made.own_ppo
    for one in (made, again):
        policies = one.initial_state().policies
        assert set(policies) == {"worker", "planner"}
        worker = pack(policies["worker"].network)
        assert all((worker[name] == value).all() for name, value in pack(before.network).items())
    # No rates were seen in the first phase.
    assert (before.feature_statistics.variance < 1e-8).any()
    assert (policies["worker"].feature_statistics.variance > 1e-8).all()


def test_both_levels_learn_and_need_the_first_run_no_more(first_phase, tmp_path, capsys):
    folder, first = tmp_path / "both", shutil.copytree(first_phase, tmp_path / "first")
    options = [f"--option={name}={value}" for name, value in TINY.items()]
    sizes = [f"--ppo={name}={list(v) if name == 'hidden' else v}" for name, v in SIZES.items()]
    arguments = ["train", *options, "--option=periodic-bracket-tax.period=10", *sizes]
    arguments += ["--planner=learned", f"--start={first}", "--planner-ppo=epochs=1"]
    assert main([*arguments, "--steps=240", f"--run={folder}", "--quiet"]) == 0
    metrics = read_metrics(folder / "metrics")
    assert min(metrics["planner/entropy"].to_pylist()) > 0
    trained = load_trained(RunFolder.open(folder))
    began, ended = pack(trained.recipe.initial_state().policies), pack(trained.state.policies)
    for role in ("worker", "planner"):
        weights = [name for name in ended if name.startswith(f"['{role}'].network")]
        assert any((began[name] != ended[name]).any() for name in weights)
    # All is lost but what the run began with.
    shutil.rmtree(first)
    shutil.rmtree(folder / "checkpoints")
    assert main(["train", f"--resume={folder}", "--quiet"]) == 0
    again = pack(load_trained(RunFolder.open(folder)).state.policies)
    assert all((again[name] == value).all() for name, value in ended.items())
    capsys.readouterr()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"start": "nowhere"}, "start: got 'nowhere'"),
        ({"settings": SIZES | {"hidden": (4,)}}, r"same networks \(of the worker, hidden is \[8\]"),
        ({"planner": "learned", "planner_options": {"elasticity": 1}}, "planner_options"),
        ({"planner": "learned", "own_settings": {"planner": {"colour": 1}}}, "colour"),
        ({"planner": "saez", "own_settings": {"planner": {"epochs": 1}}}, "planner.epochs: got 1"),
        ({"own_settings": {"worker": {"stand_in": 0.5}}}, "worker.stand_in: got 0.5"),
    ],
)
def test_what_does_not_fit_is_named(changes, words, first_phase):
    given = {"settings": SIZES, "start": str(first_phase)} | changes
    with pytest.raises(ConfigurationError, match=words):
        build_recipe(
            "gather-trade-build", {**TINY, **TAX}, steps=1_000, **given
        ).starting_policies()


def test_policies_of_another_economy_are_refused(first_phase):
    made = build_recipe("one-step-economy", steps=100, settings={}, start=str(first_phase))
    with pytest.raises(ConfigurationError, match="one-step-economy@"):
        made.starting_policies()


def test_a_planner_that_decides_in_levels_learns_as_it_is():
    made = build_recipe("pandemic", {"states": ["TX"], "horizon": 60}, planner="learned", steps=10)
    assert made.learner().learn == ("governor", "planner")
    assert "periodic_bracket_tax" not in made.options
