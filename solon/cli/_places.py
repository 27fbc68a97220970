"""Places for files that a command is going to write."""

import os
import pathlib

from ..errors import require

__all__ = ["check_place"]


def check_place(argument: str, place: pathlib.Path) -> None:
    """Find out now, and not after minutes, that a file can not be written.

    Raises:
        ConfigurationError: if it can not, or if what is there is no regular file: a device, a
            link and the like are not to be replaced.
    """
    parent = place.absolute().parent
    while not parent.exists():
        parent = parent.parent
    regular = not os.path.lexists(place) or (place.is_file() and not place.is_symlink())
    writable = parent.is_dir() and os.access(parent, os.W_OK) and regular
    require(writable, argument, str(place), "a place for a file that can be written")
