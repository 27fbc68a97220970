"""The best rates of brackets: against all rates of a grid, another search, and the linear tax."""

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.applications.unknown_society.oracle import best_rates
from solon.applications.unknown_society.policies import (
    FixedRate,
    SelfEstimatingSaez,
    StructuralEstimator,
)
from solon.applications.unknown_society.policies.opening import opened
from solon.applications.unknown_society.scoring import (
    begun,
    best_single_rate,
    best_single_schedule,
    play_planner,
    truth_of,
)
from solon.applications.unknown_society.societies import Societies
from solon.applications.unknown_society.training import recipe_of
from solon.cli import main
from solon.economics.optimal_taxation import optimal_schedule
from solon.errors import ConfigurationError
from solon.runs import RunFolder, load_trained

# Models with kinks and jumps beside the standard one.
SOCIETIES = Societies(("standard", "reservation", "cost-of-working"), cutoffs=(0.0, 1.0))
LUCK = {"count": 12, "seed": 5, "purpose": "choosing"}


@pytest.fixture(scope="module")
def drawn():
    return begun(SOCIETIES, **LUCK)


@pytest.fixture(scope="module")
def best(drawn):
    return best_rates(drawn.env(), drawn.states)


@functools.partial(jax.jit, static_argnums=0)
def worths(env, states, rates):
    """What rates are worth, others in each society."""
    return jax.lax.map(lambda of: jax.vmap(lambda r: env.worth(of[0], r))(of[1]), (states, rates))


def test_no_rates_of_a_fine_grid_are_better_than_the_oracles(drawn, best):
    env, side = drawn.env(), np.linspace(0, 0.999, 151)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    rates = np.tile(grid, (LUCK["count"], 1, 1))
    # Of the neighbourhood of the best of them, once more and again.
    for width in (0.01, 0.0005, 0):
        found = np.asarray(worths(env, drawn.states, jnp.asarray(rates, jnp.float32)))
        top = np.take_along_axis(rates, found.argmax(axis=1)[:, None, None], axis=1)
        rates = np.clip(top + width * (2 * grid - 1)[None], 0, 0.999)
    found = found.max(axis=1)
    np.testing.assert_allclose(best.welfare, found, rtol=1e-4)
    assert np.ptp(np.asarray(best.rate), axis=1).max() > 0.1


def test_brackets_are_never_worse_than_one_rate(drawn, best):
    linear = dataclasses.replace(drawn, societies=dataclasses.replace(SOCIETIES, cutoffs=()))
    of_one = np.asarray(best_rates(linear.env(), begun(linear.societies, **LUCK).states).welfare)
    assert (np.asarray(best.welfare) >= of_one * (1 - 1e-6)).all()
    assert (np.asarray(best.welfare) > 1.01 * of_one).any()


@pytest.mark.parametrize(
    ("objective", "theirs"), [("worst-off", "worst-off"), ("utilitarian", "concave")]
)
def test_the_search_of_optimal_taxation_finds_the_same(objective, theirs):
    own = Societies(objective=objective, elasticity=0.5, cutoffs=SOCIETIES.cutoffs)
    drawn = begun(own, **LUCK | {"count": 1})
    env, best = drawn.env(), best_rates(drawn.env(), drawn.states)
    skills = np.asarray(drawn.states.skills[0], float)
    # Both are functions of the same utilities, of which one is the logarithm's mean.
    found = optimal_schedule(skills, own.cutoffs, elasticity=0.5, objective=theirs)
    worth = worths(env, drawn.states, jnp.asarray(found.rates, jnp.float32)[None, None])
    assert float(best.welfare[0]) == pytest.approx(float(worth[0, 0]), rel=1e-4)


def test_the_best_single_schedule_is_no_worse_than_the_best_single_rate(drawn, best):
    schedule, rate = best_single_schedule(drawn), best_single_rate(drawn)
    one, several = (play_planner(FixedRate(r), drawn) for r in ((rate, rate), schedule))
    assert several.welfare.mean() >= one.welfare.mean() * (1 - 1e-6)
    assert several.rates.shape == (10, LUCK["count"], 2)
    truth = truth_of(drawn)
    assert truth.rates.shape == several.rates.shape
    assert (truth.welfare >= several.welfare - 1e-4).all()
    with pytest.raises(ConfigurationError, match=r"^cutoffs: got \(\); allowed: lower edges"):
        best_single_schedule(begun(Societies(), **LUCK))


def test_a_planner_of_brackets_is_trained_from_the_command_line(tmp_path, capsys):
    folder = tmp_path / "run"
    size = ["--environments", "4", "--unroll", "10", "--ppo", "hidden=[4]", "--steps", "80"]
    option = ["--option", "cutoffs=[0, 1]"]
    arguments = ["train", "--economy", "unknown-society", *option, *size, "--quiet"]
    assert main([*arguments, "--run", str(folder)]) == 0
    trained = load_trained(RunFolder.open(folder))
    assert trained.env.cutoffs == (0.0, 1.0)
    planner = opened(trained.state.learned["planner"], SOCIETIES, count=20, seed=0)
    played = play_planner(planner, begun(SOCIETIES, **LUCK), set_by="levels")
    assert played.rates.shape == (10, LUCK["count"], 2)
    # In the first year it sets the best levels of the prior, and then those of its network.
    assert np.ptp(played.rates[0], axis=0).max() == 0 < np.ptp(played.rates[1:])
    assert main([*arguments[:3], "--option", "cutoffs=[1, 2]", *size]) == 2
    told = capsys.readouterr().err
    assert "cutoffs: got (1, 2); allowed: cutoffs that start at 0" in told
    assert len(told.splitlines()) == 1


def test_recipes_have_brackets_where_there_are_any():
    assert recipe_of(SOCIETIES, steps=1, seed=0).env().cutoffs == SOCIETIES.cutoffs
    # Runs and entries of the zoo that were trained before there were brackets stay what they are.
    assert "cutoffs" not in recipe_of(Societies(), steps=1, seed=0).options


@pytest.mark.parametrize("rate", [(0.2, 1.0), (-0.1, 0.2), (0.2, 40), (), 1.0])
def test_rates_that_are_none_are_refused_in_one_line(rate):
    with pytest.raises(ConfigurationError, match=r"^rate: got .*; allowed: ") as refused:
        FixedRate(rate)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("planner", [SelfEstimatingSaez, StructuralEstimator])
def test_planners_that_know_one_rate_refuse_brackets(planner):
    with pytest.raises(ConfigurationError, match=r"^cutoffs: got .*; allowed: none, since"):
        planner(SOCIETIES.env("rate"), first=0.3)
