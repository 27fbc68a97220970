"""An environment of its own for the original, which needs a NumPy that Solon has outgrown."""

import os
import pathlib
import shutil
import subprocess
import sys

from ..errors import ConfigurationError
from ..runs.atomic import write_file
from ..runs.errors import RunError

__all__ = ["folder", "interpreter", "make"]

_REQUIREMENTS = pathlib.Path(__file__).parent / "requirements.txt"
_BUILD = _REQUIREMENTS.with_name("requirements-build.txt")
_VARIABLE = "SOLON_PARITY"
_HERE = ".parity"

# The last NumPy before 2 came out for these.
_PYTHONS = ((3, 12), (3, 11))


def folder() -> pathlib.Path:
    """Where the environment is, or would be made.

    `SOLON_PARITY` names it. Otherwise it is `.parity` in the working directory.
    """
    chosen = os.environ.get(_VARIABLE) or _HERE
    try:
        return pathlib.Path(chosen).expanduser()
    except RuntimeError:
        allowed = "a folder (the home that ~ stands for is not known)"
        raise ConfigurationError(_VARIABLE, chosen, allowed) from None


def interpreter(place: pathlib.Path) -> pathlib.Path:
    """The interpreter of an environment that is complete.

    Raises:
        ConfigurationError: if there is none, or it was made for other versions.
    """
    python = _python(place)
    if not python.exists():
        allowed = "a folder in which `solon parity --setup` has put the original"
        raise ConfigurationError("environment", str(place), allowed)
    if _marker(place) != _REQUIREMENTS.read_text("utf-8"):
        allowed = "an environment with everything in solon/parity/requirements.txt; make it anew"
        raise ConfigurationError(
            "environment", str(place), allowed + " with `solon parity --setup`"
        )
    return python


def make(place: pathlib.Path) -> None:
    """Set the original up, unless that is done.

    Raises:
        RunError: if there is no Python that it runs on, or something cannot be installed.
    """
    wanted = _REQUIREMENTS.read_text("utf-8")
    if _python(place).exists() and _marker(place) == wanted:
        return
    if place.exists() and not (place / "pyvenv.cfg").exists():
        raise ConfigurationError("environment", str(place), "a new folder, or an environment")
    _run([_base_python(), "-m", "venv", "--clear", str(place)], "a Python environment")
    pip = [str(_python(place)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # Nothing is installed, and nothing builds it, whose hash is not in these files.
    pip += ["--no-deps", "--require-hashes", "--no-build-isolation"]
    for file, what in ((_BUILD, "what builds the original"), (_REQUIREMENTS, "the original")):
        _run([*pip, "--requirement", str(file)], what)
    write_file(place / _REQUIREMENTS.name, wanted.encode())


def _python(place: pathlib.Path) -> pathlib.Path:
    # Not resolved: an environment is told by the link.
    return place.absolute() / ("Scripts" if os.name == "nt" else "bin") / "python"


def _marker(place: pathlib.Path) -> str | None:
    """What was installed, if that was brought to its end."""
    try:
        return (place / _REQUIREMENTS.name).read_text("utf-8")
    except OSError:
        return None


def _base_python() -> str:
    if sys.version_info[:2] in _PYTHONS:
        return sys.executable
    for major, minor in _PYTHONS:
        found = shutil.which(f"python{major}.{minor}")
        if found:
            return found
    versions = " or ".join(f"{major}.{minor}" for major, minor in _PYTHONS)
    raise RunError(f"the original runs on Python {versions}, and there is none on the path")


def _run(command: list[str], what: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        raise RunError(f"cannot make {what}: {error.strerror}") from None
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or [""]
        reason = next((line for line in lines if line.startswith("ERROR")), lines[-1])
        raise RunError(f"cannot make {what}: {reason}")
