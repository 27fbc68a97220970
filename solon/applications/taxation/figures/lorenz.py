"""Lorenz curves of a year's income, before and after tax and transfer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from ....figures.panels import finish, panels
from ....figures.theme import PAGE, Style, label
from ..outcomes import Evaluation

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["gini", "lorenz", "lorenz_curve", "yearly_incomes"]


def yearly_incomes(
    evaluation: Evaluation,
) -> tuple[Float[np.ndarray, "E n"], Float[np.ndarray, "E n"]]:
    """Income of each worker over a whole episode (coin): before, and after tax and transfer."""
    periods = evaluation.periods
    before = np.asarray(periods["income"], float).sum(1)
    return before, before + (periods["transfer"] - periods["tax_paid"]).sum(1)


def lorenz_curve(income: Float[np.ndarray, "E n"]) -> Float[np.ndarray, " points"]:
    """Share of income that the poorest 0, 1, ..., n workers have, as a mean over episodes.

    Episodes in which nobody earned anything on balance have no Lorenz curve and are left out.
    A worker with a loss takes the curve below zero.

    Args:
        income: coin, by episode and worker.

    Returns:
        n + 1 shares, from 0 to 1; all NaN if no episode has a curve.
    """
    total = income.sum(1)
    ranked = np.sort(income[total > 0], axis=1)
    if not len(ranked):
        return np.full(income.shape[1] + 1, np.nan)
    shares = np.cumsum(ranked, axis=1) / total[total > 0, None]
    return np.concatenate([[0.0], shares.mean(0)])


def gini(curve: Float[np.ndarray, " points"]) -> float:
    """Gini coefficient of a Lorenz curve, times n / (n - 1).

    With the factor, one worker who has everything gives 1 and not (n - 1) / n. The equality
    that economies report is 1 minus the Gini coefficient of coin, normalised in the same way.

    Args:
        curve: the n + 1 shares from `lorenz_curve`.
    """
    n = len(curve) - 1
    area = float((curve[1:] + curve[:-1]).sum()) / (2 * n)
    return (1 - 2 * area) * (n / (n - 1) if n > 1 else 1.0)


def lorenz(evaluations: Sequence[Evaluation], style: Style = PAGE) -> "plotly.graph_objects.Figure":
    """One panel a regime: Lorenz curves before and after tax, with their Gini coefficients.

    Args:
        evaluations: one a regime.
        style: colours and width.
    """
    palette = style.palette
    figure, places = panels(
        len(evaluations),
        style,
        most=3,
        titles=[label(e.regime, 34) for e in evaluations],
        height=340 if style.narrow else 460,
    )
    words, lowest = [], 0.0
    for i, (evaluation, (row, column)) in enumerate(zip(evaluations, places, strict=True)):
        place = {"row": row, "col": column}
        people = np.linspace(0, 100, evaluation.worker_count + 1)
        marks = "lines+markers" if evaluation.worker_count <= 20 else "lines"
        figure.add_scatter(
            x=[0, 100],
            y=[0, 100],
            mode="lines",
            line={"color": palette.muted, "width": 1},
            name="equal incomes",
            legendgroup="equal",
            showlegend=i == 0,
            hoverinfo="skip",
            **place,
        )
        before, after = (lorenz_curve(income) for income in yearly_incomes(evaluation))
        lowest = min(lowest, float(np.nanmin([*before, *after, 0.0])))
        # Dashes over a wider line: both are seen where nothing is redistributed.
        for name, curve, colour, dash, width in (
            ("after tax and transfer", after, palette.after, "solid", 4),
            ("before tax", before, palette.before, "dash", 2),
        ):
            figure.add_scatter(
                x=people,
                y=100 * curve,
                mode=marks,
                line={"color": colour, "width": width, "dash": dash},
                marker={"size": 4 + width},
                name=name,
                legendgroup=name,
                showlegend=i == 0,
                hovertemplate="poorest %{x:.0f} %: %{y:.1f} % of income<extra></extra>",
                **place,
            )
        figure.add_annotation(
            x=3,
            y=97,
            text=f"Gini before {_said(before)}<br>Gini after {_said(after)}",
            showarrow=False,
            align="left",
            xanchor="left",
            yanchor="top",
            name="remark",
            font={"color": palette.ink, "size": 13},
            **place,
        )
        words.append(f"{evaluation.regime}: {_said(before)} before, {_said(after)} after.")
    for row, column in places:
        place = {"row": row, "col": column}
        bottom = style.narrow or row == places[-1][0]
        figure.update_xaxes(
            title_text="workers, poorest first (%)" if bottom else None,
            **{"range": [0, 100], "dtick": 25, "constrain": "domain"},
            # Square panels: the area between curve and diagonal is what is compared.
            scaleanchor=figure.get_subplot(**place).yaxis.plotly_name.replace("axis", ""),
            **place,
        )
        figure.update_yaxes(
            title_text="share of income (%)" if column == 1 else None,
            **{"range": [min(0.0, 105 * lowest), 100], "dtick": 25, "constrain": "domain"},
            **place,
        )
    return finish(
        figure,
        style,
        description="Lorenz curves of income over the year, mean over episodes. Gini coefficients "
        "(times n / (n - 1)): " + " ".join(words),
    )


def _said(curve: Float[np.ndarray, " points"]) -> str:
    return "not defined" if np.isnan(curve).any() else f"{gini(curve):.2f}"
