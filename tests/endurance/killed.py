"""`python -m tests.endurance.killed COMMAND ...`: a command that ends before its n-th operation."""

import os
import pathlib
import sys

from solon.cli import main
from solon.zoo import files
from tests.kills import BELOW, arm

if __name__ == "__main__":
    files.ROOT = pathlib.Path(os.environ[BELOW]) / "zoo"
    arm()
    sys.exit(main())
