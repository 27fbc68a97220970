"""The runs below the folder that the lab was started with, and nothing outside it."""

import dataclasses
import os
import pathlib
import re
from collections.abc import Collection

from ..errors import ConfigurationError, require
from ..runs.folder import CHECKPOINTS, EVALUATION, METRICS, RunFolder
from .words import in_words

__all__ = ["LARGEST_TABLE", "Found", "Run", "find", "new_place", "opened"]

_MOST = 200
"""So many runs are read for a list."""

_LARGEST = 5_000_000
"""Bytes of a record that is read; that of a training has some thousands."""

LARGEST_TABLE = 200_000_000
"""Bytes of a table of a run that is read; that of a usual evaluation has some millions."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PARTS = ("run.json", METRICS, EVALUATION, CHECKPOINTS)


@dataclasses.dataclass(frozen=True)
class Run:
    """What a list of runs says about one of them.

    Attributes:
        name: its path below the folder of runs.
        folder: the run; None if it cannot be read.
        problem: why not.
    """

    name: str
    folder: RunFolder | None
    problem: str = ""


@dataclasses.dataclass(frozen=True)
class Found:
    """The runs in a folder.

    Attributes:
        runs: that are listed, newest first.
        older: how many more there are, which were written to before all of these.
        unnamed: how many have names that the lab does not take.
    """

    runs: list[Run]
    older: int
    unnamed: int


def find(root: pathlib.Path, also: Collection[str] = ()) -> Found:
    """The run folders one or two levels below `root`. Links are not followed.

    A folder that is gone by the time that it is looked at is left out.

    Args:
        root: the folder of runs.
        also: names that are listed however old they are.
    """
    written, unnamed = _written(root)
    names = sorted(written, key=lambda name: (name in also, written[name]), reverse=True)
    found = []
    for name in names[:_MOST]:
        try:
            found.append(Run(name, opened(root, name)))
        except ConfigurationError as error:
            if (root / name).is_dir():
                found.append(Run(name, None, in_words(error)))
    found.sort(key=lambda run: run.folder.created if run.folder else "", reverse=True)
    return Found(found, max(0, len(names) - _MOST), unnamed)


def opened(root: pathlib.Path, name: str) -> RunFolder:
    """A run by its name in `find`.

    Raises:
        ConfigurationError: if there is none of this name any more, it is damaged, or a part of it
            is a link, which may lead anywhere.
    """
    inside = all(_NAME.fullmatch(part) for part in name.split("/")) and name.count("/") < 2
    require(inside, "run", name, "the name of a run in the list")
    path = root
    for part in name.split("/"):
        path = path / part
        require(not path.is_symlink(), "run", name, "a folder, and no link to one")
    linked = [part for part in _PARTS if (path / part).is_symlink()]
    require(not linked, "run", name, "a run folder without links in it")
    require(path.is_dir(), "run", name, "a run that is still there (its folder is gone)")
    record = path / "run.json"
    small = not record.is_file() or record.stat().st_size <= _LARGEST
    require(small, "run", name, f"a run folder (its run.json has over {_LARGEST:,} bytes)")
    return RunFolder.open(path)


def new_place(root: pathlib.Path, name: str) -> pathlib.Path:
    """Where a new run of this name will be.

    Raises:
        ConfigurationError: if the name is no plain one, or taken.
    """
    allowed = "up to 64 letters, digits, dots, hyphens and underscores, the first no dot"
    require(_NAME.fullmatch(name) is not None, "name", name, allowed)
    path = root / name
    require(not os.path.lexists(path), "name", name, "a name that is not taken yet")
    return path


def _written(root: pathlib.Path) -> tuple[dict[str, float], int]:
    """When the record of each run was written, and how many have other names than runs have."""
    found: dict[str, float] = {}
    unnamed = 0
    for first in _folders(root):
        here = {first: _when_written(root / first)}
        if here[first] is None:
            here = {
                f"{first}/{second}": _when_written(root / first / second)
                for second in _folders(root / first)
            }
        for name, when in here.items():
            plain = all(map(_NAME.fullmatch, name.split("/")))
            if when is not None and plain:
                found[name] = when
            unnamed += when is not None and not plain
    return found, unnamed


def _when_written(folder: pathlib.Path) -> float | None:
    try:
        return os.stat(folder / "run.json").st_mtime
    except (OSError, ValueError):
        return None


def _folders(place: pathlib.Path) -> list[str]:
    try:
        with os.scandir(place) as entries:
            return [e.name for e in entries if e.is_dir(follow_symlinks=False) and e.name[0] != "."]
    except OSError:
        return []
