"""The room World: one year of shipped workers, of a run's or of a game, as an animation."""

import dataclasses
from typing import TYPE_CHECKING

import streamlit as st

from ....errors import ConfigurationError
from ....lab import component, run_list, style
from ....lab.foreign import plain
from ....lab.settings import settings
from ....lab.state import number, read, select, write
from ....lab.words import in_words

if TYPE_CHECKING:
    from ..game import Setup
    from ..outcomes import Evaluation

__all__ = ["render", "warm_up"]

_DEFAULT = "tax/open-quadrant/us-federal"
_FOLLOW = "follow"
_MAP = "world-map"


def warm_up() -> None:
    """Have the first year ready, and with it what any year under a schedule needs."""
    _year(_DEFAULT, 1)


def render() -> None:
    """Draw the room."""
    st.title("What happens in a year?")
    shown = _chosen()
    if not shown:
        return
    _animation(shown)
    _below(shown)


def _chosen() -> "list[Evaluation]":
    """What is to be watched, as the address and the controls have it."""
    if read("moves"):
        return _played(read("moves"))
    if read("run"):
        return _evaluated(read("run"))
    return _shipped()


def _played(moves: str) -> "list[Evaluation]":
    from .play import setup_in_address

    words, back = st.columns([3, 1], vertical_alignment="center")
    _way_back(back, "moves")
    try:
        setup = setup_in_address()
        shown = _game(setup, moves)
    except ConfigurationError as error:
        st.error(f"This game cannot be watched. {plain(in_words(error))}")
        return []
    words.markdown(
        f"A game that was played as worker {setup.worker}, and the same place with the machine "
        "in it. Above the map you choose between the two."
    )
    return shown


def _game(setup: "Setup", moves: str) -> "list[Evaluation]":
    from ....lab.results import result
    from ..game import Game
    from ..game.files import unpack_moves

    def replay() -> "list[Evaluation]":
        game = Game(setup, unpack_moves(moves, setup))
        return [game.evaluation(), game.evaluation(machine=True)]

    return result({"room": "world", **dataclasses.asdict(setup), "moves": moves}, replay)


def _evaluated(run: str) -> "list[Evaluation]":
    from ....figures.run_report import load_outcomes
    from ..outcomes import Evaluation

    words, back = st.columns([3, 1], vertical_alignment="center")
    _way_back(back, "run")
    try:
        found = load_outcomes(run_list.opened(settings().runs, run), most=run_list.LARGEST_TABLE)
    except ConfigurationError as error:
        st.error(f"This run cannot be watched. {plain(in_words(error))}")
        return []
    if not isinstance(found, Evaluation):
        st.warning(f"The run {plain(run, 120)} is of an economy without a map.")
        return []
    words.markdown(
        f"The first year of the evaluation of the run **{plain(run, 120)}**. The figures below "
        f"the map are of all its {found.episode_count} years."
    )
    return [found]


def _way_back(place: "st.delta_generator.DeltaGenerator", name: str) -> None:
    if place.button("Watch shipped workers", width="stretch"):
        write(name, None)
        st.rerun()


def _shipped() -> "list[Evaluation]":
    from ..game import regimes
    from ..game.setup import TITLES, patience

    known = regimes()
    if not known:
        st.warning("No workers were shipped with this installation: the zoo is empty.")
        return []
    places = st.columns([3, 3, 2], vertical_alignment="bottom")
    names = {name: TITLES.get(name, name) for name in known}
    with places[0]:
        first = select(
            "Tax, and the workers who were trained under it",
            names,
            key="regime",
            default=_DEFAULT if _DEFAULT in names else known[0],
        )
    with places[1]:
        second = select(
            "Beside it, on the same luck",
            {"none": "nothing"} | names,
            key="beside",
            default="none",
        )
    with places[2]:
        luck = number("Luck", key="luck", default=1, low=0, high=99)
    chosen = [name for name in dict.fromkeys((first, second)) if name != "none"]
    words = "".join(sorted({patience(name) for name in chosen}))
    with st.spinner(f"The workers live their year …{words}"):
        return [_year(name, luck) for name in chosen]


def _year(name: str, luck: int) -> "Evaluation":
    from ....evidence.run import evaluate_players
    from ....lab.results import result
    from ..game.game import players_for
    from ..game.setup import TITLES
    from ..outcomes import Evaluation

    def live() -> Evaluation:
        players = dataclasses.replace(players_for(name), regime=TITLES.get(name, name))
        found = evaluate_players(players, episodes=1, seed=luck)
        assert isinstance(found, Evaluation)
        return found

    return result({"room": "world", "name": name, "luck": luck}, live)


@st.fragment
def _animation(shown: "list[Evaluation]") -> None:
    from ....lab.results import fingerprint
    from ..figures import pack

    packed = pack(shown)
    chosen = read(_FOLLOW)
    follow = int(chosen) - 1 if chosen.isdigit() and len(chosen) < 4 else -1
    name = fingerprint(packed)
    component.episodes(packed, name=name, follow=follow, key=_MAP, changed=_followed)


def _followed() -> None:
    worker = component.said(_MAP)
    if type(worker) is int:
        write(_FOLLOW, str(worker + 1) if worker >= 0 else None)


def _below(shown: "list[Evaluation]") -> None:
    from ..figures import activity, coin_sources, prices

    drawn = style.figure_style()
    many = max(evaluation.episode_count for evaluation in shown) > 1
    years = "Means over years" if many else "One year"
    first, second, third = st.tabs(["Prices and trades", "Who does what", "Where coin comes from"])
    with first:
        style.figure(
            prices(shown, drawn),
            key="world-prices",
            caption="What a unit of stone and of wood was traded for, and how many units were, in "
            "twentieths of the year."
            + (" Bands run from the 10th to the 90th percentile of years." if many else ""),
        )
    with second:
        style.figure(
            activity(shown, drawn),
            key="world-activity",
            caption=f"{years}; workers by what they are paid for a house, from the least.",
        )
    with third:
        style.figure(
            coin_sources(shown, drawn),
            key="world-coin",
            caption=f"{years}; what coin came from and went to. The diamond is the sum.",
        )
