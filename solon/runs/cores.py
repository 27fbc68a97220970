"""The cores that this process may use."""

import os

__all__ = ["deal_cores", "usable_cores"]


def usable_cores() -> int:
    """How many there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def deal_cores(count: int) -> list[set[int]]:
    """Cores for so many processes; empty sets where they cannot be told apart.

    Small networks gain nothing from sharing them.
    """
    if not hasattr(os, "sched_getaffinity"):
        return [set() for _ in range(count)]
    cores = sorted(os.sched_getaffinity(0))
    return [set(cores[i::count]) or set(cores) for i in range(count)]
