"""Environments of Jumanji as economies: choices, masks, several players, and ends."""

import jax
import jax.numpy as jnp
import jumanji
import numpy as np
import pytest

import solon
from solon import Box, Discrete, MultiDiscrete
from solon.checking import examine
from solon.cli import main
from solon.interop import GymnasiumVectorEnv, JaxMARLEnv
from solon.learning import PPO, Learner

SPACES = {
    "Game2048-v1": (1, Discrete(4)),
    "Minesweeper-v0": (1, Discrete(100)),
    "RubiksCube-partly-scrambled-v0": (1, MultiDiscrete((6, 1, 3))),
    "LevelBasedForaging-v0": (2, Discrete(6)),
    "Cleaner-v0": (1, MultiDiscrete((4, 4, 4))),
    "Snake-v1": (1, Discrete(4)),
}


@pytest.mark.parametrize("name", SPACES)
def test_keeps_to_the_contract(name):
    env = solon.make(f"jumanji:{name}", horizon=20)
    role = env.roles["player"]
    assert (role.count, role.action) == SPACES[name]
    assert examine(env, episodes=2).faults == ()
    assert env.rules == f"jumanji:{name}@{jumanji.__version__}"


def test_several_choices_with_a_mask_of_all_are_one_choice():
    env = solon.make("jumanji:Minesweeper-v0", horizon=90)
    assert env.roles["player"].observation["action_mask"] == Box((100,), 0, 1, "boolean")
    state, shown = env.reset(jax.random.key(0), ())
    assert shown.observation["player"]["action_mask"].all()
    state, shown = env.transition(state, {"player": jnp.array([37])}, ())
    assert int(shown.observation["player"]["board"][0, 3, 7]) >= 0
    assert not shown.observation["player"]["action_mask"][0, 37]


def test_ends_are_those_of_jumanji():
    """A mine ends the game; the horizon only cuts it off; Jumanji's own limit is what it says."""
    env = solon.make("jumanji:Minesweeper-v0", horizon=2)
    state, _ = env.reset(jax.random.key(0), ())
    mines = np.asarray(state.game.flat_mine_locations)
    safe = [cell for cell in range(100) if cell not in mines]
    _, shown = env.transition(state, {"player": jnp.array([int(mines[0])])}, ())
    assert shown.terminated and not shown.truncated
    for cell in safe[:2]:
        state, shown = env.transition(state, {"player": jnp.array([cell])}, ())
    assert shown.truncated and not shown.terminated
    limited = solon.make("jumanji:RubiksCube-partly-scrambled-v0")
    assert limited.horizon == 20
    state, _ = limited.reset(jax.random.key(0), ())
    game, theirs = limited._game.reset(jax.random.key(0))
    step, jumanjis = jax.jit(limited.transition), jax.jit(limited._game.step)
    for _ in range(20):
        state, shown = step(state, {"player": jnp.zeros((1, 3), int)}, ())
        game, theirs = jumanjis(game, jnp.zeros(3, int))
        assert bool(shown.terminated) == bool(theirs.last() & (theirs.discount == 0))
        assert bool(shown.truncated) == bool(theirs.last() & (theirs.discount > 0))
    assert theirs.last()


def test_a_game_goes_on_to_a_third_library():
    env = solon.make("jumanji:Game2048-v1", horizon=5)
    copies = GymnasiumVectorEnv(env, "player", 3, policies={}, flat=True)
    _, info = copies.reset(seed=0)
    ends = []
    for _ in range(7):
        allowed = np.argmax(info["action_mask"], axis=1)
        _, _, _, truncated, info = copies.step(allowed)
        ends.append(truncated.all())
    assert ends == [False] * 4 + [True, False, False]
    game = JaxMARLEnv(env)
    _, state = game.reset(jax.random.key(0))
    _, state, _, done, _ = game.step(jax.random.key(1), state, {"player_0": jnp.array(0)})
    assert not done["__all__"] and int(state.step) == 1


def test_players_that_are_paid_apart_are_members():
    env = solon.make("jumanji:LevelBasedForaging-v0", horizon=10)
    role = env.roles["player"]
    assert role.count == 2 and set(role.shared) == {"agents_view", "step_count"}
    state, shown = env.reset(jax.random.key(0), ())
    seen = shown.observation["player"]
    np.testing.assert_array_equal(seen["self"], np.eye(2))
    assert seen["action_mask"].shape == (2, 6) and shown.reward["player"].shape == (2,)
    learner = Learner(env, PPO(environments=4, unroll=5, epochs=1, minibatches=2, hidden=(8,)))
    state, _ = learner.update(learner.init(jax.random.key(0), ()))
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(state.policies))


@pytest.mark.parametrize(
    ("name", "options", "line"),
    [
        ("Snak-v1", {}, r"^economy: got 'jumanji:Snak-v1'.*did you mean Snake-v1"),
        ("TSP-v1", {}, r"^horizon: got None; allowed: a whole number of steps, as TSP-v1 has no"),
        ("Snake-v1", {"horizon": 2.5}, r"^horizon: got 2\.5; allowed: a whole number"),
        ("Snake-v1", {"rows": 4}, r"^rows: got 4; allowed: one of: horizon, num_rows"),
    ],
)
def test_a_mistake_is_one_line(name, options, line):
    with pytest.raises(solon.ConfigurationError, match=line):
        solon.make(f"jumanji:{name}", **options)


def test_the_command_line_trains_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    options = ["--option", "horizon=50", "--option", "num_rows=6", "--option", "num_cols=6"]
    arguments = ["--economy", "jumanji:Snake-v1", *options, "--steps", "4000", "--quiet"]
    assert main(["train", *arguments]) == 0
    run = capsys.readouterr().out.strip()
    assert run == "runs/snake-v1-0"
    assert main(["evaluate", run, "--episodes", "2"]) == 0
