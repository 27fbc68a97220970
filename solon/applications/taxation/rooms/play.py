"""The room Play: take the part of one worker, and see whether you do better than the machine."""

import functools
import secrets
from typing import TYPE_CHECKING

import streamlit as st

from ....errors import ConfigurationError, require_whole
from ....lab import component, style
from ....lab.foreign import plain
from ....lab.state import arrived, link, number, read, select, write
from ....lab.words import in_words

if TYPE_CHECKING:
    from ..game import Game, Setup

__all__ = ["render", "setup_in_address", "warm_up"]

_BOARD = "play-board"
_GAME = "play-game"
_NAME = "play-name"
_RECEIVED = "play-received"
_SAID = "play-said"
_NEXT = "play-next"
_WORDS = "play-words-text"
_LINK = "moves"
_REGIME = "tax/open-quadrant/us-federal"
_WORKER = "4"
_MOST_LUCK = 99


def warm_up() -> None:
    """Compile a start and a step."""
    from ..game import AUTOPILOT, Game, Setup

    Game(Setup()).act(AUTOPILOT)


def render() -> None:
    """Draw the room."""
    st.title("Can you do better than the machine?")
    st.markdown(
        "You are one of four workers. Gather stone and wood, build houses for coin, trade with the "
        "others. Coin is worth something, effort costs something: **utility** counts both. On the "
        "same luck, a shipped worker plays your part in a second economy, beside yours."
    )
    from ..game.setup import patience

    setup = _setup()
    game, linked = _game(), arrived(_LINK)
    if game is None or game.setup != setup or linked:
        with st.spinner(f"The others take their places …{patience(setup.regime)}"):
            _begin(setup, linked or "")
    _board()
    with st.expander("What is compared, and how fair it is"):
        st.markdown(_FAIR)


def _setup() -> "Setup":
    from ..game import LENGTHS, Setup, regimes
    from ..game.setup import TITLES

    loaded = st.session_state.pop(_NEXT, None)
    if loaded is not None:
        st.session_state.update(
            {
                "regime": loaded.regime,
                "worker": str(loaded.worker),
                "steps": str(loaded.steps),
                "luck": loaded.seed,
            }
        )
    places = st.columns([6, 5, 5, 4], vertical_alignment="bottom")
    known = regimes()
    with places[0]:
        regime = select(
            "Tax, and the workers who were trained under it",
            {name: TITLES.get(name, name) for name in known},
            key="regime",
            default=_REGIME,
        )
    with places[1]:
        worker = select(
            "You are",
            {str(i): f"worker {i}{_PAID.get(i, '')}" for i in range(1, 5)},
            key="worker",
            default=_WORKER,
        )
    with places[2]:
        steps = select(
            "Length",
            {str(n): f"{n} steps, {n // 100} tax day{'s' if n > 100 else ''}" for n in LENGTHS},
            key="steps",
            default=str(LENGTHS[0]),
        )
    with places[3]:
        seed = number("Luck", key="luck", default=1, low=0, high=_MOST_LUCK)
    return Setup(regime, int(worker), int(steps), seed)


def setup_in_address() -> "Setup":
    """What the game in the address is played on.

    Raises:
        ConfigurationError: if there is no such game.
    """
    from ..game import LENGTHS, Setup

    return Setup(
        read("regime", _REGIME),
        *(int(text) if text.isdecimal() and len(text) < 10 else -1 for text in (
            read("worker", _WORKER), read("steps", str(LENGTHS[0])), read("luck", "1"),
        )),
    )  # fmt: skip


def _address(game: "Game") -> dict[str, str]:
    from ..game.files import pack_moves

    setup = game.setup
    numbers = {"worker": setup.worker, "steps": setup.steps, "luck": setup.seed}
    return {
        "regime": setup.regime,
        **{name: str(value) for name, value in numbers.items()},
        _LINK: pack_moves(game),
    }


def _game() -> "Game | None":
    return st.session_state.get(_GAME)


def _begin(setup: "Setup", linked: str = "", game: "Game | None" = None, said: str = "") -> None:
    """Another game: a fresh one, that of a link, or one that was loaded."""
    from ..game import Game
    from ..game.files import unpack_moves

    if game is None:
        try:
            game = Game(setup, unpack_moves(linked, setup))
        except ConfigurationError as error:
            game, linked = Game(setup), ""
            said = f"The moves in the address cannot be played. {in_words(error)}"
    write(_LINK, linked or None)
    state = st.session_state
    state[_GAME], state[_NAME] = game, secrets.token_hex(8)
    state[_RECEIVED], state[_SAID] = 0, said


@st.fragment
def _board() -> None:
    from ..game import screen

    game = _game()
    if game is None:
        return
    state = st.session_state
    shown = screen(game, name=state[_NAME], received=state[_RECEIVED], said=state[_SAID])
    component.board(shown, key=_BOARD, changed=_moves_came)
    _words(game)
    if game.over:
        _end(game)
    _keep(game)


def _moves_came() -> None:
    """Take the moves that arrived from the board and were not taken yet."""
    sent = component.said(_BOARD)
    game, state = _game(), st.session_state
    if game is None or not isinstance(sent, dict) or sent.get("game") != state[_NAME]:
        return
    first, given = sent.get("first"), sent.get("moves")
    if type(first) is not int or not isinstance(given, list):
        return
    for place, move in enumerate(given, start=first):
        if place < state[_RECEIVED]:
            continue
        state[_RECEIVED] = place + 1
        state[_SAID] = game.act(str(move)) or ""
        if state[_SAID]:
            # Whoever hurried on did not know of the refusal.
            state[_RECEIVED] = first + len(given)
            break


