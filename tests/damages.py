"""Random bytes of a run folder are changed, cut off or put in; the run resumes or says one line.

`damages(count, seed)` is a part of `make abuse`. Everything runs in this process, on a learner that
takes no time.
"""

import contextlib
import io
import pathlib
import random
import shutil
import sys
import tempfile

import jax

from solon import ConfigurationError
from solon.runs import RunError, RunFolder
from solon.runs.folder import CHECKPOINTS
from solon.runs.train import train
from tests.runs.stand_in import Learner

__all__ = ["damages"]

_TOTAL = 120
# One for all, so that it compiles once.
_LEARNER = Learner()


def damages(count: int, seed: int) -> list[str]:
    """Damage a half-trained run `count` times, and resume it each time.

    Args:
        count: how many damages, each to a fresh copy.
        seed: of what is damaged, where and how.

    Returns:
        What went wrong: a traceback, more than one line, or a resumed training that comes to
        another end. Nothing if all is well.
    """
    luck, problems = random.Random(seed), []
    with tempfile.TemporaryDirectory() as place:
        half, whole = (pathlib.Path(place) / name for name in ("half", "whole"))
        _train(RunFolder.create(half, {"seed": 7}, files={"inputs/map.txt": b"~" * 99}), 60)
        shutil.copytree(half, whole)
        _train(RunFolder.open(whole), _TOTAL)
        end = _end(whole)
        for number in range(count):
            copy = pathlib.Path(place) / "copy"
            shutil.copytree(half, copy)
            what = _damage(copy, luck)
            problem = _resumed(copy, end)
            if problem:
                problems.append(f"damage {number} ({what}): {problem}")
            shutil.rmtree(copy)
    return problems


def _train(folder, total):
    state = _LEARNER.init(jax.random.key(7))
    return train(folder, _LEARNER, state, total, resume=True, checkpoint_steps=30, quiet=True)


def _end(place):
    newest = place / CHECKPOINTS / str(_TOTAL) / "state.safetensors"
    return newest.read_bytes()


def _damage(place, luck):
    files = sorted(file for file in place.rglob("*") if file.is_file() and file.name != ".lock")
    file = luck.choice(files)
    data = bytearray(file.read_bytes())
    way, spot = luck.choice(("flip", "flip", "flip", "cut", "insert")), luck.randrange(len(data))
    if way == "flip":
        data[spot] ^= 1 << luck.randrange(8)
    elif way == "cut":
        del data[spot:]
    else:
        data.insert(spot, luck.randrange(256))
    file.write_bytes(data)
    return f"{way} at {spot} of {file.relative_to(place)}"


def _resumed(place, end):
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            folder = RunFolder.open(place)
            folder.check_inputs()
            _train(folder, _TOTAL)
    except (ConfigurationError, RunError) as error:
        return "" if "\n" not in str(error) else f"more than one line: {error}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    lines = said.getvalue().splitlines()
    if len(lines) > 1:
        return f"{len(lines)} lines: {lines}"
    return "" if _end(place) == end else "it came to another end"


def main() -> int:
    """`python -m tests.damages COUNT [SEED]`."""
    count = int(sys.argv[1]) if sys.argv[1:] else 500
    seed = int(sys.argv[2]) if sys.argv[2:] else random.SystemRandom().randrange(2**32)
    print(f"{count} damages, seed {seed}", flush=True)
    problems = damages(count, seed)
    print("\n".join(problems) or "each was resumed, or told in one line")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
