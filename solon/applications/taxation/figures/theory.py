"""Figures and page of the study of tax theory."""

import functools
import html
import json
import pathlib
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ....figures.page import write_page
from ....figures.panels import finish, panels
from ....figures.sections import Figures
from ....figures.theme import PAGE, Style, label
from ....runs.atomic import write_file
from .schedules import schedules

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["gaps", "search_curves", "theory_schedules", "write_tax_theory"]

_PLANNERS = {"saez": "Saez, true elasticity", "search": "direct search", "learned": "learned"}
#: A gap below this, in percent of the attainable gain, is rounding.
_SMALLEST = 0.001
_NOTES = {
    "full": "Static economy of 1,000 workers who know what is best for them. The best schedule is "
    "computed by brute force over the same brackets.",
    "quick": "A sketch: one seed and a short training. Only the full study counts.",
}


def gaps(
    rows: Sequence[Mapping[str, Any]], truths: Mapping[str, Any], style: Style = PAGE
) -> "plotly.graph_objects.Figure":
    """What each planner misses of the attainable gain, on a logarithmic axis; a dot a seed.

    Args:
        rows: of the study, with `world`, `planner`, `captured` and `assumptions_hold`.
        truths: by world, with `linear_captured`.
        style: colours and width.
    """
    figure, _ = panels(1, style, height=120 + 48 * len(truths))
    names = {
        world: f"{label(world)}{'' if _holds(rows, world) else ' *'}"
        for world in reversed(list(truths))
    }

    def percent(captured: float) -> float:
        return max(_SMALLEST, 100 * (1 - captured))

    series = [("best single rate", [(w, t["linear_captured"]) for w, t in truths.items()])]
    for planner, words in _PLANNERS.items():
        found = [(row["world"], row["captured"]) for row in rows if row["planner"] == planner]
        series.append((words, found))
    symbols = ("line-ns-open", "diamond", "circle", "square")
    for i, (words, found) in enumerate(series):
        figure.add_scatter(
            x=[percent(captured) for _, captured in found],
            y=[names[world] for world, _ in found],
            mode="markers",
            marker={
                "color": style.palette.muted if i == 0 else style.regime(i - 1),
                "symbol": symbols[i],
                "size": 12 if i == 0 else 9,
                "line": {"width": 2 if i == 0 else 0},
                "opacity": 0.85,
            },
            name=words,
            hovertemplate="%{y}: misses %{x:.3g} %<extra>" + words + "</extra>",
        )
    figure.add_vline(x=1, line={"color": style.palette.ink, "width": 1, "dash": "dot"})
    ticks = [0.001, 0.01, 0.1, 1, 10, 100]
    figure.update_xaxes(
        type="log",
        range=[np.log10(_SMALLEST) - 0.2, 2.1],
        tickvals=ticks,
        ticktext=[f"≤ {ticks[0]:g}", *(f"{tick:g}" for tick in ticks[1:])],
        title_text="missed of the attainable gain (%)",
    )
    figure.update_yaxes(categoryorder="array", categoryarray=list(names.values()))
    words = "; ".join(
        f"{row['world']}, {_PLANNERS[row['planner']]}: {100 * row['captured']:.2f} %"
        for row in rows
    )
    return finish(
        figure, style, description=f"Share of the attainable gain that planners capture: {words}."
    )


def theory_schedules(
    world: str,
    truth: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    style: Style = PAGE,
) -> "plotly.graph_objects.Figure":
    """The best schedule of a society beside those of the planners (means over seeds)."""
    cutoffs = np.asarray(truth["cutoffs"], float)
    compared = [("best", cutoffs, np.asarray(truth["rates"], float))]
    for planner, words in _PLANNERS.items():
        found = [r["rates"] for r in rows if (r["world"], r["planner"]) == (world, planner)]
        if found:
            compared.append((words, cutoffs, np.mean(np.asarray(found, float), axis=0)))
    return schedules(compared, style)


def search_curves(
    curves: Mapping[str, Sequence[Sequence[float]]], style: Style = PAGE
) -> "plotly.graph_objects.Figure":
    """Share of the attainable gain by episodes played, direct search and learning, a line a seed.

    Args:
        curves: `world/planner-seed` -> points (episodes, share captured by what was tried).
        style: colours and width.
    """
    shown = {name: c for name, c in curves.items() if "/search" in name or "/learned" in name}
    worlds = list(dict.fromkeys(name.partition("/")[0] for name in shown))
    titles = [label(world) for world in worlds]
    figure, places = panels(max(1, len(worlds)), style, height=260, most=3, titles=titles)
    keyed: set[str] = set()
    for name, curve in shown.items():
        world, _, cell = name.partition("/")
        planner = cell.partition("-")[0]
        row, column = places[worlds.index(world)]
        points = np.asarray(curve, float)
        order = list(_PLANNERS).index(planner)
        figure.add_scatter(
            x=points[:, 0],
            y=100 * points[:, 1],
            mode="lines",
            line={"color": style.regime(order), "width": 1.5, "dash": style.dash(order - 1)},
            name=_PLANNERS[planner],
            legendgroup=planner,
            showlegend=planner not in keyed,
            row=row,
            col=column,
        )
        keyed.add(planner)
    for row, column in places:
        figure.update_xaxes(title_text="episodes played", row=row, col=column)
        figure.update_yaxes(
            range=[60, 101], title_text="gain (%)" if column == 1 else None, row=row, col=column
        )
    return finish(
        figure,
        style,
        description="Mean share of the attainable gain of the schedules that direct search and the "
        "learned planner try, by episodes played.",
    )


