"""Files that are either whole or not there."""

import os
import pathlib
import tempfile
from collections.abc import Callable
from typing import IO

from ..errors import ConfigurationError

__all__ = ["write_atomically"]


def write_atomically(
    path: str | os.PathLike[str], write: Callable[[IO[bytes]], None], *, argument: str
) -> None:
    """Write a file so that no reader, and no crash, ever meets half of it.

    Args:
        path: where the file goes. Missing folders above it are made.
        write: writes the content to the binary file that it is handed.
        argument: what the user calls the place, for the error message.

    Raises:
        ConfigurationError: if the place can not be written.
    """
    target = pathlib.Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # In the same folder, since a rename is atomic only within one file system.
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise _unwritable(argument, path, error) from None
    temporary = pathlib.Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        temporary.replace(target)
    except OSError as error:
        raise _unwritable(argument, path, error) from None
    finally:
        temporary.unlink(missing_ok=True)


def _unwritable(argument: str, path: str | os.PathLike[str], error: OSError) -> ConfigurationError:
    reason = error.strerror or type(error).__name__
    return ConfigurationError(argument, str(path), f"a place that can be written ({reason})")


def _umask() -> int:
    # There is no way to ask for the mask without setting it.
    mask = os.umask(0)
    os.umask(mask)
    return mask
