"""Visitors of a lab who change something all the time, over its own websocket, and its memory.

Sessions come and go in the rooms of a lab in a process of its own, each with a number of changes: a
schedule, a slider, a choice, a move.
"""

import contextlib
import itertools
import os
import pathlib
import random
import re
import subprocess
import sys
import threading
import time
import urllib.parse

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

__all__ = ["GROWTH", "report"]

ROOT = pathlib.Path(__file__).parents[2]
ROOMS = ("tax", "pandemic", "world", "play", "society")
_WITH_BUTTONS = ("play", "society")
_WARM_UP = 25
"""Changes, at most, of each session that comes before those that are measured."""
GROWTH = 64
"""Megabytes by which the least and the most that the lab has in the second half of the sessions may
be above those of the first half. What is compiled comes and goes (`solon.lab.memory`), in pieces of
some 100: the least is what stays. One year of the room Tax has 3.5, so that a lab which keeps one
for each change shows, and one for each of thirty sessions."""
_PIECE = 128
_PATIENCE = 600
# And not where a page stops half way, to be drawn from its start again.
_DRAWN = (
    ForwardMsg.ScriptFinishedStatus.FINISHED_SUCCESSFULLY,
    ForwardMsg.ScriptFinishedStatus.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
)
_FAILED = "Something went wrong"


class Session:
    """A visitor of one room."""

    def __init__(self, address, room, luck):
        place = address.removeprefix("http://")
        self._socket = connect(
            f"ws://{place}/_stcore/stream", origin=address, subprotocols=["streamlit"],
            max_size=None, open_timeout=_PATIENCE, ping_interval=None,
        )  # fmt: skip
        self._room, self._luck, self._query = room, luck, {}
        self._widgets, self._values, self._hash = {}, {}, ""
        self._draw()

    def change(self):
        """Change one thing, and wait until the room is drawn."""
        if self._room == "tax" and self._luck.random() < 0.5:
            self._query["schedule"] = _schedule(self._luck)
            self._draw()
            return
        name = self._luck.choice(sorted(self._widgets))
        kind, element = self._widgets[name]
        pressed = None
        if kind == "slider":
            steps = round((element.max - element.min) / element.step)
            value = element.min + element.step * self._luck.randint(0, steps)
            self._values[name] = ("double_array_value", [value] * len(element.default))
        elif kind == "selectbox":
            self._values[name] = ("string_value", self._luck.choice(list(element.options)))
        elif kind == "button":
            pressed = name
        self._draw(pressed)

    def close(self):
        self._socket.close()

    def _draw(self, pressed=None):
        message = BackMsg()
        state = message.rerun_script
        state.query_string = urllib.parse.urlencode(self._query)
        state.page_script_hash, state.page_name = self._hash, "" if self._hash else self._room
        for name, (kind, value) in self._values.items():
            widget = state.widget_states.widgets.add(id=name)
            if isinstance(value, list):
                getattr(widget, kind).data.extend(value)
            else:
                setattr(widget, kind, value)
        if pressed is not None:
            state.widget_states.widgets.add(id=pressed, trigger_value=True)
        self._socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg.FromString(self._socket.recv(timeout=_PATIENCE))
            kind = answer.WhichOneof("type")
            if kind == "new_session":
                self._widgets = {}
            elif kind == "navigation":
                self._hash = answer.navigation.page_script_hash
            elif kind == "page_info_changed":
                # As a browser's address, which it sends with the next change.
                query = answer.page_info_changed.query_string
                self._query = dict(urllib.parse.parse_qsl(query))
            elif kind == "delta":
                self._hear(answer.delta.new_element)
            elif kind == "script_finished" and answer.script_finished in _DRAWN:
                return

    def _hear(self, element):
        kind = element.WhichOneof("type")
        if kind == "exception" or (kind == "alert" and _FAILED in element.alert.body):
            raise RuntimeError(f"the room {self._room} failed: {element}")
        found = getattr(element, kind) if kind in ("slider", "selectbox", "button") else None
        if (
            found is None
            or found.disabled
            or (kind == "button" and self._room not in _WITH_BUTTONS)
        ):
            return
        self._widgets[found.id] = (kind, found)


