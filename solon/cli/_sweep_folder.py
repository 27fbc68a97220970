"""The folder of a sweep: the file that it was made from, and its runs, which stay what they are."""

import json
import os
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import ConfigurationError, require
from ..reading.files import UnreadableError, bytes_of
from ..reading.json_strict import load_json
from ..runs.atomic import write_file

__all__ = ["check_folder", "open_folder"]

_RECORD = "sweep.json"
_SCHEMA = 1
_LARGEST = 50_000_000
_OTHER = "or another --out"


def check_folder(
    out: pathlib.Path, file: str, planned: Sequence[tuple[str, Any]]
) -> dict[str, None]:
    """The names of the trainings that are missing or not at their end.

    Nothing is written. A file may have new trainings; those that its folder has, it keeps.

    Args:
        out: the folder, which need not be there.
        file: that the sweep is made from, for errors.
        planned: names and recipes of all trainings.

    Raises:
        ConfigurationError: if the folder is that of something else, or of a sweep with trainings
            that the file does not have, or has otherwise.
    """
    from ..runs.folder import RunFolder
    from .train import is_done

    for name in _recorded(out):
        kept = f"a file that keeps all trainings of {out} ({name} is not among them), {_OTHER}"
        require(name in dict(planned), "file", file, kept)
    missing: dict[str, None] = {}
    for name, recipe in planned:
        place = out / name
        if not os.path.lexists(place):
            missing[name] = None
            continue
        folder = RunFolder.open(place)
        differs = _difference(folder, recipe)
        kept = f"one that leaves the trainings of {out} as they are ({name} has another {differs})"
        require(differs is None, "file", file, f"{kept}, {_OTHER}")
        if not is_done(folder):
            missing[name] = None
    return missing


def open_folder(out: pathlib.Path, content: Mapping[str, Any], names: Sequence[str]) -> None:
    """Make the folder, and keep in it what it is made from.

    Raises:
        ConfigurationError: if it cannot be written.
    """
    record = {"schema": _SCHEMA, "file": content, "runs": list(names)}
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_file(out / _RECORD, (json.dumps(record, indent=2) + "\n").encode())
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigurationError("out", str(out), f"a place to write in ({reason})") from None


def _recorded(out: pathlib.Path) -> list[str]:
    """The trainings that the folder was made for."""
    if not os.path.lexists(out):
        return []
    require(out.is_dir(), "out", str(out), "a new folder, or that of a sweep")
    if not os.listdir(out):
        return []
    allowed = f"a new or empty folder, or one with a whole {_RECORD}"
    try:
        record = load_json(bytes_of(out / _RECORD, most=_LARGEST))
    except (UnreadableError, ValueError) as error:
        raise ConfigurationError("out", str(out), f"{allowed} ({error})") from None
    names = record.get("runs") if isinstance(record, dict) else None
    whole = isinstance(names, list) and all(isinstance(name, str) for name in names)
    require(whole and record.get("schema") == _SCHEMA, "out", str(out), allowed)
    found: list[str] = record["runs"]
    return found


def _difference(folder: Any, recipe: Any) -> str | None:
    """The first part of the configuration in which a run differs from what is asked for."""
    config, files = recipe.to_config()
    asked = json.loads(json.dumps(config))
    for name in (*asked, *folder.config):
        if asked.get(name) != folder.config.get(name):
            return str(name)
    for name, content in files.items():
        try:
            if bytes_of(folder.path / name) != content:
                return name
        except UnreadableError:
            return name
    return None
