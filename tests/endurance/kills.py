"""Commands are killed before each operation on the disk, and what is left is looked at.

A command runs once, and `tests.kills.states` keeps what a kill before each of its operations would
leave. Each of these states is judged, and the command runs again in it. That this is what a real
kill leaves is tried on some operations of each command, in processes of their own.
"""

import contextlib
import fnmatch
import io
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import time

from tests.kills import BELOW, ENVIRONMENT, STATUS, lay, states, tree

from .commands import ROOT
from .killed import stop_the_clock

__all__ = ["Kills"]

_LEFTOVER = re.compile(r"(^|/)\.[^/]*\.(tmp|old)(/|$)")


class Kills:
    """Kills one command everywhere.

    Args:
        command: it.
        folder: a place to work in, which may be removed.
    """

    def __init__(self, command, folder):
        self._command, self._place = command, pathlib.Path(folder)
        self.operations = self.different = 0

    def problems(self, real, luck):
        """What is wrong, a line each.

        Args:
            real: how many operations are tried with a real kill.
            luck: which.
        """
        with self._command.around(), _shipped_elsewhere(self._place / "zoo"):
            self._before()
            self._old = tree(self._place)
            left = states(self._place, lambda: self._run(self._command.typed))
            self.operations = len(left) - 1
            if not self.operations:
                raise RuntimeError(f"solon {' '.join(self._command.typed)} writes nothing")
            self._new = left[-1][1]
            found, seen = [], []
            for number, (operation, state) in enumerate(left):
                if state in seen:
                    continue
                seen.append(state)
                found += [
                    f"before operation {number} ({operation}): {problem}"
                    for problem in (*self._judge(state), *self._again(state))
                ]
            self.different = len(seen)
            real = min(real, self.operations) if self._command.real else 0
            for number in luck.sample(range(self.operations), real):
                problem = self._really(number, left[number][1])
                if problem:
                    found.append(f"killed before operation {number} ({left[number][0]}): {problem}")
        return found

    def _before(self):
        lay(self._place, {n: t.encode() for n, t in self._command.files.items()})
        os.chdir(self._place)
        for one in self._command.before:
            one(self._place) if callable(one) else self._run(one)

    def _run(self, typed):
        status, said = _solon(typed)
        if status != 0:
            raise RuntimeError(f"solon {' '.join(typed)}: status {status}, {said}")

    def _judge(self, state):
        """Each file is the old one or the new one, and so is each folder that is a whole."""
        state = {name: data for name, data in state.items() if not _LEFTOVER.search(name)}
        for name in sorted({*self._old, *self._new, *state}):
            ends = [each.get(name) for each in (self._old, self._new)]
            here = state.get(name)
            if here in ends or name.endswith("/.lock"):
                continue
            if here is None:
                yield f"{name} is lost"
            elif not (self._is_sealed(name) and _is_intact(name, here)):
                yield f"{name} is neither the old one nor the new one"
        for pattern in self._command.wholes:
            for folder in _folders(pattern, self._old, self._new, state):
                old, new, here = (_below(folder, each) for each in (self._old, self._new, state))
                if here not in (old, new):
                    yield f"{folder} is a mixture of {sorted(here)}"

    def _again(self, state):
        """The command works again, ends where it would have, and leaves nothing unfinished."""
        lay(self._place, state)
        os.chdir(self._place)
        self._command.check(self._place)
        typed = self._command.again(self._place) or self._command.typed
        status, said = _solon(typed)
        done, refused = (
            words and status == 2 and words in said
            for words in (self._command.done, self._command.refused)
        )
        if refused:
            if tree(self._place) != state:
                yield f"`solon {' '.join(typed)}` is refused and changes something"
            return
        if status != 0 and not done:
            yield f"`solon {' '.join(typed)}` afterwards: status {status}, {said}"
            return
        end = tree(self._place)
        for name in sorted(end):
            if _LEFTOVER.search(name):
                yield f"{name} is left after a second run"
        for name in sorted({*self._new, *end}):
            same = end.get(name) == self._new.get(name)
            if not (same or _LEFTOVER.search(name) or self._is_sealed(name)):
                yield f"{name} is another one after a second run"

    def _is_sealed(self, name):
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in self._command.sealed)

    def _really(self, number, wanted):
        lay(self._place, self._old)
        environment = {**os.environ, ENVIRONMENT: str(number + 1), BELOW: str(self._place)}
        path = [str(ROOT), *filter(None, [environment.get("PYTHONPATH")])]
        environment["PYTHONPATH"] = os.pathsep.join(path)
        done = subprocess.run(
            [sys.executable, "-m", "tests.endurance.killed", *self._command.typed],
            cwd=self._place, env=environment, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode != STATUS:
            return f"it ended with status {done.returncode}: {done.stderr[-300:]}"
        left = {_plain(name) for name in tree(self._place)}
        expected = {_plain(name) for name in wanted}
        return "" if left == expected else f"it left {sorted(left ^ expected)} more or less"


def _solon(typed):
    from solon.cli import main

    said = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        status = main(list(typed))
    return status, said.getvalue().strip()


@contextlib.contextmanager
def _shipped_elsewhere(folder):
    from solon.zoo import files

    kept, files.ROOT = files.ROOT, folder
    try:
        yield
    finally:
        files.ROOT = kept


def _is_intact(name, content):
    from solon.runs.seals import DamagedError, is_intact, read_parquet

    if name.endswith(".json"):
        return is_intact(json.loads(content))
    place = pathlib.Path(name)
    try:
        return read_parquet(place).num_rows > 0
    except (DamagedError, OSError):
        return False


def _folders(pattern, *trees):
    names = {name for each in trees for name, data in each.items() if data is None}
    return sorted(name for name in names if fnmatch.fnmatchcase(name, pattern))


def _below(folder, content):
    return {n: data for n, data in content.items() if n == folder or n.startswith(f"{folder}/")}


def _plain(name):
    """Without the number of the process, which stands in unfinished names."""
    return re.sub(r"\.\d+(-[0-9a-f]+)?(?=\.(tmp|old))", ".N", name)


def report(name, command, folder, *, real, seed):
    """Kill a command; prints a line, and one for each problem, and returns how many there were."""
    began = time.monotonic()
    stop_the_clock()
    kills = Kills(command, folder / "place")
    problems = kills.problems(real, random.Random(f"{seed} {name}"))
    wall, used = time.monotonic() - began, sum(os.times()[:4])
    print(
        f"{name}: {kills.operations} operations, {kills.different} different states, "
        f"{len(problems)} problems, {wall:.0f} s, {used:.0f} of the processor",
        *problems, sep="\n  ", flush=True,
    )  # fmt: skip
    return len(problems)
