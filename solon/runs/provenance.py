"""What a result was made with: code, rules, packages, machine, command."""

import functools
import importlib.metadata
import os
import pathlib
import platform
import shlex
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from .._terminal import visible
from ..luck import settings
from .cores import usable_cores
from .memory import physical_memory

__all__ = ["code_version", "command_line", "machine", "package_versions", "provenance"]

_PACKAGES = ("jax", "jaxlib", "numpy", "equinox", "optax", "pyarrow", "safetensors")


def provenance(*, rules: str | None = None, command: Sequence[str] | None = None) -> dict[str, Any]:
    """Collect the provenance of a run, as JSON values.

    It names neither a user nor a place outside the working directory.

    Args:
        rules: name and version of the economy's rules, `Environment.rules`.
        command: the command line; the process' own when left out.
    """
    import jax

    return {
        "code": code_version(),
        "rules": rules,
        "python": platform.python_version(),
        "packages": package_versions(),
        "machine": machine(),
        "devices": [f"{device.platform}: {device.device_kind}" for device in jax.devices()],
        "float": str(jax.numpy.zeros(()).dtype),
        "settings": settings(),
        "command": command_line(command),
    }


@functools.cache
def _code_version() -> tuple[tuple[str, Any], ...]:
    from .. import __version__

    commit, changed = None, None
    package = pathlib.Path(__file__).resolve().parent.parent
    # An installed package may lie inside someone else's repository, whose commit says nothing.
    if _git(package, "ls-files", "--error-unmatch", "__init__.py"):
        commit = _git(package, "rev-parse", "HEAD")
        status = _git(package, "status", "--porcelain", ".")
        changed = None if status is None else status != ""
    return ("version", __version__), ("commit", commit), ("changed", changed)


def code_version() -> dict[str, Any]:
    """Version of the package and, in a checkout, the commit and whether files were changed."""
    return dict(_code_version())


def _git(folder: pathlib.Path, *arguments: str) -> str | None:
    try:
        answer = subprocess.run(
            ["git", "--no-optional-locks", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=5,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def package_versions() -> dict[str, str | None]:
    """Versions of the packages that results depend on."""
    versions: dict[str, str | None] = {}
    for package in _PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            versions[package] = None
    return versions


def machine() -> dict[str, Any]:
    """Processor, cores that may be used, memory in bytes, operating system."""
    return {
        "processor": _processor(),
        "cores": usable_cores(),
        "memory_bytes": physical_memory(),
        "system": platform.system(),
        "release": platform.release(),
        "architecture": platform.machine(),
    }


def _processor() -> str:
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def command_line(command: Sequence[str] | None = None) -> str:
    """The command as it could be typed again, without folders outside the working directory.

    What cannot be printed, such as bytes that are no text, is written as `visible` writes it.
    """
    program, *arguments = command if command is not None else sys.argv
    name = pathlib.Path(program)
    # `python -m solon` shows up as the path of `solon/__main__.py`.
    shown = name.parent.name if name.name == "__main__.py" else name.name
    return visible(shlex.join([shown, *(_without_places(argument) for argument in arguments)]))


def _without_places(argument: str) -> str:
    """`key=/home/someone/map.txt` -> `key=.../map.txt`."""
    key, separator, value = argument.rpartition("=")
    if not (os.path.isabs(value) or value.startswith(("~", ".."))):
        return argument
    inside = os.path.relpath(value)
    outside = value.startswith("~") or inside.startswith("..")
    shown = f".../{os.path.basename(value)}" if outside else inside
    return f"{key}{separator}{shown}"
