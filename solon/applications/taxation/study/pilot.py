"""Tax policy: six regimes of Open-Quadrant, from the same workers and with the same steps.

A pilot: two seeds a regime say whether the method works, where regimes land, how seeds scatter, and
what a study with intervals would cost. Workers first learn without taxes; all regimes of a seed
start from these workers and have the same budget of environment steps.
"""

import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from ....evidence.study import Cell, Study

__all__ = [
    *("ADAPTING", "ALIKE", "CORRECTED", "ELASTICITIES", "KNOWN_REGIMES", "MIXED", "REGIMES"),
    *("SHIPPED", "STOPPING", "STUDY", "TRIED", "TUNED"),
]

ALIKE = "alike"
"""What the names of cells say in which workers get used to the regime as they do to a planner that
learns: rates up to its highest rate, under a cap that rises as its does, and random schedules in a
third of the copies."""

HIGHEST = 0.4
"""The highest rate that search and learned planner may choose. At flat rates of 50 % or more output
falls to half within two to four million steps, but not at once: whoever scores schedules by
workers who have not answered yet goes there and stays."""

MIXED = "mixed"
"""What the names of cells say whose workers know every tax: they have learned under another random
schedule in each year, and are kept as they are."""

KNOWN = 0.6
"""The highest rate that they know."""

ELASTICITIES = {"": (1.0, 3.0), ALIKE: (3.0, 6.0), MIXED: (0.2, 0.5, 1.0, 3.0)}
"""Those that Saez's formula is tuned over, by what the names of its cells say."""

TRIED = 0.2
"""The elasticity with which the pilot's formula did best where workers know every tax."""

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

CORRECTED = "saez-corrected"

KNOWN_REGIMES = {
    **{name: REGIMES[name] for name in ("free-market", "us-federal", "saez", TUNED)},
    CORRECTED: "Saez, corrected, estimated",
    "search": REGIMES["search"],
    "flat-50": "flat 50 %",
    "flat-60": "flat 60 %",
    "learned": REGIMES["learned"],
}
"""Those that workers who know every tax are put under: also the formula whose estimator is
corrected, and one rate for all incomes."""

STOPPING = "stopping"
"""What the names of cells begin with in which the ablest worker stops at half of the year."""

ADAPTING = "adapting"
"""What the names of cells begin with that set a learned planner beside its mean schedule."""

SHIPPED = {"tax/open-quadrant/learned": 1, "tax/open-quadrant/learned-seed-2": 2}
"""The learned planners of the zoo, whose workers went on learning, and their seeds."""

_BY_MEAN = ("saez", f"saez-{TRIED:g}", "search")
"""Regimes whose mean schedule stands for them there. That of a search is all that it sets."""

_HALF = 500
"""Steps after which it does nothing, half of a year."""

_CHOOSING = ("search", "learned")

_SCALES: Mapping[str, Mapping[str, Any]] = {
    "pilot": {
        **{"seeds": (1, 2), "workers": 6_000_000, "regime": 4_000_000, "mixed": 8_000_000},
        **{"episodes": 100, "search": {"generations": 30, "updates": 1, "episodes": 10}},
        **{"corrected": 1_500_000, "adapting": 200},
    },
    "quick": {
        **{"seeds": (1,), "workers": 600_000, "regime": 480_000, "mixed": 480_000},
        **{"episodes": 10, "search": {"generations": 10, "updates": 1, "episodes": 2}},
        **{"corrected": 180_000, "adapting": 10},
    },
}
_LEARNER = {"unroll": 1000, "environments": 12, "minibatches": 4}
"""Workers learn by the same settings in all regimes: those that a learned planner needs."""

_BRACKETS = 7
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
            for elasticity in ELASTICITIES[""]
        ]
        for name, planner in planners:
            config = {"kind": "regime", **base, **planner, **trained}
            cells.append(Cell(f"{name}-{seed}", config, (first,)))
        alike: list[tuple[str, dict[str, Any]]] = [
            (name, {"planner": name}) for name in REGIMES if name not in (TUNED, "learned")
        ]
        alike += [
            (f"saez-{elasticity:g}", {"planner": "saez", "elasticity": elasticity})
            for elasticity in ELASTICITIES[ALIKE]
        ]
        for name, planner in alike:
            config = {"kind": "regime", **base, **planner, **trained, ALIKE: HIGHEST}
            cells.append(Cell(f"{name}-{ALIKE}-{seed}", config, (first,)))
        # Workers who know the learned planner's mean schedule as a law, and learn anew under it.
        config = {"kind": "fixed", **base, **trained}
        both = (first, f"learned-{seed}")
        cells.append(Cell(f"learned-fixed-{seed}", config, both))
        cells.append(Cell(f"learned-fixed-{ALIKE}-{seed}", {**config, ALIKE: HIGHEST}, both))
        # The same, but brought in as slowly as the planner's rates could rise.
        config = {**config, "phased": HIGHEST}
        cells.append(Cell(f"learned-phased-{seed}", config, both))
        cells.append(_crossed(cells, base, first, seed))
        cells += _mixed(base, sizes, seed, first)
    for entry, seed in SHIPPED.items():
        config = {"kind": ADAPTING, "entry": entry, "seed": 0, "episodes": sizes["adapting"]}
        cells.append(Cell(f"{ADAPTING}-{seed}", config))
    return cells