def _schedule(luck):
    """Seven brackets with rates nobody has tried."""
    cutoffs = (0, 9.7, 39.475, 84.2, 160.725, 204.1, 510.3)
    return ",".join(f"{cutoff:g}:{luck.randint(0, 90)}" for cutoff in cutoffs)


@contextlib.contextmanager
def served(folder):
    """A lab whose rooms are ready, and which cannot look up or ask anything outside this machine.

    Yields:
        Its address, its process, and a file with what it asked for, if that is anything.
    """
    log, asked = folder / "lab.log", folder / "asked"
    path = [str(ROOT / "tests/outside"), str(ROOT), *os.environ.get("PYTHONPATH", "").split(":")]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "solon", "lab", "--port", "0", "--no-browser", "--runs",
             str(folder / "runs")],
            stdout=output, stderr=subprocess.STDOUT, cwd=ROOT,
            env={
                **os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": ":".join(filter(None, path)),
                "SOLON_TEST_ASKED_OUTSIDE": str(asked),
            },
        )  # fmt: skip
    try:
        for _ in range(4 * _PATIENCE):
            said = log.read_text("utf-8")
            if "All rooms are ready" in said:
                break
            if process.poll() is not None:
                raise RuntimeError(said)
            time.sleep(0.5)
        yield re.search(r"http://127\.0\.0\.1:\d+", said)[0], process, asked
    except BaseException:
        print(log.read_text("utf-8")[-3000:], flush=True)
        raise
    finally:
        process.terminate()
        process.wait(30)


def memory(process):
    """Resident megabytes."""
    text = pathlib.Path("/proc", str(process.pid), "status").read_text("utf-8")
    return int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) / 1024


def _visit(address, room, changes, luck):
    session = Session(address, room, luck)
    try:
        for _ in range(changes):
            session.change()
    finally:
        session.close()


class _Watch:
    """The memory of a process, every half second, until it is told to stop.

    Attributes:
        seen: megabytes.
    """

    def __init__(self, process):
        self.seen, self._process, self._stop = [], process, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self):
        while not self._stop.wait(0.5):
            self.seen.append(memory(self._process))

    def stop(self):
        self._stop.set()
        self._thread.join()


def report(folder, *, sessions, changes, seed):
    """Prints what was measured, and returns how many problems there were.

    The first two sessions in each room are the warm-up. The others are in two halves.
    """
    luck, half, starts = random.Random(seed), sessions // 2, []
    with served(folder) as (address, process, asked):
        began, watch = time.monotonic(), _Watch(process)
        print(f"lab: {memory(process):.0f} MB when its rooms are ready", flush=True)
        for number, room in zip(range(-2 * len(ROOMS), sessions), itertools.cycle(ROOMS)):
            if number in (0, half):
                starts.append(len(watch.seen))
            _visit(address, room, min(changes, _WARM_UP) if number < 0 else changes, luck)
            now, seconds = memory(process), time.monotonic() - began
            print(f"  session {number + 1}, {room}: {now:.0f} MB, {seconds:.0f} s", flush=True)
        watch.stop()
    first, second = watch.seen[starts[0] : starts[1]], watch.seen[starts[1] :]
    outside = asked.read_text("utf-8").splitlines() if asked.exists() else []
    print(
        f"lab: {sessions} sessions of {changes} changes: from {min(first):.0f} to {max(first):.0f} "
        f"MB in the first half, from {min(second):.0f} to {max(second):.0f} in the second; "
        f"{len(outside)} look-ups outside", *outside, sep="\n  ", flush=True,
    )  # fmt: skip
    grown = min(second) - min(first) > GROWTH, max(second) - max(first) > GROWTH + _PIECE
    return sum(grown) + len(outside)
