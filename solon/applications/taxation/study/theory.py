"""Tax theory: planners where the best schedule is known.

In a static economy of 1,000 workers who know what is best for them, the best marginal rates of some
brackets are computed by brute force. Saez's formula with the true elasticity and the objective's
welfare weights, direct search and a learned planner set rates in the same economy; what counts is
the share that they capture of the attainable gain, the best schedule's over no tax. Where the
formula's assumptions hold, each should capture 99 %; elsewhere the gap is the finding.
"""

import dataclasses
import json
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from ....evidence.study import Cell, Study
from ....runs.atomic import write_file

__all__ = ["STUDY", "WORLDS", "World"]

#: The highest rate that planners may set. At 1 nobody works, and the mean of ln u has no bound.
HIGHEST_RATE = 0.9


@dataclasses.dataclass(frozen=True)
class World:
    """A society and its brackets.

    Attributes:
        name: for people.
        holds: whether the assumptions of Saez's formula without income effects hold.
        economy: options of the labor-supply economy.
        shares: of the incomes under the best single rate, at which brackets begin.
        seeds: at most so many, where an episode takes long.
        updates: at most so many.
    """

    name: str
    holds: bool
    economy: Mapping[str, Any]
    shares: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8, 0.9, 0.95)
    seeds: int = 5
    updates: int = 300


WORLDS = (
    World("pareto", True, {"skills": "pareto", "skill_spread": 3.0}),
    World("pareto-inelastic", True, {"skills": "pareto", "skill_spread": 2.5, "elasticity": 0.25}),
    World(
        "pareto-averse", True, {"skills": "pareto", "skill_spread": 4.0, "inequality_aversion": 3.0}
    ),
    World("log-normal", False, {"skills": "log-normal", "skill_spread": 0.5}),
    World("four-atoms", False, {"skills": "four-atoms"}, (0.2, 0.4, 0.7, 0.9)),
    World(
        "income-effects",
        False,
        {
            **{"skills": "pareto", "worker_utility": "isoelastic", "risk_aversion": 0.5},
            **{"inequality_aversion": 0.0},
        },
        seeds=2,
        updates=100,
    ),
)

_SCALES: Mapping[str, Mapping[str, Any]] = {
    "full": {"worlds": [world.name for world in WORLDS], "seeds": 5, "updates": 300},
    "quick": {"worlds": ["pareto", "four-atoms"], "seeds": 1, "updates": 100},
}
_ENVIRONMENTS = 64
_YEARS = 20
_EVALUATED = 256


def _cells(scale: str) -> list[Cell]:
    sizes = _SCALES[scale]
    cells = [Cell("formulas", {"kind": "formulas"})]
    for world in WORLDS:
        if world.name not in sizes["worlds"]:
            continue
        base = {"economy": dict(world.economy), "shares": list(world.shares)}
        truth = f"{world.name}/truth"
        cells.append(Cell(truth, {"kind": "truth", **base}))
        cells.append(
            Cell(f"{world.name}/saez", {"kind": "saez", **base, "years": _YEARS}, (truth,))
        )
        episodes = min(sizes["updates"], world.updates) * _ENVIRONMENTS
        for seed in range(min(sizes["seeds"], world.seeds)):
            budget = {"episodes": episodes, "seed": seed}
            for kind in ("search", "learned"):
                name = f"{world.name}/{kind}-{seed}"
                cells.append(Cell(name, {"kind": kind, **base, **budget}, (truth,)))
    return cells


def _run(
    config: Mapping[str, Any], needs: Mapping[str, Any], folder: pathlib.Path
) -> Mapping[str, Any]:
    from . import theory_cells as cells

    if config["kind"] == "formulas":
        return cells.formulas()
    if config["kind"] == "truth":
        return cells.truth(config["economy"], config["shares"])
    (known,) = needs.values()
    if config["kind"] == "saez":
        return cells.saez(config["economy"], known, config["years"])
    if config["kind"] == "search":
        return cells.search(config["economy"], known, config["episodes"], config["seed"])
    return cells.learned(
        config["economy"],
        known,
        episodes=config["episodes"],
        environments=_ENVIRONMENTS,
        evaluated=_EVALUATED,
        seed=config["seed"],
    )


def rows(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row for each planner and seed: society, planner, captured share, rates."""
    holds = {world.name: world.holds for world in WORLDS}
    found = []
    for name, result in results.items():
        world, _, cell = name.partition("/")
        truth = results.get(f"{world}/truth")
        if not cell or truth is None or cell == "truth":
            continue
        planner, _, seed = cell.partition("-")
        gain = truth["welfare"] - truth["untaxed_welfare"]
        found.append(
            {
                "world": world,
                "assumptions_hold": holds[world],
                "planner": planner,
                "seed": int(seed) if seed else None,
                "captured": (result["welfare"] - truth["untaxed_welfare"]) / gain,
                "welfare": result["welfare"],
                "rates": result["rates"],
            }
        )
    return found


def _report(scale: str, results: Mapping[str, Any], folder: pathlib.Path) -> str:
    from ..figures.theory import write_tax_theory

    table = rows(results)
    truths = {
        name.partition("/")[0]: result
        for name, result in results.items()
        if name.endswith("/truth")
    }
    summary = {
        "scale": scale,
        "rows": table,
        "truths": truths,
        "formulas": results.get("formulas", {}).get("rows", []),
    }
    write_file(folder / "summary.json", (json.dumps(summary, indent=1) + "\n").encode())
    curves = {name: result["curve"] for name, result in results.items() if "curve" in result}
    page = write_tax_theory(folder, scale, table, truths, summary["formulas"], curves)
    return "\n".join([*_lines(table, truths), *_formula_lines(summary["formulas"]), str(page)])


def _lines(table: Sequence[Mapping[str, Any]], truths: Mapping[str, Any]) -> list[str]:
    """The table in words: the worst seed of each planner."""
    lines = [
        "share of the attainable gain, lowest over seeds (mean)",
        f"{'society':18}{'assumptions':13}{'linear':>9}{'saez':>9}{'search':>18}{'learned':>18}",
    ]
    for world in WORLDS:
        if world.name not in truths:
            continue
        cells = [f"{truths[world.name]['linear_captured']:9.2%}"]
        for planner, width in (("saez", 9), ("search", 18), ("learned", 18)):
            shares = [
                row["captured"]
                for row in table
                if (row["world"], row["planner"]) == (world.name, planner)
            ]
            mean = f"{min(shares):.2%} ({sum(shares) / len(shares):.2%})" if shares else "missing"
            text = mean.partition(" (")[0] if planner == "saez" else mean
            cells.append(f"{text:>{width}}")
        lines.append(f"{world.name:18}{'hold' if world.holds else 'do not':13}" + "".join(cells))
    return lines


def _formula_lines(formulas: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        f"{row['name']}: formula {row['formula']:.6f}, by brute force {row['found']:.6f}"
        for row in formulas
    ]


STUDY = Study(
    name="tax-theory",
    summary="planners where the best tax schedule is known: Saez, direct search, learned",
    version=2,
    scales=("full", "quick"),
    cells=_cells,
    run=_run,
    report=_report,
)
