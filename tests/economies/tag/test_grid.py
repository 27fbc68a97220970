"""Grid Tag: what a step does, by hand."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.economies.tag import GridTag
from solon.errors import ConfigurationError
from tests.economies.tag.games import params_of, stepped

STAY, RIGHT, LEFT, UP, DOWN = range(5)


def at(env, taggers, runner, step=0, **numbers):
    """The game with everyone in these cells."""
    state, _ = env.reset(jax.random.key(0), params_of(env, **numbers))
    x, y = np.transpose(taggers).astype(np.int32)
    cells = dataclasses.replace(state.taggers, x=jnp.asarray(x), y=jnp.asarray(y))
    place = [jnp.asarray([at], jnp.int32) for at in runner]
    runner = dataclasses.replace(state.runner, x=place[0], y=place[1])
    step = jnp.asarray(step, jnp.int32)
    return dataclasses.replace(state, taggers=cells, runner=runner, step=step)


def move(env, state, taggers, runner):
    actions = {"tagger": jnp.asarray(taggers), "runner": jnp.asarray([runner])}
    return stepped(env, state, actions)


def paid(shown):
    return [shown.reward[role].tolist() for role in ("tagger", "runner")]


def near(*rewards):
    return [pytest.approx(list(each), rel=1e-6) for each in rewards]


def test_the_usual_start():
    env = GridTag()
    state, shown = env.reset(jax.random.key(0), env.default_params())
    assert state.taggers.x.tolist() == state.taggers.y.tolist() == [50] * 4
    assert state.runner.x.tolist() == state.runner.y.tolist() == [0]
    seen = shown.observation["tagger"]
    assert seen["x"].tolist() == seen["y"].tolist() == [0.5] * 4 + [0.0]
    assert seen["runner"].tolist() == [0.0] * 4 + [1.0]
    assert seen["self"].tolist() == np.eye(5)[:4].tolist()
    assert shown.observation["runner"]["self"].tolist() == [[0.0] * 4 + [1.0]]
    # What one sees: 4 A + 1 numbers.
    assert sum(space.shape[0] for space in env.roles["tagger"].observation.values()) == 21
    partial = GridTag(observation="partial")
    assert sum(space.shape[0] for space in partial.roles["tagger"].observation.values()) == 6
    # The middle of an odd length is rounded down.
    state, _ = GridTag(length=7).reset(jax.random.key(0), env.default_params())
    assert state.taggers.x.tolist() == [3] * 4


def test_a_tagger_that_comes_to_the_runner_tags_it():
    env = GridTag(taggers=2, length=9)
    state = at(env, [[4, 5], [0, 0]], [5, 5])
    after, shown = move(env, state, [RIGHT, STAY], STAY)
    assert paid(shown) == near([10, 10], [-2])
    assert shown.terminated and not shown.truncated
    assert float(shown.metrics["tagged"]) == 1
    assert after.taggers.x.tolist() == [5, 0]
    # The published training took more from a runner.
    state = at(env, [[4, 5], [0, 0]], [5, 5], tag_penalty=5)
    assert paid(move(env, state, [RIGHT, STAY], STAY)[1]) == near([10, 10], [-5])


def test_who_change_places_do_not_meet():
    env = GridTag(taggers=1, length=9)
    state, shown = move(env, at(env, [[4, 5]], [5, 5]), [RIGHT], LEFT)
    assert paid(shown) == near([-0.01], [0.01])
    assert not shown.terminated
    assert (state.taggers.x.tolist(), state.runner.x.tolist()) == ([5], [4])


@pytest.mark.parametrize(
    ("place", "action"), [([0, 3], LEFT), ([9, 3], RIGHT), ([3, 0], DOWN), ([3, 9], UP)]
)
def test_walls_hold_and_cost(place, action):
    env = GridTag(taggers=2, length=9)
    state, shown = move(env, at(env, [place, [5, 5]], [7, 7]), [action, action], STAY)
    assert paid(shown) == near([-0.11, -0.01], [0.01])
    assert [int(state.taggers.x[0]), int(state.taggers.y[0])] == place
    state, shown = move(env, at(env, [[5, 5], [5, 6]], place), [STAY, STAY], action)
    assert paid(shown) == near([-0.01, -0.01], [0.01 - 0.1])


def test_a_wall_costs_also_who_tags():
    env = GridTag(taggers=2, length=9)
    state = at(env, [[0, 0], [5, 5]], [1, 0])
    _, shown = move(env, state, [LEFT, STAY], LEFT)
    assert paid(shown) == near([9.9, 10], [-2])


def test_the_horizon_ends_it():
    env = GridTag(taggers=1, length=9, horizon=3)
    state = at(env, [[4, 5]], [8, 8], step=1)
    state, shown = move(env, state, [STAY], STAY)
    assert not shown.terminated
    assert float(shown.observation["runner"]["time"][0]) == pytest.approx(2 / 3)
    _, shown = move(env, state, [STAY], STAY)
    assert shown.terminated
    assert paid(shown) == near([-0.01], [0.01])
    assert float(shown.metrics["tagged"]) == 0


def test_in_part_a_runner_sees_the_nearest_tagger_and_of_two_the_first():
    env = GridTag(taggers=3, length=10, observation="partial")
    _, shown = move(env, at(env, [[9, 9], [2, 4], [4, 2]], [2, 2]), [STAY] * 3, STAY)
    runner, tagger = shown.observation["runner"], shown.observation["tagger"]
    assert np.allclose([runner["x"][0, 0], runner["y"][0, 0]], [0.2, 0.2])
    assert np.allclose([runner["other_x"][0], runner["other_y"][0]], [0.2, 0.4])
    assert np.allclose(tagger["x"][:, 0], [0.9, 0.2, 0.4])
    assert np.allclose([tagger["other_x"][0], tagger["other_y"][0]], [0.2, 0.2])
    assert [runner["runner"].tolist(), tagger["runner"].tolist()] == [[1.0], [0.0]]


def test_a_pool_of_starts_is_drawn_once():
    env = GridTag(starts="pool", seed=3)
    assert env.pool.shape == (5, 2, 5)
    assert env.pool.min() >= 1 and env.pool.max() <= 99
    np.testing.assert_array_equal(env.pool, GridTag(starts="pool", seed=3).pool)
    assert (env.pool != GridTag(starts="pool", seed=4).pool).any()
    keys = jax.random.split(jax.random.key(0), 200)
    worlds = jax.vmap(env.draw_world)(keys)
    assert sorted(set(worlds.layout.tolist())) == [0, 1, 2, 3, 4]
    state, _ = env.start(jax.tree.map(lambda leaf: leaf[0], worlds), env.default_params())
    x, y = env.pool[int(worlds.layout[0])]
    assert [*state.taggers.x.tolist(), *state.runner.x.tolist()] == x.tolist()
    assert [*state.taggers.y.tolist(), *state.runner.y.tolist()] == y.tolist()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"taggers": 0}, "taggers: got 0; allowed: a whole number from 1 to 100000"),
        ({"length": 1}, "length: got 1; allowed: a whole number from 2 to 10000"),
        ({"horizon": 0}, "horizon: got 0; allowed: a whole number from 1 to 1000000"),
        ({"observation": "all"}, "observation: got 'all'; allowed: full, partial"),
        ({"starts": "random"}, "starts: got 'random'; allowed: fixed, pool"),
        ({"layouts": 0}, "layouts: got 0; allowed: a whole number from 1 to 10000"),
        ({"seed": -1}, "seed: got -1; allowed: a whole number from 0 to 4294967295"),
        ({"runners": 2}, "runners: got 2; allowed: one of: taggers, length, horizon, "),
    ],
)
def test_bad_options_are_named(options, said):
    with pytest.raises(ConfigurationError) as error:
        solon.make("grid-tag", **options)
    assert str(error.value).startswith(said)
