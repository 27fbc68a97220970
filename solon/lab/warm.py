"""What has to be compiled before a room answers quickly, in the background and in sight."""

import dataclasses
import gc
import importlib
import threading
import time
from collections.abc import Callable

import streamlit as st

from .._terminal import say
from .rooms import ROOMS
from .settings import settings

__all__ = ["Task", "first", "show", "start", "state", "wait"]


@dataclasses.dataclass
class Task:
    """The compilation of what one room needs.

    Attributes:
        run: does it.
        state: `waiting`, `running`, `ready` or `failed`.
        seconds: it took, or has taken so far.
        problem: why it failed.
    """

    run: Callable[[], None]
    state: str = "waiting"
    seconds: float = 0.0
    problem: str = ""
    began: float = 0.0
    done: threading.Event = dataclasses.field(default_factory=threading.Event)


_tasks: dict[str, Task] = {}
_queue: list[str] = []
_lock = threading.Lock()


def start() -> None:
    """Begin, once in a process: the rooms one after another, in a thread of its own."""
    with _lock:
        if _tasks or not settings().warm:
            return
        compiling = [room for room in ROOMS if room.warm is not None]
        for room in sorted(compiling, key=lambda room: room.warm or 0):
            _tasks[room.name] = Task(importlib.import_module(room.module).warm_up)
            _queue.append(room.name)
    threading.Thread(target=_work, name="warm-up", daemon=True).start()


def first(room: str) -> None:
    """Let a room that somebody is waiting for come next."""
    with _lock:
        if room in _queue:
            _queue.remove(room)
            _queue.insert(0, room)


def state(room: str) -> Task | None:
    """How far a room's task is; None if it has none."""
    return _tasks.get(room)


def wait(room: str, seconds: float | None = None) -> bool:
    """Wait until a room's task is over; True if it is, or if it has none."""
    task = _tasks.get(room)
    return True if task is None else task.done.wait(seconds)


def show(room: str) -> bool:
    """Say in the page that a room is being made ready, until it is.

    Returns:
        True once the room can be drawn: it is ready, has nothing to compile, or its compilation
        failed, in which case the room will meet with the error itself.
    """
    task = _tasks.get(room)
    if task is None or task.done.is_set():
        return True
    first(room)
    _progress(room)
    return False


@st.fragment(run_every=0.5)
def _progress(room: str) -> None:
    task = _tasks[room]
    if task.done.is_set():
        st.rerun()
    passed = time.monotonic() - task.began if task.state == "running" else 0.0
    words = {
        "waiting": "Waiting for another room to be made ready …",
        "running": f"Getting this room ready: {passed:.0f} s. The first start takes longest; "
        "what is compiled is kept for the next one.",
    }
    st.status(words.get(task.state, ""), state="running")


def _work() -> None:
    from ..cli._runtime import prepare

    prepare()
    began = time.monotonic()
    while True:
        with _lock:
            if not _queue:
                break
            task = _tasks[_queue.pop(0)]
        task.state, task.began = "running", time.monotonic()
        try:
            task.run()
            task.state = "ready"
        except Exception as error:  # whatever it is, the other rooms go on
            task.state, task.problem = "failed", str(error)
        # Streamlit collects garbage whenever a page was drawn. What was compiled is none, and
        # looking through it took most of the time of a small change.
        gc.collect()
        gc.freeze()
        task.seconds = time.monotonic() - task.began
        task.done.set()
    say(f"All rooms are ready after {time.monotonic() - began:.0f} s")
