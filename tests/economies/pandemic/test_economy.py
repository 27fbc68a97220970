"""Rules that hold for any policy: persons, masks, subsets, dates, gradients, transformations."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.economies.pandemic.replay import history
from solon.errors import ConfigurationError

from .episodes import episode, welfare

THREE = ("CT", "MO", "TX")


@pytest.fixture(scope="module")
def env():
    return solon.make("pandemic", states=THREE, horizon=120)


def some_actions(days, states, seed=0):
    luck = np.random.default_rng(seed)
    governor = luck.integers(0, 11, (days, states))
    return jnp.asarray(governor, jnp.int32), jnp.asarray(luck.integers(0, 21, days), jnp.int32)


def test_persons_are_conserved_and_levels_keep_the_rules():
    """Over the arrival of vaccines, with a new action every day."""
    env = solon.make("pandemic", states=THREE, horizon=120, start_date="2020-12-20")
    params = env.default_params()
    # So infectious that the epidemic runs out of people.
    fierce = dataclasses.replace(params.epidemic, intercept_factor=jnp.asarray(4.0))
    params = dataclasses.replace(params, epidemic=fierce)
    governor, planner = some_actions(120, 3)
    states, _, metrics = episode(env, params, governor, planner)
    persons = states["compartments"]
    total = persons.susceptible + persons.infected + persons.recovered
    np.testing.assert_allclose(total, jnp.broadcast_to(params.population, total.shape), rtol=2e-6)
    for name in ("susceptible", "infected", "recovered", "deaths", "vaccinated"):
        assert (np.asarray(getattr(persons, name)) >= 0).all(), name
    assert (np.diff(np.asarray(persons.deaths), axis=0) >= -1).all()
    assert float(metrics["vaccinated"][-1]) > 0 and float(metrics["vaccinated"][20]) == 0
    levels = np.asarray(states["stringency"])
    changed = np.diff(levels, axis=0) != 0
    for i in range(3):
        assert (np.diff(np.flatnonzero(changed[:, i])) >= 28).all()
    subsidy = np.asarray(states["subsidy_level"])
    assert set(np.flatnonzero(np.diff(subsidy)) + 1) <= {90}


def test_subset_is_the_same_rows_of_all():
    """A state has an epidemic and an economy of its own: its governor sees the same and gets it."""
    few = solon.make("pandemic", states=THREE, horizon=120)
    everyone = solon.make("pandemic", horizon=120)
    governor, planner = some_actions(120, 51)
    index = np.array(few.state_numbers)
    all_states, all_rewards, _ = episode(everyone, everyone.default_params(), governor, planner)
    states, rewards, _ = episode(few, few.default_params(), governor[:, index], planner)
    np.testing.assert_allclose(
        states["compartments"].deaths, all_states["compartments"].deaths[:, index], rtol=1e-5
    )
    np.testing.assert_allclose(
        rewards["governor"], all_rewards["governor"][:, index], atol=2e-4, rtol=1e-4
    )


@pytest.mark.parametrize(("compatibility", "level"), [(None, 3), ("foundation", 0)])
def test_a_payment_goes_on_unless_the_original_has_missed_it(compatibility, level):
    """The one of 2020-04-15 runs for 90 days; the original sees no further back than the start."""
    options = {"states": THREE, "start_date": "2020-05-01", "replay": "policy"}
    env = solon.make("pandemic", horizon=100, compatibility=compatibility, **options)
    levels = history(env).subsidy_level
    # From 2020-05-02 to 2020-07-13, and a day later where policies act late.
    assert levels[:73].tolist() == [level] * 73
    assert not levels[75:].any()


def test_masks_say_what_has_an_effect(env):
    params = env.default_params()
    state, timestep = jax.jit(env.start)((), params)
    assert bool(timestep.observation["governor"]["action_mask"].all())
    assert timestep.observation["planner"]["action_mask"].shape == (1, 21)
    step = jax.jit(env.transition)
    act = {"governor": jnp.array([9, 0, 3]), "planner": jnp.array([4])}
    state, timestep = step(state, act, ())
    mask = np.asarray(timestep.observation["governor"]["action_mask"])
    assert mask[:, 0].all() and mask[1].all() and not mask[[0, 2], 1:].any()
    np.testing.assert_array_equal(timestep.acting["governor"], [False, True, False])
    assert not bool(timestep.acting["planner"][0])
    state, _ = step(state, {"governor": jnp.array([1, 2, 1]), "planner": jnp.array([0])}, ())
    np.testing.assert_array_equal(state.stringency, [9, 2, 3])
    assert float(state.subsidy_level) == 4


def test_gradient_is_that_of_finite_differences(float64):
    env = solon.make("pandemic", states=THREE, horizon=60, start_date="2020-10-01")
    params = env.default_params()
    levels = jnp.asarray(np.random.default_rng(1).uniform(3, 8, (60, 3)))
    slope = jax.grad(welfare, argnums=2)(env, params, levels)
    for day, state in ((0, 0), (20, 1), (45, 2)):
        off = jnp.zeros_like(levels).at[day, state].set(1e-4)
        difference = welfare(env, params, levels + off) - welfare(env, params, levels - off)
        np.testing.assert_allclose(slope[day, state], difference / 2e-4, rtol=1e-5)

    def of_params(factor):
        epidemic = dataclasses.replace(params.epidemic, intercept_factor=factor)
        return welfare(env, dataclasses.replace(params, epidemic=epidemic), levels)

    one = jnp.asarray(1.0)
    difference = (of_params(one + 1e-6) - of_params(one - 1e-6)) / 2e-6
    np.testing.assert_allclose(jax.grad(of_params)(one), difference, rtol=1e-5)


def test_vmap_is_a_loop_also_over_first_days(env):
    dates = ("2020-03-22", "2020-02-25")
    several = [env.params_at(date) for date in dates]
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *several)
    levels = jnp.full((120, 3), 4.0)
    together = jax.vmap(lambda params: welfare(env, params, levels))(stacked)
    apart = [welfare(env, params, levels) for params in several]
    np.testing.assert_allclose(together, jnp.stack(apart), rtol=1e-5)
    assert abs(float(apart[0] - apart[1])) > 0.01


def test_jit_changes_nothing():
    env = solon.make("pandemic", states=("TX",), horizon=2)
    state, _ = jax.jit(env.start)((), env.default_params())
    act = {"governor": jnp.array([5]), "planner": jnp.array([2])}
    plain = env.transition(state, act, ())
    jitted = jax.jit(env.transition)(state, act, ())
    for a, b in zip(jax.tree.leaves(plain), jax.tree.leaves(jitted), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-6, atol=1e-6)


def test_observations_fit_their_spaces_and_random_actions_their_masks():
    for layout in ("states", "foundation"):
        env = solon.make("pandemic", states=THREE, horizon=30, observation=layout)
        _, timestep = jax.jit(env.reset)(jax.random.key(0), env.default_params())
        for role, spaces in env.roles.items():
            shown = timestep.observation[role]
            assert set(shown) == set(spaces.observation)
            for name, space in spaces.observation.items():
                assert shown[name].shape == (spaces.count, *space.shape), name
        actions = env.random_actions(jax.random.key(1), timestep)
        assert actions["governor"].shape == (3,) and actions["planner"].shape == (1,)
    assert env.roles["planner"].every == 90


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"start_date": "2022-01-01"}, "start_date"),
        ({"start_date": "2020-01-15"}, "start_date"),
        ({"states": ["Ontario"]}, "states"),
        ({"states": []}, "states"),
        ({"horizon": 601}, "horizon"),
        ({"horizon": 438, "replay": "policy", "compatibility": "foundation"}, "horizon"),
        ({"horizon": 405, "replay": "data"}, "horizon"),
        ({"replay": "yes"}, "replay"),
        ({"corrections": ["gravity"]}, "corrections"),
        ({"corrections": ["missouri-population"], "compatibility": "foundation"}, "corrections"),
        ({"cooldown": 0}, "cooldown"),
        ({"color": "red"}, "color"),
    ],
)
def test_bad_options_get_one_line(options, words):
    with pytest.raises(ConfigurationError, match=words) as error:
        solon.make("pandemic", **options)
    assert "\n" not in str(error.value)
