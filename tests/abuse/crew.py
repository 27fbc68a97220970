"""Processes that run inputs, each one after the other; one that hangs is ended and replaced."""

import contextlib
import json
import os
import pathlib
import selectors
import shutil
import subprocess
import sys
import tempfile
import time

from tests.compiling import QUICKLY, as_flags

from .cases import lay
from .judge import contents, judge
from .pantry import stock

__all__ = ["Crew"]

ROOT = pathlib.Path(__file__).parents[2]
_COMPILED = ROOT / ".pytest_cache" / "d" / "xla"
_MEMORY = 12 * 2**30
#: Seconds for the first answer: jax and all of Solon are loaded.
_START = 300


class Crew:
    """One process after another, in a folder of its own.

    Args:
        limit: seconds that an input may take, of the processor where others use it, too.
    """

    def __init__(self, limit):
        self._limit = limit
        self._process = None
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="solon-abuse-"))
        self.pantry = self._folder / "pantry"

    def __enter__(self):
        self.pantry.mkdir()
        stock(self.pantry, lambda request: self._ask(request, _START))
        return self

    def __exit__(self, *_):
        self._end()
        shutil.rmtree(self._folder)

    def try_out(self, case):
        """What is wrong with the input, the verdict, the answer, and the seconds it took."""
        with tempfile.TemporaryDirectory(dir=self._folder) as place:
            folder = pathlib.Path(place)
            what = lay(case, self.pantry, folder)
            before = contents(folder)
            request = {"arguments": case.typed, "folder": place}
            request |= {"call": case.call} if case.call else {}
            # An entry that is packed has its place there, too.
            request |= {"zoo": str(folder / "zoo")} if {"zoo", "one"} & set(case.files) else {}
            began = time.monotonic()
            try:
                answer = self._ask(request, self._limit)
            except TimeoutError:
                self._end()
                return what, f"no answer within {self._limit} s", None, time.monotonic() - began
            except EOFError as error:
                self._end()
                return what, f"the process died: {error}", None, time.monotonic() - began
            seconds = time.monotonic() - began
            return what, judge(case, answer, before, contents(folder)), answer, seconds

    def _begin(self):
        # Nobody's settings. What is compiled is kept, with that of the tests.
        environment = {"XLA_FLAGS": as_flags(QUICKLY), "JAX_COMPILATION_CACHE_DIR": str(_COMPILED)}
        environment = {**environment, **os.environ, "SOLON_CACHE": str(self._folder / "cache")}
        # What a case trusts is nothing that the user trusts.
        environment |= {"SOLON_STATE": str(self._folder / "state")}
        environment |= {"COLUMNS": "80", "HOME": str(self._folder)}
        environment.pop("SOLON_TRACEBACK", None)
        path = [str(ROOT), *filter(None, [environment.get("PYTHONPATH")])]
        environment["PYTHONPATH"] = os.pathsep.join(path)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, str(pathlib.Path(__file__).with_name("worker.py")), str(_MEMORY)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd="/",
            env=environment,
        )
        self._answer(_START)

    def _ask(self, request, limit):
        if self._process is None:
            self._begin()
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        return self._answer(limit)

    def _answer(self, limit):
        pipe, began, text = self._process.stdout, self._used(), b""
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while not text.endswith(b"\n"):
                before = self._used()
                if not selector.select(limit):
                    # On a machine that is busy with other things, what counts is the processor's
                    # time: a process that waits for a pipe uses none.
                    if self._used() - before < 0.01 * limit or self._used() - began > limit:
                        raise TimeoutError
                    continue
                part = os.read(pipe.fileno(), 2**16)
                if not part:
                    raise EOFError(f"status {self._process.wait()}, {self._last_words()}")
                text += part
        return json.loads(text)

    def _used(self):
        """Seconds of processor time; 0 where that is not to be had."""
        stat = pathlib.Path("/proc", str(self._process.pid), "stat")
        if not stat.exists():
            return 0.0
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _last_words(self):
        self._errors.seek(0)
        return self._errors.read()[-300:].decode("utf-8", "replace")

    def _end(self):
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._errors.close()
            self._process = None
