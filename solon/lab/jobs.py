"""Commands that run in processes of their own, and go on when a tab or the lab is closed."""

import dataclasses
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

from ..errors import require

__all__ = ["Job", "all_jobs", "start", "stop"]

_MOST = 2
"""So many run at the same time: more would only get in each other's way."""

_TAIL = 4000
_FOLDER = ".lab"


@dataclasses.dataclass
class Job:
    """A command that was started here.

    Attributes:
        run: name of the run that it works on.
        words: what it does.
        log: what it prints.
        process: it.
        began: by the monotonic clock.
    """

    run: str
    words: str
    log: pathlib.Path
    process: subprocess.Popen[bytes]
    began: float

    @property
    def running(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    @property
    def failed(self) -> bool:
        """Whether it ended in another way than it should; 130 is an end that was asked for."""
        return self.process.poll() not in (None, 0, 130)

    def last_line(self) -> str:
        """The last line that it printed."""
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, os.path.getsize(self.log) - _TAIL))
                lines = file.read().decode("utf-8", "replace").split("\n")
        except OSError:
            return ""
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


_jobs: dict[str, Job] = {}
_lock = threading.Lock()


def all_jobs() -> list[Job]:
    """Those of this lab since it was started, the newest first."""
    return sorted(_jobs.values(), key=lambda job: job.began, reverse=True)


def start(run: str, words: str, arguments: Sequence[str], root: pathlib.Path) -> Job:
    """Run `solon ARGUMENTS` in a session of its own.

    Args:
        run: name of the run; of each, one job at a time.
        words: what people call it.
        arguments: after `solon`.
        root: the folder of runs, which gets the log.

    Raises:
        ConfigurationError: if a job works on the run already, or too many run.
    """
    with _lock:
        now = [job for job in _jobs.values() if job.running]
        busy = any(job.run == run for job in now)
        require(not busy, "run", run, "a run that nothing works on at the moment")
        allowed = f"up to {_MOST} at the same time; wait for one, or stop it"
        require(len(now) < _MOST, "jobs", len(now) + 1, allowed)
        folder = root / _FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / f"{run.replace('/', '-')}.log"
        command = [sys.executable, "-m", "solon", *arguments]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        job = Job(run, words, log, process, time.monotonic())
        _jobs[run] = job
        return job


def stop(run: str) -> bool:
    """Ask a job to end in good order: a training saves what it has. False if none runs."""
    job = _jobs.get(run)
    if job is None or not job.running:
        return False
    job.process.send_signal(signal.SIGINT)
    return True