def _crossed(cells: Sequence[Cell], base: Mapping[str, Any], first: str, seed: int) -> Cell:
    """The workers of all regimes that were brought in alike, under the schedules of all of them."""
    ending = f"-{ALIKE}-{seed}"
    met = [cell for cell in cells if cell.name.endswith(ending) or cell.name == f"learned-{seed}"]
    populations = {cell.name.removesuffix(f"-{seed}"): dict(cell.config) for cell in met}
    config = {"kind": "crossed", **base, "populations": populations}
    return Cell(f"crossed-{seed}", config, (first, *(cell.name for cell in met)))


def _mixed(base: Mapping[str, Any], sizes: Mapping[str, Any], seed: int, first: str) -> list[Cell]:
    """Workers who know every tax, and all that may be done to them."""
    workers = f"{MIXED}-workers-{seed}"
    base = {**base, "learner": _LEARNER, "highest_rate": KNOWN}
    cells = [Cell(workers, {"kind": "mixed", **base, "steps": sizes["mixed"]}, (first,))]
    planners: dict[str, dict[str, Any]] = {
        # They change nothing, and neither do the workers.
        "free-market": {"planner": "free-market", "steps": 1},
        "us-federal": {"planner": "us-federal", "steps": 1},
        "saez": {"planner": "saez"},
        "search": {
            "planner": "search",
            "search": {**sizes["search"], "settling": 1, "start": KNOWN / 2, "spread": KNOWN / 4},
        },
        "learned": {"planner": "learned"},
        # It goes by experiments of its first years alone, and needs no more.
        CORRECTED: {"planner": "saez", "compatibility": None, "steps": sizes["corrected"]},
        "flat-50": {"planner": "flat 50 %", "rates": [0.5] * _BRACKETS, "steps": 1},
        "flat-60": {"planner": "flat 60 %", "rates": [0.6] * _BRACKETS, "steps": 1},
    }
    for elasticity in ELASTICITIES[MIXED]:
        planners[f"saez-{elasticity:g}"] = {"planner": "saez", "elasticity": elasticity}
    for name, planner in planners.items():
        config = {"kind": "regime", **base, "steps": sizes["regime"], **planner, "frozen": True}
        cells.append(Cell(f"{name}-{MIXED}-{seed}", config, (workers,)))
    # Whether these workers are in equilibrium: what the ablest has of doing nothing more.
    untried = [f"saez-{e:g}-{MIXED}-{seed}" for e in ELASTICITIES[MIXED] if e != TRIED]
    for regime in cells[1:]:
        if regime.name in untried:
            continue
        config = {"kind": STOPPING, "seed": seed, "episodes": sizes["episodes"]}
        config |= {"after": _HALF, "regime": dict(regime.config)}
        if regime.name.removesuffix(f"-{MIXED}-{seed}") in _BY_MEAN:
            config["mean"] = True
        cells.append(Cell(f"{STOPPING}-{regime.name}", config, (workers, regime.name)))
    # The learned planner's mean schedule in its place.
    config = {"kind": "fixed", **base, "steps": 1, "frozen": True}
    both = (workers, f"learned-{MIXED}-{seed}")
    cells.append(Cell(f"learned-fixed-{MIXED}-{seed}", config, both))
    return cells


def _run(
    config: Mapping[str, Any], needs: Mapping[str, Any], folder: pathlib.Path
) -> Mapping[str, Any]:
    from . import cells

    kind = config["kind"]
    if kind == ADAPTING:
        from .adapting import adapting

        return adapting(config, folder)
    if kind == "workers":
        return cells.workers(config, folder)
    start = folder.parent / next(iter(needs)) / cells.WORKERS
    if kind == "crossed":
        seed = config["seed"]
        found = {name: needs[f"{name}-{seed}"] for name in config["populations"]}
        return cells.crossed(config, found, start, folder)
    if kind == "mixed":
        return cells.mixed_workers(config, start, folder)
    if kind == STOPPING:
        from .stopping import stopping

        name = list(needs)[1]
        return stopping(config, needs[name], start, folder.parent / name, folder)
    if kind == "fixed":
        rates = list(needs.values())[1]["mean_rates"]
        return cells.regime(config, start, folder, rates=rates)
    return cells.regime(config, start, folder, rates=config.get("rates"))


def _report(scale: str, results: Mapping[str, Any], folder: pathlib.Path) -> str:
    from .report import report

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
