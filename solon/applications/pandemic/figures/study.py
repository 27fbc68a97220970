"""Figures of the pandemic study: gains over what happened, deaths against output, and regrets."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ....figures.panels import finish, panels
from ....figures.theme import PAGE, Style, label
from .frontier import undominated

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["gains", "levels_in_time", "regrets", "trade_off"]

_SYMBOLS = ("circle", "diamond", "square", "triangle-up", "star", "x", "cross", "hexagon")


def gains(
    worlds: Mapping[str, Sequence[Mapping[str, Any]]], style: Style = PAGE
) -> "plotly.graph_objects.Figure":
    """Federal welfare over the real policy's, draw by draw: median and 5th to 95th percentile.

    Policies have the same names in all worlds, so that they are written once.

    Args:
        worlds: title -> rows with `policy` and `difference`, the real policy first.
        style: colours and width.
    """
    most = max(len(rows) for rows in worlds.values())
    titles = [label(title) for title in worlds]
    figure, places = panels(
        len(worlds), style, height=130 + 26 * most, most=2, titles=titles, gap=(85, 0.05)
    )
    words = []
    for (title, rows), (row, column) in zip(worlds.items(), places, strict=True):
        others = list(reversed(rows[1:]))
        spreads = [one["difference"]["federal_welfare"] for one in others]
        middle, low, high = (np.array(values) for values in zip(*spreads, strict=True))
        figure.add_scatter(
            x=middle,
            y=[label(one["policy"]) for one in others],
            error_x={
                **{"type": "data", "symmetric": False, "array": high - middle},
                **{"arrayminus": middle - low, "color": style.regime(0), "thickness": 1.6},
                "width": 4,
            },
            mode="markers",
            marker={"size": 9, "color": style.regime(0)},
            showlegend=False,
            hovertemplate="%{y}: %{x:+.1f}<extra></extra>",
            row=row,
            col=column,
        )
        figure.add_vline(x=0, line={"color": style.palette.ink, "width": 1}, row=row, col=column)
        figure.update_xaxes(title_text="federal welfare over the real policy", row=row, col=column)
        first = style.narrow or column == 1
        figure.update_yaxes(automargin=True, showticklabels=first, row=row, col=column)
        listed = [
            f"{one['policy']} {value:+.1f}" for one, value in zip(others, middle, strict=True)
        ]
        words.append(f"{title}: {', '.join(reversed(listed))}")
    text = f"Federal welfare over the real policy, median of the draws. {'; '.join(words)}."
    return finish(figure, style, legend=False, description=text)


def trade_off(
    worlds: Mapping[str, Mapping[str, tuple[float, float]]],
    constants: Mapping[str, Mapping[int, tuple[float, float]]],
    style: Style = PAGE,
) -> "plotly.graph_objects.Figure":
    """Deaths against lost output, medians over draws. The lower left is better in both.

    Args:
        worlds: title -> policy -> deaths in thousands, and lost output in percent.
        constants: title -> level -> the same for that level everywhere.
        style: colours and width.
    """
    titles = [label(title) for title in worlds]
    figure, places = panels(len(worlds), style, height=520, most=2, titles=titles, gap=(85, 0.1))
    order = list(dict.fromkeys(name for found in worlds.values() for name in found))
    palette, words, known = style.palette, [], set()
    for (title, found), (row, column) in zip(worlds.items(), places, strict=True):
        levels = constants[title]
        middle = np.array([*found.values(), *levels.values()])
        best = middle[undominated(middle[:, 0], middle[:, 1])]
        best = best[np.argsort(best[:, 0])]
        figure.add_scatter(
            **{"x": best[:, 0], "y": best[:, 1], "mode": "lines", "name": "not beaten in both"},
            **{"line": {"color": palette.muted, "width": 1.5, "shape": "hv"}, "hoverinfo": "skip"},
            **{"legendgroup": "stairs", "showlegend": "stairs" not in known},
            row=row,
            col=column,
        )
        figure.add_scatter(
            x=[deaths for deaths, _ in levels.values()],
            y=[lost for _, lost in levels.values()],
            mode="markers+text",
            marker={
                "size": 17,
                "color": palette.paper,
                "line": {"width": 1, "color": palette.muted},
            },
            text=[str(level) for level in levels],
            textposition="middle center",
            textfont={"color": palette.ink, "size": 11},
            name="the same level everywhere",
            legendgroup="levels",
            showlegend="levels" not in known,
            hovertemplate="level %{text}: %{x:,.0f} thousand, %{y:.2f} %<extra></extra>",
            row=row,
            col=column,
        )
        known |= {"stairs", "levels"}
        for name, (deaths, lost) in found.items():
            i = order.index(name)
            figure.add_scatter(
                x=[deaths],
                y=[lost],
                mode="markers",
                marker={"size": 11, "color": style.regime(i), "symbol": _SYMBOLS[i % 8]},
                name=label(name),
                legendgroup=name,
                showlegend=name not in known,
                hovertemplate="%{x:,.0f} thousand deaths, %{y:.2f} % of output lost"
                "<extra>%{fullData.name}</extra>",
                row=row,
                col=column,
            )
            known.add(name)
            words.append(f"{title}, {name}: {deaths:,.0f} thousand, {lost:.2f} %")
        marks = [base * 10**power for power in range(1, 5) for base in (1, 2, 5)]
        figure.update_xaxes(
            title_text="deaths, thousands, on a logarithmic scale",
            **{"type": "log", "tickvals": marks, "tickformat": ",~g"},
            row=row,
            col=column,
        )
        figure.update_yaxes(
            title_text="lost output, % of full" if column == 1 else None,
            rangemode="tozero",
            row=row,
            col=column,
        )
    text = f"Deaths against lost output, medians over draws. {'; '.join(words)}."
    return finish(figure, style, description=text)


def regrets(
    worlds: Mapping[str, Mapping[str, Mapping[str, float]]], style: Style = PAGE
) -> "plotly.graph_objects.Figure":
    """What policies fall short of the best one if transmission is off, a line a policy.

    Args:
        worlds: title -> policy -> change -> regret.
        style: colours and width.
    """
    titles = [label(title) for title in worlds]
    figure, places = panels(len(worlds), style, height=430, most=2, titles=titles, gap=(85, 0.08))
    order = list(dict.fromkeys(name for found in worlds.values() for name in found))
    words, known = [], set()
    for (title, found), (row, column) in zip(worlds.items(), places, strict=True):
        for name, by_change in found.items():
            i = order.index(name)
            factors = {1.0: by_change["none"]}
            factors |= {
                float(change.split()[1]): value
                for change, value in by_change.items()
                if change.startswith("transmission")
            }
            x = sorted(factors)
            figure.add_scatter(
                x=[100 * (factor - 1) for factor in x],
                y=[factors[factor] for factor in x],
                mode="lines+markers",
                marker={"size": 6, "symbol": _SYMBOLS[i % 8]},
                hovertemplate="%{x:+.0f} %: %{y:.1f}<extra>%{fullData.name}</extra>",
                **_line(style, i, name, name not in known),
                row=row,
                col=column,
            )
            known.add(name)
            listed = ", ".join(f"{100 * (f - 1):+.0f} %: {factors[f]:.1f}" for f in x)
            words.append(f"{title}, {name}: {listed}")
        figure.update_xaxes(title_text="transmission, % off what was expected", row=row, col=column)
        figure.update_yaxes(
            title_text="regret, federal welfare" if column == 1 else None,
            rangemode="tozero",
            row=row,
            col=column,
        )
    return finish(figure, style, description=f"Regret by transmission. {'; '.join(words)}.")


def levels_in_time(
    worlds: Mapping[str, Mapping[str, Sequence[float]]],
    dates: Mapping[str, Sequence[str]],
    style: Style = PAGE,
) -> "plotly.graph_objects.Figure":
    """The mean level by week, weighted by population.

    Args:
        worlds: title -> policy -> levels.
        dates: title -> their days.
        style: colours and width.
    """
    titles = [label(title) for title in worlds]
    figure, places = panels(len(worlds), style, height=400, most=2, titles=titles, gap=(85, 0.08))
    order = list(dict.fromkeys(name for found in worlds.values() for name in found))
    words, known = [], set()
    for (title, found), (row, column) in zip(worlds.items(), places, strict=True):
        for name, levels in found.items():
            i = order.index(name)
            figure.add_scatter(
                x=list(dates[title]),
                y=list(levels),
                mode="lines",
                **_line(style, i, name, name not in known, shape="hv"),
                row=row,
                col=column,
            )
            known.add(name)
            words.append(f"{title}, {name}: {np.mean(levels):.1f} on average")
        figure.update_yaxes(
            range=[1, 10.2],
            title_text="mean level" if column == 1 else None,
            row=row,
            col=column,
        )
        figure.update_xaxes(tickformat="%b %Y", row=row, col=column)
    return finish(figure, style, description=f"Mean level by week. {'; '.join(words)}.")


def _line(style: Style, number: int, name: str, first: bool, **line: Any) -> dict[str, Any]:
    """How a policy is drawn in all panels, and written once."""
    return {
        "line": {"color": style.regime(number), "width": 2, "dash": style.dash(number), **line},
        "name": label(name),
        "legendgroup": name,
        "showlegend": first,
    }
