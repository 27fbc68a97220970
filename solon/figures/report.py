"""One page with everything that an evaluation found, in a file that needs nothing else."""

import os
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import require
from ..evidence import Evaluation
from ..evidence.outcomes import Outcomes
from . import sections
from .episode_map import pack
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
) -> pathlib.Path:
    """Write a report.html that opens in a browser without a network.

    Args:
        path: the file to write, atomically. Missing folders above it are made.
        evaluations: one a regime, the first being the baseline of comparisons. Regimes have
            different names; those compared ran the same number of episodes on the same luck. An
            `Evaluation` shows the whole economy, `Outcomes` only what episodes came to.
        title: the heading.
        configuration: what was run, as a mapping that may be nested.
        provenance: with what it was run: seed, versions, machine, time.
        curves: regime -> column -> values over the training, named like the metrics of a run.
        note: what kind of evidence this is, in one plain sentence, shown above all numbers.

    Returns:
        The path of the file.

    Raises:
        ConfigurationError: if the place cannot be written or the evaluations do not belong
            together.
    """
    _check(evaluations)
    whole = [one for one in evaluations if isinstance(one, Evaluation)]
    if len(whole) < len(evaluations):
        whole = []
    figures = sections.Figures()
    parts = [
        *sections.headline(evaluations, figures),
        *(sections.economy(whole, figures) if whole else []),
        *([] if whole else sections.members_and_course(evaluations, figures)),
        *sections.learning(curves, figures),
        *(sections.episode(whole) if whole else []),
        *sections.making(configuration, provenance),
    ]
    return write_page(
        path,
        title=title,
        labels=_labels(evaluations),
        note=note,
        parts=parts,
        figures=figures,
        episodes=pack(whole) if whole else None,
    )


def _check(found: Sequence[Outcomes]) -> None:
    names = [one.regime for one in found]
    require(bool(names), "evaluations", names, "at least one")
    require(len(set(names)) == len(names), "evaluations", names, "a different name for each regime")
    numbers = [sorted(one.episodes) for one in found]
    require(bool(names_in_common(found)), "evaluations", numbers, "numbers that all regimes have")
    whole = [one for one in found if isinstance(one, Evaluation)]
    for what, counts in (
        ("worker", [one.worker_count for one in whole]),
        ("episode", [len(next(iter(one.episodes.values()))) for one in found]),
    ):
        same = len(set(counts)) <= 1
        require(same, "evaluations", counts, f"the same number of {what}s under every regime")

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
