"""Solon's games are those that are written in plain NumPy: every step of many episodes."""

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.bench.numpy_tag import ContinuousLoop, ContinuousVector, GridLoop, GridVector
from tests.economies.tag.games import of_all, params_of, played, rows, rules_of

GRIDS = {
    # Small squares, so that walls are hit and several taggers come to the runner's cell at once.
    "full": {"taggers": 3, "length": 3, "horizon": 8},
    "partial": {"taggers": 5, "length": 5, "horizon": 12, "observation": "partial"},
    "pool": {"taggers": 2, "length": 4, "horizon": 6, "starts": "pool", "layouts": 3, "seed": 4},
    "alone": {"taggers": 1, "length": 2, "horizon": 9, "observation": "partial"},
}
GRID_PRICES = {
    "tag_reward": 3.0,
    "tag_penalty": 5.0,
    "step_cost": 0.5,
    "step_reward": 0.25,
    "wall_penalty": 0.125,
}
CONTINUOUS = {
    "nearest": {"taggers": 3, "runners": 6, "nearest": 4},
    "all others": {"taggers": 2, "runners": 4, "nearest": None},
    "numbers, some are missing": {"taggers": 2, "runners": 3, "nearest": 4, "act_by": "numbers"},
    "nobody leaves": {"taggers": 2, "runners": 4, "nearest": 2, "runners_leave": False},
    "many": {"taggers": 10, "runners": 121, "nearest": 5},
}
# Fast enough to meet the edges, and tagged from far enough to be gone before the end.
CONTINUOUS_NUMBERS = {
    "lowest_acceleration": -0.1,
    "highest_acceleration": 0.3,
    "lowest_turn": -2.0,
    "highest_turn": 2.5,
    "speed_limit": 0.8,
    "tagger_skill": 1.25,
    "runner_skill": 0.75,
    "tagging_distance": 0.15,
    "tag_reward": 7.0,
    "tag_penalty": 11.0,
    "end_bonus": 1.5,
    "step_cost": 0.5,
    "step_reward": 0.25,
    "edge_penalty": 0.125,
}


def compared(game, begins, seen, paid, over, actions):
    """Whether a game in NumPy shows the same, step by step; the number of steps until it ended.

    Args:
        game: that has been reset.
        begins: what it showed then, and what Solon shows.
        seen: by Solon after each step.
        paid: likewise.
        over: whether the episode had come to an end.
        actions: of all agents in each step.
    """
    np.testing.assert_allclose(*begins, rtol=1e-9, atol=1e-12)
    there = np.ones(len(paid[0]), bool)
    for step, action in enumerate(actions):
        observation, rewards, end = game.step(action)
        np.testing.assert_allclose(
            observation[there], seen[step][there], rtol=1e-9, atol=1e-9, err_msg=f"step {step}"
        )
        np.testing.assert_allclose(rewards, paid[step], rtol=1e-9, err_msg=f"step {step}")
        assert end == over[step], step
        there = np.array(getattr(game, "there", there))
        if end:
            return step + 1
    raise AssertionError("it has no end")


@pytest.mark.parametrize("name", GRIDS)
def test_grid_tag(name, float64):
    env, episodes = solon.make("grid-tag", **GRIDS[name]), 150
    params, luck = params_of(env, **GRID_PRICES), np.random.default_rng(7)
    worlds = jax.vmap(env.draw_world)(jax.random.split(jax.random.key(1), episodes))
    begin = jax.vmap(env.start, in_axes=(0, None), axis_size=episodes)
    states, first = jax.jit(begin)(worlds, params)
    actions = luck.integers(0, 5, (episodes, env.horizon, env.taggers + 1))
    given = {"tagger": jnp.asarray(actions[..., :-1]), "runner": jnp.asarray(actions[..., -1:])}
    shown = jax.tree.map(np.asarray, played(env, states, given))
    seen, paid, begun = (
        rows(env, shown.observation),
        of_all(shown.reward),
        rows(env, first.observation),
    )
    places = [
        of_all({"tagger": getattr(states.taggers, axis), "runner": getattr(states.runner, axis)})
        for axis in ("x", "y")
    ]
    ends = []
    for kind in (GridLoop, GridVector):
        for e in range(episodes):
            game = kind(rules_of(env, **GRID_PRICES), np.float64)
            begins = game.reset(places[0][e], places[1][e]), begun[e]
            ends.append(compared(game, begins, seen[e], paid[e], shown.terminated[e], actions[e]))
    # Some are tagged, one of them in the last step, and some are not.
    tagged = shown.metrics["tagged"][np.arange(episodes), np.array(ends[:episodes]) - 1]
    last = np.array(ends[:episodes]) == env.horizon
    assert 0 < tagged.mean() < 1
    assert (tagged[last] == 1).any() and (tagged[last] == 0).any()


def begun_at(env, params, x, y, heading):
    """The game with everyone somewhere else than usual."""
    state, shown = env.start((), params)
    bodies = dataclasses.replace(state.bodies, x=x, y=y, heading=heading)
    state = dataclasses.replace(state, bodies=bodies)
    return state, env.shown(state, state.left, shown.reward)


@pytest.mark.parametrize("name", CONTINUOUS)
def test_continuous_tag(name, float64):
    options = {"length": 4.0, "horizon": 15, "acceleration_levels": 5, "turn_levels": 4}
    env = solon.make("continuous-tag", **options | CONTINUOUS[name])
    episodes = 2 if name == "many" else 25
    luck = np.random.default_rng(3)
    # Not along the axes: a cosine that should be 0 is another tiny number in every library.
    places = luck.uniform(0, [[[4]], [[4]], [[6]]], (3, episodes, env.agents))
    begin = jax.vmap(functools.partial(begun_at, env), in_axes=(None, 0, 0, 0))
    numbers = params_of(env, **CONTINUOUS_NUMBERS)
    states, first = jax.jit(begin)(numbers, *map(jnp.asarray, places))
    shape = (episodes, env.horizon, env.agents)
    if env.act_by == "levels":
        actions = np.stack([luck.integers(0, 6, shape), luck.integers(0, 5, shape)], axis=-1)
    else:
        actions = luck.uniform(-1.2, 1.2, (*shape, 2))
    n = env.taggers
    given = {"tagger": jnp.asarray(actions[:, :, :n]), "runner": jnp.asarray(actions[:, :, n:])}
    shown = jax.tree.map(np.asarray, played(env, states, given))
    seen, paid, begun = (
        rows(env, shown.observation),
        of_all(shown.reward),
        rows(env, first.observation),
    )
    ends, left = [], []
    for kind in (ContinuousLoop, ContinuousVector):
        for e in range(episodes):
            game = kind(rules_of(env, **CONTINUOUS_NUMBERS), np.float64)
            begins = game.reset(*places[:, e]), begun[e]
            ends.append(compared(game, begins, seen[e], paid[e], shown.terminated[e], actions[e]))
            left.append(env.runners - np.sum(game.there[n:]))
            if env.runners_leave:
                now = shown.left["runner"][e, ends[-1] - 1]
                assert (now == ~np.asarray(game.there)[n:]).all()
    assert (np.array(paid) < -1).any()
    if env.runners_leave and name != "many":
        assert 0 < np.mean(left) < env.runners
        assert min(ends) < env.horizon or env.runners > 3
