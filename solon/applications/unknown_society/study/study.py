"""Planners in societies that nobody describes to them: learned, by formula and by estimation.

A planner taxes a society for ten years and is told neither its elasticity nor its skills, nor which
model of behavior holds. The best rates are known to the study, so that it can say which share of
the gap between the best fixed law and the best rates each planner closes. Everything is chosen on
societies of its own; the test societies are opened by the cells named `scores`.
"""

import json
import pathlib
from collections.abc import Mapping
from typing import Any

from .... import __version__
from ....evidence.study import Cell, Study
from ....runs.atomic import write_file
from ..opponents import MODEL_AVERAGING
from ..societies import FAMILY

__all__ = ["STUDY", "rows"]

_FULL: Mapping[str, Any] = {
    "seeds": 5,
    "memoryless": 2,
    "steps": {"standard": 6_000_000, "family": 6_000_000},
    "societies": 2000,
    "searched": 4000,
    "chosen": 1000,
    "left_out": False,
    "hundred": False,
}
_QUICK: Mapping[str, Any] = {
    "seeds": 1,
    "memoryless": 1,
    "steps": {"standard": 1_000_000, "family": 1_000_000},
    "societies": 300,
    "searched": 500,
    "chosen": 200,
    "left_out": False,
    "hundred": False,
}
_SCALES: Mapping[str, Mapping[str, Any]] = {"full": _FULL, "quick": _QUICK}
_OUTSIDE = ["income-effects", "new-elasticity", "elasticity-2", "pareto-skills"]


def _training(sizes: Mapping[str, Any], seed: int, **changes: Any) -> dict[str, Any]:
    base = {"kind": "learned", "workers": 4, "shocks": False, "recurrent": True}
    base |= {"models": [FAMILY[0]], "steps": sizes["steps"]["standard"], "seed": seed}
    return base | {"chosen": sizes["chosen"]} | changes


def _trainings(scale: str) -> dict[str, dict[str, Any]]:
    """All trainings, by the names of their cells: planner, workers, seed."""
    sizes = _SCALES[scale]
    found: dict[str, dict[str, Any]] = {}
    long = sizes["steps"]["family"]
    for seed in range(sizes["seeds"]):
        found[f"standard-4-{seed}"] = _training(sizes, seed)
        found[f"family-4-{seed}"] = _training(sizes, seed, models=list(FAMILY), steps=long)
        if seed < sizes["memoryless"]:
            found[f"memoryless-4-{seed}"] = _training(sizes, seed, recurrent=False)
        if sizes["hundred"]:
            found[f"standard-100-{seed}"] = _training(sizes, seed, workers=100)
    if sizes["left_out"]:
        for model in FAMILY:
            others = [one for one in FAMILY if one != model]
            found[f"without-{model}-4-0"] = _training(sizes, 0, models=others, steps=long)
    return found


_WHO = {
    "standard": "learned in the standard model",
    "family": "learned over five models",
    "memoryless": "learned without memory",
    **{f"without-{model}": f"learned without {model}" for model in FAMILY},
}


def _planner(cell: str) -> tuple[str, int]:
    """Planner and workers of the cell of a training."""
    name, workers, _ = cell.rsplit("-", 2)
    return _WHO[name], int(workers)


def _cells(scale: str) -> list[Cell]:
    sizes = _SCALES[scale]
    trainings = _trainings(scale)
    cells = []
    for workers in (4, 100) if sizes["hundred"] else (4,):
        models = list(FAMILY) if workers == 4 else [FAMILY[0]]
        outside = _OUTSIDE if workers == 4 else _OUTSIDE[2:]
        base = {"workers": workers, "shocks": False, "models": models, "outside": outside}
        laws = f"laws-{workers}"
        cells.append(Cell(laws, {"kind": "laws", "searched": sizes["searched"], **base}))
        own = {name: one for name, one in trainings.items() if one["workers"] == workers}
        cells += [Cell(name, config) for name, config in own.items()]
        config = {"kind": "scores", "societies": sizes["societies"], "trainings": own, **base}
        cells.append(Cell(f"scores-{workers}", config, (laws, *own)))
    return cells


def _run(
    config: Mapping[str, Any], needs: Mapping[str, Any], folder: pathlib.Path
) -> Mapping[str, Any]:
    from . import cells

    if config["kind"] == "laws":
        return cells.laws(config)
    if config["kind"] == "learned":
        return cells.learned(config, folder)
    trainings: dict[str, list[tuple[Mapping[str, Any], pathlib.Path]]] = {}
    for name, own in config["trainings"].items():
        trainings.setdefault(_planner(name)[0], []).append((own, folder.parent / name))
    rates = needs[f"laws-{config['workers']}"]
    return cells.scores(config, rates, trainings)


def _knows(who: str, model: str) -> bool:
    """Whether a planner is prepared for a model."""
    if model not in FAMILY:
        return False
    if "five" in who or who.startswith(MODEL_AVERAGING):
        return True
    if who.startswith("learned without ") and who != _WHO["memoryless"]:
        return model != who.removeprefix("learned without ")
    return model == FAMILY[0]


def rows(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row for each planner and kind of societies, beside each of two laws."""
    found = []
    for cell, result in results.items():
        if not cell.startswith("scores-"):
            continue
        workers = int(cell.removeprefix("scores-"))
        for base, table in result["shares"].items():
            for model, planners in (*table.items(), ("mean of the family", result["mean"][base])):
                for who, shares in planners.items():
                    value, low, high = shares["all_years"]
                    found.append(
                        {
                            "workers": workers,
                            "shocks": False,
                            "model": model,
                            "inside": _knows(who, model),
                            "who": who,
                            "beside": base,
                            "all_years": value,
                            "last_five": shares["last_five"][0],
                            "year_one": shares["year_one"][0],
                            "low": low,
                            "high": high,
                            "seeds": len(shares["seeds"]),
                        }
                    )
    return found


def _report(scale: str, results: Mapping[str, Any], folder: pathlib.Path) -> str:
    table = rows(results)
    scored = {name: one for name, one in results.items() if name.startswith("scores-")}
    summary = {
        "rows": table,
        "command": f"solon reproduce unknown-society{' --quick' if scale == 'quick' else ''}",
        "version": __version__,
        "ahead": {name: one["ahead"] for name, one in scored.items()},
    }
    write_file(folder / "summary.json", (json.dumps(summary, indent=1) + "\n").encode())
    return "\n".join(_lines(table))


def _lines(table: list[dict[str, Any]]) -> list[str]:
    """The table in words, beside the best law of each kind of societies."""
    lines = ["share of the gap closed: all years, last five, year one"]
    for row in table:
        if row["beside"] != "own law":
            continue
        numbers = " ".join(f"{row[name]:7.3f}" for name in ("all_years", "last_five", "year_one"))
        label = f"{row['workers']} workers, {row['model']}"
        lines.append(f"{label:38}{row['who']:34}{numbers}  ({row['low']:.3f} to {row['high']:.3f})")
    return lines


STUDY = Study(
    name="unknown-society",
    summary="planners who are not told which society they tax: learned, formula, estimator",
    version=1,
    scales=("full", "quick"),
    cells=_cells,
    run=_run,
    report=_report,
)
