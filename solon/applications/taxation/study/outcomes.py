"""What became of the trainings of the tax study: rows, curves, winners, the cost of more."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ....evidence.social_measures import SOCIAL_MEASURES
from .pilot import ALIKE, ELASTICITIES, KNOWN_REGIMES, MIXED, REGIMES, TUNED, seeds

__all__ = [
    *("PRODUCT", "PUBLISHED", "RETRAINED", "Crossed", "budget", "crossed", "flat_from"),
    *("mixed_rows", "rows", "tuned_elasticity", "winners"),
]

PRODUCT = "equality_times_productivity"

PUBLISHED: Mapping[str, Mapping[str, float]] = {
    "free market": {"productivity": 3285, "equality": 0.39, PRODUCT: 1278},
    "US federal": {"productivity": 2656, "equality": 0.48, PRODUCT: 1261},
    "Saez, estimated": {"productivity": 2759, "equality": 0.52, PRODUCT: 1435},
    "learned": {"productivity": 2907, "equality": 0.57, PRODUCT: 1664},
}
"""Bars of Zheng et al. (2020), four workers in Open-Quadrant; whiskers are not readable."""

_FLAT = 0.05


@dataclasses.dataclass(frozen=True)
class Crossed:
    """Populations of workers, each under each schedule.

    Attributes:
        populations: the regimes that workers learned under.
        schedules: that they were put under.
        product: equality x coin by seed, population and schedule.
    """

    populations: Sequence[str]
    schedules: Sequence[str]
    product: np.ndarray

    def shares(self, schedules: Sequence[str]) -> list[tuple[float, float]]:
        """By seed, the shares of the variance between populations, and between these schedules.

        What neither explains is the rest. Populations of a seed began with the same workers.
        """
        chosen = [self.schedules.index(name) for name in schedules]
        return [
            (
                float(np.var(table.mean(axis=1)) / np.var(table)),
                float(np.var(table.mean(axis=0)) / np.var(table)),
            )
            for table in self.product[..., chosen]
        ]


RETRAINED = {
    f"learned-fixed-{ALIKE}": "learned mean",
    "learned-phased": "learned mean, phased in",
    "learned-fixed": "learned mean, at once",
}
"""Workers who learn anew under the learned planner's mean schedule."""


def tuned_elasticity(results: Mapping[str, Any], scale: str, kind: str = "") -> float | None:
    """The elasticity under which Saez's formula did best, mean over seeds; None if none is there.

    It is chosen by the very years that are reported, which favours the formula.

    Args:
        results: of the cells by name.
        scale: of the study.
        kind: of the cells, `ALIKE`, `MIXED` or none of them.
    """
    scores = {}
    for elasticity in ELASTICITIES[kind]:
        names = [f"{_cell(f'saez-{elasticity:g}', kind)}-{seed}" for seed in seeds(scale)]
        if all(name in results for name in names):
            found = [results[name]["means"][PRODUCT] for name in names]
            scores[elasticity] = float(np.mean(found))
    return max(scores, key=lambda e: scores[e]) if scores else None


def rows(results: Mapping[str, Any], scale: str) -> list[dict[str, Any]]:
    """A row for each training of a regime: regime, cell, seed, and what became of it."""
    named = _named(results, scale, ALIKE) | {"learned": REGIMES["learned"]} | RETRAINED
    once = _named(results, scale, "")
    named |= {cell: f"{regime}, at once" for cell, regime in once.items() if cell != "learned"}
    return _rows(results, scale, named)


def mixed_rows(results: Mapping[str, Any], scale: str) -> list[dict[str, Any]]:
    """The same for the workers who know every tax, and are kept as they are."""
    return _rows(results, scale, _named(results, scale, MIXED))


def _rows(results: Mapping[str, Any], scale: str, named: Mapping[str, str]) -> list[dict[str, Any]]:
    found = []
    for name, regime in named.items():
        for seed in seeds(scale):
            key = f"{name}-{seed}"
            if key in results:
                found.append({"regime": regime, "cell": key, "seed": seed, **results[key]})
    return found


def _cell(name: str, kind: str) -> str:
    return f"{name}-{kind}" if kind else name


