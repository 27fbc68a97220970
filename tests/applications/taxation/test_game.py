"""The game without its room: the same as the simulator's own years, refusals, files, sentences."""

import json

import jax
import numpy as np
import pytest

from solon import ConfigurationError, zoo
from solon.applications.taxation.game import (
    AUTOPILOT,
    Game,
    Setup,
    load,
    regimes,
    save,
    screen,
    table,
)
from solon.applications.taxation.game.files import LARGEST, pack_moves, unpack_moves
from solon.applications.taxation.game.moves import moves
from solon.applications.taxation.game.setup import patience
from solon.evidence.run import evaluate_players

FEDERAL = "tax/open-quadrant/us-federal"


@pytest.fixture(scope="module")
def finished():
    """A game that ends: some moves of one's own, and the machine's for the rest."""
    game = Game(Setup(FEDERAL, worker=3, steps=100, seed=4))
    for move in ("down", "right", "wait", "buy wood 0", "down"):
        assert game.act(move) is None
    while not game.over:
        assert game.act(AUTOPILOT) is None
    return game


def test_the_machine_lives_the_year_that_evaluations_play(finished):
    """A whole year of a hundred steps from the same keys, by other code."""
    brief = evaluate_players(zoo.load(FEDERAL, horizon=100), episodes=1, seed=4)
    found = finished.evaluation(machine=True)
    for name in ("location", "goods", "house", "resource", "bought", "sold"):
        np.testing.assert_array_equal(found.trajectory[name], brief.trajectory[name])
    for name in ("coin", "labor", "rates"):
        np.testing.assert_allclose(found.trajectory[name], brief.trajectory[name], rtol=1e-5)
    for name, values in brief.periods.items():
        np.testing.assert_allclose(found.periods[name], values, rtol=1e-4, atol=1e-4)


def test_the_person_does_what_it_says_and_the_machine_goes_on(finished):
    env, first = finished.env, finished.done[0]
    assert finished.seen(1)["done"][finished.person] == moves(env).index(first)
    rank = finished.shown[0]["recorded"]["workers"]["rank"][0, 0, finished.person]
    assert rank == 2
    assert finished.score() != finished.score(machine=True)
    assert finished.act("wait") == "The game is over." and finished.step == 100


def test_what_is_not_possible_costs_no_step_and_says_why():
    game = Game(Setup(FEDERAL, worker=4, steps=100, seed=1))
    row, column = game.seen()["recorded"]["first"]["location"][game.person]
    height, width = game.env.layout.height, game.env.layout.width
    outwards = "up" if row == 0 else "down" if row == height - 1 else None
    assert outwards and column in (0, width - 1)
    where = {"up": "above", "down": "below"}[outwards]
    assert game.act(outwards) == f"The map ends {where}."
    assert game.act("build").startswith("A house takes a stone and a wood; you have 0 and 0")
    assert game.act("buy wood 5") == "You offer 5 coin and have only 0.0 that no order binds."
    assert game.act("sell stone 5").startswith("You have no stone to sell")
    assert game.act("fly") == "There is no move 'fly'."
    assert game.step == 0 and len(game.shown) == 1
    for _ in range(5):
        assert game.act("buy wood 0") is None
    assert game.act("buy wood 0").startswith("You have 5 open orders for wood already")
    assert game.told[1] == ["You bid 0 coin for a unit of wood: the order is open."]


def test_every_refusal_of_the_mask_has_a_sentence(finished):
    """For any situation that came up: refused exactly if the economy's mask says so."""
    from solon.applications.taxation.game.moves import why_not

    words, seen_reasons = moves(finished.env), set()
    for step in range(0, 101, 5):
        shown = finished.seen(step)
        for number, word in enumerate(words):
            reason = why_not(finished.env, shown, finished.person, word)
            assert (reason is None) == bool(shown["mask"][finished.person][number])
            seen_reasons.add((reason or "").split(" ")[0])
    assert len(seen_reasons) >= 3


def test_the_sentences_add_up_to_the_numbers(finished):
    """Trades, houses and taxes in words are those in the economy's books."""
    workers = finished.seen()["recorded"]["workers"]
    me, told = finished.person, [text for step in finished.told for text in step]
    bought = sum(text.startswith("You buy") for text in told)
    sold = sum(text.startswith("You sell") for text in told)
    built = sum(text.startswith("You build") for text in told)
    assert bought == sum(workers[f"bought_{good}"][0, me] for good in ("stone", "wood"))
    assert sold == sum(workers[f"sold_{good}"][0, me] for good in ("stone", "wood"))
    assert built == workers["houses"][0, me]
    others = sum(text.endswith("builds a house.") for text in told)
    assert others == workers["houses"].sum() - built
    assert [bool([t for t in s if t.startswith("Tax day")]) for s in finished.told].index(
        True
    ) == 100
    paid = next(text for text in told if text.startswith("Tax day"))
    assert f"you pay {workers['total_paid'][0, me]:.1f} " in paid
    assert built and sold + bought


