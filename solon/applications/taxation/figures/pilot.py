"""Figures of the tax study: where regimes land, how they got there, and what rates look like."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ....figures.panels import finish, panels
from ....figures.theme import PAGE, Style, label
from .schedules import schedules

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["curves", "landing", "mean_schedules", "rates_over_the_year"]

_PANELS = (
    ("productivity", "Coin", "coin"),
    ("equality", "Equality", "0 to 1"),
    ("equality_times_productivity", "Equality × coin", "coin"),
)


def landing(
    rows: Sequence[Mapping[str, Any]],
    published: Mapping[str, Mapping[str, float]],
    style: Style = PAGE,
) -> "plotly.graph_objects.Figure":
    """Where each training landed, a dot a seed, beside the published bars.

    Args:
        rows: one for each training, with `regime` and `means`.
        published: regime -> measure -> what was published.
        style: colours and width.
    """
    names = list(dict.fromkeys(row["regime"] for row in rows))
    order = [label(name) for name in reversed(names)]
    titles = [title for _, title, _ in _PANELS]
    figure, places = panels(3, style, height=110 + 42 * len(names), most=3, titles=titles)
    for (measure, _, unit), (row, column) in zip(_PANELS, places, strict=True):
        shown = [name for name in names if name in published]
        figure.add_scatter(
            x=[published[name][measure] for name in shown],
            y=[label(name) for name in shown],
            mode="markers",
            marker={
                **{"symbol": "line-ns-open", "size": 16, "color": style.palette.muted},
                "line": {"width": 2},
            },
            name="published",
            legendgroup="published",
            showlegend=column == 1 and row == 1,
            hovertemplate="%{y}, published: %{x:,.4~g}<extra></extra>",
            row=row,
            col=column,
        )
        figure.add_scatter(
            x=[one["means"][measure] for one in rows],
            y=[label(one["regime"]) for one in rows],
            mode="markers",
            marker={"size": 9, "color": style.regime(0), "opacity": 0.85},
            name="a training",
            legendgroup="training",
            showlegend=column == 1 and row == 1,
            customdata=[one["seed"] for one in rows],
            hovertemplate="%{y}, seed %{customdata}: %{x:,.4~g}<extra></extra>",
            row=row,
            col=column,
        )
        figure.update_xaxes(title_text=unit, row=row, col=column)
        figure.update_yaxes(
            categoryorder="array",
            categoryarray=order,
            range=[-0.6, len(names) - 0.4],
            showticklabels=style.narrow or column == 1,
            row=row,
            col=column,
        )
    words = "; ".join(
        f"{one['regime']}, seed {one['seed']}: {one['means']['productivity']:,.0f} coin at "
        f"{one['means']['equality']:.3f}"
        for one in rows
    )
    return finish(figure, style, description=f"Outcome of each training. {words}.")


def curves(
    series: Mapping[str, Sequence[Mapping[str, Any]]],
    measure: str,
    unit: str,
    style: Style = PAGE,
) -> "plotly.graph_objects.Figure":
    """A learning curve for each training, a panel a regime, a line a seed.

    Args:
        series: regime -> curves with `steps` and the measure.
        measure: a key of the curves.
        unit: of its axis.
        style: colours and width.
    """
    titles = [label(name, 24) for name in series]
    figure, places = panels(len(series), style, height=230, most=3, titles=titles)
    values = [v for many in series.values() for one in many for v in one.get(measure, []) if v]
    top = 1.05 * max(values, default=1.0)
    for many, (row, column) in zip(series.values(), places, strict=True):
        for i, one in enumerate(many):
            figure.add_scatter(
                x=[step / 1e6 for step in one["steps"]],
                y=one.get(measure, []),
                mode="lines",
                line={"color": style.regime(i), "width": 1.5, "dash": style.dash(i)},
                name=f"seed {one['seed']}",
                legendgroup=str(i),
                showlegend=(row, column) == places[0],
                row=row,
                col=column,
            )
        figure.update_xaxes(title_text="million environment steps", row=row, col=column)
        figure.update_yaxes(
            range=[0, top], title_text=unit if column == 1 else None, row=row, col=column
        )
    words = "; ".join(
        f"{name}, seed {one['seed']}: {_last(one, measure)}"
        for name, many in series.items()
        for one in many
    )
    return finish(figure, style, description=f"Learning curves; at the end {words}.")


def _last(curve: Mapping[str, Any], measure: str) -> str:
    known = [value for value in curve.get(measure, []) if value is not None]
    return f"{known[-1]:,.4g}" if known else "nothing"


def mean_schedules(
    found: Mapping[str, tuple[np.ndarray, np.ndarray]], style: Style = PAGE, *, end: float
) -> "plotly.graph_objects.Figure":
    """Rates of the regimes, means over seeds and over the year.

    Args:
        found: regime -> lower edges of the brackets (coin) and marginal rates.
        style: colours and width.
        end: the highest income shown.
    """
    compared = [(name, cutoffs, rates) for name, (cutoffs, rates) in found.items()]
    return schedules(compared, style, end=end)


def rates_over_the_year(
    found: Mapping[str, np.ndarray], cutoffs: np.ndarray, style: Style = PAGE
) -> "plotly.graph_objects.Figure":
    """Marginal rate by bracket and tax period, a panel a training.

    Args:
        found: name of a training -> rates [periods, brackets].
        cutoffs: lower edges of the brackets (coin).
        style: colours and width.
    """
    titles = [label(name) for name in found]
    figure, places = panels(len(found), style, height=300, most=2, titles=titles, gap=(85, 0.1))
    edges = [f"from {cutoff:g}" for cutoff in cutoffs]
    for i, (rates, (row, column)) in enumerate(zip(found.values(), places, strict=True)):
        figure.add_heatmap(
            z=100 * np.asarray(rates).T,
            x=list(range(1, len(rates) + 1)),
            y=edges,
            zmin=0,
            zmax=100,
            colorscale=[[0, style.palette.paper], [1, style.regime(0)]],
            text=np.round(100 * np.asarray(rates).T).astype(int),
            texttemplate="%{text}",
            textfont={"size": 10},
            showscale=i == 0 and not style.narrow,
            colorbar={"title": {"text": "%"}, "thickness": 10},
            hovertemplate="period %{x}, %{y} coin: %{z:.0f} %<extra></extra>",
            row=row,
            col=column,
        )
        figure.update_xaxes(title_text="tax period", dtick=1, row=row, col=column)
        figure.update_yaxes(
            title_text="bracket (coin)" if column == 1 else None,
            showticklabels=column == 1,
            row=row,
            col=column,
        )
    words = "; ".join(
        f"{name}: mean rates by bracket "
        + ", ".join(f"{100 * r:.0f} %" for r in np.mean(rates, axis=0))
        for name, rates in found.items()
    )
    return finish(
        figure, style, legend=False, description=f"Rates over the tax periods of a year. {words}."
    )
