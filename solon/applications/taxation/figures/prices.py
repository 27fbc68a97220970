"""Prices and quantities in the market over a year."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Num

from ....figures.panels import finish, remark, stacked
from ....figures.theme import PAGE, Style, faint, label
from ..outcomes import Evaluation

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["prices", "windows"]

COMMODITIES = ("stone", "wood")


def windows(values: Num[np.ndarray, "E T"], count: int = 20) -> Float[np.ndarray, "E windows"]:
    """Sums over `count` windows of the year, nearly equal in length.

    Args:
        values: by episode and step.
        count: how many windows; fewer if there are fewer steps.
    """
    starts = window_edges(values.shape[1], count)[:-1]
    return np.add.reduceat(np.asarray(values, float), starts, axis=1)


def window_edges(steps: int, count: int = 20) -> np.ndarray:
    """First step of each window, counted from 0, and `steps` at the end."""
    return np.linspace(0, steps, min(count, steps) + 1).astype(int)


def prices(evaluations: Sequence[Evaluation], style: Style = PAGE) -> "plotly.graph_objects.Figure":
    """A column a regime: mean trade price in windows of the year, and units traded below it.

    A price is coin over units, of all episodes together; the band runs from the 10th to the 90th
    percentile of the episodes that traded. A window without trade has no price.

    Args:
        evaluations: one a regime.
        style: colours and width.
    """
    figure, places = stacked(
        len(evaluations),
        style,
        height=390 if style.narrow else 420,
        titles=[label(e.regime, 34) for e in evaluations],
    )
    words, top_price, top_units = [], 0.0, 0.0
    for i, (evaluation, (place, below)) in enumerate(zip(evaluations, places, strict=True)):
        edges = window_edges(evaluation.step_count)
        middle = (edges[:-1] + edges[1:]) / 2
        said = []
        for name in COMMODITIES:
            units = windows(evaluation.market[f"{name}_units"])
            coin = windows(evaluation.market[f"{name}_coin"])
            price = _ratio(coin.sum(0), units.sum(0))
            colour = getattr(style.palette, name)
            low, high = _band(_ratio(coin, units))
            _shade(figure, middle, low, high, colour, place)
            keyed = {"legendgroup": name, "name": name}
            figure.add_scatter(
                **keyed,
                x=middle,
                y=price,
                mode="lines+markers",
                line={"color": colour, "width": 2.5, "dash": "solid" if name == "wood" else "dot"},
                marker={"size": 6, "symbol": "circle" if name == "wood" else "square"},
                showlegend=i == 0,
                hovertemplate="around step %{x:.0f}: %{y:.2f} coin<extra>%{fullData.name}</extra>",
                **place,
            )
            figure.add_bar(
                **keyed,
                x=middle,
                y=units.mean(0),
                marker={"color": colour, "line": {"width": 0}},
                showlegend=False,
                hovertemplate="around step %{x:.0f}: %{y:.2f} units an episode"
                "<extra>%{fullData.name}</extra>",
                **below,
            )
            top_price = max(top_price, float(np.nanmax([*high, *price, 0.0])))
            top_units = max(top_units, float(units.mean(0).max()))
            traded = float(units.sum())
            said.append(
                f"{name} {coin.sum() / traded:.2f} coin on average, "
                f"{traded / len(units):.1f} units a year"
                if traded
                else f"no {name} was traded"
            )
        if not any(evaluation.market[f"{name}_units"].any() for name in COMMODITIES):
            remark(figure, "no trade", style, place)
        words.append(f"{evaluation.regime}: {'; '.join(said)}.")
        left = place["col"] == 1
        time = {"range": [0, evaluation.step_count]}
        figure.update_xaxes(**time, showticklabels=False, **place)
        figure.update_xaxes(**time, title_text="step of the year", **below)
        figure.update_yaxes(title_text="price (coin a unit)" if left else None, **place)
        figure.update_yaxes(title_text="units traded" if left else None, nticks=4, **below)
    for place, below in places:
        figure.update_yaxes(range=[0, 1.08 * top_price or 1.0], **place)
        figure.update_yaxes(range=[0, 1.08 * top_units or 1.0], **below)
    figure.update_layout(barmode="group", bargap=0.15)
    return finish(
        figure,
        style,
        description="Mean price of stone and wood over the year, and units traded an episode in "
        f"windows of {np.diff(window_edges(evaluations[0].step_count)).max()} steps. "
        + " ".join(words),
    )


def _ratio(coin: np.ndarray, units: np.ndarray) -> np.ndarray:
    return np.where(units > 0, coin / np.maximum(units, 1), np.nan)


def _band(price: Float[np.ndarray, "E windows"]) -> tuple[np.ndarray, np.ndarray]:
    bounds = np.full((2, price.shape[1]), np.nan)
    traded = ~np.isnan(price).all(0)
    bounds[:, traded] = np.nanpercentile(price[:, traded], [10, 90], axis=0)
    return bounds[0], bounds[1]


def _shade(
    figure: "plotly.graph_objects.Figure",
    x: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    colour: str,
    place: dict[str, int],
) -> None:
    # An outline a stretch of windows with trade: a fill would bridge the gaps between them.
    known = np.flatnonzero(~np.isnan(low))
    for run in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1):
        if len(run):
            figure.add_scatter(
                x=np.concatenate([x[run], x[run][::-1]]),
                y=np.concatenate([low[run], high[run][::-1]]),
                mode="lines",
                line={"width": 0},
                fill="toself",
                fillcolor=faint(colour),
                showlegend=False,
                hoverinfo="skip",
                **place,
            )
