"""Continuous Tag: what a step does, by hand."""

import dataclasses
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.economies.tag import ContinuousTag
from solon.errors import ConfigurationError
from tests.economies.tag.games import stepped

SMALL = {"length": 10.0, "horizon": 6, "nearest": None}


def params(env, **numbers):
    given = {name: jnp.asarray(value, float) for name, value in numbers.items()}
    return dataclasses.replace(env.default_params(), **given)


def at(env, x, y, step=0, heading=0.0, speed=0.0, acceleration=0.0, left=(), **numbers):
    """The game with everyone in these places."""
    state, _ = env.start((), params(env, **numbers))
    rows = (x, y, heading, speed, acceleration)
    rows = [jnp.broadcast_to(jnp.asarray(row, float), env.agents) for row in rows]
    bodies = type(state.bodies)(*rows)
    gone = jnp.asarray([runner in left for runner in range(env.runners)])
    step = jnp.asarray(step, jnp.int32)
    return dataclasses.replace(state, bodies=bodies, left=gone, step=step)


def move(env, state, actions=None):
    """After a step in which all choose these two numbers, or nothing at all."""
    chosen = np.zeros((env.agents, 2), int) if actions is None else np.asarray(actions)
    kind = int if env.act_by == "levels" else float
    chosen = jnp.broadcast_to(jnp.asarray(chosen, kind), (env.agents, 2))
    n = env.taggers
    return stepped(env, state, {"tagger": chosen[:n], "runner": chosen[n:]})


def paid(shown):
    return [shown.reward[role].tolist() for role in ("tagger", "runner")]


def near(*rewards):
    return [pytest.approx(list(each), rel=1e-6) for each in rewards]


def test_the_usual_game():
    env = solon.make("continuous-tag")
    assert {name: role.count for name, role in env.roles.items()} == {"tagger": 10, "runner": 100}
    assert env.roles["tagger"].action.sizes == (21, 21)
    seen = env.roles["runner"].observation
    assert sum(space.shape[0] for space in seen.values()) == 71
    usual = env.default_params()
    assert usual.accelerations.tolist() == pytest.approx([0, *np.linspace(-0.1, 0.1, 20)])
    assert usual.turns.tolist() == pytest.approx([0, *np.linspace(-2.356, 2.356, 20)])


def test_all_start_where_they_were_put_when_it_was_built():
    env = ContinuousTag(seed=5, runners=30)
    state, shown = env.start((), env.default_params())
    again, _ = ContinuousTag(seed=5, runners=30).start((), env.default_params())
    other, _ = ContinuousTag(seed=6, runners=30).start((), env.default_params())
    np.testing.assert_array_equal(state.bodies.x, again.bodies.x)
    assert (np.asarray(state.bodies.x) != np.asarray(other.bodies.x)).all()
    assert sorted(set((2 / math.pi * np.asarray(state.bodies.heading)).round(5))) == [0, 1, 2, 3]
    places = np.stack([state.bodies.x, state.bodies.y])
    assert places.min() > 0 and places.max() < 20 and abs(places.mean() - 10) < 1.5
    assert not np.asarray(state.bodies.speed).any()
    assert shown.observation["tagger"]["time"].tolist() == [0.0]
    # Who is near at the start was found beforehand.
    found = env.shown(state, state.left, env.no_reward()).observation
    jax.tree.map(np.testing.assert_array_equal, shown.observation, found)


def test_acceleration_accumulates_until_the_speed_is_0_or_at_its_limit():
    env = ContinuousTag(taggers=1, runners=1, **SMALL)
    state = at(env, [1, 1], [2, 8], speed_limit=0.25, runner_skill=2)
    # Level 20 is the highest, .1; speeds are .1, .3 and so on, but for the limit of .25 and .5.
    speeds, pushes, places = [], [], []
    for _ in range(3):
        state, _ = move(env, state, [[20, 0]])
        for values, row in ((speeds, "speed"), (pushes, "acceleration"), (places, "x")):
            values.append(getattr(state.bodies, row).tolist())
    np.testing.assert_allclose(speeds, [[0.1, 0.1], [0.25, 0.3], [0.25, 0.5]], rtol=1e-6)
    np.testing.assert_allclose(pushes, [[0.1, 0.1], [0.0, 0.2], [0.0, 0.0]], atol=1e-7)
    np.testing.assert_allclose(places, [[1.1, 1.1], [1.35, 1.4], [1.6, 1.9]], rtol=1e-6)
    # Who slows down to a stop begins anew.
    state, _ = move(env, at(env, 5, [2, 8], speed=0.05, acceleration=-0.02), [[1, 0]])
    assert state.bodies.speed.tolist() == state.bodies.acceleration.tolist() == [0, 0]


