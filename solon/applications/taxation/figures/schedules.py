"""Tax schedules side by side, without an economy: marginal and average rates by income."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ....figures.panels import finish, panels
from ....figures.theme import PAGE, Style, label
from .tax_schedule import average_rate

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["Brackets", "schedules"]

#: A name, lower edges of brackets (coin) and marginal rates (0 to 1).
Brackets = tuple[str, np.ndarray, np.ndarray]


def schedules(
    compared: Sequence[Brackets], style: Style = PAGE, *, end: float | None = None
) -> "plotly.graph_objects.Figure":
    """Marginal rates as steps, and beside them average rates, one line a schedule.

    Args:
        compared: the schedules, told apart by colour and dash.
        style: colours and width.
        end: the highest income shown (coin); by default a fifth beyond the highest edge.
    """
    last = max(float(cutoffs[-1]) for _, cutoffs, _ in compared)
    end = 1.2 * last if end is None and last > 0 else (end or 100.0)
    titles = ["marginal rate", "average rate"]
    figure, places = panels(2, style, height=360, titles=titles)
    income = np.linspace(end / 500, end, 500)
    for i, (name, cutoffs, rates) in enumerate(compared):
        line = {"color": style.regime(i), "width": 2, "dash": style.dash(i)}
        reached = cutoffs < end
        steps = (np.append(cutoffs[reached], end), np.append(rates[reached], rates[reached][-1]))
        curves = (steps, (income, average_rate(income, cutoffs, rates)))
        for k, ((x, y), (row, column)) in enumerate(zip(curves, places, strict=True)):
            figure.add_scatter(
                x=x,
                y=100 * y,
                mode="lines",
                line=line | ({"shape": "hv"} if k == 0 else {}),
                name=label(name, 34),
                legendgroup=str(i),
                showlegend=k == 0,
                hovertemplate="%{x:,.4~g} coin: %{y:.1f} %<extra>" + label(name, 34) + "</extra>",
                row=row,
                col=column,
            )
    top = 100 * max(float(rates.max()) for _, _, rates in compared)
    for row, column in places:
        figure.update_xaxes(title_text="income (coin)", range=[0, end], row=row, col=column)
        figure.update_yaxes(
            title_text="tax rate (%)" if column == 1 else None,
            range=[0, max(10, 1.12 * top)],
            row=row,
            col=column,
        )
    words = " ".join(
        f"{name}: "
        + ", ".join(f"{100 * r:.0f} % from {c:g}" for c, r in zip(cutoffs, rates, strict=True))
        + " coin."
        for name, cutoffs, rates in compared
    )
    return finish(figure, style, description=f"Marginal and average tax rates by income. {words}")
