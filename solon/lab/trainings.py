"""Trainings that are started in the room Runs: the form, and how they go on."""

import pathlib

import streamlit as st

from ..applications.taxation.rooms import controls as tax_controls
from ..errors import ConfigurationError
from . import jobs, run_list
from .foreign import plain
from .words import in_words, line_in_words

__all__ = ["form", "progress"]

_WAIT = 3
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
    from ..runs.atomic import write_file
    from ..runs.schedules import schedule_text

    folder = root / ".lab"
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{name}.yaml"
    write_file(place, schedule_text(tax_controls.held()).encode())
    return place


@st.fragment(run_every=_WAIT)
def progress() -> None:
    """What was started here, as it goes on."""
    found = jobs.all_jobs()
    if not found:
        return
    for job in found:
        words = f"**{plain(job.run)}**, {plain(job.words)}"
        line = plain(line_in_words(job.last_line()) if job.failed else job.last_line())
        if job.running:
            left, right = st.columns([5, 1], vertical_alignment="center")
            left.info(f"{words}: running. {line}")
            if right.button("Stop", key=f"stop-{job.run}", width="stretch"):
                jobs.stop(job.run)
        elif job.failed:
            st.error(f"{words}: it ended before it was done. {line}")
        else:
            st.success(f"{words}: done.")
    now = tuple(job.running for job in found)
    if st.session_state.get("jobs-before", now) != now:
        st.session_state["jobs-before"] = now
        st.rerun()
    st.session_state["jobs-before"] = now
