"""Empty figures in the shared look, to be filled with panels, and their last touches."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .theme import FONT, Style

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["blank", "describe", "finish", "panels", "remark", "stacked"]

# What titles, labels and the key take from a figure's height, in pixels.
_MARGINS = 90


def panels(
    count: int,
    style: Style,
    *,
    height: int,
    most: int = 4,
    titles: Sequence[str] = (),
    gap: tuple[int, float] = (85, 0.06),
) -> "tuple[plotly.graph_objects.Figure, list[tuple[int, int]]]":
    """An empty figure with one panel for each of `count` things.

    Args:
        count: how many panels.
        style: narrow figures have one column.
        height: of a row with its titles and labels, in pixels.
        most: columns at most in a wide figure.
        titles: a title for each panel, already escaped.
        gap: space between rows (pixels), for titles and labels, and between columns (a share of
            the width).

    Returns:
        The figure, and the row and column of each panel, counted from 1.
    """
    from plotly.subplots import make_subplots

    columns = 1 if style.narrow else min(count, most)
    rows = -(-count // columns)
    figure = make_subplots(
        figure=blank(style, rows * height),
        rows=rows,
        cols=columns,
        subplot_titles=list(titles),
        vertical_spacing=min(gap[0] / (rows * height - _MARGINS), 0.9 / max(1, rows - 1)),
        horizontal_spacing=min(gap[1], 0.5 / max(1, columns - 1)),
    )
    return figure, [(i // columns + 1, i % columns + 1) for i in range(count)]


def stacked(
    count: int, style: Style, *, height: int, titles: Sequence[str]
) -> "tuple[plotly.graph_objects.Figure, list[tuple[dict[str, int], dict[str, int]]]]":
    """An empty figure with a pair of panels, a tall one over a low one, for each of `count` things.

    Args:
        count: how many pairs.
        style: narrow figures have one column, wide ones three at most.
        height: of a pair with its title and labels, in pixels.
        titles: a title for each pair, already escaped.

    Returns:
        The figure, and for each pair the place (`row` and `col`) of its upper and lower panel.
    """
    from plotly.subplots import make_subplots

    columns = 1 if style.narrow else min(count, 3)
    rows = -(-count // columns)
    figure = make_subplots(
        figure=blank(style, rows * height),
        rows=2 * rows,
        cols=columns,
        horizontal_spacing=0.05,
    )
    gap = 90 / (rows * height - _MARGINS)
    tall = (1 + gap) / rows - gap
    places = []
    for i, title in enumerate(titles):
        row, column = i // columns, i % columns + 1
        upper, lower = ({"row": 2 * row + k, "col": column} for k in (1, 2))
        bottom = 1 - (row + 1) * tall - row * gap
        figure.update_yaxes(domain=[max(0.0, bottom), bottom + 0.3 * tall], **lower)
        figure.update_yaxes(domain=[bottom + 0.38 * tall, bottom + tall], **upper)
        figure.add_annotation(
            **{"text": title, "x": 0.5, "y": 1, "xref": "x domain", "yref": "y domain"},
            **{"showarrow": False, "yanchor": "bottom", "xanchor": "center"},
            **upper,
        )
        places.append((upper, lower))
    return figure, places


def remark(
    figure: "plotly.graph_objects.Figure", text: str, style: Style, place: dict[str, int]
) -> None:
    """Say in a panel why it is empty."""
    figure.add_annotation(
        **{"text": text, "x": 0.5, "y": 0.12, "xref": "x domain", "yref": "y domain"},
        **{"showarrow": False, "name": "remark", "font": {"color": style.palette.muted}},
        **place,
    )


def finish(
    figure: "plotly.graph_objects.Figure",
    style: Style,
    *,
    description: str,
    legend: bool = True,
    top: int = 34,
) -> "plotly.graph_objects.Figure":
    """Give a figure its margins, its key and its text alternative, in place.

    Args:
        figure: from `panels` or `stacked`.
        style: the same as there.
        description: what the figure shows, in words; kept in `layout.meta`.
        legend: whether the marks need a key.
        top: space for the titles of panels, in pixels.

    Returns:
        The same figure.
    """
    figure.update_layout(
        margin={"l": 8, "r": 12, "t": top, "b": 8},
        dragmode=False,
        showlegend=legend,
        legend={
            **{"orientation": "h", "xref": "container", "x": 0, "yref": "container", "y": 0},
            **{"yanchor": "bottom", "itemclick": False, "itemdoubleclick": False},
        },
        meta={"description": description},
    )
    for annotation in figure.layout.annotations:
        # Titles of panels: plotly sets them larger than the axes they head.
        annotation.font.size = annotation.font.size if annotation.name else style.font_size + 1
    return figure


def describe(figure: "plotly.graph_objects.Figure") -> str:
    """The text alternative of a figure made here."""
    return figure.layout.meta["description"]


def blank(style: Style, height: int) -> "plotly.graph_objects.Figure":
    """A figure without panels, so many pixels high."""
    import plotly.graph_objects

    palette = style.palette
    text = {"family": FONT, "size": style.font_size, "color": palette.ink}
    axis = {
        **{"gridcolor": palette.grid, "zerolinecolor": palette.muted, "linecolor": palette.muted},
        **{"zerolinewidth": 1, "ticks": "outside", "ticklen": 4, "tickcolor": palette.muted},
        **{"showline": True, "automargin": True, "tickfont": {"color": palette.muted}},
        "title": {"font": {"size": text["size"]}, "standoff": 8},
    }
    hover = {
        **{"bgcolor": palette.paper, "bordercolor": palette.muted},
        "font": {"family": FONT, "color": palette.ink},
    }
    template = {
        **{"font": text, "paper_bgcolor": palette.paper, "plot_bgcolor": palette.paper},
        **{"xaxis": {**axis, "showgrid": False, "zeroline": False}, "yaxis": axis},
        **{"hoverlabel": hover, "annotationdefaults": {"font": text}},
    }
    return plotly.graph_objects.Figure(layout={"template": {"layout": template}, "height": height})
