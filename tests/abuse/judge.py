"""Whether an input was answered as it should be: one line and nothing else."""

import json
import math
import os
import pathlib
import re
import stat

__all__ = ["ACCEPTED", "contents", "judge"]

ACCEPTED = "accepted"
_NOT_FINITE = re.compile(r"(?<![\w.-])[-+]?(nan|inf|infinity)(?!\w)", re.IGNORECASE)


def contents(folder):
    """All that is below a folder: path -> kind and bytes."""
    found = {}
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in [*folders, *files]:
            path = os.path.join(place, name)
            status = os.lstat(path)
            regular = stat.S_ISREG(status.st_mode)
            if name == ".lock":
                continue
            # A sparse file of gigabytes is told by its size.
            small = regular and status.st_size < 10_000_000
            what = pathlib.Path(path).read_bytes() if small else status.st_size * regular
            found[os.path.relpath(path, folder)] = stat.S_IFMT(status.st_mode), what
    return found


def judge(case, answer, before, after):
    """`accepted`, None if it was refused as it should be, or what is wrong in a few words.

    Args:
        case: the input.
        answer: status, out, err.
        before: contents of the working directory.
        after: the same when the answer was there.
    """
    status, out, err = answer["status"], answer["out"], answer["err"]
    if "Traceback (most recent call last)" in err:
        return f"traceback: {err.strip().splitlines()[-1][:150]}"
    if status == "begun":
        return ACCEPTED
    if status == 0:
        return _unsound(out, before, after) or ACCEPTED
    if case.command == "check" and case.may_fail and status == 1 and not err:
        # Faults are what it is asked for.
        fine = "fault" in out and all(line.isprintable() for line in out.splitlines())
        return None if fine and before == after else "faults that cannot be read, or files"
    lines = err.splitlines()
    notes = [line for line in lines if not line.startswith("solon: error: ")]
    if len(lines) - len(notes) != 1 or not lines[-1].startswith("solon: error: "):
        return f"status {status} with {len(lines)} lines"
    # What a resumed training left aside is said before.
    if notes and not (case.may_fail and all("damaged" in line for line in notes)):
        return f"a line more: {notes[0][:100]!r}"
    if status != 2 and not (status == 1 and case.may_fail):
        return f"status {status}"
    if out:
        return f"printed before: {out[:60]!r}"
    if not any(word in lines[-1] for word in case.named if word):
        return "nothing is named"
    if not lines[-1].isprintable():
        return "control characters in the line"
    if len(lines[-1]) > 2000:
        return f"a line of {len(lines[-1])} letters"
    changed = sorted(k for k in before.keys() | after.keys() if before.get(k) != after.get(k))
    if changed:
        return f"left behind or changed: {', '.join(changed)[:80]}"
    return None


def _unsound(out, before, after):
    """What is wrong with results: numbers that are none."""
    found = _NOT_FINITE.search(out)
    if found:
        return f"status 0 with {found[0]} in the output"
    for name, (_, content) in after.items():
        # A run keeps copies of the user's files, whatever their endings say.
        copied = "inputs" in pathlib.Path(name).parts
        if name in before or copied or not isinstance(content, bytes):
            continue
        if name.endswith(".json"):
            try:
                finite = _is_finite(json.loads(content))
            except ValueError:
                return f"status 0 with {name}, which is no JSON"
            if not finite:
                return f"status 0 with numbers that are not finite in {name}"
        if name.endswith(".safetensors"):
            import numpy as np
            import safetensors.numpy

            for array in safetensors.numpy.load(content).values():
                if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array).all():
                    return f"status 0 with numbers that are not finite in {name}"
    return None


def _is_finite(value):
    if isinstance(value, dict):
        return all(map(_is_finite, value.values()))
    if isinstance(value, list):
        return all(map(_is_finite, value))
    return not isinstance(value, float) or math.isfinite(value)
