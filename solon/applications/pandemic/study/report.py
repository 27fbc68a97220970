"""The report of the pandemic study: summary, tables, figures, page."""

import functools
import html
import json
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ....runs.atomic import write_file
from ..card import ADVICE
from .charged import Charged, charged_rows, further_rows, length_rows
from .numbers import Comparison, outcome_rows, practice_rows, regret_rows, state_rows, training_rows
from .study import DISTILLED, LEARNED, REAL, SEARCHED
from .tables import tables
from .worlds import WORLDS

__all__ = ["comparisons", "figures_of", "report"]

#: Whose levels are drawn week by week.
_COURSES = (
    *(REAL, SEARCHED["threshold"], SEARCHED["open-loop"], SEARCHED["log-linear"]),
    *(LEARNED["ppo-mlp"], LEARNED["ppo-capped"]),
)

_HEADINGS = {
    "outcomes": "What each policy came to",
    "against": "Against the real policy, in the same draws",
    "charged": "With the deaths of the 60 days after the last one charged",
    "lengths": "Welfare over the threshold rule, by what is charged after the last day",
    "further": "In further draws",
    "trainings": "Each training",
    "states": "State by state, means over draws",
    "regret": "Regret: what a policy falls short of the best one that is compared",
    "heard": "What the log-linear rule listens to",
    "unheard": "Welfare that governors lose without an observation",
    "exploited": "What governors and planner would gain by leaving their policy",
}


def comparisons(results: Mapping[str, Any], folder: pathlib.Path) -> dict[str, Comparison]:
    """The worlds whose policies were compared."""
    return {
        world: Comparison(folder / "cells" / world / "compared")
        for world in WORLDS
        if f"{world}/compared" in results
    }


def report(scale: str, results: Mapping[str, Any], folder: pathlib.Path) -> str:
    """Write summary.json and the page; returns the tables."""
    found = comparisons(results, folder)
    if not found:
        return "no world has been compared yet"
    made = tables(results, found)
    summary = {
        "scale": scale,
        "note": ADVICE,
        "worlds": {
            world: {
                "title": WORLDS[world].title,
                "start": WORLDS[world].start,
                "days": WORLDS[world].days,
                "draws": results[f"{world}/compared"]["draws"],
                "best_constant": one.best_constant(),
                "policies": outcome_rows(one),
                "states": state_rows(one),
                "regret": regret_rows(one),
                "trainings": training_rows(one),
                "practice": practice_rows(one, results[f"{world}/compared"]["practice"]),
                **_later(world, results, one),
                **{
                    kind: results[f"{world}/{kind}"]
                    for kind in ("heard", "exploited", "distilled")
                    if f"{world}/{kind}" in results
                },
            }
            for world, one in found.items()
        },
    }
    text = json.dumps(_short(summary), indent=1, ensure_ascii=False)
    write_file(folder / "summary.json", (text + "\n").encode())
    page = _page(scale, made, figures_of(results, found), folder)
    return "\n\n".join([*(f"{name}\n\n{table}" for name, table in made), str(page)])


def _later(world: str, results: Mapping[str, Any], found: Comparison) -> dict[str, Any]:
    """What follows the last day, and what further draws come to, where that is computed."""
    made: dict[str, Any] = {}
    if f"{world}/after" in results:
        cell = results[f"{world}/after"]
        charged = Charged(found, cell)
        made["after"] = {**cell, "policies": charged_rows(charged), "lengths": length_rows(charged)}
    if f"{world}/further" in results:
        cell = results[f"{world}/further"]
        made["further"] = {**cell, "policies": further_rows(found, cell)}
    return made


