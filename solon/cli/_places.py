"""Places for files that a command is going to write."""

import contextlib
import os
import pathlib
from collections.abc import Mapping

from ..errors import ConfigurationError, require
from ..runs.atomic import remove_leftovers

__all__ = ["check_place", "check_places"]

# What file systems take at most for a name, less what it is called while it is written.
_LONGEST_NAME = 255 - len(".") - len(".1234567.tmp")


def check_places(places: Mapping[str, str | None]) -> None:
    """`check_place` of all that were given, by argument, and that no two are one file.

    Raises:
        ConfigurationError: for the first argument that does not fit.
    """
    taken: dict[str, str] = {}
    for argument, place in places.items():
        if place is None:
            continue
        check_place(argument, pathlib.Path(place))
        other = taken.setdefault(os.path.realpath(place), argument)
        require(other == argument, argument, place, f"another file than that of {other}")


def check_place(argument: str, place: pathlib.Path) -> None:
    """Find out now, and not after minutes, that a file cannot be written.

    Raises:
        ConfigurationError: if it cannot, or if what is there is no regular file: a device, a
            link and the like are not to be replaced.
    """
    allowed = "a place for a file that can be written"
    require(place.name not in ("", ".."), argument, str(place), f"{allowed}, with a name")
    short = all(len(os.fsencode(part)) <= _LONGEST_NAME for part in place.parts)
    require(short, argument, str(place), f"{allowed} (the name is too long)")
    try:
        parent = place.absolute().parent
        # All of a path may be too long, whatever its parts are.
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            os.lstat(place.absolute().with_name(f".{place.name}.{os.getpid()}.tmp"))
        # A link that leads nowhere is there, and no folder can be made in its place.
        while not os.path.lexists(parent):
            parent = parent.parent
        regular = not os.path.lexists(place) or (place.is_file() and not place.is_symlink())
        require(parent.is_dir() and regular, argument, str(place), allowed)
        remove_leftovers(parent / place.name)
        # Permissions alone do not tell: some folders take no files.
        trial = parent / f".{place.name}.{os.getpid()}.tmp"
        os.close(os.open(trial, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        trial.unlink()
    except OSError as error:
        reason = f"{allowed} ({error.strerror})"
        raise ConfigurationError(argument, str(place), reason) from None
