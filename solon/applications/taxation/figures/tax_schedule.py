"""Marginal and average tax rates over the incomes that they fall on."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int, Num

from ....figures.panels import finish, remark, stacked
from ....figures.theme import PAGE, Style, label
from ..outcomes import Evaluation

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["average_rate", "income_histogram", "tax_schedule"]


def average_rate(
    income: Float[np.ndarray, " m"],
    cutoffs: Num[np.ndarray, " B"],
    rates: Num[np.ndarray, " B"],
) -> Float[np.ndarray, " m"]:
    """Tax due as a share of income under a bracket schedule.

    Args:
        income: positive incomes (coin).
        cutoffs: lower edges of the brackets (coin).
        rates: marginal rates (0 to 1).
    """
    widths = np.diff(cutoffs, append=np.inf)
    taxable = np.clip(income[:, None] - cutoffs, 0, widths)
    return taxable @ rates / income


def income_histogram(
    incomes: Sequence[Num[np.ndarray, "E P n"]], bins: int = 40
) -> tuple[Float[np.ndarray, " edges"], list[Int[np.ndarray, " bins"]]]:
    """Count incomes of several regimes in the same bins.

    Args:
        incomes: income of every worker in every tax period (coin), one array a regime.
        bins: roughly how many; widths are 1, 2 or 5 times a power of ten.

    Returns:
        The edges (coin) and the counts by regime. The 0.5 % highest incomes of the regime with
        the longest tail may lie above the last edge and are not counted.
    """
    low = min(float(values.min()) for values in incomes)
    high = max(float(np.percentile(values, 99.5)) for values in incomes)
    raw = max(high - min(low, 0.0), 1.0) / bins
    power = 10.0 ** np.floor(np.log10(raw))
    width = power * min(step for step in (1, 2, 5, 10) if step * power >= raw)
    # Zero is an edge, so that no bar mixes losses with gains.
    edges = width * np.arange(np.floor(min(low, 0.0) / width), np.floor(high / width) + 2)
    return edges, [np.histogram(values, edges)[0] for values in incomes]


def tax_schedule(
    evaluations: Sequence[Evaluation], style: Style = PAGE
) -> "plotly.graph_objects.Figure":
    """A column a regime: rates as lines over a histogram of the incomes that they fall on.

    Dotted lines in the histogram are the edges of the brackets. Where a planner changes its
    rates, the lines are the mean over episodes and periods and the band runs from the 10th to the
    90th percentile of the marginal rate.

    Args:
        evaluations: one a regime.
        style: colours and width.
    """
    palette = style.palette
    edges, counts = income_histogram([e.periods["income"] for e in evaluations])
    shares = [100 * c / e.periods["income"].size for c, e in zip(counts, evaluations, strict=True)]
    highest = max(float(e.periods["rates"].max()) for e in evaluations)
    figure, places = stacked(
        len(evaluations),
        style,
        height=390 if style.narrow else 420,
        titles=[label(e.regime, 34) for e in evaluations],
    )
    words = []
    for i, (evaluation, share, (place, below)) in enumerate(
        zip(evaluations, shares, places, strict=True)
    ):
        rates = evaluation.periods["rates"].reshape(-1, len(evaluation.cutoffs))
        words.append(_describe(evaluation, rates))
        _lines(figure, evaluation.cutoffs, rates, float(edges[-1]), style, i == 0, place)
        if not rates.any():
            remark(figure, "no tax", style, place)
        figure.add_bar(
            x=(edges[:-1] + edges[1:]) / 2,
            y=share,
            width=np.diff(edges),
            marker={"color": palette.bars, "line": {"width": 0}},
            showlegend=False,
            hovertemplate="around %{x:,.4~g} coin: %{y:.1f} % of worker-periods<extra></extra>",
            **below,
        )
        line = {"color": palette.muted, "width": 1, "dash": "dot"}
        inside = (evaluation.cutoffs > 0) & (evaluation.cutoffs < edges[-1]) & bool(rates.any())
        for cutoff in evaluation.cutoffs[inside]:
            figure.add_vline(x=float(cutoff), line=line, **below)
        reach = {"range": [float(edges[0]), float(edges[-1])]}
        figure.update_xaxes(**reach, showticklabels=False, **place)
        figure.update_xaxes(**reach, title_text="income in a tax period (coin)", **below)
        left = place["col"] == 1
        figure.update_yaxes(
            title_text="tax rate (%)" if left else None, range=[0, max(10, 112 * highest)], **place
        )
        figure.update_yaxes(
            title_text="share (%)" if left else None,
            range=[0, 1.1 * max(float(s.max()) for s in shares)],
            nticks=4,
            **below,
        )
    return finish(
        figure,
        style,
        description="Tax rates by income, over the distribution of incomes of a tax period. "
        + " ".join(words),
    )


def _describe(evaluation: Evaluation, rates: Num[np.ndarray, "m B"]) -> str:
    steps = ", ".join(
        f"{100 * rate:.0f} % from {cutoff:g}"
        for cutoff, rate in zip(evaluation.cutoffs, rates.mean(0), strict=True)
    )
    income = evaluation.periods["income"]
    return (
        f"{evaluation.regime}: marginal rates {steps} coin; median income "
        f"{np.median(income):.1f}, highest {income.max():.0f} coin."
    )


def _lines(
    figure: "plotly.graph_objects.Figure",
    cutoffs: Num[np.ndarray, " B"],
    rates: Num[np.ndarray, "m B"],
    end: float,
    style: Style,
    keyed: bool,
    place: dict[str, int],
) -> None:
    palette = style.palette
    reached = cutoffs < end
    corners = np.append(cutoffs[reached], end)

    def stepped(values: Num[np.ndarray, " B"]) -> Float[np.ndarray, " corners"]:
        return 100 * np.append(values[reached], values[reached][-1])

    low, high = np.percentile(rates, [10, 90], axis=0)
    if (high - low).max() > 1e-6:
        around = {"mode": "lines", "line": {"shape": "hv", "width": 0}, "hoverinfo": "skip"}
        figure.add_scatter(x=corners, y=stepped(low), showlegend=False, **around, **place)
        figure.add_scatter(
            x=corners,
            y=stepped(high),
            fill="tonexty",
            fillcolor=palette.grid,
            name="10th to 90th percentile",
            showlegend=keyed,
            **around,
            **place,
        )
    mean = rates.mean(0)
    income = np.linspace(end / 400, end, 400)
    figure.add_scatter(
        x=corners,
        y=stepped(mean),
        mode="lines",
        line={"shape": "hv", "color": palette.taxes, "width": 2.5},
        name="marginal rate",
        legendgroup="marginal",
        showlegend=keyed,
        hovertemplate="from %{x:,.4~g} coin: %{y:.1f} %<extra>marginal rate</extra>",
        **place,
    )
    figure.add_scatter(
        x=income,
        y=100 * average_rate(income, cutoffs, mean),
        mode="lines",
        line={"color": palette.ink, "width": 2, "dash": "dash"},
        name="average rate",
        legendgroup="average",
        showlegend=keyed,
        hovertemplate="at %{x:,.4~g} coin: %{y:.1f} %<extra>average rate</extra>",
        **place,
    )
