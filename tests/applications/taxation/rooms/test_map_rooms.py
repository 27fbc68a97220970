"""The rooms World and Play, as a visitor meets them."""

import functools
import json

import pytest

from solon import zoo
from solon.applications.taxation.game import Game, Setup, save
from solon.applications.taxation.game import game as game_module
from solon.applications.taxation.rooms import play as room
from solon.lab.results import forget
from solon.runs.folder import EVALUATION, RunFolder
from tests.figures import synthetic
from tests.lab.conftest import texts

FEDERAL = "tax/open-quadrant/us-federal"
CONFIG = {"economy": "gather-trade-build", "options": {}, "steps": 1000, "seed": 0, "ppo": {}}


@pytest.fixture
def short_years(monkeypatch):
    """Years of a hundred steps, which is one tax period."""
    short = functools.cache(lambda name: zoo.load(name, horizon=100))
    monkeypatch.setattr(game_module, "players_for", short)
    forget()
    yield
    forget()


def map_data(page):
    """What the map in the browser is sent."""
    parts = {part["part"]: part for part in map(drawn, page.get("bidi_component"))}
    (name,) = parts.keys() & {"episodes", "board"}
    return parts[name][name]


def drawn(element):
    """What a part of the component is sent. There is one component, whatever the room."""
    assert element.proto.component_name == "solon"
    return json.loads(element.proto.json)


def button(page, label):
    return next(b for b in page.button if b.label == label)


def test_a_shipped_year_is_shown_with_its_prices(lab, short_years):
    page = lab("world", follow="2")
    assert not page.exception and not page.error
    data = map_data(page)
    assert data["follow"] == 1 and data["packed"]["episodes"][0]["steps"] == 100
    assert page.tabs[0].label == "Prices and trades"
    assert "wood" in texts(page.markdown) and "coin on average" in texts(page.markdown)

    page = page.slider(key="luck").set_value(7).run()
    assert page.query_params["luck"] == "7" and map_data(page)["name"] != data["name"]
    page = page.selectbox(key="beside").select("tax/open-quadrant/free-market").run()
    assert not page.error
    regimes = [episode["regime"] for episode in map_data(page)["packed"]["episodes"]]
    assert regimes == ["US federal rates", "Free market"]
    # Same luck: everyone starts in the same place.
    first, second = map_data(page)["packed"]["episodes"]
    assert first["location"][:16] == second["location"][:16]


def test_the_year_of_a_run_is_shown(lab, tmp_path):
    folder = RunFolder.create(tmp_path / "runs" / "mine", CONFIG)
    synthetic.evaluation(episodes=2, steps=200).save(folder.path / EVALUATION)
    page = lab("world", run="mine")
    assert not page.error and "**mine**" in texts(page.markdown)
    assert map_data(page)["packed"]["episodes"][0]["steps"] == 200


@pytest.mark.parametrize("name", ["gone", "../mine", "/etc", "mine/../../x", "<b>x</b>", "a" * 500])
def test_a_run_that_is_none_is_said(lab, name):
    page = lab("world", run=name)
    assert not page.exception and "cannot be watched" in texts(page.error)
    assert "<b>" not in page.error[0].value


def test_a_game_in_the_address_is_watched_beside_the_machine(lab):
    page = lab("world", regime=FEDERAL, worker="2", moves="00" * 60 + "32" * 40)
    assert not page.error
    assert [e["regime"] for e in map_data(page)["packed"]["episodes"]] == [
        "you",
        "the machine in your place",
    ]
    assert "worker 2" in texts(page.markdown)
    for bad in ({"moves": "zz"}, {"moves": "00"}, {"worker": "9", "moves": "00" * 100}):
        page = lab("world", **{"regime": FEDERAL, **bad})
        assert "cannot be watched" in texts(page.error)


def test_moves_in_words_are_played_and_refused(lab):
    page = lab("play", regime=FEDERAL, worker="4", luck="1")
    assert not page.exception and not page.error
    board = map_data(page)
    assert board["step"] == 0 and board["you"] == 4
    page.text_input[0].set_value("Wait, autopilot")
    page = button(page, "Play these moves").click().run()
    board = map_data(page)
    assert board["step"] == 2 and board["news"][0][1].startswith("The machine acts for you")
    page.text_input[0].set_value("build, left")
    page = button(page, "Play these moves").click().run()
    board = map_data(page)
    assert board["step"] == 2 and "those after it were not played" in board["said"]
    assert "A house takes a stone and a wood" in board["said"]


