"""A small panel for each state: what was reported, and what followed from policies."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Shaped

from ....data.us_states import POSTAL_CODES, TILES
from ....errors import require
from ....figures.panels import blank, finish
from ....figures.theme import PAGE, Style, faint, label

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["state_curves"]

#: Up to so many states are drawn large and by name; more lie like the country does.
_FEW = 12

_POINTS = 80

_DAY = 24 * 3600 * 1000

# Space above and below the panels, in pixels.
_TOP, _BOTTOM = 46, 56


def state_curves(
    curves: Mapping[str, Float[np.ndarray, "draws _days _states"]],
    states: Sequence[str],
    dates: Shaped[np.ndarray, " days"],
    *,
    quantity: str,
    unit: str,
    reported: Float[np.ndarray, "days states"] | None = None,
    highest: float | None = None,
    steps: bool = False,
    style: Style = PAGE,
) -> "plotly.graph_objects.Figure":
    """Small multiples with the same axes.

    With many states a wide figure lays the panels out like the country; a narrow one has them
    in rows, by name. A line is the median of the draws, and a band runs from the 10th to the 90th
    percentile where there are several.

    Args:
        curves: policy -> values.
        states: full names, as the values have them.
        dates: datetime64[D], as the values have them.
        quantity: what is shown, such as `New deaths`.
        unit: of it.
        reported: what was reported, drawn as a grey area.
        highest: the upper end of all axes. By default what holds all but the highest half
            percent, so that a few outliers do not flatten everything.
        steps: values jump, as levels do.
        style: colours and width.

    Raises:
        ConfigurationError: if there are no curves or they do not fit states and dates.
    """
    require(bool(curves), "curves", list(curves), "at least one")
    shape = (len(dates), len(states))
    for name, values in curves.items():
        require(values.shape[1:] == shape, name, values.shape, f"values of shape (draws, *{shape})")
    if highest is None:
        highest = _highest(curves, reported)
    few = len(states) <= _FEW
    places, height, gaps = _layout(states, style)
    total = _TOP + _BOTTOM + (1 + max(row for _, row in places)) * height
    axes = _axes(places, height, gaps, dates, highest, few)
    thin = max(1, -(-(len(dates) - 1) // _POINTS))
    # The last day is always there.
    shown = np.arange((len(dates) - 1) % thin, len(dates), thin)
    days = {"x0": str(dates[shown[0]]), "dx": thin * _DAY}
    line = {"type": "scatter", "mode": "lines", **days}
    shape_of_line = "hv" if steps else "linear"
    traces: list[dict[str, Any]] = []
    titles = []
    for k, state in enumerate(states):
        axis = {"xaxis": f"x{k + 1}", "yaxis": f"y{k + 1}"} if k else {"xaxis": "x", "yaxis": "y"}
        here = {**line, **axis}
        if reported is not None:
            traces.append(
                {
                    **{**here, "y": _clipped(reported[shown, k], highest), "fill": "tozeroy"},
                    **{"line": {"width": 0, "shape": shape_of_line}, "name": "reported"},
                    **{"fillcolor": style.palette.bars, "legendgroup": "reported"},
                    **{"showlegend": k == 0, "hovertemplate": "%{y:.3~g}<extra>reported</extra>"},
                }
            )
        for i, (name, values) in enumerate(curves.items()):
            one = values[:, shown, k]
            if len(one) > 1:
                low, high = np.percentile(one, [10, 90], axis=0)
                hidden = {"showlegend": False, "hoverinfo": "skip"}
                edge = {**here, **hidden, "line": {"width": 0, "shape": shape_of_line}}
                fill = {"fill": "tonexty", "fillcolor": faint(style.regime(i))}
                traces.append({**edge, "y": _clipped(low, highest)})
                traces.append({**edge, "y": _clipped(high, highest), **fill})
            dash = style.dash(i) if few else "solid"
            look = {"color": style.regime(i), "width": 1.8 if few else 1.4, "dash": dash}
            traces.append(
                {
                    **{**here, "y": _clipped(np.median(one, axis=0), highest)},
                    **{"line": {**look, "shape": shape_of_line}, "name": label(name)},
                    **{"legendgroup": f"policy {i}", "showlegend": k == 0},
                    "hovertemplate": "%{y:.3~g}<extra>%{fullData.name}</extra>",
                }
            )
        text = state if few else POSTAL_CODES.get(state, state)
        titles.append(_title(text, axis, style.font_size if few else 11))
    figure = blank(style, total)
    figure.add_traces(traces)
    figure.update_layout(axes)
    finish(figure, style, description=_words(curves, states, quantity, unit), top=_TOP)
    unit_text = {"text": f"{quantity}, {unit}", "font": {"color": style.palette.muted}}
    corner = {"x": 0, "y": 1, "xref": "paper", "yref": "paper", "yshift": 20}
    anchor = {"xanchor": "left", "yanchor": "bottom", "showarrow": False}
    figure.update_layout(
        annotations=[*titles, {**unit_text, **corner, **anchor}],
        margin={"l": 30, "r": 8, "t": _TOP, "b": _BOTTOM},
    )
    return figure


def _layout(
    states: Sequence[str], style: Style
) -> tuple[list[tuple[int, int]], int, tuple[float, float]]:
    """Column and row of each state's panel, the height of a row, and the gaps between panels.

    The gaps are a share of the width and pixels.
    """
    few = len(states) <= _FEW
    tiles = [TILES.get(POSTAL_CODES.get(state, "")) for state in states]
    found = [tile for tile in tiles if tile is not None]
    if not few and not style.narrow and len(found) == len(tiles):
        left, top = (min(tile[k] for tile in found) for k in (0, 1))
        return [(column - left, row - top) for column, row in found], 92, (0.012, 30)
    columns = (1 if few else 4) if style.narrow else min(len(states), 4 if few else 8)
    places = [(k % columns, k // columns) for k in range(len(states))]
    return (places, 180, (0.05, 56)) if few else (places, 84, (0.03, 30))


def _axes(
    places: Sequence[tuple[int, int]],
    height: int,
    gaps: tuple[float, float],
    dates: Shaped[np.ndarray, " days"],
    highest: float,
    few: bool,
) -> dict[str, Any]:
    """One scale for all panels, written where no other panel is in the way."""
    columns = 1 + max(column for column, _ in places)
    rows = 1 + max(row for _, row in places)
    width = (1 - (columns - 1) * gaps[0]) / columns
    axes: dict[str, Any] = {}
    marks = _marks(dates, few)
    for k, (column, row) in enumerate(places):
        suffix = "" if k == 0 else str(k + 1)
        start = column * (width + gaps[0])
        top = 1 - row / rows
        bottom = top - 1 / rows + gaps[1] / (rows * height)
        below, left = (column, row + 1) in places, (column - 1, row) in places
        small = {} if few else {"tickfont": {"size": 9}}
        axes[f"xaxis{suffix}"] = {
            **{"domain": [start, start + width], "anchor": f"y{suffix}", "type": "date"},
            **{"range": [str(dates[0]), str(dates[-1])], "fixedrange": True, "ticklen": 3},
            **{"tickvals": list(marks), "ticktext": list(marks.values()), "tickangle": 0},
            **{"showticklabels": few or not below, "automargin": False, **small},
        }
        axes[f"yaxis{suffix}"] = {
            **{"domain": [max(0.0, bottom), top], "anchor": f"x{suffix}", "nticks": 4},
            **{"range": [0, highest], "fixedrange": True, "ticklen": 3},
            **{"showticklabels": not left, "automargin": False, **small},
        }
    return axes


def _marks(dates: Shaped[np.ndarray, " days"], few: bool) -> dict[str, str]:
    """Date -> its label: quarters or half years, and two days where there are not two of these."""
    first, last = (date.astype("datetime64[M]") for date in (dates[0], dates[-1]))
    months = np.arange(first, last) + np.timedelta64(1, "M")
    starts = [month for month in months if int(month.astype(int)) % (3 if few else 6) == 0]
    if len(starts) > 1:
        return {
            f"{month}-01": f"{month.astype(object):%b}"
            + (f"<br>{month}"[:8] if few else f" {str(month)[2:4]}")
            for month in starts
        }
    last = len(dates) - 1
    # Inside the panel: labels at its ends would run into those of the next one.
    days = [dates[last // 5].astype(object), dates[last - last // 5].astype(object)]
    return {f"{day}": f"{day:%b} {day.day}" + (f"<br>{day.year}" if few else "") for day in days}


def _title(text: str, axis: Mapping[str, str], size: int) -> dict[str, Any]:
    place = {"xref": f"{axis['xaxis']} domain", "yref": f"{axis['yaxis']} domain", "x": 0, "y": 1}
    anchor = {"xanchor": "left", "yanchor": "bottom", "showarrow": False, "yshift": -2}
    return {"text": f"<b>{text}</b>", "name": "state", "font": {"size": size}, **place, **anchor}


def _highest(
    curves: Mapping[str, np.ndarray], reported: Float[np.ndarray, "days states"] | None
) -> float:
    known = [np.median(values, axis=0).ravel() for values in curves.values()]
    if reported is not None:
        known.append(reported[np.isfinite(reported)].ravel())
    everything = np.concatenate(known)
    top = float(np.quantile(everything[np.isfinite(everything)], 0.995))
    return 1.05 * top if top > 0 else 1.0


def _clipped(values: Float[np.ndarray, " days"], highest: float) -> list[float | None]:
    """Rounded, and cut off a little above the panel. Gaps stay gaps."""
    cut = np.clip(values, 0, 1.5 * highest)
    return [float(f"{value:.3g}") if np.isfinite(value) else None for value in cut]


def _words(
    curves: Mapping[str, np.ndarray], states: Sequence[str], quantity: str, unit: str
) -> str:
    sentences = [f"{quantity} ({unit}) over time, a panel for each of {len(states)} states."]
    for name, values in curves.items():
        middle = np.median(values, axis=0)
        k = int(np.nanargmax(np.nanmean(middle, axis=0)))
        sentences.append(
            f"{name}: {np.nanmean(middle):.3g} on average over states and days, highest in "
            f"{states[k]} ({np.nanmean(middle[:, k]):.3g})."
        )
    return " ".join(sentences)
