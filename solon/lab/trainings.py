"""Trainings that are started in the room Runs: the forms, and how they go on."""

import importlib
import pathlib

import streamlit as st

from ..applications import applications
from . import jobs
from .foreign import plain
from .words import line_in_words

__all__ = ["forms", "progress"]

_WAIT = 3


def forms(root: pathlib.Path) -> None:
    """What applications have to start trainings, whose run folders will be in `root`."""
    for application in applications():
        if application.trainings is not None:
            importlib.import_module(application.trainings).form(root)


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
