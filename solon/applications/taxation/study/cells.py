"""The cells of the tax study: trainings, and what became of them in years that are new to them."""

import json
import pathlib
import shutil
import signal
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ....evidence.run import evaluate_players, evaluate_run
from ....evidence.social_measures import social_measures
from ....runs.atomic import write_file
from ....runs.build import build_recipe
from ....runs.errors import Interrupted
from ....runs.folder import METRICS, RunFolder
from ....runs.metrics import read_metrics
from ....runs.players import Players, players_of, under_schedule
from ....runs.provenance import provenance
from ....runs.recipe import Recipe
from ....runs.schedules import LEARNED, SEARCH, NamedSchedule, schedule_text
from ....runs.seals import parquet_bytes
from ....runs.start import read_start
from ....runs.train import train
from ..outcomes import Evaluation

__all__ = [
    *("EPISODES", "LUCK", "WORKERS", "crossed", "mixed_workers", "parquet", "recipe_of", "regime"),
    *("trained", "workers"),
]

WORKERS = "workers.safetensors"
"""Policies of experienced workers, which regimes start from."""

EPISODES = "episodes.parquet"
"""What each year came to."""

LUCK = 20_000
"""Seed of the years that are evaluated, the same for all regimes."""

_STAND_IN = 1 / 3
_FIRST_CAP = 0.1
"""How a planner that learns is brought in by default: see `presets.py` of the application."""

_BIN = 250_000
"""Environment steps of a point on a learning curve."""

_CURVE = {
    "productivity": "episode/productivity",
    "equality": "episode/equality",
    "average_rate": "episode/tax/average_rate",
    "labor_cost_share": "episode/labor_cost_share",
    "worker_entropy": "worker/entropy",
    "planner_entropy": "planner/entropy",
    "search_spread": "search/spread",
    **{f"houses_{rank}": f"episode/houses/{rank}" for rank in range(4)},
    **{f"rate_{bracket}": f"episode/tax/rate/{bracket}" for bracket in range(7)},
}


def workers(config: Mapping[str, Any], folder: pathlib.Path) -> dict[str, Any]:
    """Workers who learn without taxes, from nothing."""
    recipe = build_recipe(
        "gather-trade-build",
        dict(config["economy"]),
        planner="free-market",
        steps=config["steps"],
        seed=config["seed"],
    )
    run = _train(recipe, folder)
    write_file(folder / WORKERS, read_start(str(run.path), recipe.env()))
    return _outcome(run, config, folder)


def mixed_workers(
    config: Mapping[str, Any], start: pathlib.Path, folder: pathlib.Path
) -> dict[str, Any]:
    """Workers who go on learning under another random schedule in each year."""
    recipe = recipe_of({**config, "planner": "random"}, start, folder)
    run = _train(recipe, folder)
    write_file(folder / WORKERS, read_start(str(run.path), recipe.env()))
    return _outcome(run, config, folder)


def regime(
    config: Mapping[str, Any],
    start: pathlib.Path,
    folder: pathlib.Path,
    *,
    rates: Sequence[float] | None = None,
) -> dict[str, Any]:
    """Experienced workers go on learning under a planner, which may learn, too.

    Args:
        config: of the cell.
        start: policies of the workers.
        folder: of the cell.
        rates: a schedule in place of the planner.
    """
    return _outcome(_train(recipe_of(config, start, folder, rates), folder), config, folder)


def crossed(
    config: Mapping[str, Any],
    found: Mapping[str, Any],
    start: pathlib.Path,
    folder: pathlib.Path,
) -> dict[str, Any]:
    """Workers as each regime left them, in the same years under the schedule of each regime.

    Where two trainings differ, this tells what is due to the schedule, and what to the workers.

    Args:
        config: of the cell, with the configurations of the `populations`.
        found: what became of them, by the same names.
        start: policies of the workers that they all began with.
        folder: of the cell, beside those of the populations. Trainings that are gone are done
            again.

    Returns:
        Population -> schedule -> mean of each measure.
    """
    schedules = {"flat 30 %": [0.3] * len(next(iter(found.values()))["mean_rates"])}
    schedules |= {name: one["mean_rates"] for name, one in found.items()}
    table: dict[str, dict[str, Any]] = {}
    for name, own in config["populations"].items():
        rates = found["learned"]["mean_rates"] if own["kind"] == "fixed" else None
        place = folder.parent / f"{name}-{config['seed']}"
        players = trained(own, start, place, rates)
        table[name] = {}
        for schedule, chosen in schedules.items():
            there = under_schedule(players, NamedSchedule(schedule, tuple(chosen)))
            years = evaluate_players(there, episodes=config["episodes"], seed=LUCK)
            assert isinstance(years, Evaluation)
            table[name][schedule] = {
                measure: float(np.mean(values)) for measure, values in _years(years).items()
            }
    return {"means": table}


