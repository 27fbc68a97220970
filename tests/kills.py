"""What a process leaves on the disk if it is killed before the n-th operation that changes it.

`states` keeps what is on the disk before each operation of a piece of work: that is what a kill
there leaves, since the system keeps nothing back from other processes but what a program has in
buffers of its own. `arm` ends the process before the n-th operation: nothing is cleaned up, and no
`finally` runs. `make endurance` compares the two.
"""

import builtins
import contextlib
import functools
import io
import os
import pathlib
import shutil
import sys

__all__ = ["BELOW", "ENVIRONMENT", "STATUS", "arm", "lay", "states", "tree"]

ENVIRONMENT, BELOW = "SOLON_KILL_BEFORE", "SOLON_KILL_BELOW"
STATUS = 77

# What Python reports before it does it, and where the folders stand that its paths start from.
_CHANGES = {
    "os.rename": ((0, 2), (1, 3)),
    "os.link": ((1, 3),),
    "os.symlink": ((1, 2),),
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.mkdir": ((0, 2),),
    "os.truncate": ((0, None),),
}

_watches = []


def tree(folder):
    """Path below a folder -> content of the file; None for a folder."""
    return {
        path.relative_to(folder).as_posix(): None if path.is_dir() else path.read_bytes()
        for path in sorted(pathlib.Path(folder).rglob("*"))
    }


def lay(folder, content):
    """Make of a folder what `tree` has seen."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, data in content.items():
        place = folder / name
        if data is None:
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)


def states(folder, work):
    """Do the work; what was below the folder before each operation there, and at the end.

    Returns:
        A list of operation, in a few words, and `tree`.
    """
    found = []
    with _watched(folder, lambda operation: found.append((operation, tree(folder)))):
        work()
    return [*found, ("the end", tree(folder))]


@contextlib.contextmanager
def _watched(below, before):
    """Call `before` with a few words ahead of each operation below a folder, in this process."""
    _install()
    watch = (pathlib.Path(below).absolute(), before)
    _watches.append(watch)
    try:
        yield
    finally:
        _watches.remove(watch)


def arm():
    """Count from now on, to the number in the environment; 0 or none counts without end.

    With `SOLON_KILL_BELOW`, only operations below that folder count.
    """
    left, own = int(os.environ.get(ENVIRONMENT) or 0), os.getpid()

    def before(operation):
        nonlocal left
        if os.getpid() == own:
            left -= 1
            if left == 0:
                os._exit(STATUS)

    _install()
    _watches.append((pathlib.Path(os.environ.get(BELOW, "/")), before))


@functools.cache
def _install():
    sys.addaudithook(_hear)
    os.fsync = _told_before("fsync", os.fsync)
    os.write = _told_before("write", os.write)
    builtins.open = io.open = _counting(io.open)


def _hear(event, arguments):
    if not _watches:
        return
    if event == "open":
        path, _, flags = arguments
        writes = flags & (os.O_WRONLY | os.O_RDWR) and flags & (os.O_CREAT | os.O_TRUNC)
        if writes and not isinstance(path, int):
            _tell("open", [_absolute(path)])
    elif event in _CHANGES:
        places = [
            _absolute(arguments[path], -1 if start is None else arguments[start])
            for path, start in _CHANGES[event]
        ]
        _tell(event, places)
    elif event == "ctypes.dlsym" and arguments[1] == "renameat2":
        # It is looked up each time before it is called, with what is not seen here.
        _tell("exchange", None)


def _tell(operation, places):
    for below, before in list(_watches):
        if places is None or any(place.is_relative_to(below) for place in places):
            # What it does itself does not count.
            held, _watches[:] = list(_watches), []
            try:
                before(f"{operation} {'' if places is None else places[0]}")
            finally:
                _watches[:] = held


def _absolute(path, start=-1):
    if isinstance(path, int):
        return _of_descriptor(path)
    base = pathlib.Path.cwd() if start in (-1, None) else _of_descriptor(start)
    return pathlib.Path(os.path.normpath(base / os.fsdecode(path)))


def _of_descriptor(number):
    return pathlib.Path(os.readlink(f"/proc/self/fd/{number}"))


def _told_before(name, operation):
    def run(descriptor, *arguments):
        if _watches:
            _tell(name, [_of_descriptor(descriptor)])
        return operation(descriptor, *arguments)

    return run


def _counting(opened):
    def open_counting(file, mode="r", *arguments, **named):
        found = opened(file, mode, *arguments, **named)
        if _watches and any(letter in mode for letter in "wax+"):
            return _Halves(found)
        return found

    return open_counting


class _Halves:
    """A file that is written by halves, each of which reaches the disk."""

    def __init__(self, file):
        self._file = file

    def write(self, content):
        half = len(content) // 2
        for part in (content[:half], content[half:]):
            _tell("write", [_of_descriptor(self._file.fileno())])
            self._file.write(part)
            self._file.flush()
        return len(content)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._file.close()

    def __iter__(self):
        return iter(self._file)

    def __getattr__(self, name):
        return getattr(self._file, name)
