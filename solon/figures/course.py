"""How an episode goes: what an economy measures, step by step."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..errors import require
from ..evidence.outcomes import Outcomes
from .outcomes import number, title_and_unit
from .panels import finish, panels
from .theme import PAGE, Style, faint, label

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["course", "series_in_common"]

_MOST, _POINTS = 8, 300
"""Series that are drawn, and points that a line is thinned to: more cannot be seen."""


def series_in_common(found: Sequence[Outcomes]) -> tuple[str, ...]:
    """The series that every regime has and that are numbers somewhere."""
    return tuple(
        name
        for name in found[0].series
        if all(name in one.series and np.isfinite(one.series[name]).any() for one in found)
    )


def course(found: Sequence[Outcomes], style: Style = PAGE) -> "plotly.graph_objects.Figure":
    """A panel a series: its mean over episodes by step, and the 10th to 90th percentile.

    What is not a number in an episode is left out of its step.

    Args:
        found: one a regime, with series in common.
        style: colours and width.

    Raises:
        ConfigurationError: if there is no series that all have.
    """
    names = series_in_common(found)[:_MOST]
    require(bool(names), "evaluations", [sorted(one.series) for one in found], "series in common")
    figure, places = panels(
        len(names),
        style,
        titles=[label(title_and_unit(name)[0], 40) for name in names],
        height=250 if style.narrow else 290,
        gap=(85, 0.08),
    )
    words = []
    for panel, (name, (row, column)) in enumerate(zip(names, places, strict=True)):
        place = {"row": row, "col": column}
        for i, one in enumerate(found):
            values = np.asarray(one.series[name], float)
            steps = np.flatnonzero(np.isfinite(values).any(axis=0))
            steps = steps[:: max(1, -(-len(steps) // _POINTS))]
            here = np.where(np.isfinite(values[:, steps]), values[:, steps], np.nan)
            mean, (low, high) = np.nanmean(here, axis=0), np.nanpercentile(here, [10, 90], axis=0)
            figure.add_scatter(
                x=np.concatenate([steps, steps[::-1]]),
                y=np.concatenate([low, high[::-1]]),
                mode="lines",
                line={"width": 0},
                fill="toself",
                fillcolor=faint(style.regime(i)),
                showlegend=False,
                hoverinfo="skip",
                **place,
            )
            figure.add_scatter(
                x=steps,
                y=mean,
                mode="lines",
                line={"color": style.regime(i), "width": 2.5, "dash": style.dash(i)},
                name=label(one.regime),
                legendgroup=f"regime {i}",
                showlegend=panel == 0,
                hovertemplate="step %{x}: %{y:,.3~f}<extra>%{fullData.name}</extra>",
                **place,
            )
            title = title_and_unit(name)[0]
            words.append(f"{one.regime}, {title}: from {number(mean[0])} to {number(mean[-1])}.")
        figure.update_xaxes(title_text="step", rangemode="tozero", **place)
        figure.update_yaxes(title_text=title_and_unit(name)[1], **place)
    return finish(
        figure,
        style,
        description="Means over episodes by step of the episode. " + " ".join(words),
    )
