"""The room Home: three questions to begin with, each one click from an answer."""

import dataclasses
from collections.abc import Mapping

import streamlit as st

from .. import warm
from ..state import link

__all__ = ["render"]


@dataclasses.dataclass(frozen=True)
class Question:
    """One of the three.

    Attributes:
        words: the question.
        about: what happens when one follows it.
        room: where it is answered.
        button: words of the main link.
        examples: words of a link -> what stands in its address.
    """

    words: str
    about: str
    room: str
    button: str
    examples: Mapping[str, Mapping[str, str]]


_FLAT = "0:30,9.7:30,39.475:30,84.2:30,160.725:30,204.1:30,510.3:30"
_NONE = "0:0,9.7:0,39.475:0,84.2:0,160.725:0,204.1:0,510.3:0"
_TOP = "0:0,9.7:0,39.475:0,84.2:20,160.725:60,204.1:60,510.3:60"

QUESTIONS = (
    Question(
        "What would this tax do?",
        "Drag the brackets of a tax. Four workers, who learned to gather, trade and build, live "
        "forty years under it and forty under another one, on the same luck.",
        "tax",
        "Try a tax",
        {
            "Everybody pays 30 %": {"schedule": _FLAT},
            "Only the rich pay, 60 %": {"schedule": _TOP},
            "No tax, against the learned planner's": {"schedule": _NONE, "against": "learned"},
        },
    ),
    Question(
        "What would have saved more lives and jobs?",
        "Close and open 51 states by a rule, by hand or from a file, in a model of the pandemic of "
        "2020, beside what was really done. Bands show a part of what is not known.",
        "pandemic",
        "Try a lockdown",
        {
            "Close at one death a day and million": {"close": "1", "open": "0"},
            "Level 8 everywhere, always": {"policy": "level", "level": "8"},
            "Almost nothing is closed": {"policy": "level", "level": "2"},
        },
    ),
    Question(
        "Can I do better than the planner?",
        "Take the place of one of four workers in a world of wood and stone: move, build and trade "
        "among three who were trained, and see whether you earn more than the machine in your "
        "place. Or watch a year of theirs first.",
        "play",
        "Play a worker",
        {
            "Watch a year first": {"room": "world"},
            "Beat the learned planner's tax": {"room": "tax", "against": "learned"},
        },
    ),
)


def render() -> None:
    """Draw the room."""
    st.title("Change a policy, and see what follows")
    st.markdown(
        "Solon simulates economies whose people learned to respond to a policy. Everything here "
        "runs on this machine: nothing is sent anywhere, and nothing is fetched."
    )
    for place, question in zip(st.columns(len(QUESTIONS)), QUESTIONS, strict=True):
        with place, st.container(border=True, height="stretch", key=f"question-{question.room}"):
            st.subheader(question.words)
            st.markdown(question.about)
            with st.container(key=f"go-{question.room}", width="content"):
                link(question.room, f"**{question.button}**", icon=":material/arrow_forward:")
            for words, address in question.examples.items():
                given = dict(address)
                link(given.pop("room", question.room), words, address=given)
            _ready(question.room)
    st.caption(
        "These are models: small ones, with few people, which leave most of the world out. "
        "Each room says what its numbers rest on, and where they end. They inform discussion and "
        "are no advice for real decisions."
    )
    with st.container(horizontal=True):
        link("society", "Tax a society that nobody described")
        link("world", "Watch a year on the map")
        link("runs", "Your own trainings")


@st.fragment(run_every=2)
def _ready(room: str) -> None:
    """How far the room's warm-up is, while it is on."""
    task = warm.state(room)
    if task is None:
        return
    words = {
        "waiting": "Waiting to be made ready …",
        "running": "Being made ready …",
        "ready": "Ready",
        "failed": "This room could not be made ready; it says why.",
    }
    st.caption(words[task.state])
