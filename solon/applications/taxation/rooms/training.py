"""The form in the room Runs that starts a training of workers under a tax."""

import pathlib

import streamlit as st

from ....errors import ConfigurationError
from ....lab import jobs, run_list
from ....lab.foreign import plain
from ....lab.words import in_words
from ....runs.atomic import write_file
from ....runs.schedules import schedule_text
from . import controls

__all__ = ["form"]

_PLANNERS = {
    "free-market": "no taxes",
    "us-federal": "the US federal rates",
    "learned": "a planner that learns",
    "saez": "Saez's formula",
    "search": "rates that are searched for",
    "random": "another schedule in each year",
    "here": "the schedule of the Tax room",
}
_SIZES = {"quick look": 200_000, "ten minutes": 2_000_000, "an hour": 10_000_000}
_PROBLEM = "runs-problem"


def form(root: pathlib.Path) -> None:
    """Start a training, whose run folder will be in `root`."""
    with st.expander("Start a training"), st.form("new-run"):
        st.caption(
            "Four workers in Open-Quadrant. It runs in a process of its own: you may close this "
            "page, and the lab, too."
        )
        first, second, third, fourth = st.columns(4)
        planner = first.selectbox(
            "Workers live under", list(_PLANNERS), format_func=lambda name: _PLANNERS[name]
        )
        size = second.selectbox("How long", list(_SIZES), help="On two cores, roughly.")
        seed = third.number_input("Seed", 0, 2**31, 0, help="All luck comes from it.")
        name = fourth.text_input("Name", "my-run", max_chars=64)
        if st.form_submit_button("Start", type="primary"):
            st.session_state[_PROBLEM] = _start(root, name, planner, _SIZES[size], int(seed))
    problem = st.session_state.get(_PROBLEM)
    if problem:
        st.error(plain(problem))


def _start(root: pathlib.Path, name: str, planner: str, steps: int, seed: int) -> str:
    """Start it; what is wrong, or nothing."""
    try:
        place = run_list.new_place(root, name)
        if planner == "here":
            planner = str(_schedule_file(root, name))
        arguments = ["train", "--steps", str(steps), "--seed", str(seed), "--run", str(place)]
        arguments += ["--planner", planner, "--option", "view=3", "--layout", "open-quadrant"]
        jobs.start(name, f"training under {_PLANNERS.get(planner, 'a schedule')}", arguments, root)
    except ConfigurationError as error:
        return in_words(error)
    except OSError as error:
        return f"The folder of runs cannot be written: {error.strerror}."
    return ""


def _schedule_file(root: pathlib.Path, name: str) -> pathlib.Path:
    folder = root / ".lab"
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{name}.yaml"
    write_file(place, schedule_text(controls.held()).encode())
    return place
