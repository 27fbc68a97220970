"""The engine's benchmark: what is compared is the same game, and the split loop really learns."""

import jax
import numpy as np
import pytest

from solon.bench.engine import games
from solon.bench.engine.report import scaling_figure, table, write_report
from solon.bench.engine.split import SplitLoop, _fields
from solon.bench.numpy_tag import GridRules
from solon.cli import main
from solon.economies.tag import GridTag
from solon.learning import PPO, Learner


@pytest.fixture(scope="module")
def loop():
    config = PPO(environments=6, unroll=20, epochs=2, minibatches=2, hidden=(8,))
    learner = Learner(GridTag(taggers=2, length=4, horizon=20), config)
    state = learner.init(jax.random.key(0), learner.env.default_params())
    return SplitLoop(learner, GridRules(taggers=2, length=4, horizon=20), state)


def test_both_sides_of_the_split_play_the_same_game(loop):
    env = loop.learner.env
    _, shown = env.reset(jax.random.key(0), env.default_params())
    first = _fields(np.stack([games.begin(game, loop.rules, loop._rng) for game in loop._games]))
    for role, fields in shown.observation.items():
        for name, value in fields.items():
            np.testing.assert_array_equal(np.asarray(value), first[role][name][0], err_msg=name)


def test_a_split_loop_learns_from_what_its_games_paid(loop, monkeypatch):
    paid, step = [], type(loop)._step

    def noted(self, actions):
        found = step(self, actions)
        paid.append(found[0])
        return found

    monkeypatch.setattr(type(loop), "_step", noted)
    before = jax.tree.leaves(loop.state.learned)
    figures = loop.update()
    rewards = np.stack(paid)
    assert rewards.shape == (20, 6, 3)
    np.testing.assert_allclose(figures["tagger/reward"], rewards[:, :, :-1].mean(), rtol=1e-5)
    np.testing.assert_allclose(figures["runner/reward"], rewards[:, :, -1].mean(), rtol=1e-5)
    after = jax.tree.leaves(loop.state.learned)
    moved = [np.abs(a - b).max() for a, b in zip(before, after, strict=True)]
    assert max(moved) > 1e-4
    assert all(np.isfinite(figures[f"{role}/policy_loss"]) for role in ("tagger", "runner"))


@pytest.mark.parametrize("game", games.GAMES, ids=lambda game: game.name)
def test_games_are_played_in_numpy(game):
    for written in game.written.values():
        found = games.play(game.rules, written, 0.01, ready=lambda: None)
        assert 0 < found["steps_per_second"] < 1e7


def records():
    for case, field, counts in (
        ("grid tag by copies", "environments", (1, 8)),
        ("grid tag by agents", "agents", (2, 5)),
        ("one training, divided", "devices", (1, 2)),
    ):
        for count in counts:
            one = {"part": "scaling", "case": case, "system": "Solon", "environments": 64}
            one |= {"agents": 5, "processes": 1, "steps_per_second": 1e6 * count}
            yield one | {"compile_seconds": 1.5, "peak_bytes": 3e8, field: count}
    yield {"part": "others", "case": "CartPole", "system": "rejax", "missing": "not there"}


def test_records_are_a_table_and_a_figure(tmp_path):
    found = list(records())
    text = table(found)
    assert "2,000,000" in text and "rejax" in text and "not measured: not there" in text
    lines = {trace.name: list(trace.y) for trace in scaling_figure(found).data}
    assert lines["devices"] in ([5e6, 1e7], [2e6, 1e7])
    write_report(tmp_path / "engine.html", found)
    assert "How throughput grows" in (tmp_path / "engine.html").read_text()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["engine", "--case", "nothing"], "allowed: part of one of: simulate, original"),
        (["learning", "--html", "a.html"], "nothing but with `solon bench engine`"),
        (["engine", "--json", ".."], "json: got"),
    ],
)
def test_what_is_typed_wrongly_is_named(typed, words, capsys):
    assert main(["bench", *typed]) == 2
    assert words in capsys.readouterr().err
