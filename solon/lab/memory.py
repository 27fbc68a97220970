"""Keeps the lab small: compiled programs are dropped when there are many."""

import ctypes
import gc
import os
import pathlib
import sys
import threading

__all__ = ["keep_small"]

_GROWTH = 512
"""Megabytes by which the process may grow before programs are dropped. Each kind of workers under
each kind of tax has one of some 100; after a drop, the next of each is read from the disk."""

_lock = threading.Lock()
_least: float | None = None


def keep_small() -> bool:
    """Drop compiled programs if the process has grown since it was smallest; whether it did."""
    global _least
    now = _resident()
    if now is None or "jax" not in sys.modules:
        return False
    with _lock:
        _least = now if _least is None else min(_least, now)
        if now - _least < _GROWTH:
            return False
        import jax

        jax.clear_caches()
        gc.collect()
        _give_back()
        # What results and sessions have taken meanwhile is no reason to drop programs again.
        _least = _resident() or now
        return True


def _resident() -> float | None:
    """Resident megabytes of this process; None where the system does not say."""
    try:
        pages = int(pathlib.Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _give_back() -> None:
    """Freed memory goes back to the system, where its library can do that."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError):
        return
