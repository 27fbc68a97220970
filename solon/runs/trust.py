"""Which Python files from run folders this user runs: a list that is kept outside of them.

A run folder may come from anybody, and so may the economy in it. What a file does shows only when
it runs, so that it runs if this user has trained with it, or has said so (`--trust`): the hash of
its content, with the name in it that is called, is in the list. Nothing in the folder counts for
anything. In this process, what was run once because the user named the file counts, too.
"""

import hashlib
import os
import pathlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .. import registry
from ..errors import ConfigurationError, require
from ..reading.files import UnreadableError, bytes_of
from .atomic import write_file
from .named import own_files, own_names
from .private import NotPrivateError, home_folder, private_folder

if TYPE_CHECKING:
    from .folder import RunFolder

__all__ = ["check_trusted", "is_trusted", "trust", "trust_files", "trust_run"]

_VARIABLE = "SOLON_STATE"
_LIST = "trusted"

_here: set[str] = set()
"""What this process has been told to run."""


def trust(content: bytes, name: str) -> str | None:
    """Put a name in a Python file on the list.

    Args:
        content: of the file.
        name: what is called in it.

    Returns:
        Why it could be remembered in this process only, or None.
    """
    line = _line(content, name)
    _here.add(line)
    try:
        place = _place()
        lines = _lines(place)
        if line not in lines:
            write_file(place, "".join(f"{one}\n" for one in [*lines, line]).encode(), mode=0o600)
    except (NotPrivateError, OSError) as error:
        return str(error)
    return None


def trust_files(names: Iterable[str]) -> str | None:
    """`trust` for each `FILE.py:NAME` among names, which the user has given; others count nothing.

    Raises:
        ConfigurationError: if a file cannot be read.
    """
    problem = None
    for path, name in own_files(names):
        try:
            content = bytes_of(path)
        except UnreadableError as error:
            allowed = f"a Python file that can be read ({error})"
            raise ConfigurationError("file", f"{path}:{name}", allowed) from None
        problem = trust(content, name) or problem
    return problem


def trust_run(folder: "RunFolder") -> str | None:
    """`trust` for the code in a run, which the user has asked for."""
    return trust_files(str(folder.path / name) for name in own_names(folder.config))


def is_trusted(content: bytes, name: str) -> bool:
    """Whether the user runs this name in this file.

    A list that others may have written in is not read.
    """
    line = _line(content, name)
    try:
        known = line in _here or registry.was_asked_for(content, name)
        return known or line in _lines(_place())
    except (NotPrivateError, OSError):
        return False


def check_trusted(content: bytes, name: str, shown: str) -> None:
    """Raise `ConfigurationError` unless `is_trusted`.

    Args:
        content: of a Python file.
        name: what is called in it.
        shown: where the file is.
    """
    problem = ""
    try:
        _place()
    except NotPrivateError as error:
        problem = f"; your list cannot be used: {error}"
    allowed = (
        "a run whose Python file you trust. This one has not been trained with here: read it, and "
        f"add --trust to run it{problem}"
    )
    require(is_trusted(content, name), "economy", shown, allowed)


def _line(content: bytes, name: str) -> str:
    # The name, too: what else a file imports may be called with options from run.json.
    return f"{hashlib.sha256(content).hexdigest()} {name}"


def _place() -> pathlib.Path:
    chosen = os.environ.get(_VARIABLE)
    try:
        folder = pathlib.Path(chosen).expanduser() if chosen else home_folder("state", "trust")
    except RuntimeError:
        raise ConfigurationError(_VARIABLE, chosen, "a folder (that home is not known)") from None
    if folder is None:
        raise NotPrivateError(f"there is no home folder; {_VARIABLE}=FOLDER names a place for it")
    private_folder(folder)
    return folder / _LIST


def _lines(place: pathlib.Path) -> list[str]:
    try:
        descriptor = os.open(place, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return []
    with open(descriptor, encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()
