"""How a training went, against environment steps."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Num

from ..errors import require
from .panels import finish, panels
from .theme import PAGE, Style, label

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["learning_curves", "smoothed"]

# Column, title and unit of each panel.
_PANELS = (
    ("productivity", "Productivity", "coin"),
    ("equality", "Equality", "0 to 1"),
    ("entropy", "Policy entropy", "nats"),
)

#: Points that a line is thinned to: more can not be seen.
_POINTS = 500


def smoothed(values: Num[np.ndarray, " m"], width: int) -> Num[np.ndarray, " m"]:
    """Centred moving average, over fewer values near the ends; NaN counts as no value."""
    known = ~np.isnan(values)
    kernel = np.ones(min(width, len(values)))
    total = np.convolve(np.where(known, values, 0.0), kernel, "same")
    count = np.convolve(known.astype(float), kernel, "same")
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def learning_curves(
    curves: Mapping[str, Mapping[str, Num[np.ndarray, " m"]]], style: Style = PAGE
) -> "plotly.graph_objects.Figure":
    """Productivity, equality and entropy of the training episodes, by regime.

    The thin line is what was logged, the thick one a moving average over a fiftieth of the run.

    Args:
        curves: regime -> column -> values. `environment_steps` is needed; of `productivity`,
            `equality` and `entropy` at least one under some regime.
        style: colours and width.

    Raises:
        ConfigurationError: if columns are missing or differ in length.
    """
    for regime, columns in curves.items():
        require("environment_steps" in columns, "curves", regime, "a column environment_steps")
        lengths = {name: len(column) for name, column in columns.items()}
        require(len(set(lengths.values())) == 1, "curves", lengths, "columns of equal length")
    shown = [panel for panel in _PANELS if any(panel[0] in columns for columns in curves.values())]
    names = ", ".join(name for name, _, _ in _PANELS)
    require(bool(shown), "curves", sorted(curves), f"at least one column of: {names}")
    figure, places = panels(
        len(shown),
        style,
        titles=[title for _, title, _ in shown],
        height=270 if style.narrow else 330,
        gap=(85, 0.08),
    )
    words = []
    for i, (regime, columns) in enumerate(curves.items()):
        steps = np.asarray(columns["environment_steps"], float)
        thin = max(1, -(-len(steps) // _POINTS))
        for panel, ((name, title, _), (row, column)) in enumerate(zip(shown, places, strict=True)):
            if name not in columns or not len(steps):
                continue
            values = np.asarray(columns[name], float)
            mean = smoothed(values, max(1, len(values) // 50))
            colour = style.regime(i)
            for y, width, opacity in ((values, 1, 0.3), (mean, 2.5, 1.0)):
                figure.add_scatter(
                    x=steps[::thin],
                    y=y[::thin],
                    mode="lines",
                    opacity=opacity,
                    line={"color": colour, "width": width, "dash": style.dash(i)}
                    if opacity == 1
                    else {"color": colour, "width": width},
                    name=label(regime),
                    legendgroup=f"regime {i}",
                    showlegend=panel == 0 and opacity == 1,
                    hoverinfo="skip" if opacity < 1 else None,
                    hovertemplate=None
                    if opacity < 1
                    else "%{x:.3~s} steps: %{y:,.3~f}<extra>%{fullData.name}</extra>",
                    row=row,
                    col=column,
                )
            words.append(f"{regime}, {title.lower()}: from {_ends(mean)}.")
    for (_, _, unit), (row, column) in zip(shown, places, strict=True):
        figure.update_xaxes(title_text="environment steps", rangemode="tozero", row=row, col=column)
        figure.update_yaxes(title_text=unit, row=row, col=column)
    return finish(
        figure,
        style,
        description="Learning curves against environment steps. " + " ".join(words),
    )


def _ends(values: np.ndarray) -> str:
    known = values[~np.isnan(values)]
    if not len(known):
        return "no value logged"
    return f"{known[0]:.3g} to {known[-1]:.3g}"
