"""Figures of the study: the gap closed by year, single societies, and rates against elasticity."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...figures.panels import finish, panels, stacked
from ...figures.theme import PAGE, Style, label

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["against_elasticity", "by_year", "figures_of", "societies"]

_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_LOWEST = -0.6
_LEARNED, _FORMULA = "learned over five models", "formula, corrected, over five models"
_DRAWN = (_LEARNED, _FORMULA, "estimator", "model averaging, exploring")
_BASE = "standard law"
_TAXED = 0.1


def figures_of(results: Mapping[str, Any]) -> "dict[str, plotly.graph_objects.Figure]":
    """The figures by name, from the results of all cells."""
    plain, shocks = results["scores-4"], results["scores-4-shocks"]
    shares = {
        "standard model": plain["shares"][_BASE]["standard"],
        "mean of five models": plain["mean"][_BASE],
        "mean of five, incomes with shocks": shocks["mean"][_BASE],
    }
    drawn = {
        title: {who: table[who]["by_year"] for who in _DRAWN if who in table}
        for title, table in shares.items()
    }
    followed = shocks["kinds"]["standard"]["followed"]
    kinds = {
        "standard": plain["kinds"]["standard"]["followed"],
        "standard, incomes with shocks": followed,
    }
    return {
        "years": by_year(drawn),
        "societies": societies(followed, (_LEARNED, _FORMULA)),
        "elasticity": against_elasticity(kinds, _LEARNED),
    }


def by_year(
    shares: Mapping[str, Mapping[str, Sequence[float]]], style: Style = PAGE
) -> "plotly.graph_objects.Figure":
    """The share of the gap that planners close in each year.

    Args:
        shares: title of a panel -> planner -> share by year.
        style: colours and width.
    """
    titles = [label(title) for title in shares]
    figure, places = panels(len(shares), style, height=330, most=3, titles=titles)
    known: dict[str, int] = {}
    least = min(min(line) for table in shares.values() for line in table.values())
    lowest = max(_LOWEST, min(least, 0.0) - 0.05)
    for table, (row, column) in zip(shares.values(), places, strict=True):
        for who, line in table.items():
            new = who not in known
            i = known.setdefault(who, len(known))
            figure.add_scatter(
                x=np.arange(1, len(line) + 1),
                y=np.maximum(line, lowest),
                mode="lines+markers",
                line={"color": style.regime(i), "dash": _DASHES[i % len(_DASHES)], "width": 2},
                marker={"size": 5},
                name=label(who),
                legendgroup=who,
                showlegend=new,
                row=row,
                col=column,
            )
        figure.add_hline(
            **{"y": 0, "line": {"color": style.palette.ink, "width": 1}},
            row=row,
            col=column,
        )
        figure.update_xaxes(title_text="year", dtick=1, row=row, col=column)
        first = column == 1
        words = "share of the gap closed" if first else None
        axis = {"tickformat": ".0%", "range": [lowest, 1.05], "showticklabels": first}
        figure.update_yaxes(title_text=words, **axis, row=row, col=column)
    text = "; ".join(
        f"{title}: "
        + ", ".join(f"{who} {line[-1]:.0%} in the last year" for who, line in t.items())
        for title, t in shares.items()
    )
    return finish(figure, style, description=f"Share of the gap closed by year. {text}.")


def societies(
    followed: Mapping[str, Any], planners: Sequence[str], style: Style = PAGE
) -> "plotly.graph_objects.Figure":
    """Three societies year by year: rates above, incomes under the first planner below.

    They have the tenth, fiftieth and ninetieth percentile of the elasticity among those whose best
    rate is at least 10 %.

    Args:
        followed: `elasticity`, `oracle` (rates by society and year), `rates` and `output` by
            planner.
        planners: whose rates are drawn.
        style: colours and width.
    """
    # Where the best rate is zero there is little to see.
    order = np.argsort(followed["elasticity"])
    taxed = [int(i) for i in order if followed["oracle"][i][-1] >= _TAXED] or order.tolist()
    picked = [taxed[int(share * (len(taxed) - 1))] for share in (0.1, 0.5, 0.9)]
    titles = [label(f"elasticity {followed['elasticity'][i]:.2f}") for i in picked]
    figure, places = stacked(len(picked), style, height=430, titles=titles)
    for i, (upper, lower) in zip(picked, places, strict=True):
        lines = {"best rate": followed["oracle"][i]}
        lines |= {who: followed["rates"][who][i] for who in planners}
        for k, (who, line) in enumerate(lines.items()):
            best = k == 0
            colour = style.palette.ink if best else style.regime(k - 1)
            figure.add_scatter(
                x=np.arange(1, len(line) + 1),
                y=line,
                mode="lines" if best else "lines+markers",
                line={"color": colour, "width": 2, "dash": "dash" if best else "solid"},
                marker={"size": 5},
                name=label(who),
                legendgroup=who,
                showlegend=i == picked[0],
                **upper,
            )
        incomes = followed["output"][planners[0]][i]
        figure.add_bar(
            x=np.arange(1, len(incomes) + 1),
            y=incomes,
            marker={"color": style.palette.bars},
            name=label("mean income under the learned planner"),
            legendgroup="incomes",
            showlegend=i == picked[0],
            **lower,
        )
        first = i == picked[0]
        rates = {"range": [-0.02, 0.95], "tickformat": ".0%"}
        figure.update_yaxes(title_text="rate" if first else None, **rates, **upper)
        figure.update_yaxes(title_text="coin a head" if first else None, **lower)
        figure.update_xaxes(showticklabels=False, **upper)
        figure.update_xaxes(title_text="year", dtick=1, **lower)
    text = "; ".join(
        f"elasticity {followed['elasticity'][i]:.2f}: best rate {followed['oracle'][i][-1]:.0%}, "
        + ", ".join(f"{who} {followed['rates'][who][i][-1]:.0%}" for who in planners)
        for i in picked
    )
    return finish(figure, style, description=f"Rates of the last year. {text}.")


def against_elasticity(
    kinds: Mapping[str, Mapping[str, Any]], planner: str, style: Style = PAGE
) -> "plotly.graph_objects.Figure":
    """Rates of the last year against the elasticity, beside the best ones.

    Args:
        kinds: title of a panel -> societies as `societies` takes them.
        planner: whose rates are drawn.
        style: colours and width.
    """
    titles = [label(title) for title in kinds]
    figure, places = panels(len(kinds), style, height=360, most=2, titles=titles)
    words = []
    for (title, found), (row, column) in zip(kinds.items(), places, strict=True):
        order = np.argsort(found["elasticity"])
        elasticity = np.array(found["elasticity"])[order]
        best = np.array(found["oracle"])[order, -1]
        rates = np.array(found["rates"][planner])[order, -1]
        given = ("best rate", best, style.palette.muted, "circle-open")
        for name, y, colour, symbol in (given, (planner, rates, style.regime(0), "circle")):
            figure.add_scatter(
                x=elasticity,
                y=y,
                mode="markers",
                marker={"size": 8, "color": colour, "symbol": symbol},
                name=label(name),
                legendgroup=name,
                showlegend=column == 1 and row == 1,
                row=row,
                col=column,
            )
        figure.update_xaxes(title_text="elasticity", row=row, col=column)
        first = "rate in the last year" if column == 1 else None
        figure.update_yaxes(title_text=first, tickformat=".0%", row=row, col=column)
        off = float(np.abs(rates - best).mean())
        words.append(f"{title}: {off:.1%} off the best rate in the mean")
    return finish(figure, style, description=f"Rates against elasticity. {'; '.join(words)}.")