def figures_of(
    results: Mapping[str, Any], found: Mapping[str, Comparison]
) -> dict[str, tuple[Callable[..., Any], str]]:
    """The figures by name: what draws one, given a style or none, and its caption."""
    from ..figures import study as pandemic_study

    title = {world: WORLDS[world].title for world in found}
    rows = {
        title[world]: [{**row, "policy": _in_figures(row["policy"])} for row in outcome_rows(one)]
        for world, one in found.items()
    }
    medians = {
        title[world]: {
            _in_figures(name): _place(one, name)
            for name in _drawn(one.shown)
            if not name.startswith("level ")
        }
        for world, one in found.items()
    }
    constants = {
        title[world]: {int(name.split()[1]): _place(one, name) for name in one.constants}
        for world, one in found.items()
    }
    regret = {}
    for world, one in found.items():
        by_policy = regret_rows(one)
        drawn = (REAL, one.best_constant(), *_COURSES[1:], DISTILLED)
        regret[title[world]] = {
            _in_figures(name): by_policy[one.title(name)] for name in drawn if name in one.names
        }
    courses, dates = {}, {}
    for world, one in found.items():
        cell = results[f"{world}/compared"]
        courses[title[world]] = {
            _in_figures(name): one.mean(name, cell["levels"]).tolist()
            for name in _COURSES
            if name in one.names
        }
        dates[title[world]] = cell["dates"]
    return {
        "gains": (
            functools.partial(pandemic_study.gains, rows),
            "Federal welfare over that of the real policy in the same draw of the parameters, to "
            "the last day: what is left to the days after it is not charged. Dots are medians, "
            "bars run from the 5th to the 95th percentile of draws and trainings. The "
            f"best constant level is {_best(found)}.",
        ),
        "frontier": (
            functools.partial(pandemic_study.trade_off, medians, constants),
            "Deaths against lost output to the last day, medians over draws. The lower left is "
            "better in both; stairs join what no other policy beats in both.",
        ),
        "levels": (
            functools.partial(pandemic_study.levels_in_time, courses, dates),
            "Level by week, mean over states (weighted by population) and draws.",
        ),
        "regret": (
            functools.partial(pandemic_study.regrets, regret),
            "What a policy falls short of the best one that is compared, if transmission is "
            "another than it was made for. Capped: held to the real policy's unemployment.",
        ),
    }


def _best(found: Mapping[str, Comparison]) -> str:
    """Which constant level is best, by world."""
    return ", ".join(
        f"{one.best_constant().split()[1]} ({WORLDS[world].title})" for world, one in found.items()
    )


def _place(found: Comparison, name: str) -> tuple[float, float]:
    own = found.usual[name]
    return float(np.median(own["deaths"])) / 1e3, float(np.median(own["lost_output"])) * 100


def _drawn(names: Sequence[str]) -> list[str]:
    """Nobody who keeps a level that is there already."""
    same = (LEARNED["ppo-planner"], "subsidy 20")
    return [name for name in names if not name.endswith(same)]


def _in_figures(name: str) -> str:
    """Short enough for a legend; the best level, which differs by world, is one thing there."""
    name = f"best constant level{name[7:]}" if name.startswith("level ") else name
    return name.replace(", unemployment capped", " (capped)")


def _in_style(make: Callable[..., Any], style: Any) -> Any:
    return make(style=style)


def _page(
    scale: str,
    made: Sequence[tuple[str, str]],
    drawn: Mapping[str, tuple[Callable[..., Any], str]],
    folder: pathlib.Path,
) -> pathlib.Path:
    from ....figures.page import write_page
    from ....figures.sections import Figures

    figures = Figures()
    parts = []
    for name, (make, caption) in drawn.items():
        parts.append(figures.add(name, functools.partial(_in_style, make), caption))
    for name, table in made:
        world, _, kind = name.partition("-")
        head = _HEADINGS.get(kind, "Rules distilled to a tree")
        where = f" ({WORLDS[world].title})" if world in WORLDS else ""
        parts.append(f"<h2>{html.escape(head + where)}</h2>{_html(table)}")
    few = "" if scale == "full" else " Few trainings: dots and no intervals over seeds."
    return write_page(
        folder / "report.html",
        title="Pandemic policy: what could have been done better",
        labels=f"pandemic@1 · {scale}",
        note=ADVICE + few,
        parts=parts,
        figures=figures,
    )


def _html(table: str) -> str:
    """A table in Markdown as HTML."""
    head, _, *body = table.splitlines()

    def cells(line: str, kind: str) -> str:
        inner = line.strip("| ").split(" | ")
        return "".join(f"<{kind}>{html.escape(cell)}</{kind}>" for cell in inner)

    rows = "".join(f"<tr>{cells(line, 'td')}</tr>" for line in body)
    return (
        f'<div class="table-scroll"><table><thead><tr>{cells(head, "th")}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _short(value: Any) -> Any:
    """Numbers with six digits that count."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, Mapping):
        return {key: _short(one) for key, one in value.items()}
    return [_short(one) for one in value] if isinstance(value, list | tuple) else value