def test_headings_turn_within_a_circle():
    env = ContinuousTag(taggers=1, runners=1, **SMALL)
    state, _ = move(env, at(env, 5, [2, 8], heading=[0.1, 6.2], speed=1.0), [[0, 1], [0, 20]])
    expected = np.array([0.1 - 2.356, 6.2 + 2.356]) % (2 * math.pi)
    np.testing.assert_allclose(state.bodies.heading, expected, rtol=1e-6)
    np.testing.assert_allclose(state.bodies.x, 5 + np.cos(expected), rtol=1e-6)
    np.testing.assert_allclose(state.bodies.y, np.array([2, 8]) + np.sin(expected), rtol=1e-6)


def test_numbers_reach_from_the_lowest_to_the_highest():
    env = ContinuousTag(taggers=1, runners=2, act_by="numbers", **SMALL)
    state = at(env, 5, [1, 5, 9], speed=0.5, accelerations=[-0.2, 0.1], turns=[-1, 2])
    state, _ = move(env, state, [[1, -1], [-1, 1], [0, 3]])
    np.testing.assert_allclose(state.bodies.speed, [0.6, 0.3, 0.45], rtol=1e-6)
    np.testing.assert_allclose(state.bodies.heading, [2 * math.pi - 1, 2, 2], rtol=1e-6)


def test_the_edge_holds_and_may_cost():
    env = ContinuousTag(taggers=1, runners=3, **SMALL)
    half = math.pi / 2
    given = {"heading": [0, half, 3 * half, 2 * half], "speed": [1, 1, 1, 0.5]}
    state = at(env, [9.5, 5, 5, 4], [3, 9.5, 0.5, 4], edge_penalty=0.5, **given)
    state, shown = move(env, state)
    np.testing.assert_allclose(state.bodies.x, [10, 5, 5, 3.5], rtol=1e-6)
    np.testing.assert_allclose(state.bodies.y, [3, 10, 0, 4], atol=1e-6)
    assert paid(shown) == near([-0.5], [-0.5, -0.5, 0])


def test_the_nearest_tagger_alone_is_rewarded():
    env = ContinuousTag(taggers=3, runners=3, **SMALL)
    # The distance is .2: two runners are near tagger 1, and one is near tagger 0 and nearer to 2.
    x, y = [1, 5, 1.3, 5.1, 4.9, 1.19], [1, 5, 1, 5, 5, 1]
    state, shown = move(env, at(env, x, y))
    assert paid(shown) == near([0, 20, 10], [-10, -10, -10])
    assert shown.left["runner"].tolist() == [True, True, True]
    assert shown.terminated and int(shown.metrics["runners_left"]) == 0
    # Exactly as far as the distance is not close enough.
    env = ContinuousTag(taggers=1, runners=2, **SMALL | {"length": 8.0})
    state = at(env, [5, 5.125, 4.9375], 5, tagging_distance=0.015625)
    assert paid(move(env, state)[1]) == near([10], [0, -10])


