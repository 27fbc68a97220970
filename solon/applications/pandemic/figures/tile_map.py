"""The United States as tiles, with a date to move."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Shaped

from ....data.us_states import POSTAL_CODES, TILES
from ....errors import require
from ....figures.panels import finish, panels
from ....figures.theme import PAGE, Style, wrapped

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["TileMap", "tile_map"]

#: A map shows so many dates at most: the scrubber cannot tell more apart.
_MOST_DATES = 60

_COLUMNS = 1 + max(column for column, _ in TILES.values())
_ROWS = 1 + max(row for _, row in TILES.values())


@dataclasses.dataclass(frozen=True, eq=False)
class TileMap:
    """One map of a figure.

    Attributes:
        title: a name, not escaped.
        values: one a day and state; NaN where nothing is known.
    """

    title: str
    values: Float[np.ndarray, "days states"]


def tile_map(
    maps: Sequence[TileMap],
    states: Sequence[str],
    dates: Shaped[np.ndarray, " days"],
    *,
    quantity: str,
    unit: str,
    highest: float | None = None,
    lowest: float = 0.0,
    style: Style = PAGE,
) -> "plotly.graph_objects.Figure":
    """Maps of the same quantity, driven by one scrubber.

    Each state is a square of the same size, about where it lies, on plain axes: nothing is
    fetched. Colours run from that of the ground to a strong one, in order of lightness.

    Args:
        maps: one a policy.
        states: full names, as the values have them.
        dates: datetime64[D], as the values have them.
        quantity: what is shown, such as `New deaths`.
        unit: of it.
        highest: the value of the strongest colour; by default the highest that is shown.
        lowest: the value of the faintest colour.
        style: colours and width.

    Raises:
        ConfigurationError: if there is no map, or values do not fit states and dates.
    """
    require(bool(maps), "maps", list(maps), "at least one")
    shape = (len(dates), len(states))
    for one in maps:
        require(one.values.shape == shape, one.title, one.values.shape, f"values of shape {shape}")
    shown = _thinned(len(dates))
    values = [one.values[shown] for one in maps]
    if highest is None:
        known = np.concatenate([v[np.isfinite(v)] for v in values])
        highest = float(known.max()) if known.size else lowest + 1
    highest = max(highest, lowest + 1e-9)

    height = 330 if style.narrow else 250 if len(maps) > 2 else 390
    titles = [wrapped(one.title, 40, 1) for one in maps]
    figure, places = panels(
        *(len(maps), style), most=3, height=height, titles=titles, gap=(46, 0.025)
    )
    # The day to begin with is the one on which there is most to see.
    now = int(np.argmax(sum(np.nan_to_num(v).mean(axis=1) for v in values)))
    codes = [POSTAL_CODES.get(state, state[:2]) for state in states]
    labels = _grid(codes, codes, "")
    names = _grid(list(states), codes, "")
    for i, (row, column) in enumerate(places[: len(maps)]):
        figure.add_heatmap(
            z=_numbers(values[i][now], codes),
            text=labels,
            texttemplate="%{text}",
            textfont={"size": 10 if style.narrow or len(maps) > 1 else 13},
            customdata=names,
            hovertemplate=f"%{{customdata}}: %{{z:.3~g}} {unit}<extra></extra>",
            hoverongaps=False,
            xgap=2,
            ygap=2,
            coloraxis="coloraxis",
            row=row,
            col=column,
        )
        hidden = {"visible": False, "fixedrange": True, "constrain": "domain"}
        figure.update_xaxes(**hidden, range=[-0.5, _COLUMNS - 0.5], row=row, col=column)
        anchor = "x" if i == 0 else f"x{i + 1}"
        figure.update_yaxes(
            **{**hidden, "range": [_ROWS - 0.5, -0.5], "scaleanchor": anchor},
            **{"constraintoward": "top", "row": row, "col": column},
        )
    days = [str(dates[k]) for k in shown]
    figure.frames = [
        {
            "name": day,
            "data": [{"type": "heatmap", "z": _numbers(v[k], codes)} for v in values],
            "traces": list(range(len(maps))),
        }
        for k, day in enumerate(days)
    ]
    figure = finish(
        figure,
        style,
        description=_words(maps, values, states, days, now, quantity, unit),
        legend=False,
    )
    return _with_controls(figure, style, days, now, f"{quantity}, {unit}", lowest, highest)


def _thinned(days: int) -> list[int]:
    """Places of the dates that are shown, evenly apart and with the last one."""
    step = -(-(days - 1) // (_MOST_DATES - 1)) or 1
    return list(range((days - 1) % step, days, step))


def _grid(values: Sequence[Any], codes: Sequence[str], empty: Any) -> list[list[Any]]:
    rows = [[empty] * _COLUMNS for _ in range(_ROWS)]
    for value, code in zip(values, codes, strict=True):
        if code in TILES:
            column, row = TILES[code]
            rows[row][column] = value
    return rows


def _numbers(values: Float[np.ndarray, " states"], codes: Sequence[str]) -> list[list[Any]]:
    """Three digits are all that a colour or a hover tells."""
    short = [float(f"{value:.3g}") if np.isfinite(value) else None for value in values]
    return _grid(short, codes, None)


def _with_controls(
    figure: "plotly.graph_objects.Figure",
    style: Style,
    days: list[str],
    now: int,
    title: str,
    lowest: float,
    highest: float,
) -> "plotly.graph_objects.Figure":
    """Add the scrubber, a button that plays, and the scale."""
    palette = style.palette
    anchors = [palette.ground, *palette.skill]
    at_once = {"mode": "immediate", "frame": {"duration": 0, "redraw": True}}
    at_once["transition"] = {"duration": 0}
    steps = [
        {"label": day, "method": "animate", "args": [[day], at_once], "value": day} for day in days
    ]
    top = 96
    figure.update_layout(
        height=figure.layout.height + top + 50,
        margin={"l": 8, "r": 8, "t": top + 24, "b": 74},
        coloraxis={
            **{"cmin": lowest, "cmax": highest},
            "colorscale": [[k / (len(anchors) - 1), c] for k, c in enumerate(anchors)],
            "colorbar": {
                **{"orientation": "h", "thickness": 12, "outlinewidth": 0, "ticks": "outside"},
                **{"x": 0.5, "xanchor": "center", "y": 0, "yanchor": "top", "ypad": 14},
                **{"len": 0.9 if style.narrow else 0.45, "tickcolor": palette.muted},
                **{"title": {"text": title, "side": "top"}, "tickfont": {"color": palette.muted}},
            },
        },
        sliders=[
            {
                **{"active": now, "steps": steps, "x": 0.0, "xanchor": "left"},
                **{"len": 1.0, "y": 1, "yanchor": "bottom"},
                "pad": {"l": 78, "r": 12, "t": 0, "b": 26},
                "currentvalue": {
                    **{"prefix": "", "xanchor": "left", "offset": 8},
                    "font": {"color": palette.ink, "size": style.font_size + 3},
                },
                **{"ticklen": 0, "minorticklen": 0, "bordercolor": palette.muted},
                **{"bgcolor": palette.grid, "activebgcolor": palette.build},
                # Labels of the steps would overlap; the date that is shown stands above.
                "font": {"color": "rgba(0, 0, 0, 0)", "size": 1},
                "transition": {"duration": 0},
            }
        ],
        updatemenus=[
            {
                # A button counts as pressed from the start, and its first click would stop what
                # does not play.
                **{"type": "buttons", "showactive": False, "active": -1},
                **{"x": 0, "xanchor": "left"},
                **{"y": 1, "yanchor": "bottom", "pad": {"b": 34, "l": 0}},
                **{"bgcolor": palette.paper, "bordercolor": palette.muted},
                "buttons": [
                    {
                        **{"label": "Play", "method": "animate"},
                        "args": [None, _playing()],
                        "args2": [[None], at_once],
                    }
                ],
            }
        ],
    )
    return figure


def _playing() -> dict[str, Any]:
    return {
        **{"fromcurrent": True, "mode": "immediate", "transition": {"duration": 0}},
        "frame": {"duration": 200, "redraw": True},
    }


def _words(
    maps: Sequence[TileMap],
    values: Sequence[np.ndarray],
    states: Sequence[str],
    days: Sequence[str],
    now: int,
    quantity: str,
    unit: str,
) -> str:
    sentences = [
        f"{quantity} ({unit}) by state on a map of tiles, {days[0]} to {days[-1]}, "
        f"at first on {days[now]}."
    ]
    for one, shown in zip(maps, values, strict=True):
        known = np.isfinite(shown)
        if not known.any():
            continue
        place = np.unravel_index(np.nanargmax(np.where(known, shown, np.nan)), shown.shape)
        sentences.append(
            f"{one.title}: highest in {states[int(place[1])]} on {days[int(place[0])]}, "
            f"{shown[place]:.3g}."
        )
    return " ".join(sentences)
