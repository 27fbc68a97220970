"""Running a study: finished cells are read, the others computed, and each is kept as it comes."""

import dataclasses
import datetime
import fnmatch
import json
import os
import pathlib
import time
from collections.abc import Callable, Mapping
from typing import Any

from .._terminal import say
from ..errors import ConfigurationError, require
from ..runs.atomic import write_file
from ..runs.provenance import provenance
from ..runs.seals import is_intact, sealed
from .study import Cell, Study

__all__ = ["CELL_FILE", "FORMAT", "cell_folder", "finished", "read_cells", "reproduce"]

FORMAT = "solon-cell@1"
CELL_FILE = "cell.json"


def reproduce(
    study: Study,
    folder: str | os.PathLike[str],
    *,
    scale: str = "full",
    only: str = "*",
    say: Callable[[str], None] = say,
) -> str:
    """Compute what is missing of a study, and write its report.

    A cell that was finished by an earlier run, on whatever machine, is not computed again: the
    folder is all that is looked at. A cell counts as finished if its record is there, with
    the same configuration and the same version of the study. What else a cell leaves in its folder
    is written before its record. Several processes may share a folder, each with a pattern of its
    own.

    Args:
        study: the study.
        folder: with its results.
        scale: one of `study.scales`.
        only: compute cells whose names match this pattern (`*` for anything); the report is made of
            all that are there.
        say: told what goes on, a line at a time.

    Returns:
        What the report says in short.

    Raises:
        ConfigurationError: for an unknown scale, a pattern that matches nothing, or a folder that
            cannot be written.
    """
    cells = study.checked_cells(scale)
    place = pathlib.Path(folder)
    wanted = [cell for cell in cells if fnmatch.fnmatchcase(cell.name, only)]
    names = ", ".join(cell.name for cell in cells)
    require(bool(wanted), "cells", only, f"a pattern that matches one of {names}")
    _make(place)
    results = read_cells(study, place, scale)
    by_name = {cell.name: cell for cell in cells}
    missing = [cell for cell in wanted if cell.name not in results]
    say(f"{study.name}, {scale}: {len(results)} of {len(cells)} cells are there")
    for number, cell in enumerate(missing, 1):
        # Another process may share the folder, and have computed what was missing.
        for name in (cell.name, *cell.needs):
            record = None if name in results else finished(study, place, by_name[name])
            if record is not None:
                results[name] = record["result"]
        if cell.name in results:
            continue
        absent = [name for name in cell.needs if name not in results]
        if absent:
            say(f"  {cell.name} waits for {', '.join(absent)}")
            continue
        wall, cpu = time.monotonic(), time.process_time()
        target = cell_folder(place, cell)
        _make(target)
        needed = {name: results[name] for name in cell.needs}
        result = study.run(cell.config, needed, target)
        seconds = time.monotonic() - wall
        _keep(study, cell, target, result, seconds, time.process_time() - cpu)
        results[cell.name] = result
        say(f"  {cell.name} took {seconds:.0f} s ({number} of {len(missing)})")
    return study.report(scale, results, place)


def read_cells(study: Study, folder: pathlib.Path, scale: str) -> dict[str, Any]:
    """The results of the cells that are finished, by name, in the order of the study."""
    found = {}
    for cell in study.checked_cells(scale):
        record = finished(study, folder, cell)
        if record is not None:
            found[cell.name] = record["result"]
    return found


def finished(study: Study, folder: pathlib.Path, cell: Cell) -> Mapping[str, Any] | None:
    """The record of a cell, or None if it has to be computed."""
    try:
        record = json.loads((cell_folder(folder, cell) / CELL_FILE).read_text("utf-8"))
        same = (record["format"], record["study"], record["version"]) == (
            FORMAT,
            study.name,
            study.version,
        )
        # As it comes back from a file: tuples are lists there.
        return (
            record
            if same and is_intact(record) and record["config"] == _plain(cell.config)
            else None
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def cell_folder(folder: pathlib.Path, cell: Cell) -> pathlib.Path:
    """Where a cell leaves its record and other files."""
    return folder / "cells" / cell.name


def _keep(
    study: Study,
    cell: Cell,
    target: pathlib.Path,
    result: Mapping[str, Any],
    seconds: float,
    cpu: float,
) -> None:
    record = {
        "format": FORMAT,
        "study": study.name,
        "version": study.version,
        "cell": dataclasses.asdict(cell),
        "config": _plain(cell.config),
        "result": _plain(result),
        "seconds": round(seconds, 1),
        "processor_seconds": round(cpu, 1),
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "provenance": provenance(),
    }
    write_file(target / CELL_FILE, (json.dumps(sealed(record), indent=1) + "\n").encode())


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, allow_nan=False))


def _make(folder: pathlib.Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError as error:
        allowed = f"a folder that can be written ({error.strerror})"
        raise ConfigurationError("out", str(folder), allowed) from None
    require(writable, "out", str(folder), "a folder that can be written")
