"""`python -m tests.endurance [NAME ...]`: kills everywhere, and long sessions in the lab.

A name is that of a command or `lab`; all without one. Several run in processes of their own, two at
a time. SOLON_SESSIONS and SOLON_CHANGES say how many sessions the lab has, and how many changes
each.
"""

import argparse
import concurrent.futures
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

from tests.compiling import QUICKLY, as_flags

from .commands import COMMANDS

ROOT = pathlib.Path(__file__).parents[2]
_LAB = "lab"
_NAMES = (_LAB, *COMMANDS)
_SIZES = {"SOLON_SESSIONS": 30, "SOLON_CHANGES": 100}
_REAL = 2
"""So many operations of each command are tried with a real kill."""
_TOGETHER = 2


def main():
    """Print what was tried and what is wrong; status 1 if something is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(_NAMES))
    parser.add_argument("--seed", type=int, help="default: another each time")
    chosen = parser.parse_args()
    names = chosen.names or _NAMES
    for name in names:
        if name not in _NAMES:
            parser.error(f"NAME: got {name!r}; allowed: {', '.join(_NAMES)}")
    seed = random.SystemRandom().randrange(2**32) if chosen.seed is None else chosen.seed
    if len(names) == 1:
        return _one(names[0], seed)
    print(f"seed {seed}", flush=True)
    began, wrong = time.monotonic(), []
    with concurrent.futures.ThreadPoolExecutor(_TOGETHER) as pool:
        running = {pool.submit(_in_a_process, name, seed): name for name in names}
        for future in concurrent.futures.as_completed(running):
            done = future.result()
            print(done.stdout, end="", flush=True)
            if done.returncode:
                wrong.append(running[future])
    wall, used = time.monotonic() - began, sum(os.times()[:4])
    print(f"{wall / 60:.0f} minutes, {used / 60:.0f} of the processor; problems: {wrong or 'none'}")
    return bool(wrong)


def _in_a_process(name, seed):
    typed = [sys.executable, "-m", "tests.endurance", name, "--seed", str(seed)]
    return subprocess.run(
        typed, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _one(name, seed):
    with tempfile.TemporaryDirectory(prefix="solon-endurance-") as place:
        folder = pathlib.Path(place).resolve()
        # Of the lab nothing is compiled twice, but everything runs often: as for those who use it.
        _settings(folder, quickly=name != _LAB)
        from . import kills, lab

        if name == _LAB:
            sessions, changes = (int(os.environ.get(n, d)) for n, d in _SIZES.items())
            return bool(lab.report(folder, sessions=sessions, changes=changes, seed=seed))
        try:
            return bool(kills.report(name, COMMANDS[name], folder, real=_REAL, seed=seed))
        finally:
            os.chdir("/")


def _settings(folder, quickly):
    """Nobody's settings, and what is compiled is kept with that of the tests."""
    if quickly:
        os.environ.setdefault("XLA_FLAGS", as_flags(QUICKLY))
    os.environ["SOLON_STATE"] = str(folder / "state")
    os.environ["SOLON_CACHE"] = str(folder / "cache")
    cache = ROOT / ".pytest_cache" / "d" / "xla"
    os.environ["JAX_COMPILATION_CACHE_DIR"] = str(cache)


if __name__ == "__main__":
    sys.exit(main())
