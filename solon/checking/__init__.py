"""Whether an economy keeps to its contract: by tracing it, which is fast, and by playing it."""

from .contract import check_economy, check_own_economy, faults
from .findings import Findings
from .play import examine, play_through, trail

__all__ = [
    "Findings",
    "check_economy",
    "check_own_economy",
    "examine",
    "faults",
    "play_through",
    "trail",
]