def trained(
    config: Mapping[str, Any],
    start: pathlib.Path,
    folder: pathlib.Path,
    rates: Sequence[float] | None = None,
) -> Players:
    """Everyone as the training of a cell left them; one that is gone is done again.

    Args:
        config: of the cell.
        start: policies of the workers.
        folder: of the cell.
        rates: a schedule in place of the planner.
    """
    return players_of(_train(recipe_of(config, start, folder, rates), folder))


def recipe_of(
    config: Mapping[str, Any],
    start: pathlib.Path,
    folder: pathlib.Path,
    rates: Sequence[float] | None = None,
) -> Recipe:
    """The training of a cell; arguments as those of `regime`."""
    options: dict[str, Any] = dict(config["economy"])
    given: dict[str, Any] = {}
    planner = config.get("planner")
    if rates is not None:
        planner = str(_schedule_file(folder, planner or "learned, mean", rates))
    alike, frozen = config.get("alike"), config.get("frozen", False)
    own: dict[str, dict[str, Any]] = {}
    if alike:
        own["planner"] = {"stand_in": _STAND_IN}
    if frozen:
        own["worker"] = {"learning_rate": 0}
        # Nobody has to get used to anything.
        own |= {"planner": {"stand_in": 0}} if planner == LEARNED else {}
    if planner == SEARCH:
        given = {"seed": config["seed"], "highest": alike or config["highest_rate"]}
        # Candidates above the cap are all the same, so it begins below.
        given |= {"start": _FIRST_CAP, "spread": _FIRST_CAP} if alike else {}
        given |= config.get("search", {})
    if planner in (LEARNED, "random") or alike or frozen:
        tax = options.get("periodic_bracket_tax", {})
        highest = alike or config["highest_rate"]
        options["periodic_bracket_tax"] = {**tax, "rate_max": highest}
    if planner == "saez" and "elasticity" in config:
        # The published formula errs at the top, and this is to be the formula at its best.
        given = {"elasticity": config["elasticity"], "compatibility": None}
    elif "compatibility" in config:
        given = {"compatibility": config["compatibility"]}
    return build_recipe(
        "gather-trade-build",
        options,
        planner=planner,
        planner_options=given or None,
        settings=config["learner"],
        own_settings=own,
        curriculum={} if frozen else _cap_rises(config),
        start=str(start),
        steps=config["steps"],
        seed=config["seed"],
    )


