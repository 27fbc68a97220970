"""`python -m tests.endurance [NAME ...]`: kills everywhere, and long sessions in the lab.

A name is that of a command or `lab`; all without one. SOLON_SESSIONS and SOLON_CHANGES say how many
sessions the lab has, and how many changes each.
"""

import os
import pathlib
import random
import sys
import tempfile
import time

from tests.compiling import QUICKLY, as_flags

ROOT = pathlib.Path(__file__).parents[2]
_LAB = "lab"
_SIZES = {"SOLON_SESSIONS": 8, "SOLON_CHANGES": 100}
_REAL = 2
"""So many operations of each command are tried with a real kill."""


def _settings(folder):
    """Nobody's settings, and what is compiled is kept with that of the tests."""
    os.environ.setdefault("XLA_FLAGS", as_flags(QUICKLY))
    os.environ["SOLON_STATE"] = str(folder / "state")
    os.environ["SOLON_CACHE"] = str(folder / "cache")
    cache = ROOT / ".pytest_cache" / "d" / "xla"
    os.environ["JAX_COMPILATION_CACHE_DIR"] = str(cache)


def main():
    """Print what was tried and what is wrong; status 1 if something is."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="solon-endurance-") as place:
        folder = pathlib.Path(place).resolve()
        _settings(folder)
        from . import kills, lab
        from .commands import COMMANDS

        names = sys.argv[1:] or [*COMMANDS, _LAB]
        seed = random.SystemRandom().randrange(2**32)
        print(f"seed {seed}", flush=True)
        chosen = {name: COMMANDS[name] for name in names if name != _LAB}
        wrong = kills.report(chosen, folder, real=_REAL, seed=seed)
        os.chdir("/")
        if _LAB in names:
            sessions, changes = (int(os.environ.get(n, d)) for n, d in _SIZES.items())
            wrong += lab.report(folder, sessions=sessions, changes=changes, seed=seed)
    used = sum(os.times()[:4])
    wall = time.monotonic() - began
    print(f"{wrong} problems, {wall / 60:.0f} minutes, {used / 60:.0f} of the processor")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
