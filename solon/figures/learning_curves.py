"""How a training went, against environment steps."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Num

from ..errors import require
from .panels import finish, panels
from .theme import PAGE, Style, label

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["learning_curves", "panels_of", "smoothed"]

_COST = "episode/labor_cost_share"

# Column of a run's metrics, title and unit of each panel for economies of known metrics.
_PANELS = (
    ("episode/productivity", "Productivity", "coin"),
    ("episode/equality", "Equality", "0 to 1"),
    ("worker/entropy", "Policy entropy", "nats"),
    (_COST, "Labor cost charged", "share"),
)

# What every learner logs for a role.
_ANY_ROLE = {
    "episode_return": ("Return of an episode, {}", "reward"),
    "entropy": ("Policy entropy, {}", "nats"),
}

# What an economy measures itself, by episode; so many of them are drawn.
_OWN, _MOST_OWN = "episode/", 8

#: Points that a line is thinned to: more cannot be seen.
_POINTS = 500


def smoothed(values: Num[np.ndarray, " m"], width: int) -> Num[np.ndarray, " m"]:
    """Centred moving average, over fewer values near the ends."""
    kernel = np.ones(min(width, len(values)))
    return np.convolve(values, kernel, "same") / np.convolve(np.ones(len(values)), kernel, "same")


def panels_of(
    curves: Mapping[str, Mapping[str, Num[np.ndarray, " _"]]],
) -> list[tuple[str, str, str]]:
    """Column, title and unit of what there is to draw: columns in which something was logged."""
    logged = {
        name: None
        for columns in curves.values()
        for name, values in columns.items()
        if np.isfinite(np.asarray(values, float)).any()
    }
    if not any(_changes(columns.get(_COST, ())) for columns in curves.values()):
        # A curriculum is news only where there was one.
        logged.pop(_COST, None)
    if _PANELS[0][0] in logged:
        return [panel for panel in _PANELS if panel[0] in logged]
    found, measured = [], []
    for name in logged:
        role, _, metric = name.rpartition("/")
        if name.startswith(_OWN):
            measured.append((name, name.removeprefix(_OWN).replace("_", " ").capitalize(), ""))
        elif role and metric in _ANY_ROLE:
            title, unit = _ANY_ROLE[metric]
            found.append((name, title.format(role), unit))
    return found + measured[:_MOST_OWN]


def _changes(values: Any) -> bool:
    known = np.asarray(values, float)
    known = known[np.isfinite(known)]
    return len(known) > 0 and known.min() < known.max()


def learning_curves(
    curves: Mapping[str, Mapping[str, Num[np.ndarray, " _"]]], style: Style = PAGE
) -> "plotly.graph_objects.Figure":
    """How the training episodes went, by regime.

    The thin line is what was logged, the thick one a moving average over a fiftieth of it.

    Args:
        curves: regime -> column -> values, named like the metrics of a run. `environment_steps` is
            needed. Shown are `episode/productivity`, `episode/equality` and `worker/entropy`, and
            for economies that have no productivity the return and entropy of every role and the
            metrics of the economy. NaN is an update in which no episode ended.
        style: colours and width.

    Raises:
        ConfigurationError: if columns are missing or differ in length.
    """
    for regime, columns in curves.items():
        require("environment_steps" in columns, "curves", regime, "a column environment_steps")
        lengths = {name: len(column) for name, column in columns.items()}
        require(len(set(lengths.values())) == 1, "curves", lengths, "columns of equal length")
    shown = panels_of(curves)
    require(bool(shown), "curves", sorted(curves), "columns such as episode/productivity")
    figure, places = panels(
        len(shown),
        style,
        titles=[label(title, 40) for _, title, _ in shown],
        height=270 if style.narrow else 330,
        gap=(85, 0.08),
    )
    words = []
    for i, (regime, columns) in enumerate(curves.items()):
        for panel, ((name, title, _), (row, column)) in enumerate(zip(shown, places, strict=True)):
            logged = np.asarray(columns.get(name, []), float)
            known = np.flatnonzero(np.isfinite(logged))
            if not len(known):
                continue
            steps, values = np.asarray(columns["environment_steps"])[known], logged[known]
            mean = smoothed(values, max(1, len(values) // 50))
            thin = max(1, -(-len(values) // _POINTS))
            line = {"color": style.regime(i), "width": 2.5, "dash": style.dash(i)}
            place = {"row": row, "col": column}
            figure.add_scatter(
                x=steps[::thin],
                y=values[::thin],
                mode="lines",
                opacity=0.3,
                line={**line, "width": 1, "dash": "solid"},
                showlegend=False,
                hoverinfo="skip",
                **place,
            )
            figure.add_scatter(
                x=steps[::thin],
                y=mean[::thin],
                mode="lines",
                line=line,
                name=label(regime),
                legendgroup=f"regime {i}",
                showlegend=panel == 0,
                hovertemplate="%{x:.3~s} steps: %{y:,.3~f}<extra>%{fullData.name}</extra>",
                **place,
            )
            words.append(f"{regime}, {title.lower()}: from {mean[0]:.3g} to {mean[-1]:.3g}.")
    for (_, _, unit), (row, column) in zip(shown, places, strict=True):
        figure.update_xaxes(title_text="environment steps", rangemode="tozero", row=row, col=column)
        figure.update_yaxes(title_text=unit, row=row, col=column)
    return finish(
        figure,
        style,
        description="Learning curves against environment steps. " + " ".join(words),
    )
