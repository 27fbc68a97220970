"""What `solon lab` was started with, for all who use it."""

import dataclasses
import pathlib

__all__ = ["Settings", "configure", "settings"]


@dataclasses.dataclass(frozen=True)
class Settings:
    """What `solon lab` was started with.

    Attributes:
        runs: the folder whose run folders are shown, and below which trainings write.
        warm: whether functions are compiled in the background from the start.
    """

    runs: pathlib.Path = pathlib.Path("runs")
    warm: bool = True


_current = Settings()


def settings() -> Settings:
    """The settings of this process."""
    return _current


def configure(new: Settings) -> None:
    """Replace them."""
    global _current
    _current = new
