"""Planners in societies that nobody describes to them: learned, by formula and by estimation.

A planner taxes a society for ten years and is told neither its elasticity nor its skills, nor which
model of behavior holds. The best rates are known to the study, so that it can say which share of
the gap between the best fixed law and the best rates each planner closes. Everything is chosen on
societies of its own; the test societies are opened by the cells named `scores`.
"""

import json
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from .... import __version__
from ....evidence.study import Cell, Study
from ....runs.atomic import write_file
from ..opponents import AVERAGING, TUNED
from ..societies import FAMILY

__all__ = ["STUDY", "rows"]

_FULL: Mapping[str, Any] = {
    "seeds": 5,
    "ablations": 2,
    "steps": {"standard": 6_000_000, "family": 8_000_000},
    "societies": 2000,
    "searched": 4000,
    "tried": 200,
    "regressed": 1000,
    "chosen": 1000,
    "left_out": True,
    "wider": True,
}
_QUICK: Mapping[str, Any] = {
    "seeds": 1,
    "ablations": 1,
    "steps": {"standard": 1_000_000, "family": 1_000_000},
    "societies": 300,
    "searched": 500,
    "tried": 50,
    "regressed": 200,
    "chosen": 200,
    "left_out": False,
    "wider": False,
}
_SCALES: Mapping[str, Mapping[str, Any]] = {"full": _FULL, "quick": _QUICK}
_OUTSIDE = ["income-effects", "new-elasticity", "elasticity-2", "pareto-skills"]
#: Seeds of the luck of the test societies. Those of the short form are others, so that trying it
#: shows nothing of the test.
_TEST = {"full": 20_261, "quick": 7}

STANDARD, OVER_FAMILY = "learned in the standard model", "learned over five models"
RECURRENT, MEMORYLESS = "learned with a recurrent network", "learned without memory"


def _trainings(scale: str, base: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The trainings in societies of some workers, with shocks or without, by name of the cell."""
    sizes, place = _SCALES[scale], _place(base)
    found: dict[str, dict[str, Any]] = {}

    def add(name: str, seeds: int, who: str, models: Sequence[str], memory: str = "files") -> None:
        steps = sizes["steps"]["standard" if len(models) == 1 else "family"]
        for seed in range(seeds):
            found[f"{name}-{place}-{seed}"] = {
                **{"kind": "learned", "who": who, "models": list(models), "memory": memory},
                **{"steps": steps, "seed": seed, "chosen": sizes["chosen"], **base},
            }

    add("standard", sizes["seeds"], STANDARD, FAMILY[:1])
    if base["workers"] == 4:
        add("family", sizes["seeds"], OVER_FAMILY, FAMILY)
    if base == _PLAIN:
        add("recurrent", sizes["ablations"], RECURRENT, FAMILY[:1], "recurrent")
        add("memoryless", sizes["ablations"], MEMORYLESS, FAMILY[:1], "none")
        for model in FAMILY if sizes["left_out"] else ():
            others = [one for one in FAMILY if one != model]
            add(f"without-{model}", 1, f"learned without {model}", others)
    return found


_PLAIN = {"workers": 4, "shocks": False}
_WIDER = ({"workers": 4, "shocks": True}, {"workers": 100, "shocks": False})


def _place(base: Mapping[str, Any]) -> str:
    """How cells name the workers and the shocks."""
    return f"{base['workers']}{'-shocks' if base['shocks'] else ''}"


def _cells(scale: str) -> list[Cell]:
    sizes = _SCALES[scale]
    cells = []
    for base in (_PLAIN, *(_WIDER if sizes["wider"] else ())):
        models = list(FAMILY) if base["workers"] == 4 else [FAMILY[0]]
        few = base["workers"] == 4
        outside = _OUTSIDE if base == _PLAIN else _OUTSIDE[2:] if few else []
        kinds, place = {"models": models, "outside": outside, **base}, _place(base)
        searched = {"kind": "laws", "searched": sizes["searched"], "tried": sizes["tried"], **kinds}
        trainings = _trainings(scale, base)
        laws = f"laws-{place}"
        cells.append(Cell(laws, searched))
        regressed = {"kind": "formulas", "tried": sizes["regressed"], **base}
        cells.append(Cell(f"formulas-{place}", regressed, (laws,)))
        cells += [Cell(name, config) for name, config in trainings.items()]
        scored = {"kind": "scores", "societies": sizes["societies"], "test": _TEST[scale], **kinds}
        needs = (laws, f"formulas-{place}", *trainings)
        cells.append(Cell(f"scores-{place}", {**scored, "trainings": trainings}, needs))
    return cells


def _run(
    config: Mapping[str, Any], needs: Mapping[str, Any], folder: pathlib.Path
) -> Mapping[str, Any]:
    from . import cells, laws

    if config["kind"] == "laws":
        return laws.laws(config)
    if config["kind"] == "learned":
        return cells.learned(config, folder)
    place = _place(config)
    found = needs[f"laws-{place}"]
    if config["kind"] == "formulas":
        return laws.formulas(config, found)
    trainings: dict[str, list[tuple[Mapping[str, Any], int, pathlib.Path]]] = {}
    for name, own in config["trainings"].items():
        one = own, needs[name]["opening"], folder.parent / name
        trainings.setdefault(own["who"], []).append(one)
    return cells.scores(config, found, needs[f"formulas-{place}"]["regress"], trainings)


def _knows(who: str, model: str) -> bool:
    """Whether a planner is prepared for a model."""
    if model not in FAMILY:
        return False
    if who in (OVER_FAMILY, TUNED) or who.startswith(AVERAGING):
        return True
    if who.startswith("learned without ") and who != MEMORYLESS:
        return model != who.removeprefix("learned without ")
    return model == FAMILY[0]


def rows(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row for each planner and kind of societies, beside each of two laws."""
    found = []
    for cell, result in results.items():
        if not cell.startswith("scores-"):
            continue
        workers, _, shocks = cell.removeprefix("scores-").partition("-")
        for base, table in result["shares"].items():
            for model, planners in (*table.items(), ("mean of the family", result["mean"][base])):
                for who, shares in planners.items():
                    value, low, high = shares["all_years"]
                    found.append(
                        {
                            "workers": int(workers),
                            "shocks": bool(shocks),
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
        label = f"{row['workers']} workers{' with shocks' * row['shocks']}, {row['model']}"
        lines.append(f"{label:44}{row['who']:34}{numbers}  ({row['low']:.3f} to {row['high']:.3f})")
    return lines


STUDY = Study(
    name="unknown-society",
    summary="planners who are not told which society they tax: learned, formula, estimator",
    version=2,
    scales=("full", "quick"),
    cells=_cells,
    run=_run,
    report=_report,
)