def test_a_game_is_saved_and_the_same_moves_are_the_same_game(finished):
    text = save(finished)
    assert len(text) < LARGEST
    again, said = load(text.encode())
    assert again.done == finished.done and "to the coin" in said
    for mine, other in zip(again.shown, finished.shown, strict=True):
        jax.tree.map(np.testing.assert_array_equal, mine, other)
    assert unpack_moves(pack_moves(finished), finished.setup) == finished.done


def test_a_file_that_says_otherwise_than_its_replay_is_told_from_one_that_does_not():
    record = json.loads(save(Game(Setup(FEDERAL), ["wait"])))
    record["score"]["coin"] += 1.0
    game, said = load(json.dumps(record).encode())
    assert game.step == 1 and "machines may round differently" in said


def test_a_game_is_exported_as_a_table(finished):
    lines = table(finished).splitlines()
    assert len(lines) == 102 and lines[0].startswith("step,move,coin,labor,utility")
    assert lines[1].startswith("0,,0,0,") and lines[2].split(",")[1] == finished.done[0]
    last = dict(zip(lines[0].split(","), lines[-1].split(","), strict=True))
    mine, machines = finished.score(), finished.score(machine=True)
    assert float(last["utility"]) == pytest.approx(mine["utility"], rel=1e-5)
    assert float(last["machine_coin"]) == pytest.approx(machines["coin"], rel=1e-5)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"format": "solon-game@2"}, "file"),
        ({"rules": "gather-trade-build@9"}, "rules"),
        ({"policy": "another"}, "policy"),
        ({"regime": "../../etc/passwd"}, "regime"),
        ({"worker": 5}, "worker"),
        ({"worker": True}, "worker"),
        ({"steps": 10**9}, "steps"),
        ({"seed": -1}, "seed"),
        ({"moves": "left"}, "moves"),
        ({"moves": ["wait"] * 101}, "moves"),
        ({"moves": ["wait", "fly"]}, "moves[2]"),
        ({"moves": [["wait"]]}, "moves[1]"),
        ({"moves": ["sell stone 1"]}, "moves[1]"),
        ({"score": None}, "score"),
        ({"more": 1}, "file"),
    ],
)
def test_a_file_that_is_no_game_is_refused_in_a_line(change, named):
    record = json.loads(save(Game(Setup(FEDERAL)))) | change
    with pytest.raises(ConfigurationError) as caught:
        load(json.dumps(record).encode())
    assert caught.value.argument == named
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [b"", b"\x80\x04.", b"{", b"[]", b"\xff\xfe", b"[" * 50_000, b"{}" + b" " * LARGEST],
    ids=["empty", "pickle", "cut", "list", "bytes", "deep", "large"],
)
def test_what_is_not_even_json_is_refused(content):
    with pytest.raises(ConfigurationError, match=r"^file: "):
        load(content)


@pytest.mark.parametrize("text", ["zz", "0", "ff", "00" * 101, "00" * 100_000])
def test_moves_in_an_address_are_checked(text):
    with pytest.raises(ConfigurationError, match=r"^moves: "):
        unpack_moves(text, Setup(FEDERAL))


@pytest.mark.parametrize(
    "change",
    [{"regime": "free"}, {"worker": 0}, {"steps": 150}, {"seed": 2**32}],
)
def test_a_setup_is_checked(change):
    with pytest.raises(ConfigurationError):
        Setup(**{"regime": FEDERAL, **change})


def test_what_the_board_is_sent(finished):
    shown = json.loads(json.dumps(screen(finished, name="a", received=7)))
    assert shown["over"] and shown["received"] == 7 and shown["you"] == 3
    mine = {row[0]: row[1] for row in shown["scores"]}
    assert mine["coin"] == f"{finished.score()['coin']:.1f}"
    start = json.loads(json.dumps(screen(Game(finished.setup), name="b", said="Hello.")))
    assert start["said"] == "Hello." and start["episode"]["steps"] == 0
    assert "first step" in start["tax"] and "build" in start["blocked"]
    assert [row[0] for row in start["workers"]] == ["1", "2", "3", "4"]
    assert start["market"][0]["words"].startswith("Others ask nothing and bid nothing.")


def test_a_game_can_be_watched_as_a_year(finished):
    from solon.applications.taxation.figures import pack

    mine, machines = finished.evaluation(), finished.evaluation(machine=True)
    assert mine.step_count == 100 and mine.period_count == 1
    place = finished.setup.worker - 1
    assert mine.workers["coin"][0, place] == pytest.approx(finished.score()["coin"])
    episodes = pack([mine, machines])["episodes"]
    ledger = episodes[0]["ledger"]
    assert ledger[0][1][place] == pytest.approx(finished.score()["tax_paid"], abs=1e-3)
    with pytest.raises(ConfigurationError, match=r"^game: "):
        Game(finished.setup).evaluation()


def test_every_shipped_regime_can_be_played():
    known = regimes()
    assert {FEDERAL, "tax/open-quadrant/free-market", "tax/open-quadrant/learned"} <= set(known)
    assert patience(FEDERAL) == "" and "compiled" in patience("tax/open-quadrant/learned")
