"""How much memory this process may have."""

import os
import pathlib

__all__ = ["address_space", "physical_memory", "usable_memory"]

# Version 2 of control groups, and version 1: the limit of the container that the process is in.
_LIMITS = (
    pathlib.Path("/sys/fs/cgroup/memory.max"),
    pathlib.Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def physical_memory() -> int | None:
    """Bytes of the machine; None if it does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def address_space() -> int | None:
    """Bytes that this process may map (`ulimit -v`); None without a limit."""
    try:
        import resource
    except ImportError:
        return None
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY else limit


def usable_memory() -> int | None:
    """The smallest of the machine's memory, its container's and the process' limit, in bytes."""
    found = [physical_memory(), address_space(), *(_written(path) for path in _LIMITS)]
    return min((limit for limit in found if limit is not None), default=None)


def _written(path: pathlib.Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        # There is no such group, or it is without a limit: "max".
        return None
