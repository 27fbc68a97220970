"""`python -m tests.endurance.killed COMMAND ...`: a command that ends before its n-th operation."""

import os
import pathlib
import sys
import types

from solon.cli import main
from solon.runs import train
from solon.zoo import files
from tests.kills import BELOW, arm

__all__ = ["stop_the_clock"]


def stop_the_clock():
    """Trainings write after so many steps and never after so many seconds.

    A process that is slow then has the same operations as one that is fast.
    """
    train.time = types.SimpleNamespace(monotonic=lambda: 0.0)


if __name__ == "__main__":
    files.ROOT = pathlib.Path(os.environ[BELOW]) / "zoo"
    stop_the_clock()
    arm()
    sys.exit(main())
