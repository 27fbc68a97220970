"""Fit an economy to data at past dates and score its forecasts."""

import dataclasses
import json
import os
import pathlib
import time
from typing import Annotated, Any, Literal

import tyro

from ...._terminal import say
from ....cli._places import check_place
from ....errors import ConfigurationError, require, require_whole

__all__ = ["Options", "run"]

_FILES = ("forecasts.parquet", "scores.json", "ensemble.safetensors", "CARD.md")


@dataclasses.dataclass(frozen=True)
class Options:
    """Fit the pandemic economy at past dates, from what was known, and score what it forecast.

    Writes the forecasts of all methods, their scores, and the parameters fitted at the last origin
    as an ensemble with a card. See docs/pandemic-calibration.md.
    """

    economy: Annotated[Literal["pandemic"], tyro.conf.Positional, tyro.conf.arg(metavar="pandemic")]
    """The only economy that is calibrated so far."""
    origins: Annotated[str | None, tyro.conf.arg(metavar="MONTH,MONTH", help_behavior_hint="")] = (
        None
    )
    """Months on whose first day forecasts are made. Default: 2020-08 to 2021-02."""
    horizons: Annotated[str, tyro.conf.arg(metavar="MONTHS,MONTHS")] = "1,2,4"
    """How far ahead, of 1, 2 and 4 months."""
    quick: bool = False
    """A small ensemble: a sketch."""
    seed: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 0
    """Of the draws."""
    out: Annotated[str | None, tyro.conf.arg(metavar="FOLDER", help_behavior_hint="")] = None
    """Folder of the results, replaced as a whole. Default: results/pandemic/calibration, with
    --quick results/pandemic/quick/calibration."""
    report: Annotated[str | None, tyro.conf.arg(metavar="FILE.html", help_behavior_hint="")] = None
    """Draw errors and coverage on a page that opens in any browser, without a network."""


def run(options: Options) -> int:
    """Fit, forecast, score, and write."""
    require_whole("--seed", options.seed, low=0, high=2**31 - 1)
    folder = pathlib.Path("results", "pandemic", *["quick"] * options.quick, "calibration")
    if options.out is not None:
        folder = pathlib.Path(options.out)
    _check_folder(folder)
    if options.report is not None:
        report = pathlib.Path(options.report)
        inside = pathlib.Path(os.path.realpath(report)).is_relative_to(os.path.realpath(folder))
        allowed = f"a place outside of {folder}, which is replaced as a whole"
        require(not inside, "--report", options.report, allowed)
        check_place("--report", report)

    from ....data.covid19 import load
    from ..calibration.known import ORIGINS, check_plan

    origins = ORIGINS if options.origins is None else tuple(options.origins.split(","))
    try:
        horizons = [int(text) for text in options.horizons.split(",")]
    except ValueError:
        raise ConfigurationError("--horizons", options.horizons, "1, 2, 4") from None
    data = load()
    try:
        months = check_plan(data, origins, horizons)
    except ConfigurationError as error:
        names = {"origin": "--origins", "origins": "--origins", "horizons": "--horizons"}
        argument = names.get(error.argument, error.argument)
        raise error.renamed(argument) from None

    from ....cli._runtime import prepare

    prepare()

    from ....runs.atomic import write_folder
    from ....runs.provenance import provenance
    from ..calibration.card import card
    from ..calibration.ensemble import RULES, ensemble_at, ensemble_bytes
    from ..calibration.known import cut
    from ..calibration.rolling import FULL, QUICK, Forecaster
    from ..calibration.scores_text import lost_text, scores_text
    from ..calibration.study import read_table, run_study, score, table_bytes

    made_with = provenance(rules=RULES)
    wall, processor = time.perf_counter(), time.process_time()
    forecaster = Forecaster(QUICK if options.quick else FULL, seed=options.seed)

    table = run_study(data, forecaster, origins=origins, horizons=horizons, say=say)
    content = table_bytes(table)
    # Scores are those of the file, with its rounding.
    table = read_table(content)
    known = cut(data, max(months))
    ensemble = ensemble_at(forecaster, known)
    result: dict[str, Any] = {
        "settings": {
            "effort": dataclasses.asdict(forecaster.effort),
            "seed": options.seed,
            "prior": forecaster.prior._asdict(),
            "recovery": dataclasses.asdict(forecaster.recovery),
            "vaccines": dataclasses.asdict(forecaster.vaccines),
        },
        "scores": score(table),
        "seconds": {
            "wall": round(time.perf_counter() - wall, 1),
            "processor": round(time.process_time() - processor, 1),
        },
        "provenance": made_with,
    }
    contents = {
        "forecasts.parquet": content,
        "scores.json": (json.dumps(result) + "\n").encode(),
        "ensemble.safetensors": ensemble_bytes(ensemble),
        "CARD.md": card(ensemble, result["settings"]).encode(),
    }
    folder.parent.mkdir(parents=True, exist_ok=True)
    write_folder(folder, contents)
    say(*scores_text(result["scores"]).split("\n"))
    say("Origins at which the model is no better than the first one that it has to beat:", "")
    say(*lost_text(result["scores"]).split("\n"))
    for name in contents:
        say(folder / name)
    if options.report is not None:
        from ..figures.forecast_errors import write_calibration

        labels = f"{ensemble.rules} · {'quick' if options.quick else 'full'}, seed {options.seed}"
        targets = tuple(result["scores"])
        say(write_calibration(options.report, result["scores"], labels=labels, targets=targets))
    return 0


def _check_folder(folder: pathlib.Path) -> None:
    """Find out now whether the folder can be replaced, and that nothing of the user's is in it."""
    allowed = "a folder that does not exist yet, or holds a calibration and nothing else"
    named = folder.name not in ("", "..")
    require(named, "--out", str(folder), f"{allowed}, by its name")
    for name in _FILES:
        check_place("--out", folder / name)
    require(not folder.is_symlink(), "--out", str(folder), f"{allowed} (this is a link)")
    check_place("--out", folder.with_name(f".{folder.name}.place"))
    if folder.exists():
        others = sorted(set(os.listdir(folder)) - set(_FILES))
        shown = f"{allowed} (this has {', '.join(others[:3])})"
        require(not others, "--out", str(folder), shown)
