"""One page with everything that an evaluation found, in a file that needs nothing else."""

import importlib
import os
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import require
from ..evidence.outcomes import Outcomes
from . import sections
from .outcomes import names_in_common
from .page import write_page

__all__ = ["write_report"]


def write_report(
    path: str | os.PathLike[str],
    evaluations: Sequence[Outcomes],
    *,
    title: str,
    configuration: Mapping[str, Any],
    provenance: Mapping[str, Any],
    curves: Mapping[str, Mapping[str, np.ndarray]] | None = None,
    note: str,
    lead: Callable[[sections.Figures], list[str]] | None = None,
) -> pathlib.Path:
    """Write a report.html that opens in a browser without a network.

    Args:
        path: the file to write, atomically. Missing folders above it are made.
        evaluations: one a regime, the first being the baseline of comparisons. Regimes have
            different names; those compared ran the same number of episodes on the same luck.
            Outcomes of an application are shown with its own figures.
        title: the heading.
        configuration: what was run, as a mapping that may be nested.
        provenance: with what it was run: seed, versions, machine, time.
        curves: regime -> column -> values over the training, named like the metrics of a run.
        note: what kind of evidence this is, in one plain sentence, shown above all numbers.
        lead: what comes first on the page, as HTML, from the figures to add to.

    Returns:
        The path of the file.

    Raises:
        ConfigurationError: if the place cannot be written or the evaluations do not belong
            together.
    """
    _check(evaluations)
    added = _added(evaluations)
    figures = sections.Figures()
    parts = [
        *(lead(figures) if lead else []),
        *sections.headline(evaluations, figures),
        *(added or sections).economy(evaluations, figures),
        *sections.learning(curves, figures),
        *(added.episode(evaluations) if added else []),
        *sections.making(configuration, provenance),
    ]
    return write_page(
        path,
        title=title,
        labels=_labels(evaluations),
        note=note,
        parts=parts,
        figures=figures,
        episodes=added.pack(evaluations) if added else None,
    )


def _added(found: Sequence[Outcomes]) -> Any:
    """The module with what an application adds to the report; None if there is none for all.

    It has `check`, `economy` (in the place of that of `sections`), `episode` and `pack` (the place
    of the player, and what it plays).
    """
    modules = {one.figures for one in found}
    first = found[0].figures
    if first is None or len(modules) > 1:
        return None
    added = importlib.import_module(first)
    added.check(found)
    return added


def _check(found: Sequence[Outcomes]) -> None:
    names = [one.regime for one in found]
    require(bool(names), "evaluations", names, "at least one")
    require(len(set(names)) == len(names), "evaluations", names, "a different name for each regime")
    numbers = [sorted(one.episodes) for one in found]
    require(bool(names_in_common(found)), "evaluations", numbers, "numbers that all regimes have")
    counts = [one.episode_count for one in found]
    same = len(set(counts)) <= 1
    require(same, "evaluations", counts, "the same number of episodes under every regime")
    luck = [one.labels["luck"] for one in found if "luck" in one.labels]
    same = len(set(luck)) <= 1
    require(same, "evaluations", luck, "evaluations with the same --seed, that is on the same luck")


def _labels(evaluations: Sequence[Outcomes]) -> str:
    """What the evaluations have in common."""
    first, *others = (evaluation.labels for evaluation in evaluations)
    shared = {
        name: value
        for name, value in first.items()
        if all(other.get(name) == value for other in others)
    }
    return " · ".join(f"{name}: {value}" for name, value in shared.items())
