"""Results by the hash of what they come from, shared by all visitors."""

import collections
import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from .memory import keep_small

__all__ = ["fingerprint", "forget", "result"]

Value = TypeVar("Value")

_MOST = 64
"""So many results are kept, the ones used last."""

_kept: collections.OrderedDict[str, Any] = collections.OrderedDict()
_locks: dict[str, threading.Lock] = {}
_lock = threading.Lock()


def fingerprint(configuration: Mapping[str, Any]) -> str:
    """A hash of a configuration of plain values: the same for the same, in any order of keys."""
    text = json.dumps(configuration, sort_keys=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def result(configuration: Mapping[str, Any], compute: Callable[[], Value]) -> Value:
    """The result of a configuration, computed once whoever asks for it at the same time.

    Args:
        configuration: all that the result depends on, as JSON values. It is not to be changed by
            whoever gets it: others may have the same.
        compute: makes it.
    """
    key = fingerprint(configuration)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
        own = _locks.setdefault(key, threading.Lock())
    try:
        with own:
            with _lock:
                if key in _kept:
                    return _kept[key]
            value = compute()
            keep_small()
            with _lock:
                _kept[key] = value
                while len(_kept) > _MOST:
                    _kept.popitem(last=False)
            return value
    finally:
        with _lock:
            _locks.pop(key, None)


def forget() -> None:
    """Drop everything."""
    with _lock:
        _kept.clear()
