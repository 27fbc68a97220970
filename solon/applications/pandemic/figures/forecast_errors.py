"""How far forecasts were off, origin by origin, and how often their intervals held."""

import html
import os
import pathlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ....errors import require
from ....figures.page import write_page
from ....figures.panels import finish, panels
from ....figures.sections import Figures
from ....figures.theme import PAGE, Style

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["coverage_by_origin", "errors_by_origin", "write_calibration"]

_SHOWN = {
    "deaths": ("model", "model without vaccines", "N", "M", "M since start"),
    "unemployment": ("model", "persistence", "Q", "mean of persistence and Q"),
    "unemployment, month known": ("model", "persistence", "Q", "mean of persistence and Q"),
}
_UNITS = {"deaths": "error, deaths per 100,000"}


def errors_by_origin(
    scores: Mapping[str, Any], target: str, style: Style = PAGE
) -> "plotly.graph_objects.Figure":
    """Error of each method at each origin, a panel for each horizon.

    Args:
        scores: as `solon.applications.pandemic.calibration.study.score` gives them.
        target: one of those in it.
        style: colours and width.

    Raises:
        ConfigurationError: for a target that is not there.
    """
    require(target in scores, "target", target, ", ".join(scores))
    horizons = scores[target]
    figure, places = panels(
        len(horizons), style, height=300, most=3, titles=[_ahead(one) for one in horizons]
    )
    words = []
    for (months, methods), (row, column) in zip(horizons.items(), places, strict=True):
        for i, method in enumerate(_SHOWN[target]):
            found = methods[method]["by_origin"]
            figure.add_scatter(
                x=[_month(origin) for origin in found],
                y=[one["error"] for one in found.values()],
                mode="lines+markers",
                line={
                    "color": style.regime(i),
                    "width": 2.6 if method == "model" else 1.4,
                    "dash": style.dash(i),
                },
                marker={"size": 8 if method == "model" else 5},
                name=method,
                legendgroup=method,
                showlegend=(row, column) == places[0],
                hovertemplate="%{x}: %{y:.3~g}<extra>" + method + "</extra>",
                row=row,
                col=column,
            )
            words.append(f"{method}, {_ahead(months)}: {methods[method]['error']:.3g}")
        figure.update_yaxes(rangemode="tozero", row=row, col=column)
        figure.update_xaxes(type="category", tickangle=0, row=row, col=column)
        if column == 1:
            unit = _UNITS.get(target, "error, percentage points")
            figure.update_yaxes(title_text=unit, row=row, col=column)
    text = f"Errors of forecasts by origin. Over all origins: {'; '.join(words)}."
    return finish(figure, style, description=text)


def coverage_by_origin(scores: Mapping[str, Any], style: Style = PAGE) -> Any:
    """Share of the states inside of the model's intervals, a panel for each horizon of deaths.

    Args:
        scores: as `solon.applications.pandemic.calibration.study.score` gives them.
        style: colours and width.
    """
    horizons = scores["deaths"]
    figure, places = panels(
        len(horizons), style, height=280, most=3, titles=[_ahead(one) for one in horizons]
    )
    words = []
    for (months, methods), (row, column) in zip(horizons.items(), places, strict=True):
        found = methods["model"]["by_origin"]
        for i, (name, level) in enumerate((("within_50", 50), ("within_90", 90))):
            figure.add_scatter(
                x=[_month(origin) for origin in found],
                y=[100 * one[name] for one in found.values()],
                mode="lines+markers",
                line={"color": style.regime(i), "width": 2, "dash": style.dash(i)},
                name=f"interval of {level} %",
                legendgroup=name,
                showlegend=(row, column) == places[0],
                hovertemplate="%{x}: %{y:.0f} %<extra></extra>",
                row=row,
                col=column,
            )
            figure.add_hline(
                y=level,
                line={"color": style.palette.muted, "width": 1, "dash": "dot"},
                row=row,
                col=column,
            )
            share = 100 * methods["model"][name]
            words.append(f"{share:.0f} % in the interval of {level} %, {_ahead(months)}")
        figure.update_yaxes(range=[0, 103], row=row, col=column)
        figure.update_xaxes(type="category", tickangle=0, row=row, col=column)
        if column == 1:
            figure.update_yaxes(title_text="states inside (%)", row=row, col=column)
    return finish(figure, style, description=f"Coverage by origin. Overall: {'; '.join(words)}.")


def _ahead(months: str) -> str:
    return f"{months} month{'' if months == '1' else 's'} ahead"


def _month(origin: str) -> str:
    year, month = origin.split("-")
    names = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{names[int(month) - 1]}<br>{year[2:]}"


def write_calibration(
    path: str | os.PathLike[str], scores: Mapping[str, Any], *, labels: str, targets: Sequence[str]
) -> pathlib.Path:
    """Write a page with all figures.

    Args:
        path: the HTML file.
        scores: as `solon.applications.pandemic.calibration.study.score` gives them.
        labels: what they were made with.
        targets: those to show.
    """
    from ..card import ADVICE

    figures = Figures()
    parts = []
    for i, target in enumerate(targets):
        title = html.escape(target[:1].upper() + target[1:])

        def draw(style: Style, target: str = target) -> "plotly.graph_objects.Figure":
            return errors_by_origin(scores, target, style)

        parts += [f"<h2>{title}</h2>", figures.add(f"errors-{i}", draw, f"Errors. {title}.")]
        if target == "deaths":
            caption = "How many states were inside of the model's intervals."
            parts.append(
                figures.add("coverage", lambda style: coverage_by_origin(scores, style), caption)
            )
    return write_page(
        path,
        title="Forecasts of the pandemic from what was known",
        labels=labels,
        note=ADVICE,
        parts=parts,
        figures=figures,
    )