def test_a_game_to_its_end_its_link_and_another(lab):
    page = lab("play", regime=FEDERAL, luck="4")
    page = button(page, "Let the machine play to the end").click().run()
    assert map_data(page)["over"]
    assert [h.value for h in page.subheader] == ["You and the machine are level."]
    assert {m.label for m in page.metric} == {"Utility", "Coin", "Labor", "Tax paid"}
    assert "For 100 of 100 steps" in texts(page.caption)
    page = button(page, "Put it into the address").click().run()
    moves = page.query_params["moves"]
    again = lab("play", regime=FEDERAL, luck="4", moves=moves)
    assert map_data(again)["scores"] == map_data(page)["scores"]
    page = button(page, "New game").click().run()
    assert map_data(page)["step"] == 0 and "moves" not in page.query_params


def test_controls_begin_another_game(lab):
    page = lab("play", regime=FEDERAL, moves="00")
    assert map_data(page)["step"] == 1
    for change in (
        lambda p: p.selectbox(key="worker").select("1"),
        lambda p: p.selectbox(key="steps").select("300"),
        lambda p: p.slider(key="luck").set_value(3),
        lambda p: p.selectbox(key="regime").select("tax/open-quadrant/free-market"),
    ):
        name = map_data(page)["game"]
        page = change(page).run()
        board = map_data(page)
        assert not page.error and board["game"] != name and board["step"] == 0
    assert board["you"] == 1 and board["clock"] == "Step 0 of 300."


def test_moves_in_the_address_that_are_none_are_said(lab):
    board = map_data(lab("play", regime=FEDERAL, moves="0000zz"))
    assert board["step"] == 0 and "cannot be played" in board["said"]


def test_a_saved_game_is_loaded_and_a_bad_file_refused(lab):
    game = Game(Setup(FEDERAL, worker=2, seed=9), ["wait", "wait"])
    page = lab("play")
    page = page.file_uploader[0].upload("g.json", save(game).encode(), "application/json").run()
    board = map_data(page)
    assert board["step"] == 2 and board["you"] == 2 and "to the coin" in board["said"]
    assert page.slider(key="luck").value == 9
    page = page.file_uploader[0].upload("x.json", b"\x80\x04.", "application/json").run()
    assert "cannot be played" in texts(page.error)
    assert map_data(page)["step"] == 2


def test_visitors_do_not_mix(lab):
    pages = [lab("play", regime=FEDERAL, worker=str(1 + k % 4), luck=str(k)) for k in range(10)]
    for k, page in enumerate(pages):
        page.text_input[0].set_value(", ".join(["wait"] * k))
        pages[k] = button(page, "Play these moves").click().run()
    boards = [map_data(page) for page in pages]
    assert [board["step"] for board in boards] == list(range(10))
    assert [board["you"] for board in boards] == [1 + k % 4 for k in range(10)]


class Sent:
    """What the component leaves in the session."""

    def __init__(self, **sent):
        self.said = sent


@pytest.fixture
def session(monkeypatch):
    state = {
        room._GAME: Game(Setup(FEDERAL, worker=4, seed=1)),
        room._NAME: "this",
        room._RECEIVED: 0,
        room._SAID: "",
    }
    monkeypatch.setattr(room.st, "session_state", state)
    return state


def test_moves_from_the_board_count_once_however_often_they_come(session):
    game = session[room._GAME]
    for moves in (["wait"], ["wait", "wait"], ["wait", "wait"]):
        session[room._BOARD] = Sent(game="this", first=0, moves=moves)
        room._moves_came()
    assert game.done == ["wait", "wait"] and session[room._RECEIVED] == 2
    session[room._BOARD] = Sent(game="this", first=2, moves=["build", "wait"])
    room._moves_came()
    # Whoever hurried on did not know of the refusal: the wait after it is dropped.
    assert game.done == ["wait", "wait"] and session[room._RECEIVED] == 4
    assert session[room._SAID].startswith("A house takes")


@pytest.mark.parametrize(
    "sent",
    [
        {"game": "another", "first": 0, "moves": ["wait"]},
        {"game": "this", "first": "0", "moves": ["wait"]},
        {"game": "this", "first": 0, "moves": "wait"},
        {"game": "this", "first": 0, "moves": [{"a": 1}]},
        {},
    ],
)
def test_what_is_no_move_of_this_game_does_nothing(session, sent):
    session[room._BOARD] = Sent(**sent)
    room._moves_came()
    assert session[room._GAME].step == 0
