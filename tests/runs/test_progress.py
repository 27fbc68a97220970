import io
import sys
import time

import pytest

from solon.runs.progress import Progress, duration


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_plain_lines_come_every_fifteen_seconds(clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", stream := io.StringIO())
    progress = Progress(10_000)
    for update in range(1, 41):
        clock[0] += 1
        progress.update(100 * update, {"episode/equality": 0.4})
    lines = stream.getvalue().splitlines()
    assert lines[0] == "compiling"
    assert [line.split(" of")[0] for line in lines[1:]] == ["100", "1,600", "3,100"]
    assert lines[-1] == "3,100 of 10,000 steps  100 steps/s  1 min 09 s left  equality 0.4"


def test_values_are_those_of_the_workers_and_the_last_known(clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", stream := io.StringIO())
    progress = Progress(100)
    known = {"planner/episode_return": 1.0, "worker/episode_return": 5.0}
    progress.update(10, known | {"episode/productivity": 2345.6})
    clock[0] += 60
    progress.update(20, dict.fromkeys([*known, "episode/productivity"], float("nan")))
    assert stream.getvalue().splitlines()[-1].endswith("reward 5  productivity 2,346")


def test_quiet_shows_messages_only(clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", stream := io.StringIO())
    progress = Progress(100, quiet=True)
    progress.update(10, {})
    progress.message("interrupted")
    assert stream.getvalue() == "interrupted\n"


def test_a_terminal_gets_one_line_that_changes(monkeypatch):
    monkeypatch.setattr(sys, "stderr", stream := Terminal())
    progress = Progress(100)
    progress.update(10, {"episode/equality": 0.5})
    progress.message("[checkpoint] is damaged")
    progress.update(20, {"episode/equality": 0.6})
    progress.close()
    shown = stream.getvalue()
    assert "[checkpoint] is damaged" in shown
    assert "20 of 100 steps  " in shown


def test_trainings_with_a_label_share_a_terminal_line_by_line(monkeypatch):
    monkeypatch.setattr(sys, "stderr", stream := Terminal())
    progress = Progress(100, label="free market")
    progress.update(10, {})
    progress.message("done")
    progress.close()
    assert stream.getvalue().splitlines() == [
        "free market: compiling",
        "free market: 10 of 100 steps",
        "free market: done",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (59.6, "1 min 00 s"), (75, "1 min 15 s"), (3600 * 26 + 61, "26 h 01 min")],
)
def test_durations_read_as_people_say_them(seconds, text):
    assert duration(seconds) == text