def _named(results: Mapping[str, Any], scale: str, kind: str) -> dict[str, str]:
    """Cells of a kind, without their seed, and what their regimes are called."""
    best = tuned_elasticity(results, scale, kind)
    regimes = KNOWN_REGIMES if kind == MIXED else REGIMES
    cells = {
        name: name if name != TUNED else f"saez-{best:g}"
        for name in regimes
        if name != TUNED or best is not None
    }
    return {_cell(cell, kind): regimes[name] for name, cell in cells.items()}


def flat_from(curve: Mapping[str, Sequence[float | None]], measure: str = PRODUCT) -> float | None:
    """Environment steps from which on a curve stays near its end; None if it does not.

    Near means within 5 % of the mean of the last four points, as a moving average of four, and for
    a fifth of the curve at least.
    """
    steps = np.asarray(curve["steps"], float)
    values = np.array([np.nan if v is None else v for v in curve[measure]], float)
    known = np.isfinite(values)
    steps, values = steps[known], values[known]
    width = min(4, len(values))
    if not width:
        return None
    smooth = np.convolve(values, np.ones(width) / width, "valid")
    off = np.abs(smooth / values[-width:].mean() - 1) > _FLAT
    begin = int(np.max(np.nonzero(off)[0], initial=-1)) + 1
    return float(steps[begin + width - 1]) if begin < 0.8 * len(smooth) else None


def crossed(results: Mapping[str, Any], scale: str) -> Crossed | None:
    """The product of each population of workers under each schedule; None if it is not there."""
    cells = [results.get(f"crossed-{seed}") for seed in seeds(scale)]
    if not all(cells):
        return None
    tables = [cell["means"] for cell in cells if cell]
    populations = list(tables[0])
    # The learned planner's mean schedule is there once more as the one that others learned under.
    schedules = [s for s in next(iter(tables[0].values())) if s != f"learned-fixed-{ALIKE}"]
    product = np.array(
        [[[t[p][s][PRODUCT] for s in schedules] for p in populations] for t in tables]
    )
    return Crossed(populations, schedules, product)


def winners(table: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Regimes that are brought in alike by each measure, best first, by the mean over seeds."""
    names = [n for n in dict.fromkeys(r["regime"] for r in table) if n in REGIMES.values()]
    ranked = {}
    for measure in SOCIAL_MEASURES:
        means = {
            name: np.mean([r["means"][measure] for r in table if r["regime"] == name])
            for name in names
        }
        ranked[measure] = sorted(names, key=lambda name: -means[name])
    return ranked


def budget(table: Sequence[Mapping[str, Any]], results: Mapping[str, Any]) -> list[str]:
    """What a study with intervals would cost, from what this one took."""
    first = [r for name, r in results.items() if name.startswith("workers")]
    if not table or not first:
        return []

    def hours(found: Sequence[Mapping[str, Any]]) -> float:
        return float(np.mean([one["seconds"] for one in found])) / 3600

    regimes, workers = hours(table), hours(first)
    one_core = 5 * (8 * regimes + workers)
    lines = [
        f"a regime took {60 * regimes:.0f} minutes of one core, workers {60 * workers:.0f}",
        f"5 seeds and 8 regimes with 4 workers: {one_core:.1f} core hours, "
        f"{one_core / 2:.1f} hours on two cores",
        "the same with 10 workers, in Open-Quadrant and in Split-World, if time goes with the "
        f"number of decisions: {2 * 2.5 * one_core:.0f} core hours",
    ]
    scatter = _scatter(table)
    if scatter is not None:
        # Two independent means of n seeds differ by 5 % with 95 % confidence and 80 % power, if
        # they are normal. With two seeds a regime the deviation itself is rough.
        needed = int(np.ceil(2 * ((1.96 + 0.84) * scatter / 0.05) ** 2))
        lines.append(
            f"seeds scatter by {100 * scatter:.1f} % around their regime's mean: to tell a gain of "
            f"5 % takes about {max(needed, 5)} seeds a regime"
        )
    return lines


def _scatter(table: Sequence[Mapping[str, Any]]) -> float | None:
    """Pooled deviation of the product between seeds, as a share of the regime's mean.

    Of the regimes that are brought in alike, which a study would compare.
    """
    squares, freedom = 0.0, 0
    for name in dict.fromkeys(row["regime"] for row in table):
        if name not in REGIMES.values():
            continue
        found = np.array([r["means"][PRODUCT] for r in table if r["regime"] == name])
        squares += float(np.sum((found / found.mean() - 1) ** 2))
        freedom += len(found) - 1
    return float(np.sqrt(squares / freedom)) if freedom else None
