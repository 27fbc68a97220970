"""Planners by name: how they are chosen, kept with a run, resumed and evaluated."""

import json

import jax
import numpy as np
import pytest

from solon import ConfigurationError
from solon.applications.taxation.policies import Saez
from solon.evidence.run import evaluate_run
from solon.runs import RunFolder, load_trained
from solon.runs.arrays import pack
from solon.runs.build import build_recipe
from solon.runs.named import NamedPolicy
from solon.runs.policies import build_policy, policy_named
from solon.runs.recipe import Recipe
from solon.runs.schedules import LEARNED, PLANNERS
from solon.runs.train import train

ONE_STEP = "one-step-economy"
SMALL = {"environments": 2, "unroll": 4, "minibatches": 2, "hidden": [4]}


def recipe(planner="saez", *, steps=80, env=None, **options):
    return build_recipe(
        ONE_STEP, env or {}, planner=planner, planner_options=options, settings=SMALL, steps=steps
    )


@pytest.mark.parametrize("name", [name for name in PLANNERS if name != LEARNED])
def test_every_planner_that_is_listed_can_be_had(name):
    env = recipe("free-market").env()
    planner = build_policy(policy_named(name), "planner", env)
    rates, _ = planner.act(planner.init(jax.random.key(0)), {}, jax.random.key(1))
    assert rates.shape == (1, 7)


def test_options_reach_the_planner():
    chosen = recipe(
        env={"periodic_bracket_tax": {"cutoffs": [0, 50], "rate_min": 0.1, "rate_max": 0.7}},
        elasticity=0.3,
        **{"welfare-weights": "uniform"},
        capacity=40,
    )
    (planner,) = chosen.given().values()
    assert isinstance(planner, Saez)
    assert planner.cutoffs.tolist() == [0, 50]
    np.testing.assert_allclose(
        [planner.elasticity, planner.rate_min, planner.rate_max], [0.3, 0.1, 0.7], rtol=1e-6
    )
    assert (planner.welfare_weights, planner.capacity) == ("uniform", 40)
    assert planner.compatibility is None


def test_the_planner_follows_the_rules_of_its_economy_unless_told_otherwise():
    original = {"compatibility": "foundation"}
    assert recipe(env=original).given()["planner"].compatibility == "foundation"
    assert recipe(env=original, compatibility=None).given()["planner"].compatibility is None
    assert recipe(compatibility="foundation").given()["planner"].compatibility == "foundation"


def test_a_planner_survives_its_run_folder(tmp_path):
    made = recipe(elasticity=0.5, capacity=40)
    config, _ = made.to_config()
    folder = RunFolder.create(tmp_path / "run", config, provenance={"rules": f"{ONE_STEP}@1"})
    again = Recipe.from_folder(RunFolder.open(folder.path))
    assert again.planner == NamedPolicy("saez", {"elasticity": 0.5, "capacity": 40})
    assert again == made
    assert json.loads((folder.path / "run.json").read_text())["config"]["planner"]["name"] == "saez"


def trained(path, steps, *, first=None):
    """A run of `steps` steps, or one that stopped after the `first` and was resumed."""
    made = recipe(steps=steps, capacity=40)
    config, _ = made.to_config()
    folder = RunFolder.create(path, config, provenance={"rules": f"{ONE_STEP}@1"})
    if first is not None:
        train(folder, made.learner(), made.initial_state(), first, quiet=True)
        folder = RunFolder.open(path)
        made = Recipe.from_folder(folder)
    state = made.initial_state() if first is None else made.abstract_state()
    train(folder, made.learner(), state, steps, quiet=True, resume=first is not None)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("whole") / "run", 80)


def test_memories_outlast_episodes_and_are_saved(whole):
    memory = load_trained(whole).state.economies.memories["planner"]
    # 80 steps in 2 copies are 20 years of 4 returns each; 40 are kept.
    assert memory.returns.count.tolist() == [40, 40]
    # The formula has set rates since the 11th.
    np.testing.assert_allclose(
        1 - 0.99**10, np.asarray(memory.average_rates / memory.rates).mean(), rtol=0.5
    )
    assert (np.asarray(memory.returns.incomes) > 0).any()


def test_a_resumed_training_is_the_uninterrupted_one(whole, tmp_path):
    resumed = trained(tmp_path / "run", 80, first=32)
    states = [load_trained(folder).state for folder in (whole, resumed)]
    a, b = ({k: v.tobytes() for k, v in pack(state).items()} for state in states)
    assert a == b


def test_evaluations_start_from_what_the_planner_has_learned(whole):
    outcomes = evaluate_run(whole, episodes=4, seed=1)
    rates = np.stack([outcomes.episodes[f"tax/rate/{b}"] for b in range(7)], axis=1)
    memory = load_trained(whole).state.economies.memories["planner"]
    # Two copies of the economy: episodes take their memories in turn, and none is random.
    np.testing.assert_allclose(rates[0], rates[2], rtol=1e-5)
    np.testing.assert_allclose(rates[1], rates[3], rtol=1e-5)
    assert (rates[0] != rates[1]).any()
    assert memory.returns.count.tolist() == [40, 40]


@pytest.mark.parametrize(
    ("planner", "options", "env", "named"),
    [
        ("saez", {"elasticty": 0.5}, {}, "saez.elasticty: got 0.5"),
        ("saez", {"elasticity": -1}, {}, "saez.elasticity: got -1"),
        ("saez", {"elasticity": "high"}, {}, "saez.elasticity: got 'high'"),
        ("saez", {"welfare_weights": "rawls"}, {}, "saez.welfare_weights: got 'rawls'"),
        ("saez", {"capacity": 0}, {}, "saez.capacity: got 0"),
        ("saez", {"compatibility": "1.7.1"}, {}, "saez.compatibility: got '1.7.1'"),
        ("free-market", {"elasticity": 1}, {}, "free-market.elasticity: got 1"),
        ("seaz", {}, {}, "planner: got 'seaz'"),
        (None, {"elasticity": 1}, {}, "planner_options"),
        ("saez", {}, {"components": ["simple-labor"]}, "planner: got 'saez'"),
        ("saez", {}, {"periodic_bracket_tax": {"set_by": "levels"}}, "planner: got 'saez'"),
    ],
)
def test_what_does_not_fit_is_named(planner, options, env, named):
    with pytest.raises(ConfigurationError, match=f"^{named}"):
        recipe(planner, env=env, **options)