def _words(game: "Game") -> None:
    """The same moves without the map: in words, and many at once."""
    from ..game import AUTOPILOT

    with st.expander("Moves in words"):
        with st.form("play-words", clear_on_submit=True, border=False):
            st.text_input(
                "Moves, separated by commas",
                placeholder="right, right, build, sell wood 4, wait",
                help="left, right, up, down, build, wait, autopilot, and buy or sell with stone or "
                "wood and a price from 0 to 10.",
                max_chars=4000,
                key=_WORDS,
            )
            st.form_submit_button("Play these moves", disabled=game.over, on_click=_words_came)
        st.button(
            "Let the machine play to the end",
            disabled=game.over,
            on_click=lambda: _play(game, [AUTOPILOT] * (game.setup.steps - game.step)),
        )


def _words_came() -> None:
    game = _game()
    if game is not None:
        _play(game, [part.strip() for part in st.session_state[_WORDS].split(",")])


def _play(game: "Game", moves: list[str]) -> None:
    """Play moves in a row, up to the first that is not possible."""
    said = ""
    for place, move in enumerate(moves, start=1):
        refusal = game.act(" ".join(move.lower().split())) if move else None
        if refusal:
            said = f"Move {place} was not possible, and those after it were not played. {refusal}"
            break
    st.session_state[_SAID] = said


def _end(game: "Game") -> None:
    """What the game came to, beside the machine's."""
    from ..game import AUTOPILOT
    from ..game.figure import course

    mine, machines = game.score(), game.score(machine=True)
    gap = mine["utility"] - machines["utility"]
    verdict = (
        f"You did better than the machine, by {gap:.1f} of utility."
        if gap > 0.05
        else f"The machine did better, by {-gap:.1f} of utility."
        if gap < -0.05
        else "You and the machine are level."
    )
    helped = game.done.count(AUTOPILOT)
    st.subheader(verdict)
    if helped:
        st.caption(f"For {helped} of {game.step} steps you let the machine act for you.")
    names = ("utility", "coin", "labor", "tax_paid")
    titles = ("Utility", "Coin", "Labor", "Tax paid")
    with st.container(key="numbers-play"):
        places = st.columns(4)
    for place, name, title in zip(places, names, titles, strict=True):
        gap = mine[name] - machines[name]
        place.metric(
            title,
            f"{mine[name]:,.1f}".replace("-", "\N{MINUS SIGN}"),
            delta=f"{_signed(gap)} to the machine's",
            delta_color="off",
            delta_arrow="up" if gap > 0.05 else "down" if gap < -0.05 else "off",
            border=True,
        )
    style.figure(
        course(game, style.figure_style()),
        key="play-course",
        caption="Utility, coin and labor of the worker whose part you took, in your economy and in "
        "the one in which the shipped worker played it. Same start, same luck of every step.",
    )


def _signed(value: float) -> str:
    return f"{value:+,.1f}".replace("-", "\N{MINUS SIGN}")


def _keep(game: "Game") -> None:
    """Save, load, export, watch again, and a link."""
    from ..game import LENGTHS, save, table
    from ..game.files import pack_moves

    name = f"solon-game-worker{game.setup.worker}-luck{game.setup.seed}"
    places = st.columns(5, vertical_alignment="center")
    for place, title, write_out, ending, kind in (
        (places[0], "Save the game", save, "json", "application/json"),
        (places[1], "Export the steps (CSV)", table, "csv", "text/csv"),
    ):
        place.download_button(
            title,
            functools.partial(write_out, game),
            f"{name}.{ending}",
            kind,
            on_click="ignore",
            width="stretch",
        )
    if places[2].button(
        "Put it into the address",
        help="The address of this page then holds all moves: a link replays them.",
        width="stretch",
    ):
        write(_LINK, pack_moves(game))
    if places[3].button("New game", width="stretch"):
        _begin(game.setup)
        st.rerun()
    with places[4]:
        if game.step >= LENGTHS[0]:
            link("world", "Watch it again", address=_address(game), icon=":material/play_circle:")
    _upload()


def _upload() -> None:
    from ..game import load
    from ..game.files import LARGEST

    with st.expander("Load a saved game"):
        given = st.file_uploader("A game that was saved here", type="json", max_upload_size=1)
        if given is None or given.file_id == st.session_state.get("play-loaded"):
            return
        st.session_state["play-loaded"] = given.file_id
        try:
            game, said = load(given.read(LARGEST + 1))
            require_whole("seed", game.setup.seed, low=0, high=_MOST_LUCK)
        except ConfigurationError as error:
            st.error(f"This file cannot be played. {plain(in_words(error))}")
            return
        _begin(game.setup, game=game, said=said)
        st.session_state[_NEXT] = game.setup
        st.rerun()


_PAID = {1: ", paid least", 4: ", paid most"}
_FAIR = """
- **The machine in your place** is the shipped worker of this regime, as it was trained, with its
  actions drawn at random from what it learned. It faces the same map, the same skills, the same
  growth and the same luck of every step. Once you act otherwise than it would, the two economies
  part: the other three see other prices, and act otherwise, too.
- **A game is a short year.** All four know how much of it is over, as you do, and it ends after a
  tax day. The workers were trained in years of 1,000 steps. In years of 100 to 300 steps that they
  see as such they come to within a tenth of what they have after as many steps of a long one (100
  years under US federal rates: 58.6 against 64.1 of utility in all after 100 steps, 172.5 against
  165.2 after 300).
- **You see more** than they do: the whole map, where they see three cells around themselves; and
  what they own, of which they see a summary. They have seen four million steps.
- **Utility** is of coin with a risk aversion of 0.23, less 0.21 a unit of labor: a step costs 1
  unit, picking up 1, an order 0.25, a house 10. Goods and houses count nothing at the end.
- One game is one draw of luck. Who wants to know who is better plays many.
"""