def _cap_rises(config: Mapping[str, Any]) -> dict[str, Any] | None:
    """The cap of a planner that learns, as a share of the highest rate; None for the usual one."""
    # In phased cells the economy's highest rate is 1.
    highest = 1.0 if "alike" in config else config.get("phased")
    if highest is None:
        return None
    cap = [[0, _FIRST_CAP * highest], [config["steps"] // 2, highest]]
    return {"parts.periodic-bracket-tax.rate_cap": cap}


def _schedule_file(folder: pathlib.Path, name: str, rates: Sequence[float]) -> pathlib.Path:
    path = folder / "schedule.yaml"
    write_file(path, schedule_text(NamedSchedule(name, tuple(rates))).encode())
    return path


def _train(recipe: Recipe, cell: pathlib.Path) -> RunFolder:
    """Train in the cell's own run folder, or go on there. It is not kept with the results."""
    path = cell / "run"
    config, files = recipe.to_config()
    if path.is_dir():
        folder = RunFolder.open(path)
        # As it comes back from a file: tuples are lists there.
        if folder.config != json.loads(json.dumps(config)):
            shutil.rmtree(path)
    if not path.is_dir():
        folder = RunFolder.create(
            path, config, provenance=provenance(rules=recipe.env().rules), files=files
        )
    if folder.saved_steps >= recipe.steps:
        return folder
    state = recipe.abstract_state() if folder.saved_steps else recipe.initial_state()
    result = train(folder, recipe.trainer(), state, recipe.steps, resume=True, quiet=True)
    if result.interrupted:
        done = f"interrupted after {result.environment_steps} steps; run it again to go on"
        raise Interrupted(result.number or signal.SIGINT, done)
    return folder


def _outcome(run: RunFolder, config: Mapping[str, Any], folder: pathlib.Path) -> dict[str, Any]:
    """What is kept of a training: its curve, and what 100 years came to."""
    began = time.monotonic()
    found = evaluate_run(run, episodes=config["episodes"], seed=LUCK)
    assert isinstance(found, Evaluation)
    measures = _years(found)
    write_file(folder / EPISODES, parquet(measures))
    curve = _curve(run)
    rates = found.periods["rates"].mean(axis=0)
    table = {
        name: found.workers[name].mean(axis=0).round(3).tolist()
        for name in ("coin", "utility", "labor", "houses", "tax_paid", "transfers", "payment")
    }
    income = found.periods["income"]
    # Who bought more than was earned is in the lowest bracket.
    filled = (income[..., None] >= found.cutoffs[1:]).sum(axis=-1)
    return {
        "means": {name: float(np.mean(values)) for name, values in measures.items()},
        "workers": table,
        "rates": rates.round(4).tolist(),
        "rate_deviation": found.periods["rates"].std(axis=0).round(4).tolist(),
        "mean_rates": rates.mean(axis=0).round(4).tolist(),
        "occupancy": np.bincount(filled.ravel(), minlength=len(found.cutoffs)).tolist(),
        "income_quantiles": np.quantile(income, np.linspace(0, 1, 21)).round(2).tolist(),
        "cutoffs": found.cutoffs.tolist(),
        "curve": curve,
        "steps": _steps(run),
        "seconds": curve["seconds"][-1],
        "evaluation_seconds": round(time.monotonic() - began, 1),
    }


def _years(found: Evaluation) -> dict[str, np.ndarray]:
    """All measures of each year."""
    coin, utility = found.workers["coin"], found.workers["utility"]
    measures = social_measures(coin, utility)
    collected = found.workers["tax_paid"].sum(axis=1)
    income = np.maximum(found.periods["income"], 0).sum(axis=(1, 2))
    measures |= {"tax_collected": collected, "average_rate": collected / np.maximum(income, 1e-9)}
    for rank in range(found.worker_count):
        measures[f"coin_{rank}"] = coin[:, rank]
        net = found.workers["transfers"] - found.workers["tax_paid"]
        measures[f"net_transfer_{rank}"] = net[:, rank]
    return measures


def parquet(columns: Mapping[str, np.ndarray]) -> bytes:
    import pyarrow

    arrays = {name: np.asarray(values, np.float32) for name, values in columns.items()}
    return parquet_bytes(pyarrow.table(arrays))


def _steps(run: RunFolder) -> int:
    """Environment steps, with those that a search spent on scores."""
    columns = _metrics(run)
    scored = columns.get("search/scoring_steps", np.zeros(1))[-1]
    return int(columns["environment_steps"][-1] + scored)


def _metrics(run: RunFolder) -> dict[str, np.ndarray]:
    table = read_metrics(run.path / METRICS)
    return {name: np.asarray(table[name].to_pylist(), float) for name in table.column_names}


def _curve(run: RunFolder) -> dict[str, list[float | None]]:
    """Means of a quarter of a million steps; null where nothing was known."""
    columns = _metrics(run)
    place = ((columns["environment_steps"] - 1) // _BIN).astype(int)
    # The last update may go a little past the end, which makes no point of its own.
    place = np.minimum(place, max(0, int(columns["environment_steps"][-1] // _BIN) - 1))
    bins = np.unique(place)
    curve: dict[str, list[float | None]] = {
        "steps": [float(columns["environment_steps"][place == b][-1]) for b in bins],
        "seconds": [round(float(columns["seconds"][place == b][-1]), 1) for b in bins],
    }
    for name, column in _CURVE.items():
        if column in columns:
            curve[name] = [_mean(columns[column][place == b]) for b in bins]
    pairs = zip(curve["productivity"], curve["equality"], strict=True)
    curve["equality_times_productivity"] = [
        None if p is None or e is None else round(p * e, 1) for p, e in pairs
    ]
    return curve


def _mean(values: np.ndarray) -> float | None:
    known = values[np.isfinite(values)]
    return round(float(known.mean()), 4) if len(known) else None
