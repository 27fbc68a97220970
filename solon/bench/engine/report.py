"""The engine's records as people read them: a table, and a figure of how throughput grows."""

import html
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...figures.page import write_page
from ...figures.panels import finish, panels
from ...figures.sections import Figures
from ...figures.theme import PAGE, Style

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["scaling_figure", "table", "write_report"]

_AXES = {
    "grid tag by copies": ("environments", "Copies of the economy"),
    "grid tag by agents": ("agents", "Agents in a copy"),
    "one training, divided": ("devices", "Devices or processes"),
}


def table(found: Sequence[dict[str, Any]]) -> str:
    """Records, one a line."""
    head = (
        f"{'case':38} {'system':41} {'agents':>6} {'copies':>7} {'proc.':>5} {'dev.':>4} "
        f"{'steps/s':>12} {'agent-steps/s':>14} {'times':>8} {'compile s':>9} {'peak MB':>8}"
    )
    lines, part = [], None
    for one in found:
        if one["part"] != part:
            part = one["part"]
            lines += ["", part, head]
        start = f"{one['case'][:38]:38} {one['system'][:41]:41} "
        if "missing" in one:
            lines.append(f"{start}not measured: {one['missing']}")
            continue
        speed, ratio = one["steps_per_second"], one.get("ratio")
        lines.append(
            f"{start}{one['agents']:6,} {one['environments']:7,} {one['processes']:5} "
            f"{one.get('devices', 1):4} {speed:12,.0f} {speed * one['agents']:14,.0f} "
            f"{'' if ratio is None else f'{ratio:.1f}':>8} {one.get('compile_seconds', 0):9.1f} "
            f"{one.get('peak_bytes', 0) / 1e6:8,.0f}"
        )
    return "\n".join(line.rstrip() for line in lines[1:])


def scaling_figure(
    found: Sequence[dict[str, Any]], style: Style = PAGE
) -> "plotly.graph_objects.Figure":
    """How agent-steps a second grow, from records of the part `scaling`."""
    titles = ["Simulation, by copies", "Simulation, by agents", "One training, divided"]
    figure, places = panels(len(_AXES), style, height=320, titles=titles, most=3)
    colours = style.palette.regimes
    for (row, column), (case, (axis, title)) in zip(places, _AXES.items(), strict=True):
        own = [one for one in found if one["case"] == case]
        place = {"row": row, "col": column}
        for kind, colour in zip(("", "processes"), colours, strict=False):
            chosen = [one for one in own if (one["processes"] > 1) == bool(kind)]
            if not chosen:
                continue
            figure.add_scatter(
                x=[one["processes"] if kind else one.get(axis, 1) for one in chosen],
                y=[one["steps_per_second"] * one["agents"] for one in chosen],
                mode="lines+markers",
                name=kind or "devices",
                showlegend=case == "one training, divided",
                line={"color": colour},
                **place,
            )
        figure.update_xaxes(title_text=title, type="log", **place)
        figure.update_yaxes(title_text="agent-steps/s", type="log", **place)
    what = "Agent-steps a second, by copies, by agents, and of one training divided over devices."
    return finish(figure, style, description=what)


def write_report(path: str | os.PathLike[str], found: Sequence[dict[str, Any]]) -> None:
    """Write the table, and the figure where scaling was measured, as a page that stands alone.

    Raises:
        ConfigurationError: if the place cannot be written.
    """
    figures, parts = Figures(), [f"<pre>{html.escape(table(found))}</pre>"]
    scaling = [one for one in found if one["part"] == "scaling"]
    if scaling:

        def draw(style: Style) -> "plotly.graph_objects.Figure":
            return scaling_figure(scaling, style)

        parts.insert(0, figures.add("scaling", draw, "How throughput grows."))
    write_page(
        path,
        title="The engine beside others",
        labels="Solon bench engine",
        note="All figures are of one run on one machine; ratios are the ones to trust.",
        parts=parts,
        figures=figures,
        argument="html",
    )
