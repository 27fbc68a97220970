"""The report of runs: their evaluations, learning curves, configuration and provenance."""

import dataclasses
import os
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .._terminal import tell
from ..evidence import additions
from ..evidence.outcomes import Outcomes
from ..runs.folder import EVALUATION, METRICS, RunFolder
from ..runs.metrics import read_metrics
from .report import write_report

__all__ = ["load_outcomes", "write_run_report"]


def write_run_report(
    folders: Sequence[RunFolder],
    path: str | os.PathLike[str],
    *,
    note: str,
    most: int | None = None,
) -> pathlib.Path:
    """Write one page about runs that have been evaluated.

    Args:
        folders: the runs, one a regime; the first is the baseline of comparisons.
        path: the file to write.
        note: what kind of evidence this is, shown above all numbers.
        most: bytes that each table of a run may have; None for as many as there are.

    Returns:
        The path of the file.

    Raises:
        ConfigurationError: if a run was not evaluated, the runs do not belong together, or the
            file cannot be written.
    """
    found = _told_apart(folders, [load_outcomes(folder, most=most) for folder in folders])
    economy = str(folders[0].config["economy"]).rpartition("/")[2].replace("-", " ")
    regimes = [outcomes.regime for outcomes in found]
    title = " against ".join([f"Learning in {economy}: {regimes[0]}", *regimes[1:]])
    return write_report(
        path,
        found,
        title=title,
        configuration=_merged(regimes, [folder.config for folder in folders]),
        provenance=_merged(regimes, [_provenance(folder) for folder in folders]),
        curves={
            outcomes.regime: _curves(folder, most)
            for outcomes, folder in zip(found, folders, strict=True)
        },
        note=note,
    )


def _told_apart(folders: Sequence[RunFolder], found: Sequence[Outcomes]) -> list[Outcomes]:
    """Outcomes under the names of their run folders where regimes are called alike."""
    names = [one.regime for one in found]
    if len(set(names)) == len(names):
        return list(found)
    paths = [folder.path.resolve() for folder in folders]
    names = [path.name for path in paths]
    if len(set(names)) < len(names):
        names = [str(path) for path in paths]
    return [dataclasses.replace(one, regime=name) for one, name in zip(found, names, strict=True)]


def load_outcomes(folder: RunFolder, *, most: int | None = None) -> Outcomes:
    """What the last evaluation of a run found.

    Args:
        folder: the run.
        most: bytes that each table may have; None for as many as there are.

    Raises:
        ConfigurationError: if there is none; a `DamageError` if it is damaged or too large.
    """
    return additions.load_outcomes(folder.path / EVALUATION, most=most)


def _provenance(folder: RunFolder) -> dict[str, Any]:
    """Where the run was made, and how long each of its sessions took."""
    return {**folder.provenance, "history": {str(i): h for i, h in enumerate(folder.history)}}


def _curves(folder: RunFolder, most: int | None) -> dict[str, np.ndarray]:
    table = read_metrics(folder.path / METRICS, notify=tell, most=most)
    return {name: table[name].to_numpy() for name in table.column_names}


def _merged(regimes: Sequence[str], facts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What all runs share, stated once, and what is particular to each under its name."""
    if len(facts) == 1:
        return dict(facts[0])
    first = facts[0]
    shared = {
        name: value
        for name, value in first.items()
        if all(name in other and other[name] == value for other in facts)
    }
    particular = {
        regime: {name: value for name, value in own.items() if name not in shared}
        for regime, own in zip(regimes, facts, strict=True)
    }
    return shared | {regime: own for regime, own in particular.items() if own}
