"""Ends the process before the n-th operation that changes what is on the disk.

`arm()` counts from then on; a process that is started with the environment variable set, and with
`tests/killed` on its path, counts from its start (`sitecustomize`). The process ends as if it had
been killed: nothing is cleaned up, and no `finally` runs.
"""

import builtins
import os
import pathlib

__all__ = ["ENVIRONMENT", "STATUS", "arm"]

ENVIRONMENT = "SOLON_KILL_BEFORE"
STATUS = 77

_OPERATIONS = ("replace", "rename", "fsync", "unlink", "mkdir", "rmdir", "remove")


def arm() -> None:
    """Count from now on, to the number in the environment; 0 or none counts without end.

    With `SOLON_KILL_BELOW`, only operations on paths below that folder count.
    """
    state = {"left": int(os.environ.get(ENVIRONMENT) or 0), "own": os.getpid()}

    def count() -> None:
        if os.getpid() != state["own"] or state["left"] <= 0:
            return
        state["left"] -= 1
        if state["left"] == 0:
            os._exit(STATUS)

    def counted(operation):
        def run(*arguments, **named):
            if _matters(operation.__name__, arguments[0] if arguments else None):
                count()
            return operation(*arguments, **named)

        return run

    for name in _OPERATIONS:
        setattr(os, name, counted(getattr(os, name)))
    opened = builtins.open

    def open_counted(file, mode="r", *arguments, **named):
        found = opened(file, mode, *arguments, **named)
        if "b" in mode and ("w" in mode or "a" in mode) and _matters("write", found.fileno()):
            return _Counted(found, count)
        return found

    builtins.open = open_counted


class _Counted:
    """A file whose writes count; half of what is written is there when one is not done."""

    def __init__(self, file, count):
        self._file, self._count = file, count

    def write(self, content):
        half = len(content) // 2
        self._count()
        self._file.write(content[:half])
        self._file.flush()
        self._count()
        return half + self._file.write(content[half:])

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._file.close()

    def __getattr__(self, name):
        return getattr(self._file, name)


def _matters(name, place):
    below = os.environ.get("SOLON_KILL_BELOW")
    if below is None:
        return True
    try:
        if isinstance(place, int):
            place = os.readlink(f"/proc/self/fd/{place}")
        return pathlib.Path(os.fspath(place)).absolute().is_relative_to(below)
    except (OSError, TypeError):
        return False