def write_tax_theory(
    folder: pathlib.Path,
    scale: str,
    rows: Sequence[Mapping[str, Any]],
    truths: Mapping[str, Any],
    formulas: Sequence[Mapping[str, Any]],
    curves: Mapping[str, Any],
) -> pathlib.Path:
    """Write the figures as plotly JSON, and a page with all of it.

    Returns:
        The path of the page.
    """
    figures = Figures()
    parts = ["<h2>Closed forms and brute force</h2>", _formula_table(formulas)]
    if truths:
        parts += ["<h2>What planners capture</h2>", _share_table(rows, truths)]
        parts.append(
            figures.add(
                "gaps",
                lambda style: gaps(rows, truths, style),
                "What planners miss of the attainable gain, a dot a seed; left of the dotted line "
                "they capture 99\u00a0%. In societies with a star the assumptions of the formula "
                "do not hold: log-normal tails, four atoms, income effects.",
            )
        )
        parts.append("<h2>Their schedules</h2>")
        for world, truth in truths.items():
            parts.append(
                figures.add(
                    "schedules-" + re.sub(r"[^a-z0-9]+", "-", world),
                    functools.partial(theory_schedules, world, truth, rows),
                    f"{html.escape(world)}: the best schedule, and those of the planners (mean "
                    "over seeds). In a bracket that everybody earns more than, a tax is a lump "
                    "sum that is handed back, so its rate does not matter.",
                )
            )
    if any("/search" in name or "/learned" in name for name in curves):
        parts.append("<h2>How fast</h2>")
        parts.append(
            figures.add(
                "curves",
                lambda style: search_curves(curves, style),
                "Mean share of the attainable gain of the schedules that are being tried. An "
                "episode is one society under one schedule.",
            )
        )
    for name, drawn in figures.drawn.items():
        place = folder / "figures" / f"{name}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        write_file(place, (_plotly_json(drawn["light-wide"]) + "\n").encode())
    return write_page(
        folder / "report.html",
        title="Planners where the best tax is known",
        labels=f"labor-supply@2 · {scale}",
        note=_NOTES[scale],
        parts=parts,
        figures=figures,
    )


def _holds(rows: Sequence[Mapping[str, Any]], world: str) -> bool:
    return all(row["assumptions_hold"] for row in rows if row["world"] == world)


def _formula_table(formulas: Sequence[Mapping[str, Any]]) -> str:
    lines = "".join(
        f'<tr><th scope="row">{html.escape(row["name"])}</th><td>{row["formula"]:.6f}</td>'
        f"<td>{row['found']:.6f}</td><td>{abs(row['formula'] - row['found']):.1e}</td></tr>"
        for row in formulas
    )
    return (
        '<div class="table-scroll"><table><caption>Optimal rates by formula, and by searching for '
        "the highest objective.</caption><thead><tr><th></th><th>formula</th><th>brute force</th>"
        f"<th>difference</th></tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _share_table(rows: Sequence[Mapping[str, Any]], truths: Mapping[str, Any]) -> str:
    heads = "".join(f"<th>{words}</th>" for words in ("best single rate", *_PLANNERS.values()))
    lines = []
    for world, truth in truths.items():
        cells = [f"<td>{100 * truth['linear_captured']:.2f} %</td>"]
        for planner in _PLANNERS:
            found = [r["captured"] for r in rows if (r["world"], r["planner"]) == (world, planner)]
            if not found:
                cells.append("<td>–</td>")
                continue
            worst = f"<small>lowest of {len(found)}: {100 * min(found):.2f} %</small>"
            cells.append(f"<td>{100 * np.mean(found):.2f} %{worst if len(found) > 1 else ''}</td>")
        star = "" if _holds(rows, world) else " *"
        lines.append(f'<tr><th scope="row">{html.escape(world)}{star}</th>{"".join(cells)}</tr>')
    return (
        '<div class="table-scroll"><table><caption>Share of the attainable gain (the best '
        "schedule’s over no tax), mean over seeds.</caption><thead><tr><th></th>"
        f"{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def _plotly_json(figure: Any) -> str:
    from plotly.utils import PlotlyJSONEncoder

    return json.dumps(figure, cls=PlotlyJSONEncoder, separators=(",", ":"))
