import jax.numpy as jnp
import pytest

from solon import ConfigurationError
from solon.errors import DamageError
from solon.learning import PPO
from solon.runs import RunFolder
from solon.runs.build import PRESETS, build_recipe
from solon.runs.curriculum import Curriculum
from solon.runs.fitting import fitted
from solon.runs.recipe import Recipe
from solon.runs.schedules import NamedSchedule, read_schedule, schedule

GTB = "gather-trade-build"


def fits(ppo, horizon):
    groups, rest = divmod(horizon, ppo.unroll)
    whole_parts = rest == 0 and ppo.environments % groups == 0
    segments, rest = divmod(ppo.unroll, horizon)
    whole_episodes = rest == 0
    pieces = ppo.environments * max(1, segments)
    return (whole_parts or whole_episodes) and pieces % ppo.minibatches == 0


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("horizon", [1, 7, 10, 30, 100, 101, 365, 405, 997, 1000, 1024])
def test_sizes_that_were_left_open_fit_any_horizon(preset, horizon):
    wanted = PRESETS[preset]()
    ppo = fitted(wanted, horizon)
    assert fits(ppo, horizon)
    steps, before = ppo.environments * ppo.unroll, wanted.environments * wanted.unroll
    assert before / 2 <= steps <= 12 * before
    assert ppo.minibatches >= wanted.minibatches / 2


@pytest.mark.parametrize("preset", PRESETS)
def test_sizes_that_fit_are_left_alone(preset):
    assert fitted(PRESETS[preset](), 1000) == PRESETS[preset]()


def test_sizes_that_were_given_are_left_alone():
    given = {"environments": 7, "unroll": 30, "minibatches": 4}
    assert fitted(PPO(**given), 1000, given) == PPO(**given)


def test_schedule_files(tmp_path):
    (tmp_path / "flat.yaml").write_text("rates: [0.25, 0.25]\ncutoffs: [0, 1e1]\n")
    assert read_schedule(tmp_path / "flat.yaml").rates == (0.25, 0.25)
    (tmp_path / "a.json").write_text('{"name": "mine", "rates": [0, 1], "cutoffs": [0, 10.5]}')
    assert schedule(str(tmp_path / "a.json")) == NamedSchedule("mine", (0.0, 1.0), (0.0, 10.5))


def test_fixed_schedules_by_name():
    assert schedule("free-market").rates is None
    assert schedule("us-federal").rates == (0.10, 0.12, 0.22, 0.24, 0.32, 0.35, 0.37)


def test_a_curriculum_follows_its_points():
    params = {"cost": jnp.asarray(9.0), "parts": {"a-tax": {"cap": jnp.asarray(9)}}}
    curriculum = Curriculum.of({"cost": [[100, 0.0], [200, 1.0]], "parts.a-tax.cap": 3}, params)
    for steps, cost in ((0, 0.0), (150, 0.5), (999, 1.0)):
        now = curriculum(params, jnp.asarray(float(steps)))
        assert now["cost"] == pytest.approx(cost)
        assert now["parts"]["a-tax"]["cap"] == 3
        assert now["parts"]["a-tax"]["cap"].dtype == params["parts"]["a-tax"]["cap"].dtype
    assert hash(curriculum) == hash(
        Curriculum.of({"cost": ((100, 0.0), (200, 1.0)), "parts.a-tax.cap": 3}, params)
    )


@pytest.mark.parametrize(
    ("name", "points"),
    [("price", 1), ("rates", 1), ("cost", []), ("cost", [[1]]), ("cost", [[2, 1], [1, 1]])],
)
def test_a_curriculum_that_leads_nowhere_is_refused(name, points):
    params = {"cost": jnp.asarray(1.0), "rates": jnp.zeros(3)}
    with pytest.raises(ConfigurationError, match="curriculum"):
        Curriculum.of({name: points}, params)


@pytest.fixture(scope="module")
def free_market():
    return build_recipe(GTB, {"workers": 4, "layout": "open-quadrant"}, steps=10_000)


