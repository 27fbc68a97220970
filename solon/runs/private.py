"""Folders of the user's own: in the home folder, and writable by nobody else."""

import os
import pathlib
import stat
import sys

__all__ = ["NotPrivateError", "home_folder", "private_folder"]

_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class NotPrivateError(Exception):
    """A folder that others may have written in, or that cannot be made. The message says why."""


def home_folder(kind: str, name: str) -> pathlib.Path | None:
    """A place for Solon's files in the user's home, which need not exist.

    Args:
        kind: `cache` for what can be made again, `state` for what cannot.
        name: of the folder.

    Returns:
        The folder; None if the user has no home.
    """
    chosen = os.environ.get(f"XDG_{kind.upper()}_HOME")
    if chosen:
        return pathlib.Path(chosen) / "solon" / name
    try:
        home = pathlib.Path.home()
    except RuntimeError:
        return None
    if sys.platform == "darwin":
        base = home / "Library" / {"cache": "Caches", "state": "Application Support"}[kind]
    else:
        base = home / {"cache": ".cache", "state": ".local/state"}[kind]
    return base / "solon" / name


def private_folder(folder: pathlib.Path) -> None:
    """Make a folder that only this user can read and write, or see that it is one.

    Raises:
        NotPrivateError: if it cannot be made or written, belongs to another user, is a link, or
            may be written by others: what is in it may be anybody's.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise NotPrivateError(f"{folder} is a link")
        if hasattr(os, "geteuid"):
            if found.st_uid != os.geteuid():
                raise NotPrivateError(f"{folder} belongs to another user")
            if found.st_mode & _OTHERS:
                remedy = "empty it, and chmod 700 it"
                raise NotPrivateError(f"{folder} may be written by other users; {remedy}")
            # Older versions let others read there.
            folder.chmod(0o700)
    except OSError as error:
        raise NotPrivateError(f"{folder}: {error.strerror or error}") from None
    if not os.access(folder, os.W_OK):
        raise NotPrivateError(f"{folder} cannot be written")
