"""Files and folders that are either whole or not there, whatever happens while they are written.

What a killed process leaves, `.NAME.*.tmp` and `.NAME.*.old`, is removed or put back when the same
place is written or looked at again.
"""

import contextlib
import errno
import os
import pathlib
import shutil
import sys
import threading
import time
from collections.abc import Iterator, Mapping

try:
    import fcntl
except ImportError:  # a system without locks on files
    fcntl = None  # type: ignore[assignment]

__all__ = [
    *("folders_above", "remove_leftovers", "restore_folder", "sync_folder"),
    *("write_file", "write_folder"),
]

_UNFINISHED, _OLD = ".tmp", ".old"
_HERE, _EXCHANGE = -100, 2
"""AT_FDCWD and RENAME_EXCHANGE, as renameat2(2) has them."""
_PATIENCE = 20.0
"""Seconds to wait for other writers of folders; a folder is written in less."""
_LONGEST = 100
"""Letters of a name that stand in that of its unfinished file: a longer one might not fit."""


def write_file(path: pathlib.Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write `content` to `path` such that a kill or a full disk leaves the old file or the new.

    Args:
        path: the file, in a folder that exists.
        content: of it.
        mode: permissions of the file, which the user's mask may lower.
    """
    remove_leftovers(path)
    unfinished = _beside(path, _UNFINISHED)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(unfinished, flags, mode)
        with open(descriptor, "wb") as file:
            # Held by the writer: without it the file is a leftover.
            _lock(descriptor)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
            os.replace(unfinished, path)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise
    sync_folder(path.parent)


@contextlib.contextmanager
def folders_above(path: pathlib.Path) -> Iterator[list[pathlib.Path]]:
    """Make the folders above a path; those that were made go again if what follows fails.

    Yields:
        Those that were made, the innermost first.

    Raises:
        OSError: if they cannot be made.
    """
    missing: list[pathlib.Path] = []
    for parent in path.absolute().parents:
        if parent.exists():
            if not parent.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, f"{parent.name} is not a folder")
            break
        missing.append(parent)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield missing
    except BaseException:
        for parent in missing:
            with contextlib.suppress(OSError):
                parent.rmdir()
        raise


def write_folder(path: pathlib.Path, contents: Mapping[str, bytes], *, new: bool = False) -> None:
    """Write a folder such that a kill leaves the old one or the new, and never a mixture.

    Linux exchanges the names of the two at once. Where the system or its disk cannot, neither is
    under its name between two renames; `restore_folder` puts the old one back.

    Args:
        path: what is there is replaced. The folder above it exists.
        contents: of files, by path in the folder.
        new: replace nothing but an empty folder.

    Raises:
        OSError: if it cannot be written, or is not new; what was there is left alone.
    """
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise NotADirectoryError(errno.ENOTDIR, "what is there is no folder")
    with _only_one(path.parent):
        _put_back(path)
        unfinished, old = _beside(path, _UNFINISHED), _beside(path, _OLD)
        try:
            unfinished.mkdir()
            for name, content in contents.items():
                file = unfinished / name
                file.parent.mkdir(parents=True, exist_ok=True)
                write_file(file, content)
            there = path.exists() and not new
            if not (there and _exchange(unfinished, path)):
                if there:
                    os.rename(path, old)
                os.rename(unfinished, path)
            sync_folder(path.parent)
        finally:
            if old.exists() and not path.exists():
                os.rename(old, path)
            for leftover in (unfinished, old):
                shutil.rmtree(leftover, ignore_errors=True)


def restore_folder(path: pathlib.Path) -> None:
    """Put back what a killed `write_folder` has left under another name, and remove the rest."""
    if not any(_leftovers(path, _UNFINISHED, _OLD)):
        return
    with contextlib.suppress(OSError), _only_one(path.parent):
        _put_back(path)


def sync_folder(path: pathlib.Path) -> None:
    """Make the names in a folder survive a power cut, not only the contents of the files."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _exchange(one: pathlib.Path, other: pathlib.Path) -> bool:
    """Let two folders exchange their names at once; False where that cannot be done."""
    if not sys.platform.startswith("linux"):
        return False
    import ctypes

    try:
        rename = ctypes.CDLL(None).renameat2
    except AttributeError:  # a C library from before 2018
        return False
    return rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0


def _beside(path: pathlib.Path, ending: str) -> pathlib.Path:
    name = f".{path.name[:_LONGEST]}.{os.getpid()}-{threading.get_ident():x}{ending}"
    return path.with_name(name)


def _leftovers(path: pathlib.Path, *endings: str) -> Iterator[pathlib.Path]:
    start = f".{path.name[:_LONGEST]}."
    try:
        names = os.listdir(path.parent)
    except OSError:
        return
    for name in names:
        middle = name.removeprefix(start).rpartition(".")[0]
        ours = name.startswith(start) and name.endswith(endings)
        if ours and middle.partition("-")[0].isdecimal():
            yield path.with_name(name)


def _put_back(path: pathlib.Path) -> None:
    """For the holder of the lock of the folder above: nobody else writes there now."""
    for old in _leftovers(path, _OLD):
        if path.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            os.rename(old, path)
    for unfinished in _leftovers(path, _UNFINISHED):
        if unfinished.is_dir():
            shutil.rmtree(unfinished, ignore_errors=True)


def remove_leftovers(path: pathlib.Path) -> None:
    """Remove the unfinished files that killed writers of `path` have left."""
    for leftover in _leftovers(path, _UNFINISHED):
        with contextlib.suppress(OSError):
            descriptor = os.open(leftover, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
            try:
                if _lock(descriptor) and not leftover.is_dir():
                    leftover.unlink()
            finally:
                os.close(descriptor)


def _lock(descriptor: int) -> bool:
    if fcntl is None:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _only_one(folder: pathlib.Path) -> Iterator[None]:
    """Keep other processes from writing folders in `folder`.

    Raises:
        OSError: if one of them does not come to an end: anybody who can read a folder can hold it.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        tired = time.monotonic() + _PATIENCE
        while fcntl is not None and not _lock(descriptor):
            if time.monotonic() > tired:
                raise OSError(errno.EAGAIN, f"another process holds {folder}")
            time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)
