"""Tax policy: six regimes of Open-Quadrant, from the same workers and with the same steps.

A pilot: two seeds a regime say whether the method works, where regimes land, how seeds scatter, and
what a study with intervals would cost. Workers first learn without taxes; all regimes of a seed
start from these workers and have the same budget of environment steps.
"""

import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from .study import Cell, Study

__all__ = ["ELASTICITIES", "REGIMES", "STUDY", "TUNED"]

ELASTICITIES = (1.0, 3.0)
"""Those that Saez's formula is tuned over."""

HIGHEST = 0.4
"""The highest rate that search and learned planner may choose. At flat rates of 50 % or more output
falls to half within two to four million steps, but not at once: whoever scores schedules by
workers who have not answered yet goes there and stays."""

TUNED = "saez-tuned"

REGIMES = {
    "free-market": "free market",
    "us-federal": "US federal",
    "saez": "Saez, estimated",
    TUNED: "Saez, tuned",
    "search": "direct search",
    "learned": "learned",
}
"""Regimes by the names of their cells; that of the tuned formula is the best of several."""

_CHOOSING = ("search", "learned")

_SCALES: Mapping[str, Mapping[str, Any]] = {
    "pilot": {"seeds": (1, 2), "workers": 6_000_000, "regime": 4_000_000, "episodes": 100},
    "quick": {"seeds": (1,), "workers": 600_000, "regime": 480_000, "episodes": 10},
}
_LEARNER = {"unroll": 1000, "environments": 12, "minibatches": 4}
"""Workers learn by the same settings in all regimes: those that a learned planner needs."""

_WORLD = {"view": 3, "compatibility": "foundation"}


def _cells(scale: str) -> list[Cell]:
    sizes = _SCALES[scale]
    cells = []
    for seed in sizes["seeds"]:
        base = {"economy": _WORLD, "seed": seed, "episodes": sizes["episodes"]}
        trained = {"learner": _LEARNER, "steps": sizes["regime"]}
        first = f"workers-{seed}"
        cells.append(Cell(first, {"kind": "workers", **base, "steps": sizes["workers"]}))
        planners: list[tuple[str, dict[str, Any]]] = [
            (name, {"planner": name, **({"highest_rate": HIGHEST} if name in _CHOOSING else {})})
            for name in REGIMES
            if name != TUNED
        ]
        planners += [
            (f"saez-{elasticity:g}", {"planner": "saez", "elasticity": elasticity})
            for elasticity in ELASTICITIES
        ]
        for name, planner in planners:
            config = {"kind": "regime", **base, **planner, **trained}
            cells.append(Cell(f"{name}-{seed}", config, (first,)))
        # Workers who know the learned planner's mean schedule as a law, and learn anew under it.
        config = {"kind": "fixed", **base, **trained}
        cells.append(Cell(f"learned-fixed-{seed}", config, (first, f"learned-{seed}")))
        # The same, but brought in as slowly as the planner's rates could rise.
        config = {**config, "phased": HIGHEST}
        cells.append(Cell(f"learned-phased-{seed}", config, (first, f"learned-{seed}")))
    return cells


def _run(
    config: Mapping[str, Any], needs: Mapping[str, Any], folder: pathlib.Path
) -> Mapping[str, Any]:
    from . import tax_cells as cells

    kind = config["kind"]
    if kind == "workers":
        return cells.workers(config, folder)
    start = folder.parent / next(iter(needs)) / cells.WORKERS
    if kind == "fixed":
        rates = list(needs.values())[1]["mean_rates"]
        return cells.regime(config, start, folder, rates=rates)
    return cells.regime(config, start, folder)


def _report(scale: str, results: Mapping[str, Any], folder: pathlib.Path) -> str:
    from .tax_report import report

    return report(scale, results, folder)


def seeds(scale: str) -> Sequence[int]:
    """The training seeds of a scale."""
    return _SCALES[scale]["seeds"]


STUDY = Study(
    name="tax",
    summary="six tax regimes of Open-Quadrant: free market, US federal, Saez, search, learned",
    version=1,
    scales=("pilot", "quick"),
    cells=_cells,
    run=_run,
    report=_report,
)
