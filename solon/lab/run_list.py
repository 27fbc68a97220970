"""The runs below the folder that the lab was started with, and nothing outside it."""

import dataclasses
import os
import pathlib
import re

from ..errors import ConfigurationError, require
from ..runs.folder import CHECKPOINTS, EVALUATION, METRICS, RunFolder

__all__ = ["Run", "find", "new_place", "opened"]

_MOST = 500
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PARTS = ("run.json", METRICS, EVALUATION, CHECKPOINTS)


@dataclasses.dataclass(frozen=True)
class Run:
    """What a list of runs says about one of them.

    Attributes:
        name: its path below the folder of runs.
        folder: the run; None if it can not be read.
        problem: why not.
    """

    name: str
    folder: RunFolder | None
    problem: str = ""


def find(root: pathlib.Path) -> list[Run]:
    """All run folders one or two levels below `root`, newest first. Links are not followed.

    A folder that is gone by the time that it is looked at is left out.
    """
    found = []
    for name in _names(root):
        try:
            found.append(Run(name, opened(root, name)))
        except ConfigurationError as error:
            if (root / name).is_dir():
                found.append(Run(name, None, str(error)))
        if len(found) == _MOST:
            break
    return sorted(found, key=lambda r: r.folder.created if r.folder else "", reverse=True)


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


def _names(root: pathlib.Path) -> list[str]:
    names = []
    for first in _folders(root):
        if (root / first / "run.json").exists():
            names.append(first)
            continue
        for second in _folders(root / first):
            if (root / first / second / "run.json").exists():
                names.append(f"{first}/{second}")
    return names


def _folders(place: pathlib.Path) -> list[str]:
    try:
        with os.scandir(place) as entries:
            found = [e.name for e in entries if e.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return sorted(name for name in found if _NAME.fullmatch(name))
