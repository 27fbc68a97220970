"""Where a user's own code failed: the last of its lines that an exception came through."""

import functools
import pathlib
import re
import traceback

__all__ = ["USERS_MODULE", "failure"]

USERS_MODULE = "solon_user_"
"""How the names of modules begin that are made of a user's file."""

_LONGEST = 300
_FRAME = re.compile(r'^ +File "(.+)", line (\d+)', re.MULTILINE)
"""A line of a traceback."""


def failure(error: BaseException, *, known_own: bool = False) -> str | None:
    """What went wrong and where, in one line: `economy.py:12: KeyError: 'wage'`.

    Args:
        error: that was raised.
        known_own: it was raised by a user's code, also if no line of it is found. Otherwise only
            what came through a file that `solon.make` has loaded is told.

    Returns:
        The line, or None if no user's code is to blame.
    """
    place, text = _place(error, known_own), str(error)
    kind, said = type(error).__name__, text.strip().split("\n")[0].strip()
    told = f"{kind}: {said}" if said else kind
    frames = [frame for frame in _FRAME.finditer(text) if _is_own(frame[1])]
    if frames:
        # What jax called back to failed: this text is all that is left of the exception.
        place = f"{_shown(frames[-1][1])}:{frames[-1][2]}"
        below = text[frames[-1].end() :].split("\n")[1:]
        told = next((line.strip() for line in below if line[:1].strip()), told)
    if place is None and not known_own:
        return None
    if len(told) > _LONGEST:
        told = told[: _LONGEST - 3] + "..."
    return told if place is None else f"{place}: {told}"


def _place(error: BaseException, entered: bool) -> str | None:
    last = None
    for frame, line in traceback.walk_tb(error.__traceback__):
        path = frame.f_code.co_filename
        entered = entered or str(frame.f_globals.get("__name__")).startswith(USERS_MODULE)
        if entered and _is_own(path):
            last = path, line
    # A file that is not Python has no line that was run.
    if isinstance(error, SyntaxError) and error.filename and _is_own(error.filename):
        last = error.filename, error.lineno or 1
    return None if last is None else f"{_shown(last[0])}:{last[1]}"


def _shown(path: str) -> str:
    """As seen from the working directory, if it is in there."""
    here = pathlib.Path.cwd()
    return str(pathlib.Path(path).relative_to(here)) if here in pathlib.Path(path).parents else path


_HERE = pathlib.Path(__file__).resolve().parent


@functools.cache
def _libraries() -> tuple[pathlib.Path, ...]:
    import sysconfig

    names = ("stdlib", "platstdlib", "purelib", "platlib", "scripts")
    return (_HERE, *(pathlib.Path(sysconfig.get_path(name)).resolve() for name in names))


@functools.cache
def _is_own(filename: str) -> bool:
    """Whether a file is neither Solon's nor of a library."""
    if filename.startswith("<"):
        return False
    path = pathlib.Path(filename).resolve()
    return "site-packages" not in path.parts and not set(_libraries()) & set(path.parents)