def test_who_has_left_stands_still_is_unpaid_and_cannot_be_tagged():
    env = ContinuousTag(taggers=1, runners=3, **SMALL | {"nearest": 2})
    state = at(env, [5, 5, 8, 2], 5, speed=0.5, left=(0,), step_reward=0.25, heading=1.0)
    state, shown = move(env, state)
    assert paid(shown) == near([0], [0, 0.25, 0.25])
    assert float(state.bodies.x[1]) == 5
    assert [float(getattr(state.bodies, row)[1]) for row in ("speed", "heading")] == [0, 0]
    assert shown.acting["runner"].tolist() == [False, True, True]
    # The others see each other, and not the one that is gone.
    seen = shown.observation["tagger"]
    assert seen["alive"].tolist() == [[1, 1]] and seen["runner"].tolist() == [[1, 1]]
    np.testing.assert_allclose(np.abs(seen["dx"]), [[3 / math.sqrt(200)] * 2], rtol=1e-5)
    seen = shown.observation["runner"]
    assert seen["alive"][1:].tolist() == [[1, 1], [1, 1]]
    np.testing.assert_allclose(seen["runner"][1:], [[0, 1], [0, 1]])
    both = at(env, [5, 5, 5.1, 2], 5, left=(0, 2))
    seen = move(env, both)[1].observation["tagger"]
    assert seen["alive"].tolist() == [[1, 0]] and seen["dx"][0, 1] == 0


def test_what_is_shown_is_from_before_anybody_is_tagged():
    env = ContinuousTag(taggers=1, runners=2, **SMALL)
    state, shown = move(env, at(env, [5, 5.1, 8], 5))
    assert shown.left["runner"].tolist() == [True, False]
    assert shown.observation["tagger"]["alive"].tolist() == [[1, 1]]
    assert move(env, state)[1].observation["tagger"]["alive"].tolist() == [[0, 1]]


def test_runners_that_stay_are_tagged_again():
    env = ContinuousTag(taggers=1, runners=1, runners_leave=False, **SMALL)
    state = at(env, [5, 5.1], 5)
    for _ in range(2):
        state, shown = move(env, state)
        assert paid(shown) == near([10], [-10])
        assert not shown.terminated and shown.left == {}


def test_who_is_left_at_the_horizon_gets_the_bonus():
    env = ContinuousTag(taggers=1, runners=4, **SMALL)
    x, last = [5, 5.1, 8, 2, 1], env.horizon - 1
    _, shown = move(env, at(env, x, 5, step=last, left=(2,)))
    # Tagged in the last step, survived, left before, survived.
    assert paid(shown) == near([10], [-10, 1, 0, 1])
    assert shown.terminated and not shown.truncated
    _, shown = move(env, at(env, x, 5, step=last - 1, left=(2,)))
    assert paid(shown) == near([10], [-10, 0, 0, 0])
    assert not shown.terminated


def test_what_one_sees_is_relative_to_oneself():
    env = ContinuousTag(taggers=1, runners=2, **SMALL | {"nearest": 2})
    given = {"heading": [0.5, 1.0, 2.0], "speed": [0.4, 0.2, 0], "acceleration": [0.1, 0, 0]}
    state = at(env, [2, 5, 3], [2, 6, 3], speed_limit=2, **given)
    # Who does nothing turns nowhere, and goes on to accelerate.
    state, shown = move(env, state)
    bodies, seen = state.bodies, shown.observation["tagger"]
    order = np.array([2, 1])
    for name, row, unit in (
        ("dx", bodies.x, 10 * math.sqrt(2)),
        ("dy", bodies.y, 10 * math.sqrt(2)),
        ("speed", bodies.speed, 2),
        ("acceleration", bodies.acceleration, 2),
        ("heading", bodies.heading, 2 * math.pi),
    ):
        gaps = (np.asarray(row)[order] - float(row[0])) / unit
        np.testing.assert_allclose(seen[name][0], gaps, rtol=1e-5, atol=1e-7, err_msg=name)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"taggers": 0}, "taggers: got 0; allowed: a whole number from 1 to 10000"),
        ({"length": 0}, "length: got 0; allowed: a finite number above 0"),
        ({"nearest": 110}, "nearest: got 110; allowed: a whole number from 1 to 109"),
        ({"act_by": "keys"}, "act_by: got 'keys'; allowed: levels, numbers"),
        ({"turn_levels": 1}, "turn_levels: got 1; allowed: a whole number from 2 to 1000"),
        ({"skill": 2}, "skill: got 2; allowed: one of: taggers, runners, length, horizon, "),
    ],
)
def test_bad_options_are_named(options, said):
    with pytest.raises(ConfigurationError) as error:
        solon.make("continuous-tag", **options)
    assert str(error.value).startswith(said)