def test_an_economy_with_a_tax_has_the_free_market_by_default(free_market):
    assert free_market.planner == NamedSchedule("free-market")
    (planner,) = free_market.given().values()
    assert planner.rates.tolist() == [0] * 7
    assert free_market.learner().learn == ("worker",)


def test_workers_learn_before_they_bear_the_full_cost_of_labor(free_market):
    curriculum, params = free_market.learner().curriculum, free_market.env().default_params()
    share = [float(curriculum(params, jnp.asarray(s)).labor_cost_weight) for s in (0.0, 1e4)]
    assert share == [0, 1]
    assert params.labor_cost_weight == 1


def test_a_recipe_survives_its_run_folder(tmp_path, free_market):
    config, files = free_market.to_config()
    assert files == {}
    made = RunFolder.create(tmp_path / "run", config, provenance={"rules": f"{GTB}@1"})
    again = Recipe.from_folder(RunFolder.open(made.path))
    assert again == free_market
    assert again.learner() == free_market.learner()
    assert hash(again.learner()) == hash(free_market.learner())


def test_files_of_the_user_are_kept_with_the_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "mine.txt").write_text("W..S\n....\nS..W\n....\n")
    (tmp_path / "two.yaml").write_text("rates: [0.1, 0.5]\ncutoffs: [0, 20]\n")
    options = {"layout": "maps/mine.txt", "horizon": 20, "periodic-bracket-tax": {"period": 5}}
    recipe = build_recipe(GTB, options, planner="two.yaml", steps=100, seed=5)
    assert recipe.env().component("periodic-bracket-tax").edges == (0, 20)
    assert recipe.env().component("periodic-bracket-tax").period == 5
    config, files = recipe.to_config()
    folder = RunFolder.create(tmp_path / "run", config, files=files)
    assert config["options"]["layout"] == "inputs/mine.txt"

    (tmp_path / "maps" / "mine.txt").write_text("no map any more")
    (tmp_path / "two.yaml").unlink()
    again = Recipe.from_folder(folder)
    assert again.env() == recipe.env()
    assert again.planner == NamedSchedule("two", (0.1, 0.5), (0.0, 20.0))
    assert again.learner() == recipe.learner()


def test_brackets_are_named_once(tmp_path):
    (tmp_path / "two.yaml").write_text("rates: [0.1, 0.5]\ncutoffs: [0, 20]\n")
    options = {"periodic_bracket_tax": {"cutoffs": [0, 30]}}
    with pytest.raises(ConfigurationError, match=r"cutoffs: got \[0, 30\]"):
        build_recipe(GTB, options, planner=str(tmp_path / "two.yaml"), steps=100)


@pytest.mark.parametrize(
    ("part", "value", "words"),
    [
        ("planner", {"name": ["saez"], "options": {}}, "planner.name: got ['saez']"),
        ("planner", {"name": 3, "rates": None, "cutoffs": None}, "planner.name: got 3"),
        ("planner", {"name": "saez", "options": [1]}, "planner.options: got [1]"),
        ("planner", {"name": "x", "rates": "0.1", "cutoffs": None}, "planner.rates: got '0.1'"),
        ("planner", {"name": "x", "rates": [0.1], "cutoffs": ["a"]}, "planner.cutoffs: got ['a']"),
        ("planner", {"options": {}}, "KeyError: 'name'"),
        ("planner", ["saez"], "a whole configuration"),
        ("curriculum", [1], "curriculum: got [1]"),
    ],
)
def test_a_forged_configuration_is_damaged_and_told_in_one_line(part, value, words):
    config, _ = Recipe("one-step-economy", steps=10).to_config()
    assert Recipe.from_config(config, None, "run", "x") == Recipe("one-step-economy", steps=10)
    with pytest.raises(DamageError) as caught:
        Recipe.from_config({**config, part: value}, None, "run", "x")
    assert words in str(caught.value)
