"""Files that are either whole or not there, whatever happens while they are written."""

import contextlib
import os
import pathlib

__all__ = ["sync_folder", "write_file"]


def write_file(path: pathlib.Path, content: bytes) -> None:
    """Write `content` to `path` such that a kill or a full disk leaves the old file or the new."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(unfinished, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except OSError:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise
    sync_folder(path.parent)


def sync_folder(path: pathlib.Path) -> None:
    """Make the names in a folder survive a power cut, not only the contents of the files."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
